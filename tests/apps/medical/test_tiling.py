from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.medical.tiling import cut, join, plan


@given(
    rows=st.integers(32, 150),
    columns=st.integers(32, 150),
    core=st.integers(20, 80),
    margin=st.integers(0, 40),
    scale=st.sampled_from([1, 2, 3, 4]),
)
@settings(max_examples=60, deadline=None)
def test_cut_and_join_lose_nothing(rows: int, columns: int, core: int, margin: int, scale: int) -> None:
    plane = np.random.default_rng(0).random((rows, columns), dtype=np.float32)
    grid = plan(rows, columns, max_side=core + 2 * margin, margin=margin)
    tiles = cut(plane, grid)
    assert {tile.shape for tile in tiles} == {grid.tile_shape}
    assert max(grid.tile_shape) <= core + 2 * margin
    enlarged = [tile.repeat(scale, axis=0).repeat(scale, axis=1) for tile in tiles]
    assert np.array_equal(join(enlarged, grid, scale), plane.repeat(scale, axis=0).repeat(scale, axis=1))


def test_a_ct_matrix_is_one_tile() -> None:
    assert len(cut(np.zeros((512, 512), np.float32), plan(512, 512, max_side=576, margin=28))) == 1


def test_refuses_a_margin_that_leaves_nothing() -> None:
    with pytest.raises(ValueError, match="leave nothing"):
        plan(64, 64, max_side=32, margin=16)
