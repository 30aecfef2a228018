"""Which 8 x 8 grid a picture's pixels were once compressed in, everywhere and in parts of it.

After Nikoukhah et al., "ZERO: a local JPEG grid origin detector" (IPOL 2021): a block cut exactly on the old grid has more
zero coefficients than one cut across it, so every pixel votes for the offset of the block around it with most zeros. Ties,
such as flat areas, do not vote. Only for lossless files: in a JPEG its own grid at (0, 0) wins everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["CELL", "Grid", "grid_of"]

CELL = 32
WIDEST_PX = 1_500_000  # 64 transforms of the whole picture: about two seconds at this size on two cores
FEWEST_VOTES = 800


@dataclass(frozen=True)
class Grid:
    """offset: x, y of the commonest grid. share: of the votes that it has (1/64 by chance). foreign: (rows, columns) share of votes
    for the commonest other offset in windows of 2 x 2 cells, `which` that offset; top, left: where the studied part begins."""

    offset: tuple[int, int]
    share: float
    foreign: np.ndarray
    which: np.ndarray
    top: int
    left: int


def grid_of(plane: np.ndarray) -> Grid:
    """plane: (h, w) float32 luma. The middle WIDEST_PX of larger pictures."""
    plane, top, left = _middle(plane)
    cells = _cells(_votes(plane))
    totals = cells.sum((0, 1))
    main = int(totals.argmax())
    share = float(totals[main] / max(totals.sum(), 1)) if totals.sum() >= FEWEST_VOTES else 0.0
    windows = cells[:-1, :-1] + cells[1:, :-1] + cells[:-1, 1:] + cells[1:, 1:]
    voters = windows.sum(-1)
    windows[..., main] = 0
    which = windows.argmax(-1) if windows.size else np.zeros(windows.shape[:2], int)
    most = windows.max(-1) if windows.size else np.zeros(windows.shape[:2], int)
    foreign = np.where(voters >= FEWEST_VOTES, most / np.maximum(voters, 1), 0.0)
    offset = ((main % 8 + left) % 8, (main // 8 + top) % 8)
    return Grid(offset, share, foreign, which, top, left)


def _middle(plane: np.ndarray) -> tuple[np.ndarray, int, int]:
    height, width = plane.shape
    shrink = min(1.0, (WIDEST_PX / max(height * width, 1)) ** 0.5)
    rows, columns = max(int(height * shrink), min(height, 64)), max(int(width * shrink), min(width, 64))
    rows, columns = min(rows, 8_192), min(columns, 8_192)
    top, left = (height - rows) // 2, (width - columns) // 2
    return plane[top : top + rows, left : left + columns], top, left


def _votes(plane: np.ndarray) -> np.ndarray:
    """Each pixel's offset 8 * y + x, or -1 where there is none."""
    from scipy.fft import dctn

    height, width = plane.shape
    first = np.zeros((height, width), np.int16)  # zeros * 64 + offset: of equals the last offset stays
    last = np.zeros((height, width), np.int16)  # zeros * 64 + 63 - offset: of equals the first offset stays
    for offset in range(64):
        top, left = divmod(offset, 8)
        rows, columns = (height - top) // 8, (width - left) // 8
        if rows < 1 or columns < 1:
            continue
        part = (slice(top, top + rows * 8), slice(left, left + columns * 8))
        # Not a matrix product: BLAS threads that wait for each other make that ten times slower on a busy machine.
        waves = dctn(plane[part].reshape(rows, 8, columns, 8), axes=(1, 3), norm="ortho", overwrite_x=False)
        zeros = (np.abs(waves) < 0.5).sum(axis=(1, 3), dtype=np.int16).reshape(rows, 1, columns, 1)
        for best, code in ((first, zeros * 64 + offset), (last, zeros * 64 + 63 - offset)):
            view = best[part]
            spread = np.broadcast_to(code.astype(np.int16), (rows, 8, columns, 8)).reshape(rows * 8, columns * 8)
            np.maximum(view, spread, out=view)
    agreed = (first % 64 == 63 - last % 64) & (first >= 64)
    return np.where(agreed, first % 64, -1)


def _cells(votes: np.ndarray) -> np.ndarray:
    """(rows, columns, 64) votes per cell."""
    rows, columns = votes.shape[0] // CELL, votes.shape[1] // CELL
    if rows < 1 or columns < 1:
        return np.zeros((1, 1, 64), int)
    flat = votes[: rows * CELL, : columns * CELL].reshape(rows, CELL, columns, CELL).swapaxes(1, 2).reshape(rows * columns, -1)
    index = (np.arange(len(flat))[:, None] * 65 + flat + 1).ravel()
    return np.bincount(index, minlength=len(flat) * 65).reshape(rows, columns, 65)[..., 1:]
