"""Where pixels lie in space, before and after a change of scale."""

from __future__ import annotations

import numpy as np

__all__ = ["is_orthogonal", "scaled_affine", "shifted_origin_mm"]


def shifted_origin_mm(
    position_mm: tuple[float, float, float],
    orientation: tuple[float, float, float, float, float, float],
    spacing_mm: tuple[float, float],
    scale: int,
) -> tuple[float, float, float]:
    """Image Position (Patient) of the image enlarged `scale` times over the same field of view.

    The first new pixel's centre lies (1/s - 1)/2 old pixels from the old one's, along both axes (PS3.3 C.7.6.2.1.1): the first
    three numbers of `orientation` point along a row, where columns count, so they go with the *second* spacing, that between columns.
    """
    shift = (1.0 / scale - 1.0) / 2.0
    along_row, along_column = np.asarray(orientation[:3], dtype=float), np.asarray(orientation[3:], dtype=float)
    moved = np.asarray(position_mm, dtype=float) + shift * (along_row * spacing_mm[1] + along_column * spacing_mm[0])
    return float(moved[0]), float(moved[1]), float(moved[2])


def scaled_affine(affine: np.ndarray, scale: int, axes: tuple[int, int]) -> np.ndarray:
    """(4, 4) voxel-to-world matrix of a volume enlarged `scale` times along two voxel axes, over the same field of view."""
    change = np.eye(4)
    for axis in axes:
        change[axis, axis] = 1.0 / scale
        change[axis, 3] = (1.0 / scale - 1.0) / 2.0
    return np.asarray(affine, dtype=float) @ change


def is_orthogonal(affine: np.ndarray, tolerance: float = 1e-3) -> bool:
    """Whether the voxel axes stand at right angles (cosines below `tolerance`) and none has length 0."""
    axes = np.asarray(affine, dtype=float)[:3, :3]
    lengths = np.linalg.norm(axes, axis=0)
    if not np.isfinite(lengths).all() or (lengths < 1e-6).any():
        return False
    cosines = (axes / lengths).T @ (axes / lengths)
    return bool(np.abs(cosines - np.eye(3)).max() < tolerance)
