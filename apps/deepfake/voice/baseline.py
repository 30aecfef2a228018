"""What a detector learns that is shown recordings and fakes as they come: the mean log spectrum and a logistic regression.

It stands beside the head in the benchmark to show how far the channel alone goes, and that it goes nowhere once channels match.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from apps.deepfake.voice.trials import Trial

__all__ = ["Baseline", "mean_spectrum"]

ROUNDS = 400


def mean_spectrum(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """(128,) mean and deviation over time of the log power in 64 bands of 125 Hz; the level of the clip taken out."""
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, (0, max(0, 512 - len(samples)))), 512)[::256] * np.hanning(512)
    power = (np.abs(np.fft.rfft(frames)) ** 2)[:, :256].reshape(len(frames), 64, 4).mean(axis=2)
    level = np.log(power / (power.mean() + 1e-12) + 1e-8)
    return np.concatenate([level.mean(axis=0), level.std(axis=0)])


class Baseline:
    """score > 0: made rather than recorded."""

    def __init__(self, clips: Iterable[tuple[Trial, bool]]) -> None:
        """Trained on (clip, is it made)."""
        rows = [(mean_spectrum(trial.samples), made) for trial, made in clips]
        x, y = np.stack([row[0] for row in rows]), np.array([row[1] for row in rows], float)
        self._mean, self._scale = x.mean(axis=0), x.std(axis=0) + 1e-6
        x = (x - self._mean) / self._scale
        weight = np.where(y > 0, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
        self._taps, self._bias = np.zeros(x.shape[1]), 0.0
        for _ in range(ROUNDS):  # gradient descent on the weighted cross-entropy with a ridge: 128 numbers need no more
            off = weight * (1 / (1 + np.exp(-(x @ self._taps + self._bias))) - y)
            self._taps -= 0.1 * (x.T @ off / len(x) + 1e-2 * self._taps)
            self._bias -= 0.1 * float(off.mean())

    def score(self, samples: NDArray[np.float32]) -> float:
        """(n,) float32 at 16 kHz."""
        return float((mean_spectrum(samples) - self._mean) / self._scale @ self._taps + self._bias)
