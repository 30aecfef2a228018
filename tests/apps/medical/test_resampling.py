from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.medical.resampling import downsample, resampling_matrix, upsample


@given(n=st.integers(8, 64), scale=st.sampled_from([2, 3, 4]))
@settings(max_examples=30, deadline=None)
def test_rows_sum_to_one_both_ways(n: int, scale: int) -> None:
    for shape in ((n, n * scale), (n * scale, n)):
        assert np.asarray(resampling_matrix(*shape).sum(axis=1)).ravel() == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_a_constant_stays_and_the_field_of_view_stays(scale: int) -> None:
    y, x = np.mgrid[0:48, 0:48]
    assert np.allclose(upsample(np.full((16, 12), 7.0), scale), 7.0, atol=1e-5)
    blob = np.exp(-((y - 20.3) ** 2 + (x - 25.6) ** 2) / 60).astype(np.float32)
    small = downsample(blob, scale)

    def centre(image: np.ndarray) -> np.ndarray:
        """In shares of the field of view, from the outer edge of the first pixel."""
        axes = [np.arange(n) + 0.5 for n in image.shape]
        return np.array(
            [(image.sum(1) * axes[0]).sum() / image.sum() / image.shape[0], (image.sum(0) * axes[1]).sum() / image.sum() / image.shape[1]]
        )

    assert centre(small) == pytest.approx(centre(blob), abs=2e-3)
    assert centre(upsample(small, scale)) == pytest.approx(centre(blob), abs=2e-3)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_agrees_with_pillow_away_from_the_border(phantom: np.ndarray, scale: int) -> None:
    """Pillow's antialiased bicubic is the same kernel (a = -1/2): an independent implementation."""
    from PIL import Image

    plane = phantom[: 96 // scale * scale, : 72 // scale * scale]
    size = plane.shape[1] // scale, plane.shape[0] // scale
    theirs = np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.BICUBIC))
    assert np.abs(downsample(plane, scale) - theirs)[4:-4, 4:-4].max() < 1e-5


def test_refuses_a_matrix_that_does_not_divide() -> None:
    with pytest.raises(ValueError, match="not divisible"):
        downsample(np.zeros((33, 32)), 2)
