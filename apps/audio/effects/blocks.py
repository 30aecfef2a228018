"""What the sound effects are built of: noise, slow drift, pulse trains, damped modes, scattered grains, spectral shaping.

Everything is vectorised numpy at 48 kHz: no sample loop, so that an effect renders much faster than it plays. Signals are
(n,) float64, dimensionless; `synthesis.render` brings them to float32. Every function draws only from the generator it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "SAMPLE_RATE_HZ",
    "EffectClass",
    "Floats",
    "Pace",
    "Parameter",
    "Rng",
    "Values",
    "attack_decay",
    "band",
    "burst",
    "curve",
    "drift",
    "edges",
    "formants",
    "lowpass",
    "modes",
    "noise",
    "place",
    "pulses",
    "scatter",
    "shape",
    "times",
    "train",
]

SAMPLE_RATE_HZ = 48_000
DRIFT_STEP = 32
"""Samples between which slow wander is linear: at 90 turns a second still 16 points a turn, and five times as fast as every sample."""
Floats: TypeAlias = NDArray[np.float64]
Rng: TypeAlias = np.random.Generator
Values: TypeAlias = Mapping[str, float]
Gain: TypeAlias = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Parameter:
    """One knob of an effect.

    low, high: its range in `unit`. log: whether equal steps are equal ratios. typical: where hand-chosen values centre, as a fraction
    of the range. axes: how adjectives move it, e.g. {"size": -1} for a pitch that falls as the thing grows.
    """

    name: str
    unit: str
    low: float
    high: float
    meaning: str
    log: bool = False
    typical: float = 0.5
    axes: Mapping[str, float] = field(default_factory=dict)

    def value(self, fraction: float) -> float:
        """The value at a fraction (0 to 1) of the range."""
        if self.log:
            return float(self.low * (self.high / self.low) ** fraction)
        return float(self.low + (self.high - self.low) * fraction)

    def fraction(self, value: float) -> float:
        """The inverse of `value`, clipped to the range."""
        value = min(max(value, self.low), self.high)
        if self.log:
            return float(np.log(value / self.low) / np.log(self.high / self.low))
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Pace:
    """What comes one by one: `fewest` to `most` of them where no duration is asked for, each `knob` and gap_s seconds after the last.

    The last one has the part `end` of that time to die away in.
    """

    knob: str
    fewest: int
    most: int
    gap_s: float = 0.0
    end: float = 1.0


@dataclass(frozen=True)
class EffectClass:
    """A kind of sound and how it is made.

    key: lower-case name. synthesize: (values, n samples, rng) -> (n,) float64 of any level. natural_s: shortest and longest duration
    that sounds natural. sustained: whether it goes on for as long as wanted (and so can loop), or happens once. default: what is made
    where no duration is asked for: from so many to so many seconds, so many events, or (None) as long as the model draws.
    """

    key: str
    title: str
    parameters: tuple[Parameter, ...]
    synthesize: Callable[[Values, int, Rng], Floats]
    natural_s: tuple[float, float] = (0.5, 3.0)
    sustained: bool = False
    default: tuple[float, float] | Pace | None = None


def times(n: int) -> Floats:
    """(n,) seconds from the start."""
    return np.arange(n) / SAMPLE_RATE_HZ


def _fast_length(n: int) -> int:
    """The least length of the form (4, 5, 6 or 7) x 2^k that is not below n: quick for an FFT."""
    power = 1 << max(int(n - 1).bit_length() - 3, 0)
    return next(step * power for step in (4, 5, 6, 7, 8) if step * power >= n)


def _frequencies(length: int) -> Floats:
    """Hz of the bins of a real FFT."""
    return np.linspace(0.0, SAMPLE_RATE_HZ / 2, length // 2 + 1, dtype=np.float64)


def shape(signal: Floats, gain: Gain) -> Floats:
    """Filter with zero phase: gain(frequencies in Hz) -> amplitude factors."""
    n = len(signal)
    length = _fast_length(n + 2048)
    frequencies = _frequencies(length)
    return np.fft.irfft(np.fft.rfft(signal, length) * gain(frequencies), length)[:n]


def noise(n: int, rng: Rng, gain: Gain | None = None, slope_db: float = 0.0) -> Floats:
    """Gaussian noise of unit power, its spectrum tilted by slope_db an octave and shaped by `gain`."""
    length = _fast_length(max(n, 64))
    frequencies = _frequencies(length)
    weights = np.ones(len(frequencies))
    if slope_db:
        weights *= (np.maximum(frequencies, 20.0) / 1000.0) ** (slope_db / 6.02)
    if gain is not None:
        weights *= gain(frequencies)
    spectrum = (rng.standard_normal(len(frequencies)) + 1j * rng.standard_normal(len(frequencies))) * weights
    spectrum[0] = 0.0
    made = np.fft.irfft(spectrum, length)
    power = np.sqrt(np.sum(weights**2)) * 2 / length
    return made[:n] / max(power, 1e-12)


def band(centre_hz: float, width_octaves: float = 1.0) -> Gain:
    """A bell-shaped pass band on the octave scale."""
    return lambda f: np.exp(-0.5 * (np.log2(np.maximum(f, 1.0) / centre_hz) / (0.5 * width_octaves)) ** 2)


def lowpass(cutoff_hz: float, order: float = 2.0) -> Gain:
    """A Butterworth magnitude."""
    return lambda f: 1 / np.sqrt(1 + (f / cutoff_hz) ** (2 * order))


def formants(peaks: list[tuple[float, float, float]], floor: float = 0.02) -> Gain:
    """Resonances of a throat or a body: (centre Hz, width Hz, amplitude) each, over a floor."""

    def gain(f: Floats) -> Floats:
        total = np.full(len(f), floor)
        for centre, width, amplitude in peaks:
            total += amplitude / (1 + ((f - centre) / (0.5 * width)) ** 2)
        return total

    return gain


def drift(n: int, rng: Rng, rate_hz: float, depth: float) -> Floats:
    """(n,) smooth random wander around 0 with standard deviation `depth`, about rate_hz turns a second."""
    count = max(int(n / SAMPLE_RATE_HZ * rate_hz * 2) + 4, 4)
    knots = rng.standard_normal(count) * depth
    at = np.arange(-(-n // DRIFT_STEP) + 1) * (DRIFT_STEP * rate_hz * 2 / SAMPLE_RATE_HZ) + rng.uniform(0, 1)
    left = at.astype(np.intp)
    blend = 0.5 - 0.5 * np.cos(np.pi * (at - left))
    coarse = knots[left] * (1 - blend) + knots[left + 1] * blend
    ramp = np.arange(DRIFT_STEP) / DRIFT_STEP
    return (coarse[:-1, None] + np.diff(coarse)[:, None] * ramp).reshape(-1)[:n]


def curve(n: int, points: list[tuple[float, float]]) -> Floats:
    """(n,) piecewise linear through (fraction of the duration, value)."""
    return np.interp(np.arange(n) / max(n - 1, 1), [at for at, _ in points], [value for _, value in points])


def attack_decay(n: int, attack_s: float, decay_s: float, power: float = 1.0) -> Floats:
    """(n,) rising over attack_s, then falling by 60 dB in decay_s."""
    t = times(n)
    rise = np.minimum(t / max(attack_s, 1e-4), 1.0)
    fall = np.exp(-6.9 * np.maximum(t - attack_s, 0.0) / max(decay_s, 1e-3))
    return rise * fall**power


def edges(n: int, attack_s: float, release_s: float) -> Floats:
    """(n,) 1, with linear ramps from and to 0."""
    t = times(n)
    return np.minimum(t / attack_s, 1) * np.minimum(t[::-1] / release_s, 1)


def train(frequency_hz: Floats, harmonics: int) -> Floats:
    """A band-limited pulse train that follows a frequency curve, of unit power; at most `harmonics` partials.

    Closed form of sum_k cos(k phi) (Dirichlet kernel): no table, no aliasing below the last partial.
    """
    highest = max(float(np.max(frequency_hz)), 1.0)
    count = int(np.clip(min(harmonics, 20_000 / highest), 1, 2000))
    phase = 2 * np.pi * np.cumsum(frequency_hz) / SAMPLE_RATE_HZ
    half = np.sin(phase / 2)
    safe = np.where(np.abs(half) < 1e-6, 1e-6, half)
    kernel = np.where(np.abs(half) < 1e-6, count + 0.5, np.sin((count + 0.5) * phase) / (2 * safe))
    return (kernel - 0.5) / np.sqrt(count / 2)


def modes(n: int, rng: Rng, frequencies_hz: Floats, decays_s: Floats, amplitudes: Floats) -> Floats:
    """Sum of damped sinusoids with random phases: what a struck bar, plate, pane or bell does."""
    total = np.zeros(n)
    for frequency, decay, amplitude in zip(frequencies_hz, decays_s, amplitudes, strict=True):
        if not 20 < frequency < 21_000:
            continue
        length = min(n, int(decay * SAMPLE_RATE_HZ * 1.2) + 64)
        t = times(length)
        total[:length] += amplitude * np.exp(-6.9 * t / decay) * np.sin(2 * np.pi * frequency * t + rng.uniform(0, 2 * np.pi))
    return total


def burst(rng: Rng, length_s: float, attack_s: float, gain: Gain | None = None, slope_db: float = 0.0) -> Floats:
    """A noise burst that falls by 60 dB within length_s."""
    n = max(int(length_s * SAMPLE_RATE_HZ), 64)
    return noise(n, rng, gain, slope_db) * attack_decay(n, attack_s, max(length_s - attack_s, 0.002))


def place(into: Floats, grain: Floats, at_s: float, level: float = 1.0) -> None:
    """Add a grain at a time; what lies outside is cut."""
    start = round(at_s * SAMPLE_RATE_HZ)
    if start >= len(into) or start + len(grain) <= 0:
        return
    skip = max(-start, 0)
    end = min(start + len(grain), len(into))
    into[start + skip : end] += level * grain[skip : end - start]


def pulses(n: int, rng: Rng, interval_s: float, jitter: float, first_s: float = 0.0) -> Floats:
    """Onsets in seconds: every interval_s, each interval varied by the fraction `jitter`; at least one."""
    count = int(n / SAMPLE_RATE_HZ / max(interval_s, 0.005)) + 2
    steps = interval_s * np.clip(1 + jitter * rng.standard_normal(count), 0.3, 2.5)
    onsets = first_s + np.concatenate([[0.0], np.cumsum(steps)])
    kept = onsets[onsets < n / SAMPLE_RATE_HZ]
    return kept if len(kept) else np.zeros(1)


def scatter(n: int, rng: Rng, grains: list[Floats], rate_hz: float, spread_db: float, *, density: Floats | None = None) -> Floats:
    """Grains thrown at random times, rate_hz a second, with levels spread by spread_db; density: (n,) relative rate over time."""
    length = _fast_length(n + max(len(grain) for grain in grains))
    total = np.zeros(length // 2 + 1, np.complex128)
    for grain in grains:
        at = rng.integers(0, n, int(rng.poisson(rate_hz * n / SAMPLE_RATE_HZ / len(grains))))
        if density is not None:
            at = at[rng.uniform(0, 1, len(at)) < density[at] / max(float(density.max()), 1e-9)]
        levels = 10 ** (rng.standard_normal(len(at)) * spread_db / 20) * rng.choice([-1.0, 1.0], len(at))
        impulses = np.bincount(at, levels, minlength=n)
        total += np.fft.rfft(impulses, length) * np.fft.rfft(grain, length)
    return np.fft.irfft(total, length)[:n]
