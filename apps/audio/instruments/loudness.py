"""Programme loudness by ITU-R BS.1770-4 (K weighting, blocks of 400 ms, both gates), in numpy.

No package: pyloudnorm filters with scipy, which the audio extra does not have.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.audio.instruments.signals import Floats, bins_hz, smooth_length

__all__ = ["SILENCE_LUFS", "k_weight", "loudness_lufs"]

STANDARD_HZ = 48_000
SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
"""BS.1770-4, tables 1 and 2: numerator and denominator at 48 kHz."""
OFFSET_DB = -0.691
BLOCK_S, HOP_S = 0.4, 0.1
ABSOLUTE_GATE_LUFS, RELATIVE_GATE_DB = -70.0, -10.0
SILENCE_LUFS = -np.inf


def k_weight(frequencies_hz: NDArray[np.floating]) -> Floats:
    """The amplitude factor of the K weighting at each frequency, float32; the standard's filters at 48 kHz, whatever the sample rate."""
    z = np.exp(-2j * np.pi * np.minimum(frequencies_hz, STANDARD_HZ / 2) / STANDARD_HZ)
    gain = np.ones(len(frequencies_hz))
    for above, below in (SHELF, HIGH_PASS):
        gain *= np.abs(np.polyval(above[::-1], z) / np.polyval(below[::-1], z))
    return gain.astype(np.float32)


def loudness_lufs(signal: Floats, rate_hz: int) -> float:
    """signal: (n, channels), full scale 1 -> LUFS; SILENCE_LUFS where no block passes the gates or the signal is shorter than a block.

    The filters run without phase: a block of 400 ms does not notice.
    """
    block, hop = round(BLOCK_S * rate_hz), round(HOP_S * rate_hz)
    n = len(signal)
    if n < block:
        return SILENCE_LUFS
    length = smooth_length(n + rate_hz // 4)
    gain = k_weight(bins_hz(length, rate_hz))
    energy = np.zeros(n + 1)
    for channel in signal.T:
        weighted = np.fft.irfft(np.fft.rfft(channel, length) * gain, length)[:n]
        energy[1:] += np.cumsum(weighted.astype(np.float64) ** 2)
    starts = np.arange(0, n - block + 1, hop)
    power = (energy[starts + block] - energy[starts]) / block
    level = OFFSET_DB + 10 * np.log10(np.maximum(power, 1e-20))
    power = power[level > ABSOLUTE_GATE_LUFS]
    if not len(power):
        return SILENCE_LUFS
    gate = 10 ** (RELATIVE_GATE_DB / 10) * power.mean()
    return float(OFFSET_DB + 10 * np.log10(power[power > gate].mean()))
