"""The parts of a vocoder: short-time spectra and their way back, the pitch of a voice, and what drives a filter with it. All at 16 kHz."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["envelope", "overlap_add", "pitch", "source", "stft", "unvoiced"]

RATE_HZ = 16_000
LOWEST_HZ, HIGHEST_HZ = 60.0, 400.0
Floats = NDArray[np.floating]


def stft(samples: Floats, size: int, hop: int) -> NDArray[np.complex128]:
    """(n,) to (frames, size / 2 + 1), Hann, frame i centred at sample i * hop."""
    padded = np.pad(samples.astype(np.float64), (size // 2, size // 2 + hop))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop][: -(-len(samples) // hop) + 1]
    return np.fft.rfft(frames * np.hanning(size + 1)[:-1])


def overlap_add(spectra: NDArray[np.complexfloating], hop: int, count: int) -> NDArray[np.float32]:
    """The signal of `count` samples whose `stft` is nearest (Griffin and Lim 1984, equation 6)."""
    size = 2 * (spectra.shape[1] - 1)
    window = np.hanning(size + 1)[:-1]
    frames = np.fft.irfft(spectra, n=size) * window
    total = np.zeros(len(frames) * hop + size)
    weight = np.zeros_like(total)
    for number, frame in enumerate(frames):
        total[number * hop : number * hop + size] += frame
        weight[number * hop : number * hop + size] += window**2
    return (total / np.maximum(weight, 1e-3))[size // 2 : size // 2 + count].astype(np.float32)


def pitch(samples: Floats, hop: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """((frames,) Hz, gaps filled, (frames,) 0 ... 1 voiced): the best lag of the autocorrelation over 40 ms, by a median of five frames."""
    from scipy.ndimage import gaussian_filter1d, median_filter

    size = 1024
    spectra = stft(samples, size, hop)
    power = np.abs(spectra) ** 2
    power[:, int(1500 * size / RATE_HZ) :] = 0  # the first formant's reach holds the pitch best
    lags = np.fft.irfft(power)
    window = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(size))) ** 2)
    likeness = lags / np.maximum(lags[:, :1], 1e-9) / np.maximum(window / window[0], 0.05)
    first, last = int(RATE_HZ / HIGHEST_HZ), int(RATE_HZ / LOWEST_HZ)
    best = likeness[:, first:last] - 0.0006 * np.arange(last - first)  # of lags that are multiples, the shortest
    found = best.argmax(axis=1)
    strength = best[np.arange(len(best)), found]
    energy = lags[:, 0]
    heard = (strength > 0.45) & (energy > 1e-3 * np.percentile(energy, 95))
    f0 = median_filter(RATE_HZ / (first + found.astype(float)), 5)
    if heard.any():
        f0 = np.interp(np.arange(len(f0)), np.flatnonzero(heard), f0[heard])
    return gaussian_filter1d(f0, 1.0), gaussian_filter1d(heard.astype(float), 1.0)


def source(
    f0: NDArray[np.float64], hop: int, count: int, rng: np.random.Generator, *, jitter: float = 0.0, shape: str = "pulse"
) -> NDArray[np.float64]:
    """(count,) of unit power: one pulse a period, pulses smeared over 2 ms, or harmonics with phases of their own."""
    track = np.interp(np.arange(count) / hop, np.arange(len(f0)), f0)
    if jitter:
        track = track * (1 + jitter * np.interp(np.arange(count) / hop, np.arange(len(f0)), rng.standard_normal(len(f0))))
    clock = np.cumsum(track / RATE_HZ)
    if shape == "random":
        lowest = float(track.min())
        made = np.zeros(count)
        for number in range(1, int(RATE_HZ / 2 / max(lowest, LOWEST_HZ))):
            made += np.cos(2 * np.pi * (number * clock + rng.random())) * (number * track < RATE_HZ / 2)
    else:
        made = np.zeros(count)
        made[np.flatnonzero(np.diff(np.floor(clock), prepend=0.0) > 0)] = 1.0
        made *= np.sqrt(RATE_HZ / track)
        if shape == "dispersed":
            taps = rng.standard_normal(32) * np.hanning(34)[1:-1]
            made = np.convolve(made, taps, "same")
    return made / max(float(np.sqrt(np.mean(made**2))), 1e-9)


def unvoiced(voicing: NDArray[np.float64], size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(frames, bins) how much noise is in each bin: all where nothing is voiced; else from a cutting frequency upwards, a bit below it."""
    cut_hz, below = rng.uniform(2500, 8000), rng.uniform(0.0, 0.3)
    ramp = np.clip((np.fft.rfftfreq(size, 1 / RATE_HZ) - cut_hz) / 800, 0, 1)
    share = below + (1 - below) * ramp
    result: NDArray[np.float64] = np.sqrt((1 - voicing[:, None]) ** 2 + (voicing[:, None] * share) ** 2)
    return result


def envelope(magnitude: NDArray[np.float64], lifter: int) -> NDArray[np.float64]:
    """(frames, bins) without harmonics: the first cepstral coefficients of what the peaks reach (Roebel and Rodet 2005, three rounds)."""
    level = np.log(np.maximum(magnitude, 1e-6))
    smooth = level
    for _ in range(3):
        cepstrum = np.fft.irfft(np.maximum(level, smooth) if smooth is not level else level)
        cepstrum[:, lifter:-lifter] = 0
        smooth = np.fft.rfft(cepstrum).real
    result: NDArray[np.float64] = np.exp(smooth)
    return result
