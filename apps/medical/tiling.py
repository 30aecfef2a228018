"""Cuts a slice into equal tiles that overlap, and puts the results together without a seam.

Each tile carries a margin at least as wide as the reach of the computation, which is thrown away afterwards: where two
tiles meet, both would have computed the same, so nothing has to be blended. Equal shapes let the engine put the
tiles of a slice, or of many slices, in one batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["TileGrid", "cut", "join", "plan"]


@dataclass(frozen=True)
class TileGrid:
    """rows x columns of the slice; `tops` and `lefts` of the cores; the core's height and width; the margin. All in measured pixels."""

    rows: int
    columns: int
    tops: tuple[int, ...]
    lefts: tuple[int, ...]
    core_rows: int
    core_columns: int
    margin: int

    @property
    def tile_shape(self) -> tuple[int, int]:
        return self.core_rows + 2 * self.margin, self.core_columns + 2 * self.margin


def _starts(length: int, limit: int) -> tuple[tuple[int, ...], int]:
    """Where cores of at most `limit` begin so that equal ones cover `length`; the last is moved back to end at the border."""
    count = -(-length // limit)
    core = -(-length // count)
    return tuple(min(index * core, length - core) for index in range(count)), core


def plan(rows: int, columns: int, *, max_side: int, margin: int) -> TileGrid:
    """The fewest equal tiles, margins included, of at most `max_side` pixels a side."""
    limit = max_side - 2 * margin
    if limit < 1:
        raise ValueError(f"tiles of {max_side} pixels leave nothing inside a margin of {margin}")
    tops, core_rows = _starts(rows, limit)
    lefts, core_columns = _starts(columns, limit)
    return TileGrid(rows, columns, tops, lefts, core_rows, core_columns, margin)


def cut(plane: np.ndarray, grid: TileGrid) -> list[np.ndarray]:
    """[(tile rows, tile columns), ...] of a (rows, columns) slice, mirrored beyond its borders."""
    padded = np.pad(plane, grid.margin, mode="symmetric")
    height, width = grid.tile_shape
    return [np.ascontiguousarray(padded[top : top + height, left : left + width]) for top in grid.tops for left in grid.lefts]


def join(tiles: Sequence[np.ndarray], grid: TileGrid, scale: int) -> np.ndarray:
    """(rows*scale, columns*scale) from tiles `scale` times as large as they were cut; margins dropped."""
    result = np.empty((grid.rows * scale, grid.columns * scale), dtype=np.float32)
    margin = grid.margin * scale
    height, width = grid.core_rows * scale, grid.core_columns * scale
    places = [(top, left) for top in grid.tops for left in grid.lefts]
    for tile, (top, left) in zip(tiles, places, strict=True):
        core = tile[margin : margin + height, margin : margin + width]
        result[top * scale : top * scale + height, left * scale : left * scale + width] = core
    return result
