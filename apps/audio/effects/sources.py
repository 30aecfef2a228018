"""The user's clips as material: checked, mono, at 48 kHz, of one level, with the place where each begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.audio.effects.blocks import SAMPLE_RATE_HZ, Floats
from shared.errors import BadInput

__all__ = ["SHORTEST_TEXTURE_S", "Clip", "Source", "is_sustained", "levels_db", "read_sources", "resampled"]

Clip = tuple[str, NDArray[np.float32], int]
"""(name, (n,) or (n, 2) samples, rate in Hz)."""
MOST_CLIPS, LONGEST_S, SHORTEST_S, SHORTEST_TEXTURE_S = 64, 600.0, 0.02, 0.25
RATES_HZ = (8_000, 192_000)


@dataclass(frozen=True)
class Source:
    """A clip at 48 kHz, mono, its loudest 50 ms at an RMS of 0.1. onset: the sample at which it begins."""

    name: str
    samples: Floats
    onset: int


def is_sustained(samples: Floats) -> bool:
    """Whether a clip goes on (rain, an engine) rather than happens: over a second long, most of it within 20 dB of its loudest 50 ms."""
    level = levels_db(samples)
    return len(samples) >= SAMPLE_RATE_HZ and float((level > level.max() - 20).mean()) > 0.6


def levels_db(samples: Floats, window_s: float = 0.05) -> Floats:
    """(frames,) dB of RMS, not below -90."""
    window = min(max(round(window_s * SAMPLE_RATE_HZ), 1), len(samples))
    whole = samples[: len(samples) // window * window].reshape(-1, window)
    return 10 * np.log10((whole**2).mean(axis=1) + 1e-9)


def read_sources(clips: Sequence[Clip]) -> list[Source]:
    """Raises `BadInput` naming the clip that cannot be used."""
    if not 1 <= len(clips) <= MOST_CLIPS:
        raise BadInput(f"{len(clips)} clips were given; 1 to {MOST_CLIPS} are expected.", field="clips")
    return [_source(*clip) for clip in clips]


def _source(name: str, samples: NDArray[np.float32], rate_hz: int) -> Source:
    def refuse(what: str) -> BadInput:
        return BadInput(f"The clip {name!r} {what}.", field="clips")

    if samples.ndim not in (1, 2) or (samples.ndim == 2 and samples.shape[1] not in (1, 2)):
        raise refuse(f"has the shape {samples.shape}; (n,) or (n, 2) is expected")
    if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
        raise refuse(f"has {rate_hz} samples a second; {RATES_HZ[0]} to {RATES_HZ[1]} are expected")
    if not SHORTEST_S <= len(samples) / rate_hz <= LONGEST_S:
        raise refuse(f"lasts {len(samples) / rate_hz:.3g} s; {SHORTEST_S} to {LONGEST_S:g} s are expected")
    if not np.isfinite(samples).all():
        raise refuse("holds samples that are no numbers")
    sides = np.asarray(samples, np.float64).reshape(len(samples), -1)
    mono = sides.mean(axis=1)
    if (mono**2).sum() < 0.1 * (sides[:, 0] ** 2).sum():  # channels of opposite sign cancel
        mono = sides[:, 0]
    mono = resampled(mono - mono.mean(), SAMPLE_RATE_HZ / rate_hz)
    loudest = float(levels_db(mono).max())
    if loudest < -80:
        raise refuse("is silent")
    mono *= 10 ** ((-20 - loudest) / 20)
    fine = levels_db(mono, 0.002)
    first = int(np.flatnonzero(fine > fine.max() - 30)[0])
    return Source(name, mono, max(round((first - 1) * 0.002 * SAMPLE_RATE_HZ), 0))


def resampled(signal: Floats, ratio: float) -> Floats:
    """The signal at `ratio` times as many samples, by its spectrum: exact but for the ends, which are padded."""
    wanted = max(round(len(signal) * ratio), 1)
    if wanted == len(signal):
        return signal.copy()
    padded = np.pad(signal, 2048)
    length = round(len(padded) * ratio)
    spectrum = np.fft.rfft(padded)
    kept = np.zeros(length // 2 + 1, np.complex128)
    bins = min(len(spectrum), len(kept))
    kept[:bins] = spectrum[:bins]
    start = round(2048 * ratio)
    return np.fft.irfft(kept, length)[start : start + wanted] * (length / len(padded))
