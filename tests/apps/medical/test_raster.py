from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from apps.medical.derive import Derivation
from apps.medical.preview import preview_png
from apps.medical.raster import from_array, is_raster, read_raster, write_raster
from shared.errors import BadInput, TooLarge, Unsupported

DERIVATION = Derivation("super-resolve", 2, "srmd (test)", "request", "sextant-suite 0", "5e1f")


def png(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def tiff(pixels: np.ndarray, **options: object) -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, pixels, **options)
    return buffer.getvalue()


def noise(dtype: type, shape: tuple[int, ...] = (40, 50)) -> np.ndarray:
    top = 1.0 if np.dtype(dtype).kind == "f" else float(np.iinfo(dtype).max)
    return (np.random.default_rng(0).random(shape) * top).astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_png_keeps_its_bits(dtype: type) -> None:
    pixels = noise(dtype)
    image = read_raster(png(pixels), "a.png", spacing_mm=(0.2, 0.2))
    assert image.stored.dtype == dtype
    made = write_raster(image, image.stored.repeat(2, axis=1).repeat(2, axis=2), DERIVATION)
    again = Image.open(io.BytesIO(made))
    assert np.array_equal(np.asarray(again)[::2, ::2], pixels)
    assert again.info["Disclaimer"] == "NOT FOR DIAGNOSIS"
    assert again.info["dpi"][0] == pytest.approx(254, rel=1e-3)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.float32])
def test_tiff_keeps_its_type(dtype: type) -> None:
    image = read_raster(tiff(noise(dtype)), "a.tif", spacing_mm=(0.2, 0.2))
    made = write_raster(image, image.stored, DERIVATION)
    with tifffile.TiffFile(io.BytesIO(made)) as file:
        assert np.array_equal(file.pages[0].asarray(), noise(dtype))
        assert "NOT FOR DIAGNOSIS" in file.pages[0].description
        assert file.pages[0].tags["XResolution"].value[0] / file.pages[0].tags["XResolution"].value[1] == pytest.approx(100)
    assert made == write_raster(image, image.stored, DERIVATION)
    with pytest.raises(BadInput, match="already"):
        read_raster(made, "again.tif")


def test_white_is_zero_stays_so_and_is_shown_inverted() -> None:
    pixels = np.tile(np.arange(64, dtype=np.uint16) * 1000, (64, 1))
    image = read_raster(tiff(pixels, photometric="miniswhite"), "film.tif")
    assert np.array_equal(image.stored[0], pixels)
    with tifffile.TiffFile(io.BytesIO(write_raster(image, image.stored, DERIVATION))) as file:
        assert file.pages[0].tags[262].value == 0
        assert np.array_equal(file.pages[0].asarray(), pixels)
    sheet = np.asarray(Image.open(io.BytesIO(preview_png(image, image, 0))))
    assert sheet[200, 10] > 240
    assert sheet[200, 500] < 15


def test_colour_is_refused_unless_forced_and_grey_rgb_is_grey() -> None:
    colour = noise(np.uint8, (40, 50, 3))
    with pytest.raises(Unsupported, match="colour"):
        read_raster(png(colour), "a.png")
    forced = read_raster(png(colour), "a.png", force=True)
    assert forced.shape == (1, 40, 50)
    assert any("reduced to luminance" in warning for warning in forced.warnings)
    grey = noise(np.uint8)
    plain = read_raster(png(np.stack([grey] * 3, axis=2)), "a.png")
    assert np.array_equal(plain.stored[0], grey)
    assert not plain.warnings


def huge_png(side: int = 100_000) -> bytes:
    """A whole header of 100,000 x 100,000 pixels in front of nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 16, 0, 0, 0, 0))
        + chunk(b"IDAT", b"")
        + chunk(b"IEND", b"")
    )


def test_a_huge_header_is_refused_by_its_header() -> None:
    with pytest.raises(TooLarge, match="100000 x 100000"):
        read_raster(huge_png(), "huge.png")
    data = bytearray(tiff(noise(np.uint8)))
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        places = [file.pages[0].tags[name].valueoffset for name in ("ImageWidth", "ImageLength")]
        kinds = [file.pages[0].tags[name].dtype for name in ("ImageWidth", "ImageLength")]
    for place, kind in zip(places, kinds, strict=True):
        struct.pack_into("<H" if int(kind) == 3 else "<I", data, place, 65535 if int(kind) == 3 else 100_000)
    with pytest.raises(TooLarge):
        read_raster(bytes(data), "huge.tif")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (png(noise(np.uint16))[:900], "broken"),
        (tiff(noise(np.uint16))[:900], "broken"),
        (png(np.full((40, 40), 9, np.uint8)), "all its values are the same"),
        (png(noise(np.uint8, (16, 16))), "16 x 16"),
        (tiff(np.full((40, 40), np.nan, np.float32)), "NaN"),
        (tiff(noise(np.uint8, (3, 40, 40)), photometric="minisblack"), "pages"),
    ],
    ids=["truncated-png", "truncated-tiff", "constant", "tiny", "nan", "pages"],
)
def test_refusals(data: bytes, says: str) -> None:
    assert is_raster(data)
    with pytest.raises(BadInput, match=says) as refused:
        read_raster(data, "a")
    assert refused.value.remedy
    assert "\n" not in str(refused.value)


def test_the_committed_xray_is_what_its_note_says(xray: Path) -> None:
    assert xray.stat().st_size <= 300_000
    assert read_raster(xray.read_bytes(), "x").shape == (1, 639, 640)


def test_an_array_becomes_a_tiff() -> None:
    plane = np.random.default_rng(0).random((40, 50))
    assert np.array_equal(read_raster(from_array(plane), "array").stored[0], plane.astype(np.float32))
    assert read_raster(from_array(plane > 0.5), "mask").stored.dtype == np.uint8


@pytest.mark.parametrize(
    ("dtype", "top", "kept"),
    [(np.int64, 60_000, np.uint16), (np.int8, 100, np.uint8), (np.int32, 1 << 20, np.float32), (np.float16, 9, np.float32)],
)
def test_an_array_of_another_type_is_kept_without_loss(dtype: type, top: int, kept: type) -> None:
    plane = (np.random.default_rng(0).random((40, 50)) * top).astype(dtype)
    stored = read_raster(from_array(plane), "array").stored[0]
    assert stored.dtype == kept
    assert np.array_equal(stored, plane)
    assert np.array_equal(read_raster(from_array(-plane), "array").stored[0], -plane)


def test_an_array_of_32_bits_in_earnest_is_refused() -> None:
    with pytest.raises(Unsupported, match="24 bits"):
        from_array(np.random.default_rng(0).integers(0, 1 << 32, (40, 50), dtype=np.uint32))
    with pytest.raises(BadInput, match="infinite"):
        read_raster(from_array(np.linspace(0, 1e40, 1600).reshape(40, 40)), "array")


@pytest.mark.parametrize("dtype", [np.uint32, np.int32, np.int8, np.float16, np.float64])
def test_tiff_types_that_would_lose_are_refused(dtype: type) -> None:
    with pytest.raises(Unsupported, match=np.dtype(dtype).name) as refused:
        read_raster(tiff(noise(dtype)), "a.tif")
    assert "32-bit floating point" in refused.value.remedy


def test_values_beyond_the_arithmetic_are_refused() -> None:
    with pytest.raises(BadInput, match="3e\\+38"):
        read_raster(tiff(noise(np.float32) * np.float32(3e38)), "a.tif")
