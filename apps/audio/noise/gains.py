"""What is kept of each bin of a frame: by the network's ears for voices, by statistics for music and effects.

    VoiceGains(grid)(power, mask)       # (frames, bins) power and the network's (frames, 257) to (frames, bins) gains
    SteadyGains(profile)(power)         # against a steady noise known beforehand

Both are called with consecutive blocks of a sound and remember where they were.
"""

from __future__ import annotations

import numpy as np

from apps.audio.noise.log_mmse import Suppressor, noise_profile
from apps.audio.noise.spectra import BIN_HZ, BINS, Floats, Grid

__all__ = ["SteadyGains", "VoiceGains", "steady_profile"]

TOP_HZ = 7600.0
"""The network's word counts up to here: above, the filter of the resampling to 16 kHz begins."""
GUIDE_HZ = (3000.0, TOP_HZ)
RUMBLE_HZ, LOWEST_VOICE_HZ = 45.0, 150.0
PAUSES_DB = (3.0, 9.0)
"""A typical frame is this much above the profile: below the first nothing is taken for noise, above the second all of the profile."""


class VoiceGains:
    """The network's mask up to 7.6 kHz; above, log-MMSE gains that follow how much of 3 to 7.6 kHz the network keeps."""

    def __init__(self, grid: Grid) -> None:
        low = grid.hertz <= TOP_HZ
        self._low = int(low.sum())
        self._high = grid.bins - self._low
        at = np.minimum(grid.hertz[: self._low] / BIN_HZ, BINS - 1)
        self._left = np.minimum(at.astype(np.intp), BINS - 2)
        self._blend = (at - self._left).astype(np.float32)
        self._exact = bool(self._blend.max() < 1e-6)
        self._rumble, self._lowest = int((grid.hertz < RUMBLE_HZ).sum()), int((grid.hertz < LOWEST_VOICE_HZ).sum())
        self._guide = (grid.hertz >= GUIDE_HZ[0]) & low
        self._above = Suppressor()

    def __call__(self, power: Floats, mask: Floats) -> Floats:
        """power: (frames, bins), mask: (frames, 257) to (frames, bins)."""
        kept = mask[:, self._left]
        if not self._exact:
            kept = kept * (1 - self._blend) + mask[:, self._left + 1] * self._blend
        # no voice reaches so low: rumble may stay only while the bins above it are kept
        kept[:, : self._rumble] = kept[:, : self._lowest].min(axis=1, keepdims=True)
        if not self._high:
            return kept
        if not self._guide.any():
            return np.concatenate([kept, np.repeat(kept[:, -1:], self._high, axis=1)], axis=1)
        guide = power[:, self._guide]
        share = (guide * kept[:, self._guide[: self._low]] ** 2).sum(axis=1) / np.maximum(guide.sum(axis=1), 1e-20)
        share = np.clip(share, 0, 1).astype(np.float32)[:, None]
        statistical = self._above.gains(power[:, self._low :], presence=share[:, 0])
        # all voice: untouched; no voice: gone; in between the statistics decide
        above = np.maximum(statistical, 1e-3) ** (1 - share**4) * np.sqrt(share)
        return np.concatenate([kept, above.astype(np.float32)], axis=1)


class SteadyGains:
    """Log-MMSE gains against a noise that does not change."""

    def __init__(self, profile: Floats) -> None:
        self._suppressor = Suppressor(profile)

    def __call__(self, power: Floats) -> Floats:
        """(frames, bins) to (frames, bins)."""
        return self._suppressor.gains(power)


def steady_profile(power: Floats) -> tuple[Floats, float]:
    """((bins,) noise power, how much of it may be taken away, 0 to 1) from frames of the whole sound.

    Rain, an engine or a held chord never pause: what is always there is then the sound itself, and nothing is taken.
    """
    profile = noise_profile(power)
    heard = power.sum(axis=1)
    heard = heard[heard > 0]
    if not len(heard):
        return profile, 0.0
    above_db = 10 * np.log10(float(np.median(heard)) / max(float(profile.sum()), 1e-20))
    trust = float(np.clip((above_db - PAUSES_DB[0]) / (PAUSES_DB[1] - PAUSES_DB[0]), 0, 1))
    return profile * np.float32(trust), trust
