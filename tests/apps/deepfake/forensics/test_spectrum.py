import numpy as np
import pytest
from PIL import Image

from apps.deepfake.forensics.spectrum import spectrum_evidence
from tests.apps.deepfake.forensics.made import drawn_text, resaved, scene

PIXELS = scene(1, (512, 512))


def resized(pixels: np.ndarray, factor: float, how: Image.Resampling) -> np.ndarray:
    picture = Image.fromarray(pixels)
    small = picture.resize((int(picture.width / factor), int(picture.height / factor)), Image.Resampling.LANCZOS)
    return np.asarray(small.resize(picture.size, how))


def demosaiced(pixels: np.ndarray) -> np.ndarray:
    """Green interpolated from a quincunx, as a camera's colour filter leaves it."""
    green = pixels[..., 1].astype(float)
    rows, columns = np.indices(green.shape)
    around = sum(np.roll(green, shift, axis) for axis in (0, 1) for shift in (-1, 1)) / 4
    made = pixels.copy()
    made[..., 1] = np.where((rows + columns) % 2, green, around)
    return made


def checkered(pixels: np.ndarray, share: float) -> np.ndarray:
    rows, columns = np.indices(pixels.shape[:2])
    gain = 1 + share * ((rows % 2 == 0) & (columns % 2 == 0))
    return np.clip(np.rint(pixels * gain[..., None]), 0, 255).astype(np.uint8)


def kind(pixels: np.ndarray) -> str:
    return spectrum_evidence(pixels)[0].kind


@pytest.mark.parametrize(
    "pixels",
    [
        PIXELS,
        resaved(PIXELS, 75),
        resaved(PIXELS, 95),
        resized(PIXELS, 2, Image.Resampling.BICUBIC),
        resized(PIXELS, 1.5, Image.Resampling.LANCZOS),
        demosaiced(PIXELS),
        drawn_text(),
        np.full((300, 300, 3), 90, np.uint8),
    ],
    ids=["plain", "jpeg75", "jpeg95", "doubled", "enlarged", "demosaiced", "screenshot", "flat"],
)
def test_traps_do_not_trigger(pixels):
    assert kind(pixels) == "spectrum.none"


def test_a_checkerboard_is_found_also_after_jpeg():
    made = checkered(PIXELS, 0.03)
    assert kind(made) == kind(resaved(made, 90)) == "spectrum.checkerboard"
    assert spectrum_evidence(made)[0].reliability == "low"


def test_small_pictures_are_left_out():
    assert spectrum_evidence(PIXELS[:200]) == []
