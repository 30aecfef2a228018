"""Small things all instruments are made of: lengths an FFT likes, slow curves, wavetables. Signals are (n,) float32."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["CONTROL", "Bus", "Cycle", "Floats", "Gain", "Rng", "bins_hz", "expanded", "hertz", "smooth_length", "smooth_lengths"]

Floats: TypeAlias = NDArray[np.float32]
Rng: TypeAlias = np.random.Generator
Gain: TypeAlias = Callable[[Floats], Floats]
"""Frequencies in Hz -> amplitude factors."""
CONTROL = 64
"""Samples between the points of a slow curve (1.3 ms), between which it is linear: vibrato and envelopes need no more."""
TABLE_BITS = 12
FRACTION_BITS = 32 - TABLE_BITS


class Bus(NamedTuple):
    """A dry signal (n,) on its way to the room, and the filter (without phase) it takes on the way, if any."""

    signal: Floats
    tone: Gain | None = None


def hertz(pitch: float) -> float:
    """MIDI number -> Hz, equal temperament, A4 = 440."""
    return float(440 * 2 ** ((pitch - 69) / 12))


def smooth_lengths(low: int, high: int) -> list[int]:
    """The even numbers from low to high whose prime factors are 2, 3 and 5: quick for an FFT."""
    threes = [3**a * 5**b for a in range(14) for b in range(10)]
    found = {odd << power for odd in threes for power in range(1, 32) if low <= odd << power <= high}
    return sorted(found)


def smooth_length(n: int) -> int:
    """The least of them that is not below n."""
    return smooth_lengths(n, 2 * max(n, 2))[0]


def bins_hz(length: int, rate_hz: int) -> Floats:
    """The frequencies of a real FFT of `length` samples."""
    return (np.arange(length // 2 + 1) * (rate_hz / length)).astype(np.float32)


def expanded(curve: NDArray[np.floating], count: int) -> Floats:
    """A curve with a point every CONTROL samples -> (count,), linear between them. Needs count / CONTROL + 1 points, rounded up."""
    coarse = curve.astype(np.float32)
    ramp = np.arange(CONTROL, dtype=np.float32) / CONTROL
    found: Floats = (coarse[:-1, None] + np.diff(coarse)[:, None] * ramp).astype(np.float32).reshape(-1)[:count]
    return found


class Cycle:
    """One period of a waveform: amplitudes (harmonics,) of its harmonics, in phases (harmonics,) given in turns."""

    def __init__(self, amplitudes: NDArray[np.floating], phases: NDArray[np.floating]) -> None:
        size = 1 << TABLE_BITS
        spectrum = np.zeros(size // 2 + 1, np.complex128)
        spectrum[1 : len(amplitudes) + 1] = amplitudes * np.exp(2j * np.pi * phases) * size / 2
        self._table = np.fft.irfft(spectrum, size).astype(np.float32)
        self._slope = np.diff(self._table, append=self._table[:1])

    def played(self, turns: Floats, start: float) -> Floats:
        """turns: (n,) of the cycle a sample, start: the phase in turns -> (n,). Phase is counted in 32 bits: exact however long it runs."""
        steps = (turns * np.float32(2**32)).astype(np.uint32)
        steps[0] = np.uint32(int(start % 1 * 2**32))
        phase = np.add.accumulate(steps, dtype=np.uint32)
        index = (phase >> np.uint32(FRACTION_BITS)).astype(np.intp)
        fraction = (phase & np.uint32(2**FRACTION_BITS - 1)).astype(np.float32)
        fraction *= np.float32(2**-FRACTION_BITS)
        fraction *= self._slope.take(index)
        fraction += self._table.take(index)
        return fraction
