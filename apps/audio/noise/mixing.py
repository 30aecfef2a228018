"""Noisy speech made up as training goes: an utterance, one or two noises, a signal-to-noise ratio, a microphone.

Every draw is from a generator of its own, so a step of the training is the same whenever it is run.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from apps.audio.noise.spectra import NETWORK_RATE_HZ, Floats

__all__ = ["LEVEL", "Mixer", "coloured", "shaped"]

LEVEL = 0.05
"""RMS of what the network is given, before a random gain: -26 dB."""
SNR_DB = (-5.0, 20.0)


def shaped(signal: Floats, gains: NDArray[np.floating], samples: int) -> Floats:
    """The signal with a spectrum multiplied by `gains` (its knots equally spaced from 0 to Nyquist), stretched to `samples`."""
    from scipy.fft import irfft, rfft

    spectrum = rfft(signal)
    spectrum *= np.interp(np.linspace(0, 1, len(spectrum)), np.linspace(0, 1, len(gains)), gains)
    stretched: Floats = irfft(spectrum, n=len(signal)) if samples == len(signal) else _stretch(spectrum, len(signal), samples)
    return stretched.astype(np.float32)


def _stretch(spectrum: NDArray[np.complex64], was: int, samples: int) -> Floats:
    from scipy.fft import irfft

    bins = samples // 2 + 1
    kept = np.zeros(bins, np.complex64)
    kept[: min(bins, len(spectrum))] = spectrum[:bins]
    result: Floats = irfft(kept, n=samples) * np.float32(samples / was)
    return result


def coloured(rng: np.random.Generator, samples: int, *, slope_db: tuple[float, float] = (-9.0, 3.0), bumps_db: float = 8.0) -> Floats:
    """Stationary noise: a slope in dB an octave between white, pink and brown, a rolling-off and some broad bumps."""
    from scipy.fft import irfft

    bins = samples // 2 + 1
    octaves = np.log2(np.maximum(np.arange(bins) * NETWORK_RATE_HZ / samples, 30.0) / 1000)
    level = rng.uniform(*slope_db) * octaves
    for _ in range(rng.integers(0, 5)):
        level += rng.normal(0, bumps_db) * np.exp(-((octaves - rng.uniform(-4, 3)) ** 2) / rng.uniform(0.02, 1.0))
    noise = rng.standard_normal((bins, 2), np.float32) @ np.array([1, 1j], np.complex64)
    result = irfft(noise * (10 ** (np.clip(level, -50, 50) / 20)).astype(np.float32), n=samples)
    return (result / max(float(np.abs(result).max()), 1e-12)).astype(np.float32)


def _hum(rng: np.random.Generator, samples: int) -> Floats:
    """A mains or fan tone with harmonics of random strength, slightly drifting."""
    time = np.arange(samples) / NETWORK_RATE_HZ
    base = rng.choice([50.0, 60.0, 100.0, 120.0]) if rng.random() < 0.5 else rng.uniform(40, 400)
    phase = 2 * np.pi * base * (time + rng.normal(0, 2e-3) * np.sin(2 * np.pi * rng.uniform(0.1, 2) * time + rng.uniform(0, 6)))
    count = min(int(rng.integers(1, 25)), int(7500 / base))
    fall = rng.uniform(0, 1.5)
    return sum(
        (rng.uniform(0.1, 1) * k**-fall * np.sin(k * phase + rng.uniform(0, 6)) for k in range(1, count + 1)), np.zeros(samples)
    ).astype(np.float32)


class Mixer:
    """Draws pairs of noisy and clean signals from utterances, recorded noises and procedural ones, all (n,) at 16 kHz."""

    def __init__(self, speech: Sequence[Floats], recorded: Sequence[Floats], made: Sequence[Floats], samples: int) -> None:
        # as 16-bit integers: an hour of speech is then 115 MB
        self._speech = [_packed(each) for each in speech]
        self._recorded = [_packed(each) for each in recorded]
        self._made = [_packed(each) for each in made]
        self._samples = samples
        self._share = np.sqrt([len(each) for each in speech]) / np.sqrt([len(each) for each in speech]).sum()

    def draw(self, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """(noisy, clean), each (samples,)."""
        samples = self._samples
        clean = self._voice(rng)
        kind = rng.random()
        if kind < 0.04:  # no voice at all
            clean = np.zeros(samples, np.float32)
            noise = self._noise(rng)
        elif kind < 0.08:  # nothing to remove
            noise = np.zeros(samples, np.float32)
        else:
            noise = self._noise(rng)
            if rng.random() < 0.3:
                other = self._noise(rng)
                noise = noise / _rms(noise) + other / _rms(other) * 10 ** (rng.uniform(-12, 6) / 20)
            noise = noise * (_rms(clean) / _rms(noise) * 10 ** (-rng.uniform(*SNR_DB) / 20))
        if rng.random() < 0.12:  # a telephone, an old recording, a codec
            low = self._low_pass(rng)
            clean, noise = shaped(clean, low, samples), shaped(noise, low, samples)
        noisy = clean + noise
        scale = LEVEL / _rms(noisy) * 10 ** (rng.uniform(-10, 10) / 20)
        return (noisy * scale).astype(np.float32), (clean * scale).astype(np.float32)

    def _voice(self, rng: np.random.Generator) -> Floats:
        samples = self._samples
        speed = rng.uniform(0.87, 1.15)
        take = _even(samples * speed)
        part = _cut(self._speech[rng.choice(len(self._speech), p=self._share)], take, rng, loop=False)
        tilt = np.interp(np.arange(33), [0, 2, 8, 20, 32], np.cumsum([0, *rng.normal(0, 2.5, 4)]))
        return shaped(part, 10 ** (tilt / 20), samples)

    def _noise(self, rng: np.random.Generator) -> Floats:
        samples, kind = self._samples, rng.random()
        if kind < 0.22:
            return coloured(rng, samples) * _swell(rng, samples)
        if kind < 0.26:
            return _hum(rng, samples)
        if kind < 0.31:
            return self._babble(rng)
        pool = self._made if kind < 0.45 else self._recorded
        take = _even(samples * 2 ** rng.uniform(-0.6, 0.6))
        part = _cut(pool[rng.integers(len(pool))], take, rng, loop=True)
        tilt = np.interp(np.arange(33), [0, 2, 8, 20, 32], np.cumsum([0, *rng.normal(0, 4, 4)]))
        noise = shaped(part, 10 ** (tilt / 20), samples)
        # a clip's silent stretch would be lifted to nothing but its own quantisation
        return noise if _rms(noise) > 1e-5 else coloured(rng, samples)

    def _babble(self, rng: np.random.Generator) -> Floats:
        voices = [
            _cut(self._speech[rng.integers(len(self._speech))], self._samples, rng, loop=True) for _ in range(int(rng.integers(4, 9)))
        ]
        return np.sum([voice / max(_rms(voice), 1e-4) for voice in voices], axis=0, dtype=np.float32)

    def _low_pass(self, rng: np.random.Generator) -> NDArray[np.floating]:
        edge = rng.uniform(3000, 7500) / 8000
        return np.clip((edge - np.linspace(0, 1, 257)) / 0.03 + 1, 1e-3, 1)


def _packed(signal: Floats) -> NDArray[np.int16]:
    return np.round(signal / max(float(np.abs(signal).max()), 1e-9) * 32000).astype(np.int16)


def _cut(packed: NDArray[np.int16], take: int, rng: np.random.Generator, *, loop: bool) -> Floats:
    """A random stretch; a shorter signal is repeated, or laid somewhere into silence."""
    if len(packed) >= take:
        start = int(rng.integers(0, len(packed) - take + 1))
        return packed[start : start + take].astype(np.float32) / np.float32(32768)
    if loop:
        return packed[(int(rng.integers(0, len(packed))) + np.arange(take)) % len(packed)].astype(np.float32) / np.float32(32768)
    part = np.zeros(take, np.float32)
    start = int(rng.integers(0, take - len(packed) + 1))
    part[start : start + len(packed)] = packed.astype(np.float32) / 32768
    return part


def _swell(rng: np.random.Generator, samples: int) -> Floats:
    """A slowly wandering level, mostly flat."""
    depth_db = rng.choice([0.0, 0.0, 3.0, 8.0])
    knots = rng.normal(0, 1, 12) * depth_db
    return (10 ** (np.interp(np.linspace(0, 11, samples), np.arange(12), knots) / 20)).astype(np.float32)


def _rms(signal: Floats) -> float:
    return float(np.sqrt(np.dot(signal, signal) / len(signal)) + 1e-9)


def _even(samples: float) -> int:
    from scipy.fft import next_fast_len

    return next_fast_len(2 * round(samples / 2), real=True)
