from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.medical.geometry import is_orthogonal, scaled_affine, shifted_origin_mm

length = st.floats(0.05, 5.0)
position = st.floats(-500, 500)
angles = st.tuples(*[st.floats(-3.1, 3.1)] * 3)


def rotation(a: float, b: float, c: float) -> np.ndarray:
    x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return x @ y @ z


@given(rows_mm=length, columns_mm=length, at=st.tuples(position, position, position), turn=angles, scale=st.sampled_from([2, 3, 4]))
@settings(max_examples=100, deadline=None)
def test_dicom_keeps_the_outer_corners(rows_mm: float, columns_mm: float, at: tuple[float, float, float], turn: tuple, scale: int) -> None:
    """The field of view, from the first pixel's outer corner to the last one's, does not move (PS3.3 equation C.7.6.2.1-1)."""
    axes = rotation(*turn)
    orientation = (*axes[:, 0], *axes[:, 1])
    rows, columns = 40, 56

    def corner(origin: tuple, spacing: tuple[float, float], row: float, column: float) -> np.ndarray:
        return np.asarray(origin) + axes[:, 0] * spacing[1] * column + axes[:, 1] * spacing[0] * row

    moved = shifted_origin_mm(at, orientation, (rows_mm, columns_mm), scale)  # type: ignore[arg-type]
    fine = (rows_mm / scale, columns_mm / scale)
    assert corner(moved, fine, -0.5, -0.5) == pytest.approx(corner(at, (rows_mm, columns_mm), -0.5, -0.5), abs=1e-9)
    last = corner(moved, fine, rows * scale - 0.5, columns * scale - 0.5)
    assert last == pytest.approx(corner(at, (rows_mm, columns_mm), rows - 0.5, columns - 0.5), abs=1e-9)


@given(sizes=st.tuples(length, length, length), at=st.tuples(position, position, position), turn=angles, scale=st.sampled_from([2, 3, 4]))
@settings(max_examples=100, deadline=None)
def test_nifti_keeps_the_centre_of_the_volume(sizes: tuple, at: tuple, turn: tuple, scale: int) -> None:
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = rotation(*turn) * np.asarray(sizes), at
    shape = np.array([33, 41, 25])
    for axes in ((0, 1), (0, 2), (1, 2)):
        fine = scaled_affine(affine, scale, axes)
        larger = np.array([n * scale if i in axes else n for i, n in enumerate(shape)])
        assert fine @ [*((larger - 1) / 2), 1] == pytest.approx(affine @ [*((shape - 1) / 2), 1], abs=1e-9)
        assert is_orthogonal(fine)


def test_a_sheared_or_flat_affine_is_known() -> None:
    sheared = np.eye(4)
    sheared[0, 1] = 0.2
    assert not is_orthogonal(sheared)
    assert not is_orthogonal(np.diag([1.0, 0.0, 1.0, 1.0]))
    assert is_orthogonal(np.diag([-0.5, 2.0, 1.0, 1.0]))
