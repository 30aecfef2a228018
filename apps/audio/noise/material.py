"""Is it a voice, music or an effect? By what the network keeps of it, and whether that comes and goes as syllables do.

    hear(voice, mask_of)        # Heard("speech", voice_share=0.71, syllables=0.48)

The network keeps little of rain, engines or bells. It keeps a part of music, whose level changes with the beat, slower than syllables
(2 to 9 a second: Greenberg et al. 2003, "Temporal properties of spontaneous speech").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from apps.audio.noise.spectra import BIN_HZ, HOP_S, NETWORK_RATE_HZ, Floats, Grid

__all__ = ["Heard", "hear"]

PART_S, PARTS = 20, 3
"""Of a long sound, this much at its beginning, middle and end is heard."""
VOICE_BINS = slice(round(150 / BIN_HZ), round(4000 / BIN_HZ))
SYLLABLES_HZ = (2.0, 9.0)
SLOWEST_HZ = 0.3
CERTAIN_SHARE, CERTAIN_SECONDS = 0.45, 0.3
LEAST_SHARE, LEAST_SYLLABLES, LEAST_SECONDS = 0.27, 0.3, 1.5
"""Measured on unseen speakers in unseen noise at 0 dB (share 0.24 and more), effect clips (0.22 and less when longer than 1.5 s) and
plucked chords (0.25 and less); shorter than 0.3 s nothing is taken for a voice."""
MUSIC_SECONDS, MUSIC_FLATNESS = 8.0, 0.05


@dataclass(frozen=True)
class Heard:
    """voice_share: of the energy from 150 Hz to 4 kHz, what the network keeps.

    syllables: of its level's changes, the share of those 2 to 9 times a second. flatness: of the loud frames' spectra, 0 lines, 1 noise.
    """

    material: Literal["speech", "music", "effects"]
    voice_share: float
    syllables: float
    flatness: float


def hear(voice: Floats, mask_of: Callable[[Floats], Floats]) -> Heard:
    """voice: (n,) at 16 kHz, of about -26 dB RMS."""
    grid = Grid.of(NETWORK_RATE_HZ)
    kept, power = [], []
    for part in _parts(voice):
        spectrum = grid.analyse(part)[:, VOICE_BINS]
        power.append(spectrum.real**2 + spectrum.imag**2)
        kept.append((power[-1] * np.asarray(mask_of(part), np.float32)[:, VOICE_BINS] ** 2).sum(axis=1))
    total = np.concatenate(power)
    share = float(sum(each.sum() for each in kept) / max(float(total.sum()), 1e-12))
    syllables = float(np.mean([_syllables(each) for each in kept]))
    flatness = _flatness(total)
    seconds = len(voice) / NETWORK_RATE_HZ
    certain = share >= CERTAIN_SHARE and seconds >= CERTAIN_SECONDS
    likely = share >= LEAST_SHARE and syllables >= LEAST_SYLLABLES and seconds >= LEAST_SECONDS
    if certain or likely:
        return Heard("speech", share, syllables, flatness)
    return Heard("music" if seconds >= MUSIC_SECONDS and flatness < MUSIC_FLATNESS else "effects", share, syllables, flatness)


def _parts(voice: Floats) -> list[Floats]:
    size = PART_S * NETWORK_RATE_HZ
    if len(voice) <= PARTS * size:
        return [voice]
    return [voice[start : start + size] for start in np.linspace(0, len(voice) - size, PARTS).astype(int)]


def _syllables(kept: Floats) -> float:
    """Of the changes of the kept level in dB, the share of 2 to 9 Hz."""
    level = 10 * np.log10(kept + 1e-3 * np.quantile(kept, 0.95) + 1e-9)
    power = np.abs(np.fft.rfft((level - level.mean()) * np.hanning(len(level)))) ** 2
    hertz = np.fft.rfftfreq(len(level), HOP_S)
    inside = (hertz >= SYLLABLES_HZ[0]) & (hertz <= SYLLABLES_HZ[1])
    return float(power[inside].sum() / max(float(power[hertz >= SLOWEST_HZ].sum()), 1e-9))


def _flatness(power: Floats) -> float:
    """Geometric over arithmetic mean, the median of the loud frames'."""
    heard = power.sum(axis=1)
    loud = power[heard >= 0.1 * np.quantile(heard, 0.95)] + 1e-12
    return float(np.median(np.exp(np.log(loud).mean(axis=1)) / loud.mean(axis=1)))
