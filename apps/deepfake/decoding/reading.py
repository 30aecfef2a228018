"""Pictures and sounds of unknown origin, read without being trusted.

picture = read_image(data)      picture.pixels (h, w, 3) uint8, upright; picture.facts
clip = read_sound(data)         clip.samples (n,) float32, one channel at 16 kHz; clip.facts
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from apps.deepfake.decoding.facts import ImageFacts, SoundFacts
from apps.deepfake.decoding.kind import IMAGES, SOUNDS, kind_of
from apps.deepfake.decoding.sandbox import GIB, SENTENCES, DecodingFailed, run_limited
from shared.errors import Unsupported

__all__ = ["RATE_HZ", "Clip", "Picture", "read_image", "read_sound"]

RATE_HZ = 16_000
IMAGE_MEMORY_BYTES, IMAGE_SECONDS = 3 * GIB, 60.0
"""100 million pixels in CMYK: 400 MB as stored, 400 MB turned upright, 300 MB to return, beside the file and the libraries."""
SOUND_MEMORY_BYTES, SOUND_SECONDS = 3 * GIB // 2, 180.0
"""Half an hour of AAC takes 8 s, half an hour of anything returns 115 MB."""


F = TypeVar("F", bound=BaseModel)


@dataclass(frozen=True, eq=False)
class Picture:
    """pixels: (h, w, 3) uint8, sRGB unless `facts.profile` says otherwise, upright, at native size."""

    pixels: NDArray[np.uint8]
    facts: ImageFacts


@dataclass(frozen=True, eq=False)
class Clip:
    """samples: (n,) float32 at 16 kHz, full scale 1, finite."""

    samples: NDArray[np.float32]
    facts: SoundFacts
    rate_hz: int = RATE_HZ


def read_image(data: bytes) -> Picture:
    """The first picture of a file. One that breaks off is returned with `facts.damage`: its bottom is missing.

    Raises `Unsupported` for another kind of file, `TooLarge` above 100 million pixels, `BadInput` where nothing can be decoded,
    `DecodingFailed` where decoding had to be stopped.
    """
    _expect(data, "image")
    facts, arrays = run_limited("image", data, memory_bytes=IMAGE_MEMORY_BYTES, seconds=IMAGE_SECONDS)
    known = _checked(ImageFacts, facts)
    pixels = arrays.get("pixels")
    if pixels is None or pixels.dtype != np.uint8 or pixels.shape != (known.height, known.width, 3):
        raise _untrue()
    return Picture(pixels, known)


def read_sound(data: bytes) -> Clip:
    """The first sound of a file, also of a video. One that breaks off is returned with `facts.truncated_at_s`.

    Raises `Unsupported` for another kind of file, `TooLarge` above 30 minutes, 8 channels or 192 kHz, `BadInput` where nothing can be
    decoded, `DecodingFailed` where decoding had to be stopped.
    """
    _expect(data, "sound")
    facts, arrays = run_limited("sound", data, memory_bytes=SOUND_MEMORY_BYTES, seconds=SOUND_SECONDS)
    known = _checked(SoundFacts, facts)
    samples = arrays.get("samples")
    if samples is None or samples.dtype != np.float32 or samples.ndim != 1 or not np.isfinite(samples).all():
        raise _untrue()
    return Clip(samples, known)


def _expect(data: bytes, wanted: str) -> None:
    kind = kind_of(data)
    if kind.kind != wanted:
        what, give = ("picture", IMAGES) if wanted == "image" else ("sound", SOUNDS)
        raise Unsupported(f"The file is {kind.words}, not a {what}.", remedy=kind.remedy or f"Give {give}.")


def _checked(model: type[F], facts: dict[str, Any]) -> F:
    try:
        return model.model_validate(facts)
    except ValidationError:  # no reader of ours answers so: what does has taken its process over
        raise _untrue() from None


def _untrue() -> DecodingFailed:
    sentence, remedy = SENTENCES["crash"]
    return DecodingFailed("crash", sentence, remedy=remedy)
