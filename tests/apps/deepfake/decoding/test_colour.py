from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageCms

from apps.deepfake.decoding.colour import Notes, to_rgb
from tests.apps.deepfake.decoding.made import noise


def pixels_of(image: Image.Image) -> tuple[np.ndarray, Notes]:
    notes: Notes = []
    return np.frombuffer(to_rgb(image, notes), np.uint8).reshape(image.height, image.width, 3), notes


def test_bands_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.deepfake.decoding.colour.BAND_PIXELS", 100)
    picture = noise(53, 31)
    np.testing.assert_array_equal(pixels_of(Image.fromarray(picture))[0], picture)


def test_cmyk_goes_through_its_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real press profile cannot be made here: that the picture's own is asked, and answers, is what is shown."""
    asked: list[tuple[object, str]] = []

    def transform(source: object, target: object, mode: str, *rest: object) -> object:
        asked.append((source, mode))
        return "transform"

    monkeypatch.setattr(ImageCms, "ImageCmsProfile", lambda stream: ("profile", stream.read()))
    monkeypatch.setattr(ImageCms, "buildTransform", transform)
    monkeypatch.setattr(ImageCms, "applyTransform", lambda band, made: Image.new("RGB", band.size, (1, 2, 3)))
    image = Image.new("CMYK", (3, 2))
    image.info["icc_profile"] = b"press"
    pixels, notes = pixels_of(image)
    assert asked == [(("profile", b"press"), "CMYK")] and pixels[1, 2].tolist() == [1, 2, 3]
    assert notes == [("colour-space", "It was converted from CMYK by its colour profile.")]


def test_a_profile_beyond_the_bound_is_left_out() -> None:
    image = Image.new("CMYK", (1, 1), (0, 0, 0, 0))
    image.info["icc_profile"] = bytes((4 << 20) + 1)
    pixels, notes = pixels_of(image)
    assert pixels.tolist() == [[[255] * 3]] and "without" in notes[0][1]
