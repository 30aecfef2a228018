"""The clips that the benchmark judges: a recording and what was made of it or for it, plain or both through the same way.

    for trial in trials(corpus, ["kokoro"], "matched", part="test"):
        trial.family, trial.unit, trial.samples

Conditions: `plain` (as recorded, as made), `matched` (every fake has the long-term spectrum and the noise floor of its speaker's
recording, goes through the same random channel, and both are as narrow as the narrower of the two), `phone`, `opus-16`, `mp3-32` (all
through that alone), `mixed` (every clip through a channel of its own).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.deepfake.voice.channels import CODECS, Channel, alike, coded, telephone
from apps.deepfake.voice.corpus import Corpus, read
from apps.deepfake.voice.pool import REAL, is_narrow
from apps.deepfake.voice.tts import TTS_FAMILIES
from apps.deepfake.voice.vad import RATE_HZ, speech_spans

__all__ = ["CONDITIONS", "Trial", "trials"]

CONDITIONS = ("plain", "matched", "phone", "opus-16", "mp3-32", "mixed")
CLIP_S = 6.0
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Trial:
    """(n,) float32 at 16 kHz. unit: the speaker, or the synthesiser's clip, by which the bootstrap draws."""

    family: str
    unit: str
    samples: Floats


def trials(corpus: Corpus, families: list[str], condition: str, *, part: str = "test", spoken: str = "", draw: int = 0) -> Iterator[Trial]:
    """One recording of each speaker of the part and, of each family, one clip for each of them, as far as there are clips.

    spoken: the part of the synthesisers' clips when it is another ("all": no network has heard the family); draw: another set of channels.
    """
    reals = corpus.reals(part)
    for number, path in enumerate(reals):
        real = _trimmed(read(path, 0, 9.0))
        way = Channel.draw(np.random.default_rng([2, draw, zlib.crc32(path.name.encode())]))
        sources = [
            (REAL, path),
            *((family, clip) for family in families if (clip := _clip(corpus, family, path, number, spoken or part)) is not None),
        ]
        row = [(family, source, real if family == REAL else _trimmed(read(source, 0, 9.0))) for family, source in sources]
        narrow = condition == "matched" and any(is_narrow(samples) for _, _, samples in row)
        for family, source, samples in row:
            own = zlib.crc32(f"{family} {source.name}".encode())
            heard = _narrowed(samples) if narrow else samples
            if condition == "matched" and family != REAL:
                heard = alike(heard, _narrowed(real) if narrow else real, np.random.default_rng([3, draw, own]))
            if condition == "mixed":
                way = Channel.draw(np.random.default_rng([4, draw, own]))
            unit = source.stem if family in TTS_FAMILIES else corpus.speaker(source)
            yield Trial(family, unit, _sent(heard, condition, way))


def _clip(corpus: Corpus, family: str, real: Path, number: int, part: str) -> Path | None:
    if family not in TTS_FAMILIES:
        return corpus.twins(real).get(family)
    clips = corpus.fakes(family, part)
    return clips[number] if number < len(clips) else None


def _trimmed(samples: Floats) -> Floats:
    """From where speech begins to where it ends, six seconds at most: silence before and after is a mark of where a clip was cut."""
    spans = speech_spans(samples)
    first = spans[0][0] if spans else 0.0
    last = min(spans[-1][1], first + CLIP_S) if spans else CLIP_S
    return samples[int(first * RATE_HZ) : int(last * RATE_HZ)]


def _narrowed(samples: Floats) -> Floats:
    from scipy.signal import resample_poly

    narrow: Floats = resample_poly(resample_poly(samples, 1, 2), 2, 1)[: len(samples)].astype(np.float32)
    return narrow


def _sent(samples: Floats, condition: str, way: Channel) -> Floats:
    if condition == "plain":
        return samples
    if condition in ("matched", "mixed"):
        return way(samples)
    level = samples * np.float32(0.05 / max(float(np.sqrt(np.mean(samples**2))), 1e-7))
    return telephone(level) if condition == "phone" else coded(level, condition if condition in CODECS else "opus-16")
