"""Where a picture is looked at: all of it in its own pixels, or an evenly placed part of it where it is very large.

plan = Bands.over(height), Bands.over(width)        # both along one axis: the tiles are their products
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["CONTEXT_PX", "Band", "bands", "spread"]

CORE_PX = 512
CONTEXT_PX = 32
"""Of neighbourhood that a tile sees on each side and has no say about."""
MAX_TILES = 64
"""About 16 megapixels, ten seconds on a slow core: a larger picture is sampled."""


@dataclass(frozen=True)
class Band:
    """start, stop: pixels of one axis that a tile speaks for, multiples of the stride; low, high: those it sees."""

    start: int
    stop: int
    low: int
    high: int


def bands(shape: tuple[int, int], stride_px: int) -> tuple[list[Band], list[Band]]:
    """The rows and the columns of tiles of a picture of that height and width (multiples of the stride); every pair is a tile."""
    counts = [-(-length // CORE_PX) for length in shape]
    kept = list(counts)
    while kept[0] * kept[1] > MAX_TILES:
        kept[int(kept[1] > kept[0])] -= 1
    return _axis(shape[0], counts[0], kept[0], stride_px), _axis(shape[1], counts[1], kept[1], stride_px)


def _axis(length: int, count: int, kept: int, stride_px: int) -> list[Band]:
    edges = [round(length / stride_px * k / count) * stride_px for k in range(count + 1)]
    chosen = [int((k + 0.5) * count / kept) for k in range(kept)]
    return [Band(edges[k], edges[k + 1], max(0, edges[k] - CONTEXT_PX), min(length, edges[k + 1] + CONTEXT_PX)) for k in chosen]


def spread(seen: NDArray[np.float32], axes: Sequence[list[Band]], shape: tuple[int, int], stride_px: int) -> NDArray[np.float32]:
    """A map of all cells from that of the cells looked at (both in the order of rows and columns): each takes its nearest one's value."""
    nearest = []
    for axis, length in zip(axes, shape, strict=True):
        cells = np.concatenate([np.arange(band.start // stride_px, band.stop // stride_px) for band in axis])
        nearest.append(np.abs(np.arange(length // stride_px)[:, None] - cells).argmin(axis=1))
    return seen[np.ix_(*nearest)]
