"""Mains hum: found first, and only what was found is taken away. 50 or 60 Hz and its multiples, steady all through the sound.

    hum = find_hum(mono, rate_hz)               # None, or its frequency, its harmonics and how far they stand out
    rest = remove_hum(samples, rate_hz, hum)    # least-squares sinusoids, block by block, whatever else is there

Removal takes a little of whatever else lies on these frequencies, so a sound without hum is left alone. Speech does not hold a line for
long and music seldom two multiples of the mains: lines are looked for in what the spectrum never falls below.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.audio.noise.spectra import Floats

__all__ = ["Hum", "find_hum", "line_level_db", "remove_hum"]

WORK_HZ = 4000
FRAME_S, HOP_S = 1.0, 0.25
MIN_SECONDS = 3.0
MAINS_HZ = (50.0, 60.0)
DRIFT_HZ = 0.25
QUANTILE = 0.2
MAX_HARMONIC = 30
NEAR_HZ, FAR_HZ = 3.0, 18.0
"""The neighbourhood of a line: beyond a Hann window's main lobe, short of the next line."""
WEAK_DB, LINE_DB, FAMILY_DB = 4.0, 9.0, 14.0
"""A hum is there if its two strongest harmonics stand out by the third on average, the weaker by the second, and one of the first three by
the third. Then the first twelve are removed that stand out by the first, and those above by the second."""
LOW_HARMONICS = 12
STEP_HZ, OFF_DB = 0.02, 12.0
BLOCK_S = 2.0
TRACK_HZ = 2000
WANDER_HZ = 0.2
QUIET_S = 0.08
BURST = 1.6
"""A line louder than this times its usual strength is somebody's voice or a note: only the usual strength is taken."""


@dataclass(frozen=True)
class Hum:
    """hz: of the fundamental. harmonics: which multiples are there. prominence_db: how far the two strongest stand out."""

    hz: float
    harmonics: tuple[int, ...]
    prominence_db: float


def find_hum(mono: Floats, rate_hz: int) -> Hum | None:
    """mono: (n,). None where there is no hum, and for less than three seconds."""
    from scipy.ndimage import maximum_filter1d

    floor = _floor(mono, rate_hz)
    if floor is None:
        return None
    stands_db = _prominence_db(floor)
    # the slope of a note beside it is no line: 49 Hz is the lowest G of a piano
    lines_db = np.where(floor >= maximum_filter1d(floor, 3), stands_db, 0)
    best, most = None, 0.0
    for mains in MAINS_HZ:
        for hz in np.arange(mains - DRIFT_HZ, mains + DRIFT_HZ + 0.01, STEP_HZ):
            centres = hz * FRAME_S * np.arange(1, MAX_HARMONIC + 1)
            nearest = np.round(centres).astype(np.intp)
            # off a line's own bin it counts less, so that the right frequency wins
            off_db = OFF_DB * (centres - nearest) ** 2
            found = lines_db[nearest] - off_db
            order = np.sort(found)[::-1]
            if order[:2].mean() < FAMILY_DB or order[1] < LINE_DB or found[:3].max() < FAMILY_DB:
                continue
            together = float(np.maximum(found - WEAK_DB, 0).sum())
            if best is None or together > most:
                best = Hum(float(hz), _worth_removing(stands_db[nearest] - off_db), float(order[:2].mean()))
                most = together
    return best


def _worth_removing(found: NDArray[np.float64]) -> tuple[int, ...]:
    needed = np.where(np.arange(1, MAX_HARMONIC + 1) <= LOW_HARMONICS, WEAK_DB, LINE_DB)
    return tuple(int(k) for k in np.flatnonzero(found >= needed) + 1)


def line_level_db(mono: Floats, rate_hz: int, hum: Hum) -> float:
    """Power of the hum's lines, in dB on full scale's square: what is always there at its frequencies."""
    floor = _floor(mono, rate_hz)
    if floor is None:
        return -np.inf
    at = [round(hum.hz * k * FRAME_S) for k in hum.harmonics if hum.hz * k < WORK_HZ / 2 - FAR_HZ]
    return 10 * float(np.log10(sum(floor[max(0, i - 1) : i + 2].max() for i in at) + 1e-20))


def remove_hum(samples: Floats, rate_hz: int, hum: Hum) -> Floats:
    """(n, channels) without the hum: in blocks of 2 s, each with its own frequency, channel by channel with its own strength."""
    n, size = len(samples), round(BLOCK_S * rate_hz)
    hop = size // 2
    count = max(1, int(np.ceil(n / hop)) + 1)
    window = (0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(size) + 0.5) / size)).astype(np.float32)
    quiet = _quiet(samples, rate_hz)
    hertz, strengths = [], []
    for at in range(count):
        block, weights = (_block(each, (at - 1) * hop, size) for each in (samples, quiet))
        weights *= window[:, None]
        hertz.append(_local_hz((block * weights).mean(axis=1), rate_hz, hum))
        strengths.append(_strengths(block * weights, float(weights.sum()), rate_hz, hertz[-1], hum))
    usual = np.median(np.abs(strengths), axis=0) * BURST
    rest = samples.astype(np.float32, copy=True)
    for at, (hz, found) in enumerate(zip(hertz, strengths, strict=True)):
        tamed = found * np.minimum(1, usual / np.maximum(np.abs(found), 1e-12))
        start = (at - 1) * hop
        lines = _lines(size, rate_hz, hz, hum, tamed) * window[:, None]
        inside = slice(max(0, start), min(n, start + size))
        rest[inside] -= lines[inside.start - start : inside.stop - start]
    return rest


def _floor(mono: Floats, rate_hz: int) -> NDArray[np.float64] | None:
    """(bins of 1 Hz,) power that each frequency up to 2 kHz has at least 80 % of the time, for a sinusoid its mean square."""
    from scipy.signal import resample_poly

    if len(mono) < MIN_SECONDS * rate_hz:
        return None
    common = int(np.gcd(rate_hz, WORK_HZ))
    low = resample_poly(mono, WORK_HZ // common, rate_hz // common) if rate_hz != WORK_HZ else mono
    size = int(FRAME_S * WORK_HZ)
    window = np.hanning(size)
    frames = np.lib.stride_tricks.sliding_window_view(low, size)[:: int(HOP_S * WORK_HZ)]
    step = max(1, len(frames) // 1200)  # five minutes' worth of frames say enough
    power = np.abs(np.fft.rfft(frames[::step] * window, axis=1)) ** 2 * (2 / window.sum() ** 2)
    heard = power[power.sum(axis=1) > 1e-13]
    if len(heard) < 4:
        return None
    floor: NDArray[np.float64] = np.quantile(heard, QUANTILE, axis=0)
    return floor


def _prominence_db(floor: NDArray[np.float64]) -> NDArray[np.float64]:
    """(bins,) how far each bin stands out of its surroundings; 0 at both ends."""
    near, far = round(NEAR_HZ * FRAME_S), round(FAR_HZ * FRAME_S)
    around = np.lib.stride_tricks.sliding_window_view(floor, 2 * far + 1)
    sides = np.concatenate([around[:, : far - near], around[:, far + near + 1 :]], axis=1)
    found = np.zeros(len(floor))
    found[far : far + len(around)] = 10 * np.log10((floor[far : far + len(around)] + 1e-16) / (np.median(sides, axis=1) + 1e-16))
    return found


def _quiet(samples: Floats, rate_hz: int) -> Floats:
    """(n, 1) weights: more where less else is heard, so that the hum is measured between the words."""
    from scipy.ndimage import uniform_filter1d

    step = max(1, rate_hz // WORK_HZ)
    whole = np.pad(samples.mean(axis=1), (0, -len(samples) % step)).reshape(-1, step).mean(axis=1)
    size = max(3, round(QUIET_S * rate_hz / step))
    power = uniform_filter1d(uniform_filter1d(whole.astype(np.float64) ** 2, size), size)
    weights = np.repeat((1 / (power + 1e-3 * power.mean() + 1e-12)).astype(np.float32), step)[: len(samples), None]
    return np.asarray(weights / max(float(weights.max()), 1e-12), np.float32)


def _block(samples: Floats, start: int, size: int) -> Floats:
    """(size, channels), zeros where the signal is not."""
    part = np.zeros((size, samples.shape[1]), np.float32)
    low, high = max(0, start), min(len(samples), start + size)
    if high > low:
        part[low - start : high - start] = samples[low:high]
    return part


def _local_hz(weighed_block: Floats, rate_hz: int, hum: Hum) -> float:
    """The fundamental in a block: where the strongest harmonics hold most energy, near the frequency of the whole."""
    step = max(1, rate_hz // TRACK_HZ)
    decimated = weighed_block[: len(weighed_block) // step * step].reshape(-1, step).mean(axis=1)
    weighed = decimated.astype(np.complex64)
    tried = hum.hz + np.linspace(-WANDER_HZ, WANDER_HZ, 17)
    turn = np.exp(-2j * np.pi * tried[:, None] * (np.arange(len(decimated)) * (step / rate_hz))).astype(np.complex64)
    energy = np.zeros(len(tried))
    power, reached = np.ones_like(turn), 0
    for k in hum.harmonics[:6]:
        if k * hum.hz > TRACK_HZ / 2.5:
            break
        while reached < k:
            power, reached = power * turn, reached + 1
        energy += np.abs(power @ weighed) ** 2
    best = int(np.argmax(energy))
    if not 0 < best < len(tried) - 1:
        return float(tried[best])
    left, top, right = energy[best - 1 : best + 2]
    vertex = 0.5 * (left - right) / min(left - 2 * top + right, -1e-12)  # of the parabola through three
    return float(tried[best] + vertex * (tried[1] - tried[0]))


def _strengths(weighed: Floats, weight: float, rate_hz: int, hz: float, hum: Hum) -> NDArray[np.complex128]:
    """(harmonics, channels) complex amplitudes, weighted least squares: the weights are so smooth that the lines are orthogonal."""
    turn = np.exp(-2j * np.pi * hz / rate_hz * np.arange(len(weighed))).astype(np.complex64)
    found = np.zeros((len(hum.harmonics), weighed.shape[1]), np.complex128)
    power, reached = np.ones_like(turn), 0
    for row, k in enumerate(hum.harmonics):
        while reached < k:
            power, reached = power * turn, reached + 1
        found[row] = power @ weighed * (2 / max(weight, 1e-9))
    return found


def _lines(size: int, rate_hz: int, hz: float, hum: Hum, strengths: NDArray[np.complex128]) -> Floats:
    """(size, channels) the sinusoids."""
    turn = np.exp(2j * np.pi * hz / rate_hz * np.arange(size)).astype(np.complex64)
    total = np.zeros((size, strengths.shape[1]), np.float32)
    power, reached = np.ones_like(turn), 0
    for row, k in enumerate(hum.harmonics):
        while reached < k:
            power, reached = power * turn, reached + 1
        total += (power[:, None] * strengths[row].astype(np.complex64)).real
    return total
