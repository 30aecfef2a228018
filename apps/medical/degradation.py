"""Noise of the three kinds that scanners make: how strong it is, and how to turn it into the one kind that a denoiser knows.

All on planes scaled so that 0 ... 1 is the image's range (`models.scaling`); `sigma` and `gain` are shares of that range.

- **gaussian**: CT after reconstruction, near enough.
- **poisson**: quanta counted by a detector, with electronic noise: variance = gain * value + sigma^2. Projection radiography.
- **rician**: the magnitude of a complex signal with Gaussian noise: MR. It lifts the background, so denoising must lower it again.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np

__all__ = ["Noise", "NoiseKind", "add_noise", "coarseness", "estimate_noise", "kind_for", "restore", "stabilise"]

NoiseKind = Literal["gaussian", "poisson", "rician"]

BLOCK_PX = 16
QUIET_QUANTILE = 0.2
"""Blocks of flat tissue have the least high-pass energy: the fifth quietest stands for pure noise."""

QUIET_RATIO = 0.929
"""Root of that quantile's mean square over the true sigma, for white noise in 16 x 16 blocks (`test_degradation.py` measures it again)."""

RADIOGRAPHY = ("CR", "DX", "DR", "RG", "MG", "IO", "PX", "RF", "XA")


@dataclass(frozen=True)
class Noise:
    """kind; sigma: standard deviation where the signal is 0 (MR: of each complex channel); gain: variance per unit of signal."""

    kind: NoiseKind
    sigma: float
    gain: float = 0.0

    @property
    def at_full_scale(self) -> float:
        """Standard deviation at value 1."""
        return float(np.sqrt(self.sigma**2 + self.gain))


def kind_for(modality: str) -> NoiseKind:
    """The noise that a modality's physics suggests."""
    return "rician" if modality == "MR" else "poisson" if modality in RADIOGRAPHY else "gaussian"


def _blocks(plane: np.ndarray) -> np.ndarray:
    rows, columns = (n // BLOCK_PX * BLOCK_PX for n in plane.shape)
    shaped = plane[:rows, :columns].reshape(rows // BLOCK_PX, BLOCK_PX, columns // BLOCK_PX, BLOCK_PX)
    return shaped.transpose(0, 2, 1, 3).reshape(-1, BLOCK_PX * BLOCK_PX)


def _high_pass(plane: np.ndarray) -> np.ndarray:
    mask = np.outer((1.0, -2.0, 1.0), (1.0, -2.0, 1.0))
    height, width = plane.shape[0] - 2, plane.shape[1] - 2
    response = np.zeros((height, width), dtype=np.float32)
    for row in range(3):
        for column in range(3):
            response += np.float32(mask[row, column]) * plane[row : row + height, column : column + width]
    return response


def _local_noise(plane: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(mean, high-pass root mean square) of each block of varying values.

    The high pass is the difference of two Laplacians (J. Immerkaer, CVIU 64(2), 1996): blind to planes and to edges along the axes.
    """
    rms = np.sqrt((_blocks(_high_pass(plane)) ** 2).mean(axis=1)) / 6.0
    blocks = _blocks(plane[1:-1, 1:-1])
    alive = (np.diff(blocks, axis=1) == 0).mean(axis=1) < 0.5  # constant air or padding says nothing about noise
    return blocks.mean(axis=1)[alive], rms[alive]


def _quiet(rms: np.ndarray) -> float:
    return float(np.quantile(rms, QUIET_QUANTILE) / QUIET_RATIO) if rms.size else 0.0


def _affine_variance(mean: np.ndarray, rms: np.ndarray) -> tuple[float, float]:
    """(gain, variance at 0), both >= 0, of the quiet blocks in eight classes of brightness."""
    edges = np.quantile(mean, np.linspace(0, 1, 9))
    level, variance = [], []
    for low, high in itertools.pairwise(edges):
        chosen = (mean >= low) & (mean <= high)
        if chosen.sum() >= 4:
            level.append(float(np.median(mean[chosen])))
            variance.append(_quiet(rms[chosen]) ** 2)
    if len(level) < 3:
        return 0.0, _quiet(rms) ** 2
    x, y = np.asarray(level), np.asarray(variance)
    gain = max(float(np.sum((x - x.mean()) * (y - y.mean())) / max(np.sum((x - x.mean()) ** 2), 1e-12)), 0.0)
    offset = float(np.mean(y) - gain * np.mean(x))
    if offset < 0:
        return float(np.sum(x * y) / max(np.sum(x * x), 1e-12)), 0.0
    return gain, offset


def estimate_noise(plane: np.ndarray, kind: NoiseKind) -> Noise:
    """The noise of a (rows, columns) plane in 0 ... 1. Fine texture counts as noise: an upper bound on structured images."""
    mean, rms = _local_noise(np.asarray(plane, dtype=np.float32))
    if kind == "poisson":
        gain, variance = _affine_variance(mean, rms)
        return Noise(kind, float(np.sqrt(variance)), gain)
    return Noise(kind, _rician_sigma(mean, rms) if kind == "rician" else _quiet(rms))


def _rician_sigma(mean: np.ndarray, rms: np.ndarray) -> float:
    """From air where there is any, since its law is known: Rayleigh's mean is 1.2533 sigma, its spread 0.6551 sigma. Else from tissue."""
    ratio = mean / np.maximum(rms, 1e-12)
    air = mean[(ratio > 1.5) & (ratio < 2.4)]
    if air.size >= max(4, mean.size // 50):
        return float(np.median(air) / np.sqrt(np.pi / 2))
    sigma = _quiet(rms)
    tissue = rms[mean > 3 * sigma]
    return _quiet(tissue) if tissue.size >= 4 else sigma / 0.655


def coarseness(plane: np.ndarray) -> float:
    """How much larger the noise of flat areas is than its high-pass part: 1 for white noise, above 2 for smooth reconstructions.

    The median over the quiet fifth of the blocks of standard deviation (a quadratic surface removed) over high-pass root mean square.
    """
    plane = np.asarray(plane, dtype=np.float32)
    y, x = (axis.ravel() for axis in np.mgrid[-1 : 1 : BLOCK_PX * 1j, -1 : 1 : BLOCK_PX * 1j])
    surface = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=1)
    blocks = _blocks(plane[1:-1, 1:-1])
    flat = blocks - (blocks @ np.linalg.pinv(surface).T) @ surface.T
    deviation = flat.std(axis=1)
    rms = np.sqrt((_blocks(_high_pass(plane)) ** 2).mean(axis=1)) / 6.0
    alive = ((np.diff(blocks, axis=1) == 0).mean(axis=1) < 0.5) & (rms > 0)
    if not alive.any():
        return 1.0
    quiet = alive & (deviation <= np.quantile(deviation[alive], QUIET_QUANTILE))
    return float(np.median(deviation[quiet] / rms[quiet]))


def add_noise(plane: np.ndarray, noise: Noise, rng: np.random.Generator) -> np.ndarray:
    """A measurement of `plane` with this noise, float32: for the benchmark and the tests."""
    if noise.kind == "rician":
        channels = rng.standard_normal((2, *plane.shape)) * noise.sigma
        return np.hypot(plane + channels[0], channels[1]).astype(np.float32)
    result: np.ndarray = np.asarray(plane, dtype=np.float64)
    if noise.gain > 0:
        result = noise.gain * rng.poisson(np.maximum(result, 0) / noise.gain)
    return (result + noise.sigma * rng.standard_normal(plane.shape)).astype(np.float32)


def _anscombe(value: np.ndarray | float, noise: Noise) -> np.ndarray:
    """Generalised Anscombe transform: unit variance (J.-L. Starck, F. Murtagh, A. Bijaoui, 1998)."""
    return 2.0 / noise.gain * np.sqrt(np.maximum(noise.gain * np.asarray(value) + 0.375 * noise.gain**2 + noise.sigma**2, 0.0))


def _counts(noise: Noise) -> bool:
    """Whether the variance depends on the value enough to matter."""
    return noise.kind == "poisson" and noise.gain > 1e-3 * noise.sigma**2 and noise.gain > 1e-9


def stabilise(plane: np.ndarray, noise: Noise) -> tuple[np.ndarray, float]:
    """(the plane with Gaussian noise of one strength, that strength), again in about 0 ... 1."""
    if not _counts(noise):
        return np.asarray(plane, dtype=np.float32), noise.sigma if noise.kind != "poisson" else noise.at_full_scale
    low, high = float(_anscombe(0.0, noise)), float(_anscombe(1.0, noise))
    return ((_anscombe(plane, noise) - low) / (high - low)).astype(np.float32), 1.0 / (high - low)


def restore(plane: np.ndarray, noise: Noise) -> np.ndarray:
    """Back from `stabilise`, without bias; for MR also the lift of the magnitude taken away."""
    if noise.kind == "rician":
        return _unlift(plane, noise.sigma)
    if not _counts(noise):
        return np.asarray(plane, dtype=np.float32)
    low, high = float(_anscombe(0.0, noise)), float(_anscombe(1.0, noise))
    d = np.maximum(low + plane.astype(np.float64) * (high - low), 2.0 * np.sqrt(0.375))
    root = np.sqrt(1.5)
    # closed form of the exact unbiased inverse: M. Makitalo, A. Foi, IEEE TIP 22(1), 2013
    count = d**2 / 4 + root / (4 * d) - 11 / (8 * d**2) + 5 * root / (8 * d**3) - 0.125 - (noise.sigma / noise.gain) ** 2
    return (noise.gain * count).astype(np.float32)


def _unlift(plane: np.ndarray, sigma: float) -> np.ndarray:
    """Signal whose mean magnitude is `plane`: C. G. Koay, P. J. Basser, J. Magn. Reson. 179(2), 2006, inverted by a table."""
    from scipy.special import i0e, i1e

    if sigma <= 1e-9:  # the lift is below float32, and the squares below would overflow
        return np.asarray(plane, dtype=np.float32)
    ratio = np.linspace(0.0, 12.0, 4097)
    t = ratio**2 / 4
    mean = np.sqrt(np.pi / 2) * ((1 + 2 * t) * i0e(t) + 2 * t * i1e(t))
    seen = np.asarray(plane, dtype=np.float64) / sigma
    far = np.sqrt(np.maximum(seen**2 - 1.0, 0.0))
    return (sigma * np.where(seen > mean[-1], far, np.interp(seen, mean, ratio))).astype(np.float32)
