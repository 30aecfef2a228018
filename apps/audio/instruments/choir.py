"""A choir: several singers a voice, a glottal source through the formants of "ah" and "oo", which change slowly from phrase to phrase."""

from __future__ import annotations

import numpy as np

from apps.audio.instruments.ensemble import Habits, Timbre, arcs, ensemble, players, smooth
from apps.audio.instruments.notes import Line
from apps.audio.instruments.signals import CONTROL, Bus, Floats, Gain, Rng, expanded, hertz

__all__ = ["AZIMUTHS_DEG", "LEVELS_DB", "play"]

AZIMUTHS_DEG = (-26.0, -9.0, 9.0, 26.0)
LEVELS_DB = (0.0, -1.5, -1.5, 0.0)
HABITS = Habits(
    count=7,
    tuning_cents=7.0,
    unsteady_cents=5.0,
    vibrato_hz=(4.9, 6.3),
    vibrato_cents=(12.0, 28.0),
    vibrato_after_s=0.25,
    scoop_cents=-18.0,
    attack_s=0.13,
    release_s=0.22,
    late_s=0.03,
    swell=0.25,
)
HIGHEST_HZ = 8_000.0
SOURCE_SLOPE = 0.3
"""The levels of the formants hold most of the fall of the glottal source already; the rest is n to the power of minus this."""
BREATH_DB = -36.0
PHRASE_DB = 3.0
WIDER = 1.8
"""Many throats have wider formants than one."""
CHEST_HZ, CHEST_DB = 300.0, -9.0
"""What a voice has below its first formant: the source is strongest there, which the table of peaks does not say."""
FORMANTS: dict[str, tuple[tuple[tuple[float, float, float], ...], ...]] = {
    "ah": (
        ((800, 80, 0), (1_150, 90, -6), (2_900, 120, -32), (3_900, 130, -20), (4_950, 140, -50)),
        ((800, 80, 0), (1_150, 90, -4), (2_800, 120, -20), (3_500, 130, -36), (4_950, 140, -60)),
        ((650, 80, 0), (1_080, 90, -6), (2_650, 120, -7), (2_900, 130, -8), (3_250, 140, -22)),
        ((600, 60, 0), (1_040, 70, -7), (2_250, 110, -9), (2_450, 120, -9), (2_750, 130, -20)),
    ),
    "oo": (
        ((325, 50, 0), (700, 60, -16), (2_700, 170, -35), (3_800, 180, -40), (4_950, 200, -60)),
        ((325, 50, 0), (700, 60, -12), (2_530, 170, -30), (3_500, 180, -40), (4_950, 200, -64)),
        ((350, 40, 0), (600, 60, -20), (2_700, 100, -17), (2_900, 120, -14), (3_300, 120, -26)),
        ((350, 40, 0), (600, 80, -20), (2_400, 100, -32), (2_675, 120, -28), (2_950, 120, -36)),
    ),
}
"""Hz, width in Hz, dB; soprano, alto, tenor, bass. The Csound manual's table of formant values for FOF synthesis."""
SINGERS_FORMANT_DB = -8.0
"""Choristers blend: what lies above 2 kHz is softer than in the table, which is of soloists."""
OPEN = (0.15, 0.9)
"""How much "ah" there is in a phrase: drawn between these, the same for all voices."""


def play(line: Line, rng: Rng) -> list[Bus]:
    """One section: what goes through the "ah", and what goes through the "oo"."""
    tones = [vowel(name, line.voice) for name in ("ah", "oo")]
    timbre = Timbre(lambda pitch: harmonics(pitch, line.rate_hz), lambda f: 0.5 * tones[0](f) + 0.5 * tones[1](f), BREATH_DB)
    signal = ensemble(line, HABITS, players(HABITS, rng), timbre, rng) * arcs(line, PHRASE_DB)
    opened = openness(line)
    return [Bus(signal * opened, tones[0]), Bus(signal * (1 - opened), tones[1])]


def harmonics(pitch: int, rate_hz: int) -> np.ndarray:
    """(harmonics,) amplitudes of the source."""
    count = max(2, int(min(HIGHEST_HZ, 0.45 * rate_hz) / hertz(pitch)))
    found: np.ndarray = np.arange(1, count + 1) ** -SOURCE_SLOPE
    return found


def vowel(name: str, voice: int) -> Gain:
    """The filter of a vowel."""

    def gain(frequencies: Floats) -> Floats:
        total = 10 ** (CHEST_DB / 20) / (1 + (frequencies / CHEST_HZ) ** 2)
        for centre, width, level_db in FORMANTS[name][voice]:
            softer = SINGERS_FORMANT_DB if centre > 2_000 else 0.0
            total += 10 ** ((level_db + softer) / 20) / (1 + ((frequencies - centre) / (0.5 * WIDER * width)) ** 2)
        found: Floats = (total * np.minimum(frequencies / 80, 1) ** 2).astype(np.float32)
        return found

    return gain


def openness(line: Line) -> Floats:
    """(samples,) the share of "ah": each phrase moves to its own, the same in all voices."""
    rng = np.random.default_rng([line.seed, 4])
    targets = rng.uniform(*OPEN, len(line.phrases_s))
    points = -(-line.samples // CONTROL) + 1
    t = np.arange(points) * (CONTROL / line.rate_hz)
    phrase = np.clip(np.searchsorted(line.phrases_s, t, side="right") - 1, 0, len(targets) - 2)
    begins = np.array(line.phrases_s)
    along = (t - begins[phrase]) / np.maximum(np.append(np.diff(begins), 1.0)[phrase], 1e-3)
    moved = targets[phrase] + (targets[phrase + 1] - targets[phrase]) * smooth(along)
    return expanded(moved, line.samples)
