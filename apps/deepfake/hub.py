"""Second opinions by detectors of the Hugging Face hub: their declarations. `sextant models pull NAME` fetches one.

What they answer is shown as evidence and never decides: no figure of theirs on captured files of this studio's calibration is known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from shared.errors import Unavailable
from shared.serving import DType, Model, Source

if TYPE_CHECKING:
    from shared.serving import Device, Loaded

__all__ = ["HUB", "HUB_MODELS", "kind_of_model"]

HUB = "hub:"
FILES = ("*.json", "*.txt", "*.safetensors")
TOLERANCE = 1e-2


@dataclass(frozen=True)
class _Hub:
    """parameters, working_bytes: by its files and for one picture or for 30 s of sound."""

    location: str
    licence: str
    kind: Literal["image", "sound"]
    parameters: int
    working_bytes: int
    description: str

    @property
    def name(self) -> str:
        return f"{HUB}{self.location}"

    @property
    def source(self) -> Source:
        return Source("hub", self.location, files=FILES)

    def check(self) -> Path:
        """The snapshot's folder. Raises Unavailable for what is missing."""
        from shared.serving.hub import ready

        folder = ready(self.name, self.licence, self.source, None)
        if find_spec("transformers") is None:
            raise Unavailable(f"{self.name} needs the package transformers.", remedy="Run `pip install 'sextant-suite[deepfake]'`.")
        return folder

    def load(self, device: Device, dtype: DType) -> Loaded[Any, float]:
        folder = self.check()
        from apps.deepfake import pretrained

        loader = pretrained.ImageDetector if self.kind == "image" else pretrained.VoiceDetector
        return loader(folder, device, dtype)

    def declare(self) -> Model[Any, float]:
        return Model(
            name=self.name,
            task="inspect",
            licence=self.licence,
            source=self.source,
            load=self.load,
            nbytes=lambda dtype: self.parameters * dtype.itemsize,
            working_bytes=lambda requests: self.working_bytes * len(requests),
            batch_key=id,
            max_batch=1,
            tolerance=TOLERANCE,
            description=self.description,
            check=self.check,
        )


_DECLARED: Sequence[_Hub] = (
    _Hub(
        location="buildborderless/CommunityForensics-DeepfakeDet-ViT",
        licence="MIT",
        kind="image",
        parameters=22_000_000,
        working_bytes=256 << 20,
        description="ViT trained on images of thousands of generators (Community Forensics): a second opinion on images",
    ),
    _Hub(
        location="prithivMLmods/Deep-Fake-Detector-v2-Model",
        licence="Apache-2.0",
        kind="image",
        parameters=86_000_000,
        working_bytes=256 << 20,
        description="ViT trained on manipulated faces: a second opinion on images of one face",
    ),
    _Hub(
        location="Gustking/wav2vec2-large-xlsr-deepfake-audio-classification",
        licence="Apache-2.0",
        kind="sound",
        parameters=316_000_000,
        working_bytes=2 << 30,
        description="wav2vec 2.0 XLS-R trained on ASVspoof: a second opinion on voices",
    ),
)
HUB_MODELS: tuple[Model[Any, float], ...] = tuple(each.declare() for each in _DECLARED)


def kind_of_model(name: str) -> Literal["image", "sound"] | None:
    """What a hub model of this name is asked; None for one that is not declared here."""
    return next((each.kind for each in _DECLARED if each.name == name), None)
