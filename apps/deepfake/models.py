"""The studio's learned heads. torch is imported by `load` alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apps.deepfake.hub import HUB_MODELS
from apps.deepfake.image.head import BACKBONE_FILE, BACKBONE_PACKAGE, BACKBONE_VERSION
from apps.deepfake.image.head import WEIGHTS as IMAGE_WEIGHTS
from apps.deepfake.image.head import WEIGHTS_SHA256 as IMAGE_SHA256
from apps.deepfake.voice.head import VOICE_SOURCE
from apps.deepfake.voice.head import WEIGHTS as VOICE_WEIGHTS
from shared.serving import Model, Source

if TYPE_CHECKING:
    import numpy as np

    from shared.serving import Step

__all__ = ["IMAGE_HEAD", "MODELS", "VOICE_HEAD"]

IMAGE_SOURCE = Source("embedded", "apps/deepfake/weights/image.safetensors", "1", IMAGE_SHA256)
BACKBONE_BYTES = 18_826_032
IMAGE_WORKING_BYTES = 512 << 20
VOICE_WORKING_BYTES = 256 << 20


class LoadedImageHead:
    """The image head on a device; one image at a time, since their sizes differ."""

    def __init__(self, device: str) -> None:
        from apps.deepfake.image.head import ImageHead

        self._head: Any = ImageHead.load(None, device)

    def run(self, requests: Sequence[np.ndarray], step: Step) -> list[Any]:
        return [self._head.score(pixels) for pixels in _stepped(requests, step)]

    def close(self) -> None:
        self._head = None


class LoadedVoiceHead:
    """The voice head on a device; one clip at a time, since their lengths differ."""

    def __init__(self, device: str) -> None:
        from apps.deepfake.voice.head import VoiceHead

        self._head: Any = VoiceHead.load(None, device)

    def run(self, requests: Sequence[np.ndarray], step: Step) -> list[Any]:
        return [self._head.score(samples) for samples in _stepped(requests, step)]

    def close(self) -> None:
        self._head = None


def _stepped(requests: Sequence[np.ndarray], step: Step) -> Any:
    for done, request in enumerate(requests):
        step(done, len(requests))
        yield request


def _check(path: Path, source: Source) -> None:
    from shared.serving.load import verify

    verify(path, source)


def _check_image() -> None:
    """Raises what is wrong with the head's file or with the package that carries its backbone."""
    from shared.serving.carrier import carried_file

    _check(IMAGE_WEIGHTS, IMAGE_SOURCE)
    carried_file(BACKBONE_PACKAGE, BACKBONE_VERSION, BACKBONE_FILE)


def _bytes_of(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


IMAGE_HEAD: Model[Any, Any] = Model(
    name="aligned-lite0",
    task="inspect",
    licence="Apache-2.0 (head trained here on CC BY 4.0 faces; backbone EfficientNet-lite0, Apache-2.0)",
    source=IMAGE_SOURCE,
    load=lambda device, dtype: LoadedImageHead(device.name),
    nbytes=lambda dtype: _bytes_of(IMAGE_WEIGHTS) + BACKBONE_BYTES,
    working_bytes=lambda requests: IMAGE_WORKING_BYTES,
    batch_key=id,
    max_batch=1,
    description="patch probe on EfficientNet-lite0, trained on aligned reconstructions and face composites: logit and heatmap",
    check=_check_image,
)

VOICE_HEAD: Model[Any, Any] = Model(
    name="matched-voice",
    task="inspect",
    licence="Apache-2.0 (trained here on LibriSpeech, CC BY 4.0; speech found by Silero VAD, MIT)",
    source=VOICE_SOURCE,
    load=lambda device, dtype: LoadedVoiceHead(device.name),
    nbytes=lambda dtype: _bytes_of(VOICE_WEIGHTS),
    working_bytes=lambda requests: VOICE_WORKING_BYTES,
    batch_key=id,
    max_batch=1,
    description="small network on speech whose channel was matched between recorded and synthesised: logit and a score a window",
    check=lambda: _check(VOICE_WEIGHTS, VOICE_SOURCE),
)

MODELS: tuple[Model[Any, Any], ...] = (IMAGE_HEAD, VOICE_HEAD, *HUB_MODELS)
