from __future__ import annotations

import numpy as np
import pytest

from apps.medical.backprojection import REACH_PX, back_project
from apps.medical.metrics import psnr_db
from apps.medical.resampling import downsample, upsample


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_makes_any_image_agree_with_the_measurement(phantom: np.ndarray, scale: int) -> None:
    measured = phantom[:48, :48]
    invented = upsample(measured, scale) * 0.9 + 0.07  # a model that gets contrast and brightness wrong
    faithful = back_project(invented, measured, scale)
    assert psnr_db(downsample(faithful, scale), measured, 1.0) > psnr_db(downsample(invented, scale), measured, 1.0) + 20


def test_gains_on_plain_interpolation(phantom: np.ndarray) -> None:
    measured = downsample(phantom, 2)
    plain = upsample(measured, 2)
    assert psnr_db(back_project(plain, measured, 2), phantom, 1.0) > psnr_db(plain, phantom, 1.0) + 0.3


def test_a_result_that_agrees_is_left_alone(phantom: np.ndarray) -> None:
    measured = downsample(phantom, 2)
    assert np.allclose(back_project(phantom, measured, 2), phantom, atol=1e-5)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_reaches_no_further_than_declared(scale: int) -> None:
    """What tiling relies on: the answer to a single changed pixel ends within `REACH_PX`."""
    spike = np.zeros((65, 65), dtype=np.float32)
    spike[32, 32] = 1.0
    answer = np.abs(back_project(upsample(spike, scale), spike, scale))
    inner = slice((32 - REACH_PX) * scale, (33 + REACH_PX) * scale)
    answer[inner, inner] = 0.0
    assert answer.max() < 1e-5
