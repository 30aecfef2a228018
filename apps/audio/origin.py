"""What every file of this studio says of itself."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

__all__ = ["origin_texts", "software", "statement"]


@cache
def software() -> str:
    """The tool and its version."""
    try:
        return f"Sextant audio {version('sextant-suite')}"
    except PackageNotFoundError:  # from a bare checkout
        return "Sextant audio"


def statement(model: str | None, seed: int, what: str) -> str:
    """One sentence: that it is synthetic, by which model and seed."""
    return f"{what} made by {software()}, model {model}, seed {seed}. Synthetic: trainedAlgorithmicMedia."


def origin_texts(title: str, comment: str) -> dict[str, str]:
    """Texts for a WAV's INFO chunk or another format's tags, by the names of `wavfile.INFO_NAMES`."""
    return {"title": title, "software": software(), "comment": comment}
