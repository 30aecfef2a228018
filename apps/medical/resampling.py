"""Down- and upsampling by whole factors, as separable sparse matrices, on the pixel-area grid.

Pixel i of the coarse grid covers the pixels s*i ... s*i+s-1 of the fine one, so that both images cover the same field of view and the
centre of the first pixel moves by (1/s - 1)/2 coarse pixels: the same convention as `derive.shifted_origin_mm`.
The kernel is Keys' cubic convolution (a = -1/2; R. G. Keys, IEEE TASSP 29(6), 1981), stretched by s when it goes down (antialiased), which
is the degradation that the super-resolution literature calls "bicubic".
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["downsample", "resampling_matrix", "upsample"]


def _keys(distance: np.ndarray) -> np.ndarray:
    """Keys' cubic convolution kernel, a = -1/2; support 2."""
    d = np.abs(distance)
    near = 1.5 * d**3 - 2.5 * d**2 + 1.0
    far = -0.5 * d**3 + 2.5 * d**2 - 4.0 * d + 2.0
    return np.where(d <= 1.0, near, np.where(d < 2.0, far, 0.0))


@lru_cache(maxsize=64)
def resampling_matrix(n_in: int, n_out: int) -> csr_matrix:
    """(n_out, n_in) float32 weights; rows sum to 1; mirrored at the borders (half-sample symmetric)."""
    from scipy.sparse import csr_matrix

    ratio = n_in / n_out
    stretch = max(ratio, 1.0)
    centre = (np.arange(n_out) + 0.5) * ratio - 0.5
    first = np.floor(centre - 2.0 * stretch).astype(np.int64) + 1
    taps = int(np.ceil(4.0 * stretch))
    column = first[:, None] + np.arange(taps)[None, :]
    weight = _keys((column - centre[:, None]) / stretch)
    weight /= weight.sum(axis=1, keepdims=True)
    period = 2 * n_in
    folded = column % period
    folded = np.where(folded >= n_in, period - 1 - folded, folded)
    row = np.repeat(np.arange(n_out), taps)
    matrix = csr_matrix((weight.ravel(), (row, folded.ravel())), shape=(n_out, n_in))
    matrix.sum_duplicates()
    return matrix.astype(np.float32)


def _resample(image: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    rows = resampling_matrix(image.shape[0], shape[0]) @ np.ascontiguousarray(image, dtype=np.float32)
    return np.ascontiguousarray((resampling_matrix(image.shape[1], shape[1]) @ np.ascontiguousarray(rows.T)).T)


def downsample(image: np.ndarray, scale: int) -> np.ndarray:
    """(rows, columns) -> (rows/scale, columns/scale) float32: the measurement model. Raises ValueError where scale does not divide."""
    rows, columns = image.shape
    if rows % scale or columns % scale:
        raise ValueError(f"{rows} x {columns} is not divisible by {scale}")
    return _resample(image, (rows // scale, columns // scale))


def upsample(image: np.ndarray, scale: int) -> np.ndarray:
    """(rows, columns) -> (rows*scale, columns*scale) float32 by cubic convolution."""
    return _resample(image, (image.shape[0] * scale, image.shape[1] * scale))
