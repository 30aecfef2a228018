import io

import numpy as np
import pytest
from PIL import Image

from apps.deepfake.forensics.histories import SPLICE_PX, decoded, opened, resaved, saved, shrunk, spliced
from tests.apps.deepfake.forensics.made import png, scene


def test_a_file_is_read_from_disk_as_from_memory(tmp_path):
    pixels = scene(1, (96, 120))
    (tmp_path / "a.png").write_bytes(png(pixels))
    assert np.array_equal(opened(tmp_path / "a.png"), pixels) and np.array_equal(decoded(png(pixels)), pixels)


def test_shrinking_takes_a_third():
    assert shrunk(scene(1, (96, 120))).shape == (64, 80, 3)


def test_saving_again_is_one_jpeg_of_that_quality():
    pixels = scene(2, (96, 120))
    data = saved(pixels, "JPEG", quality=60)
    assert Image.open(io.BytesIO(data)).format == "JPEG"
    assert np.array_equal(resaved(pixels, 60), decoded(data)) and not np.array_equal(resaved(pixels, 60), pixels)


@pytest.mark.parametrize("step", [1, 8])
def test_only_a_disc_in_the_box_comes_from_the_donor(step):
    host, donor = np.zeros((300, 400, 3), np.uint8), np.full((300, 400, 3), 255, np.uint8)
    made, (left, top, wide, high) = spliced(host, donor, np.random.default_rng(3), step)
    assert not host.any() and wide == high == SPLICE_PX and left % step == top % step == 0
    disc = made[top : top + high, left : left + wide, 0] == 255
    assert disc.mean() == pytest.approx(np.pi / 4, abs=0.01)
    assert (made == 255).sum() == 3 * disc.sum()
