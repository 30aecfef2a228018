"""JPEG's arithmetic, and a likelihood for "these coefficients were quantised once" against "twice, first at quality q".

A coefficient of a photograph is a scale mixture of Laplacians. Quantised once, its histogram is that mixture cut into steps;
quantised with a coarser step before, it sits on the first step's lattice, blurred by the rounding of the pixels in between
(standard deviation NOISE), and then cut into the second steps: the peaks and gaps of Lukas & Fridrich (2003). Both
hypotheses fit the same mixture by EM, so what remains between their likelihoods is the lattice, not the picture's content.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from apps.deepfake.forensics.jpeg_segments import ZIGZAG

__all__ = ["LUMA", "MODES", "MOST", "History", "block_coefficients", "fitted", "history", "luma", "quality_of", "standard_table", "tiles"]

# ITU T.81, table K.1, in zigzag order.
_K1 = (
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51,
    56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103,
    99,
)  # fmt: skip
LUMA = np.zeros(64, int)
LUMA[list(ZIGZAG)] = _K1
MODES = ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (0, 3), (3, 0))  # higher ones are mostly zero
MOST = 20  # larger multiples of the step are too few to count
SCALES = np.geomspace(0.6, 60, 9)  # narrower ones would fit rounding noise in flat areas and take them for changed parts
NOISE = 0.5
UNIFORM = 0.01  # a share for what fits no mixture, such as clipped blocks
QUALITIES = range(30, 100)
SURE = 0.05  # nats per non-zero coefficient of one mode
FEWEST = 200  # non-zero coefficients, below which no history is read
BASIS = np.array(
    [[np.sqrt((1 if k else 0.5) / 4) * np.cos((2 * n + 1) * k * np.pi / 16) for n in range(8)] for k in range(8)], dtype=np.float32
)


@dataclass(frozen=True)
class History:
    """What the coefficients say of an earlier saving.

    quality: of the earlier saving on libjpeg's scale. gain: log-likelihood gained by it per non-zero coefficient (nats).
    steps: per mode the earlier step that fits best, whatever table it was from: cameras have their own, and a part must not be
    missed because the nearest standard table is off by one there.
    """

    quality: int
    gain: float
    steps: dict[tuple[int, int], int]


@cache
def standard_table(quality: int) -> np.ndarray:
    """libjpeg's luminance table at `quality` 1 to 100: (64,) int, row by row."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return np.clip((LUMA * scale + 50) // 100, 1, 255)


def quality_of(table: tuple[int, ...]) -> tuple[int, bool]:
    """(nearest quality on libjpeg's scale, whether it is exactly that table). table: 64 steps, row by row."""
    wanted = np.array(table)
    distances = [float(np.abs(np.log(standard_table(q) / np.maximum(wanted, 1))).mean()) for q in range(1, 101)]
    best = int(np.argmin(distances))
    return best + 1, distances[best] == 0


def luma(pixels: np.ndarray) -> np.ndarray:
    """(h, w, 3) uint8 to (h, w) float32 around 0 (BT.601, as JPEG)."""
    return pixels[..., :3].astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32) - 128


def tiles(plane: np.ndarray, size: int = 8) -> np.ndarray:
    """(h, w) to (h // size, w // size, size, size)."""
    rows, columns = plane.shape[0] // size, plane.shape[1] // size
    return plane[: rows * size, : columns * size].reshape(rows, size, columns, size).swapaxes(1, 2)


def block_coefficients(plane: np.ndarray) -> np.ndarray:
    """The 8 x 8 DCT of every block: (rows, columns, 8, 8) float32."""
    return BASIS @ tiles(plane) @ BASIS.T


def history(coefficients: np.ndarray, table: tuple[int, ...]) -> History:
    """The likeliest quality of an earlier saving in the same grid. table: the present steps (all 1 where the file is lossless)."""
    gains = dict.fromkeys(QUALITIES, 0.0)
    steps: dict[tuple[int, int], int] = {}
    counted = 0.0
    for row, column in MODES:
        step = int(table[8 * row + column])
        multiples = np.abs(np.rint(coefficients[..., row, column] / step)).astype(int).ravel()
        counts = np.bincount(multiples[multiples <= MOST], minlength=MOST + 1).astype(float)[None]
        firsts = {quality: int(standard_table(quality)[8 * row + column]) for quality in QUALITIES}
        tried = (1, *sorted({*firsts.values(), *range(2, 41)} - {1}))
        likelihoods = _fitted_each(counts, tried, step)
        twice = dict(zip(tried, likelihoods - likelihoods[0], strict=True))
        best_step = tried[int(np.argmax(likelihoods))]
        if likelihoods.max() - likelihoods[0] > SURE * max(counts[0, 1:].sum(), FEWEST):
            steps[row, column] = best_step
        counted += counts[0, 1:].sum()
        for quality, first in firsts.items():
            gains[quality] += twice[first]
    best = max(gains, key=gains.__getitem__)
    return History(best, float(gains[best] / counted) if counted >= FEWEST else 0.0, steps)


def fitted(counts: np.ndarray, first: int, step: int) -> np.ndarray:
    """Log-likelihood of histograms (n, MOST + 1) of |multiples of `step`| under the best mixture, quantised by `first` before (1: not)."""
    parts = _parts(first, step)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    weights = np.full((len(counts), len(parts)), 1 / len(parts))
    for _ in range(40):
        mixed = (1 - UNIFORM) * weights @ parts + UNIFORM / parts.shape[1]
        weights = weights * ((shares / mixed) @ parts.T)
        weights /= np.maximum(weights.sum(1, keepdims=True), 1e-9)
    mixed = (1 - UNIFORM) * weights @ parts + UNIFORM / parts.shape[1]
    return (counts * np.log(mixed)).sum(1)


def _fitted_each(counts: np.ndarray, firsts: tuple[int, ...], step: int) -> np.ndarray:
    """`fitted` of one histogram (1, MOST + 1) for several first steps at once: (len(firsts),)."""
    parts = np.stack([_parts(first, step) for first in firsts])
    turned = parts.swapaxes(1, 2)
    shares = counts / max(counts.sum(), 1)
    weights = np.full((len(firsts), 1, parts.shape[1]), 1 / parts.shape[1])
    for _ in range(40):
        mixed = (1 - UNIFORM) * weights @ parts + UNIFORM / parts.shape[2]
        weights = weights * ((shares / mixed) @ turned)
        weights /= np.maximum(weights.sum(2, keepdims=True), 1e-9)
    mixed = (1 - UNIFORM) * weights @ parts + UNIFORM / parts.shape[2]
    return (np.log(mixed) * counts).sum((1, 2))


@cache
def _parts(first: int, step: int) -> np.ndarray:
    """The histogram of |multiples| that each Laplacian gives: (scales, MOST + 1), rows summing to 1."""
    from scipy.special import ndtr

    edges = (np.arange(-MOST, MOST + 2) - 0.5) * step
    if first == 1:
        mass = np.diff(_laplace(edges), axis=1)
    else:
        lattice = np.arange(-200, 201)
        before = np.diff(_laplace((np.arange(-200, 202) - 0.5) * first), axis=1)
        mass = before @ np.diff(ndtr((edges[None] - lattice[:, None] * first) / NOISE), axis=1)
    folded = mass[:, MOST:].copy()
    folded[:, 1:] += mass[:, :MOST][:, ::-1]
    return folded / np.maximum(folded.sum(1, keepdims=True), 1e-300)


def _laplace(at: np.ndarray) -> np.ndarray:
    """The distribution function for every scale: (scales, len(at))."""
    ratio = at[None] / SCALES[:, None]
    return np.where(ratio < 0, 0.5 * np.exp(np.minimum(ratio, 0)), 1 - 0.5 * np.exp(-np.maximum(ratio, 0)))
