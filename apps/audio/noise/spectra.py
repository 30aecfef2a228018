"""Short-time spectra on one time grid for every sample rate: frame k lies around k x 16 ms, 32 ms long, square root of a Hann window.

    grid = Grid.of(44_100)
    spectrum = grid.analyse(signal)                             # (..., frames, bins) complex64
    grid.add(spectrum, range(len(spectrum)), total, weight)     # total / weight is the signal again

At 16 kHz that is 512 samples every 256, 257 bins of 31.25 Hz: what the network sees. At another rate a frame is as long in time to
within a sample or two, so its gains are those of the network, interpolated over frequency.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["BINS", "BIN_HZ", "HOP_S", "NETWORK_RATE_HZ", "REACH_FRAMES", "Complexes", "Floats", "Grid"]

Floats = NDArray[np.float32]
Complexes = NDArray[np.complex64]

NETWORK_RATE_HZ = 16_000
BINS = 257
HOP_S = 0.016
BIN_HZ = 31.25
REACH_FRAMES = 127
"""How far the network looks to each side: 2 s."""


@dataclass(frozen=True)
class Grid:
    """rate_hz: of the signal. size: samples of a frame, even and quick to transform."""

    rate_hz: int
    size: int

    @classmethod
    @cache
    def of(cls, rate_hz: int) -> Grid:
        from scipy.fft import next_fast_len

        return cls(rate_hz, 2 * next_fast_len(max(4, round(rate_hz * HOP_S)), real=True))

    @property
    def bins(self) -> int:
        return self.size // 2 + 1

    @property
    def hertz(self) -> NDArray[np.float64]:
        """(bins,) the bins' frequencies."""
        hertz: NDArray[np.float64] = np.arange(self.bins, dtype=np.float64) * (self.rate_hz / self.size)
        return hertz

    @property
    def window(self) -> Floats:
        return _window(self.size)

    def frames(self, samples: int) -> int:
        """How many frames a signal has: from around its first sample until past its last."""
        return int(np.ceil(samples / (self.rate_hz * HOP_S))) + 1

    def starts(self, frames: range) -> NDArray[np.intp]:
        """Where each frame begins; the first one half a frame before the signal."""
        return np.round(np.arange(frames.start, frames.stop) * (self.rate_hz * HOP_S)).astype(np.intp) - self.size // 2

    def analyse(self, signal: Floats, frames: range | None = None) -> Complexes:
        """(..., samples) to (..., frames, bins)."""
        from scipy.fft import rfft

        starts = self.starts(frames if frames is not None else range(self.frames(signal.shape[-1])))
        first, end = int(starts[0]), int(starts[-1]) + self.size
        padded = np.zeros((*signal.shape[:-1], end - first), np.float32)
        inside = signal[..., max(0, first) : max(0, end)]
        padded[..., max(0, -first) : max(0, -first) + inside.shape[-1]] = inside
        cut = np.lib.stride_tricks.sliding_window_view(padded, self.size, axis=-1)[..., starts - first, :]
        spectrum: Complexes = rfft(cut * self.window, axis=-1)
        return spectrum

    def add(self, spectrum: Complexes, frames: range, total: Floats, weight: Floats) -> None:
        """Add (..., frames, bins) to total (..., samples), windowed again, and the squared windows to weight (samples,)."""
        from scipy.fft import irfft

        pieces = irfft(spectrum, n=self.size, axis=-1) * self.window
        square, samples = self.window**2, total.shape[-1]
        for at, start in enumerate(self.starts(frames)):
            low, high = max(0, -start), min(self.size, samples - start)
            if high > low:
                total[..., start + low : start + high] += pieces[..., at, low:high]
                weight[start + low : start + high] += square[low:high]


@cache
def _window(size: int) -> Floats:
    return np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)).astype(np.float32)
