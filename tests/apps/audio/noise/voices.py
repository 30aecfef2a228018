"""Sounds to clean: something like a voice, made of pulses and formants, and noises. And the shipped network, without the engine."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.signal import lfilter

VOWELS_HZ = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
"""First three formants of five vowels, men (Peterson and Barney 1952)."""


def voice(seconds: float, rate_hz: int = 16_000, seed: int = 0) -> np.ndarray:
    """(n,) float32, RMS about 0.1: syllables of voiced pulses through formants, a hiss before some, pauses between words."""
    rng = np.random.default_rng(seed)
    signal = np.zeros(round(seconds * rate_hz))
    at, pitch = 0.1, rng.uniform(100, 180)
    while at < seconds - 0.35:
        length = round(rng.uniform(0.12, 0.28) * rate_hz)
        start = round(at * rate_hz)
        hertz = pitch * np.linspace(1.08, 0.92, length) * (1 + 0.02 * np.sin(np.linspace(0, 9, length)))
        phase = np.cumsum(hertz) / rate_hz
        source = np.diff(np.floor(phase), prepend=0.0) - hertz / rate_hz
        source = lfilter([1.0], [1.0, -0.95], source)
        for formant, width in zip(VOWELS_HZ[rng.integers(5)], (80, 100, 140), strict=True):
            radius = np.exp(-np.pi * width / rate_hz)
            source = lfilter([1 - radius], [1, -2 * radius * np.cos(2 * np.pi * formant / rate_hz), radius**2], source)
        shape = np.minimum(1, np.minimum(np.arange(length), np.arange(length)[::-1]) / (0.03 * rate_hz))
        signal[start : start + length] += source / np.abs(source).max() * shape
        if rng.random() < 0.4:
            hiss = lfilter([1, -1], [1, 0.5], rng.standard_normal(round(0.07 * rate_hz))) * 0.04
            signal[start : start + len(hiss)] += hiss
        at += length / rate_hz + (rng.uniform(0.2, 0.4) if rng.random() < 0.25 else 0.02)
    return (signal / np.sqrt(np.mean(signal**2)) * 0.1).astype(np.float32)


def hiss(samples: int, rms: float, seed: int = 1) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(samples) * rms).astype(np.float32)


def snr_db(estimate: np.ndarray, clean: np.ndarray) -> float:
    return 10 * float(np.log10(np.sum(clean**2) / np.sum((estimate - clean) ** 2)))


@cache
def loaded():
    import torch

    from apps.audio.noise.model import DENOISER
    from shared.serving import CpuDevice, DType

    torch.set_num_threads(1)
    return DENOISER.load(CpuDevice(), DType.FLOAT32)


def mask_of(chunk: np.ndarray) -> np.ndarray:
    return loaded().run([chunk], lambda done, total: None)[0]


def open_mask(chunk: np.ndarray) -> np.ndarray:
    """Everything is voice."""
    return np.ones((-(-len(chunk) // 256) + 1, 257), np.float32)
