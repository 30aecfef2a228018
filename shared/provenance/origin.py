"""What a file that a studio made says of itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Literal, Self

__all__ = ["SOURCE_TYPES", "SOURCE_TYPE_PREFIX", "Origin", "SourceType", "software_version"]

SourceType = Literal["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicallyEnhanced", "algorithmicMedia"]
"""Terms of IPTC's vocabulary of digital source types, as Content Credentials and XMP use it."""

SOURCE_TYPE_PREFIX = "http://cv.iptc.org/newscodes/digitalsourcetype/"

SOURCE_TYPES: Mapping[str, str] = {
    "trainedAlgorithmicMedia": "created by a generative model",
    "compositeWithTrainedAlgorithmicMedia": "partly created by a generative model",
    "algorithmicallyEnhanced": "made by an algorithm from a file that was there before",
    "algorithmicMedia": "created by an algorithm without a trained model",
}


@cache
def software_version() -> str:
    """Sextant's version; `0+checkout` where it is not installed."""
    try:
        return version("sextant-suite")
    except PackageNotFoundError:
        return "0+checkout"


@dataclass(frozen=True)
class Origin:
    """tool, version: of the software. task: `studio/task`. model, revision: None where no model took part. request_sha256: of the
    request's JSON, files by their own sha256. made_at: ISO 8601, UTC, whole seconds. source_type: IPTC's term.
    """

    tool: str
    version: str
    task: str
    model: str | None
    revision: str | None
    seed: int
    request_sha256: str
    made_at: str
    source_type: str

    def as_dict(self) -> dict[str, str]:
        """Texts only; what is None is left out."""
        return {name: str(value) for name, value in dataclasses.asdict(self).items() if value is not None}

    @classmethod
    def from_dict(cls, texts: Mapping[str, object]) -> Self:
        """Raises `ValueError` for missing or unusable texts; unknown ones are ignored. Anybody may have written them: what steers a
        terminal or turns the writing is left out."""
        missing = {"tool", "version", "task", "seed", "request_sha256", "made_at", "source_type"} - texts.keys()
        if missing:
            raise ValueError(f"no origin: {', '.join(sorted(missing))} missing")
        known = {field.name: str(texts[field.name])[:500] for field in dataclasses.fields(cls) if texts.get(field.name) is not None}
        named = {name: "".join(letter for letter in text if letter.isprintable()) for name, text in known.items()}
        return cls(
            tool=named["tool"],
            version=named["version"],
            task=named["task"],
            model=named.get("model"),
            revision=named.get("revision"),
            seed=int(named["seed"]),
            request_sha256=named["request_sha256"],
            made_at=named["made_at"],
            source_type=named["source_type"],
        )

    def sentence(self) -> str:
        """One sentence for people."""
        model = "" if self.model is None else f", model {self.model}" + (f" ({self.revision})" if self.revision else "")
        what = SOURCE_TYPES.get(self.source_type, self.source_type)
        return f"Made by {self.tool} {self.version}, {self.task}{model}, seed {self.seed}, {self.made_at}: {what}."
