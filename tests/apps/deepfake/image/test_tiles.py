"""Tiles cover a picture once, and a very large one evenly."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from apps.deepfake.image.tiles import MAX_TILES, bands, spread

STRIDE = 16


@pytest.mark.parametrize("shape", [(64, 64), (528, 512), (1088, 1920), (16, 4096)])
def test_every_pixel_has_one_tile(shape: tuple[int, int]) -> None:
    for axis, length in zip(bands(shape, STRIDE), shape, strict=True):
        assert axis[0].start == 0 and axis[-1].stop == length
        assert all(a.stop == b.start for a, b in pairwise(axis))
        assert all(band.low <= band.start < band.stop <= band.high and band.start % STRIDE == 0 for band in axis)


@pytest.mark.parametrize("shape", [(4000, 6000), (512, 40_000), (12_000, 800)])
def test_a_large_picture_is_sampled_evenly(shape: tuple[int, int]) -> None:
    rows, columns = bands((shape[0] // 16 * 16, shape[1] // 16 * 16), STRIDE)
    assert 0 < len(rows) * len(columns) <= MAX_TILES
    for axis, length in ((rows, shape[0]), (columns, shape[1])):
        middles = [(band.start + band.stop) / 2 for band in axis]
        assert abs(np.mean(middles) / length - 0.5) < 0.2


def test_a_cell_that_was_not_seen_takes_the_nearest_ones_value() -> None:
    shape = (512, 40_000)
    axes = bands(shape, STRIDE)
    width = sum(band.stop - band.start for band in axes[1]) // STRIDE
    seen = np.tile(np.arange(width, dtype=np.float32), (shape[0] // STRIDE, 1))
    found = spread(seen, axes, shape, STRIDE)
    assert found.shape == (32, 2500)
    assert (np.diff(found[0]) >= 0).all() and set(found[0]) == set(seen[0])
