"""A bowed string orchestra: sawtooth-like waves of several players through the resonances of violins, violas and cellos."""

from __future__ import annotations

import numpy as np

from apps.audio.instruments.ensemble import Habits, Player, Timbre, arcs, ensemble, players
from apps.audio.instruments.notes import Line
from apps.audio.instruments.signals import Bus, Floats, Gain, Rng, hertz

__all__ = ["AZIMUTHS_DEG", "LEVELS_DB", "play"]

AZIMUTHS_DEG = (-26.0, -9.0, 12.0, 24.0)
"""First violins left, seconds, violas, cellos right: the American seating."""
LEVELS_DB = (0.0, -1.5, -1.5, 0.0)
HABITS = Habits(
    count=7,
    tuning_cents=6.0,
    unsteady_cents=3.0,
    vibrato_hz=(5.0, 6.2),
    vibrato_cents=(8.0, 18.0),
    vibrato_after_s=0.18,
    scoop_cents=-6.0,
    attack_s=0.11,
    release_s=0.2,
    late_s=0.02,
    swell=0.25,
)
DOUBLE_BASS = Player(0.0, 5.0, 4.0, level=0.9, semitones=-12)
HIGHEST_HZ = 9_000.0
SOFT_HZ = 3_200.0
"""Above it a bowed string's sawtooth falls faster than 1/n: finger, bow width and air take their share."""
AIR_HZ = 6_000.0
"""Above it little of the bow's rustle is left: wood does not radiate it."""
BOW_DB = -40.0
PHRASE_DB = 2.0
BODIES: dict[int, tuple[tuple[float, float, float], ...]] = {
    0: ((275, 0.5, 4.0), (460, 0.5, 5.0), (560, 0.5, 3.0), (1_300, 0.9, -4.0), (2_500, 0.9, 3.0)),
    1: ((275, 0.5, 4.0), (450, 0.5, 5.0), (550, 0.5, 3.0), (1_300, 0.9, -4.0), (2_300, 0.9, 2.0)),
    2: ((220, 0.5, 5.0), (350, 0.5, 4.0), (600, 0.6, 2.0), (1_200, 0.9, -3.0), (1_900, 0.9, 2.0)),
    3: ((100, 0.5, 4.0), (190, 0.5, 4.0), (360, 0.6, 3.0), (800, 0.9, -2.0), (1_500, 0.9, 2.0)),
}
"""Resonances: Hz, width in octaves, dB. Air and wood modes and the bridge hill of each size (Fletcher & Rossing, The Physics of Musical
Instruments, chapter 10), softened as the mean of many instruments is.
"""


def play(line: Line, rng: Rng) -> list[Bus]:
    """One section."""
    group = players(HABITS, rng)
    if line.voice == 3:
        group = [*group, DOUBLE_BASS]
    timbre = Timbre(lambda pitch: harmonics(pitch, line.rate_hz), body(line.voice), BOW_DB)
    return [Bus(ensemble(line, HABITS, group, timbre, rng) * arcs(line, PHRASE_DB), timbre.tone)]


def harmonics(pitch: int, rate_hz: int) -> np.ndarray:
    """(harmonics,) amplitudes of a bowed string."""
    frequencies = hertz(pitch) * np.arange(1, max(2, int(min(HIGHEST_HZ, 0.45 * rate_hz) / hertz(pitch))) + 1)
    found: np.ndarray = frequencies[0] / frequencies / (1 + (frequencies / SOFT_HZ) ** 2)
    return found


def body(voice: int) -> Gain:
    """The filter of a section's instruments."""

    def gain(frequencies: Floats) -> Floats:
        octaves = np.log2(np.maximum(frequencies, 10.0))
        level_db = sum(peak_db * np.exp(-0.5 * ((octaves - np.log2(at)) / (width / 2)) ** 2) for at, width, peak_db in BODIES[voice])
        found: Floats = (10 ** (level_db / 20) * np.minimum(frequencies / 30, 1) / (1 + (frequencies / AIR_HZ) ** 4)).astype(np.float32)
        return found

    return gain
