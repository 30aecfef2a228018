"""Noise suppression without a network: gains that minimise the expected error of the log spectrum, and two ways to know the noise.

    profile = noise_profile(power)                       # (bins,) of hiss under music: what each bin never falls below
    Suppressor(profile).gains(power)                     # (frames, bins), block after block: it remembers where it was
    Suppressor(None).gains(power)                        # the noise is followed as it changes, for speech

Gains: Ephraim and Malah 1985, "Speech enhancement using a minimum mean-square error log-spectral amplitude estimator". Tracking: Gerkmann
and Hendriks 2012, "Unbiased MMSE-based noise power estimation with low complexity and low tracking delay". Frames every 16 ms.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from apps.audio.noise.spectra import Floats

__all__ = ["Suppressor", "noise_profile"]

PRIOR_SNR = 10**1.5
"""Of a bin that holds signal, in the tracker's likelihood ratio: 15 dB (Gerkmann and Hendriks)."""
NOISE_MEMORY, PRESENCE_MEMORY = 0.8, 0.9
STUCK = 0.99
DECISION_MEMORY = 0.98
LEAST_SNR = 10**-2.5
MOST_POSTERIOR = 1e4
OPENING_FRAMES = 6
TINY = 1e-12
PROFILE_QUANTILE = 0.1
PROFILE_SMOOTHING = 5
PROFILE_BINS = 31


class Suppressor:
    """profile: (bins,) noise power per bin, or None to track it. Call `gains` with consecutive blocks of one signal."""

    def __init__(self, profile: Floats | None = None) -> None:
        self._fixed = None if profile is None else np.maximum(profile.astype(np.float32), TINY)
        self._noise: Floats | None = None
        self._presence: Floats | None = None
        self._before: Floats | None = None

    def gains(self, power: Floats, presence: Floats | None = None) -> Floats:
        """(frames, bins) power to (frames, bins) gains, 0 to 1.

        presence: (frames,) how sure somebody else is that there is a voice, 0 to 1: the noise is learnt where there is none.
        """
        noise = np.broadcast_to(self._fixed, power.shape) if self._fixed is not None else self._track(power, presence)
        posterior = np.clip(power / noise, TINY, MOST_POSTERIOR)
        gains = np.empty_like(power)
        before = self._before if self._before is not None else np.ones(power.shape[1], np.float32)
        fresh = np.maximum(posterior - 1, 0) * np.float32(1 - DECISION_MEMORY)
        for at, (now, new) in enumerate(zip(posterior, fresh, strict=True)):
            prior = np.maximum(DECISION_MEMORY * before + new, LEAST_SNR)
            wiener = prior / (1 + prior)
            gain = np.minimum(wiener * _half_integral(wiener * now), 1)
            before = gain * gain * now
            gains[at] = gain
        self._before = before
        return gains

    def _track(self, power: Floats, presence: Floats | None) -> Floats:
        if self._noise is None or self._presence is None:
            # what the quieter of the first frames hold: a signal may begin at once
            self._noise = np.maximum(np.median(power[: 4 * OPENING_FRAMES], axis=0) / np.float32(np.log(2)), TINY)
            self._presence = np.full(power.shape[1], 0.5, np.float32)
        noise, mean = self._noise, self._presence
        slope = np.float32(PRIOR_SNR / (1 + PRIOR_SNR))
        found = np.empty_like(power)
        for at, now in enumerate(power):
            present = 1 / (1 + (1 + PRIOR_SNR) * np.exp(-np.minimum(now / noise * slope, 80)))
            if presence is not None:
                present = np.maximum(present * presence[at], presence[at] * 0.5)
            mean = PRESENCE_MEMORY * mean + (1 - PRESENCE_MEMORY) * present
            present = np.where(mean > STUCK, np.minimum(present, STUCK), present)
            noise = np.maximum(NOISE_MEMORY * noise + (1 - NOISE_MEMORY) * (present * noise + (1 - present) * now), TINY)
            found[at] = noise
        self._noise, self._presence = noise.astype(np.float32), mean.astype(np.float32)
        return found


def noise_profile(power: Floats) -> Floats:
    """(frames, bins) power of music or effects to (bins,) power of the steady noise below it.

    In each bin the level that is undercut a tenth of the time, and of neighbouring bins the middle one: hiss is smooth over frequency,
    tones are not. Silent frames do not count. A signal without pauses gives too much: the lowest frames are all there is to go by.
    """
    from scipy.ndimage import median_filter, uniform_filter1d

    heard = power[power.sum(axis=1) > 1e-3 * TINY * power.shape[1]]
    if len(heard) < 2 * PROFILE_SMOOTHING:
        return np.full(power.shape[1], TINY, np.float32)
    smooth = uniform_filter1d(heard, PROFILE_SMOOTHING, axis=0)[PROFILE_SMOOTHING // 2 : -(PROFILE_SMOOTHING // 2)]
    low = np.quantile(smooth, PROFILE_QUANTILE, axis=0).astype(np.float32) * _quantile_bias()
    flat = median_filter(low, min(PROFILE_BINS, len(low) // 8 * 2 + 1), mode="nearest")
    return np.maximum(np.minimum(low, flat * 2), TINY)


@cache
def _quantile_bias() -> np.float32:
    """What the quantile of smoothed noise has to be multiplied by to give its mean: measured on white noise in such frames."""
    from scipy.ndimage import uniform_filter1d

    rng = np.random.default_rng(0)
    size = 64
    window = np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size))
    frames = np.lib.stride_tricks.sliding_window_view(rng.standard_normal(size // 2 * 4000), size)[:: size // 2]
    power = np.abs(np.fft.rfft(frames * window, axis=1))[:, 4:-4] ** 2
    return np.float32(power.mean() / np.quantile(uniform_filter1d(power, PROFILE_SMOOTHING, axis=0), PROFILE_QUANTILE, axis=0).mean())


@cache
def _integral_table() -> tuple[NDArray[np.float32], float, float]:
    """exp(E1(v) / 2) at equally spaced log10(v): scipy's own is ten times slower."""
    from scipy.special import exp1

    low, high = -6.0, 2.0
    return np.exp(0.5 * exp1(np.logspace(low, high, 2048))).astype(np.float32), low, 2047 / (high - low)


def _half_integral(v: Floats) -> Floats:
    table, low, scale = _integral_table()
    at = np.clip((np.log10(v) - low) * scale, 0, len(table) - 1).astype(np.intp)
    found: Floats = table[at]
    return found
