from __future__ import annotations

import io
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from apps.deepfake.decoding import read_image
from shared.errors import BadInput, TooLarge, Unsupported
from tests.apps.deepfake.decoding.made import gif, hostile, looked_at, noise, png, saved, text_bomb, tiff

FORMS = ("PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP", "AVIF")


def test_lossless_formats_give_the_stored_pixels() -> None:
    picture = noise()
    for form, options in (("PNG", {}), ("BMP", {}), ("TIFF", {"compression": "tiff_lzw"}), ("WEBP", {"lossless": True})):
        read = read_image(saved(picture, form, **options))
        np.testing.assert_array_equal(read.pixels, picture)
        assert (read.facts.format, read.facts.width, read.facts.height, read.facts.bits) == (form, 64, 48, 8)
        assert read.facts.conversions == () and read.facts.damage is None and read.facts.following is None
        assert read.pixels.flags.writeable


def test_every_format_is_read_and_its_end_is_found() -> None:
    files = [saved(noise(), form) for form in FORMS]
    for form, outcome in zip(FORMS, looked_at("image", files), strict=True):
        facts = outcome["facts"]
        assert facts["format"] == form and facts["damage"] is None and facts["following"] is None and facts["pictures"] == 1
        assert outcome["bytes"] == 48 * 64 * 3 == np.prod(outcome["shape"])


def test_what_is_said_of_a_jpeg() -> None:
    exif = Image.Exif()
    exif[271], exif[306] = "Canon\0", "2024:05:06 07:08:09"
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0a lighthouse, steps: 20"
    exif.get_ifd(0x8825)[1] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options = {"quality": 80, "subsampling": 2, "progressive": True, "dpi": (300, 300), "comment": b"made by hand"}
    facts = read_image(saved(noise(), "JPEG", exif=exif, icc_profile=profile, **options)).facts
    assert facts.media_type == "image/jpeg" and facts.bits == 8 and facts.dpi == (300, 300)
    assert facts.jpeg is not None and facts.jpeg.sampling == "4:2:0" and facts.jpeg.progressive
    assert len(facts.jpeg.tables) == 2 and facts.jpeg.tables[0][:3] == (6, 4, 4)  # quality 80 of the standard's 16, 11, 10
    assert facts.exif["Make"] == "Canon" and facts.exif["UserComment"] == "a lighthouse, steps: 20" and facts.exif["GPSLatitudeRef"] == "N"
    assert facts.texts["comment"] == "made by hand"
    assert facts.profile is not None and "sRGB" in facts.profile.description and facts.profile.bytes == len(profile)


@pytest.mark.parametrize(("subsampling", "expected"), [(0, "4:4:4"), (1, "4:2:2"), (2, "4:2:0")])
def test_sampling_of_colours(subsampling: int, expected: str) -> None:
    coding = read_image(saved(noise(), "JPEG", subsampling=subsampling)).facts.jpeg
    assert coding is not None and coding.sampling == expected and not coding.progressive


def test_as_much_text_as_is_kept_fits_the_answer() -> None:
    """Characters that JSON would escape by twelve letters each."""
    info = PngImagePlugin.PngInfo()
    for number in range(12):
        info.add_itxt(f"prompt {number}", "\N{OLD PERSIAN SIGN A}" * 60_000, zip=True)
    facts = read_image(saved(noise(), "PNG", pnginfo=info)).facts
    assert sum(map(len, facts.texts.values())) == 512_000 and facts.texts["prompt 0"] == "\N{OLD PERSIAN SIGN A}" * 60_000


def test_texts_of_a_png_are_read_and_bounded() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "a lighthouse\nSteps: 20, Sampler: Euler a", zip=True)
    info.add_itxt("workflow", '{"nodes": []}' + " " * 100_000)
    info.add_itxt("XML:com.adobe.xmp", '<x:xmpmeta Iptc4xmpExt:DigitalSourceType="trainedAlgorithmicMedia"/>')
    info.add_text("bell", "a\x07b")
    facts = read_image(saved(noise(), "PNG", pnginfo=info)).facts
    assert facts.texts["parameters"] == "a lighthouse\nSteps: 20, Sampler: Euler a"
    assert len(facts.texts["workflow"]) == 64_000 and facts.texts["bell"] == "a\N{REPLACEMENT CHARACTER}b"
    assert "trainedAlgorithmicMedia" in facts.xmp and "XML:com.adobe.xmp" not in facts.texts


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_upright(orientation: int) -> None:
    stored = np.zeros((8, 16, 3), np.uint8)
    stored[:4, :8] = 255  # white at the top left of the stored picture
    exif = Image.Exif()
    exif[274] = orientation
    read = read_image(saved(stored, "PNG", exif=exif))
    upright = {1: stored, 2: stored[:, ::-1], 3: stored[::-1, ::-1], 4: stored[::-1]}
    turned = stored.swapaxes(0, 1)
    upright |= {5: turned, 6: turned[:, ::-1], 7: turned[::-1, ::-1], 8: turned[::-1]}
    np.testing.assert_array_equal(read.pixels, upright[orientation])
    assert read.facts.orientation == orientation and read.facts.stored_size == (16, 8)
    assert [conversion.kind for conversion in read.facts.conversions] == ([] if orientation == 1 else ["orientation"])


def test_a_tiff_is_turned_once() -> None:
    stored = noise(8, 16)
    read = read_image(saved(stored, "TIFF", tiffinfo={274: 6}))
    np.testing.assert_array_equal(read.pixels, stored.swapaxes(0, 1)[:, ::-1])
    assert read.facts.orientation == 6


def test_sixteen_bits_are_scaled_not_cut_off() -> None:
    grey = np.array([[0, 128, 129, 257, 32_768, 65_535]], np.uint16)
    expected = np.repeat(np.array([[0, 0, 1, 1, 128, 255]], np.uint8)[..., None], 3, -1)
    for form in ("PNG", "TIFF"):
        read = read_image(saved(Image.fromarray(grey), form))
        np.testing.assert_array_equal(read.pixels, expected)
        assert read.facts.bits == 16 and [conversion.kind for conversion in read.facts.conversions] == ["bits"]
    colour = struct.pack(">3H", 65_535, 32_896, 255)
    read = read_image(png(1, 1, bits=16, rows=b"\0" + colour))
    assert read.pixels.tolist() == [[[255, 128, 0]]] and read.facts.bits == 16


def test_floats_and_wide_integers_are_scaled() -> None:
    unit = np.array([[0, 0.5, 1, np.nan]], np.float32)
    wide = np.array([[-1000, 0, 1000]], np.int32)
    assert read_image(saved(Image.fromarray(unit), "TIFF")).pixels[0, :, 0].tolist() == [0, 128, 255, 0]
    read = read_image(saved(Image.fromarray(wide), "TIFF"))
    assert read.pixels[0, :, 1].tolist() == [0, 128, 255]
    assert "from -1000 to 1000" in read.facts.conversions[0].sentence


def test_alpha_is_laid_on_white() -> None:
    colours = np.array([[[255, 0, 0, 255], [255, 0, 0, 0], [0, 0, 0, 128]]], np.uint8)
    read = read_image(saved(colours, "PNG"))
    assert read.pixels[0].tolist() == [[255, 0, 0], [255, 255, 255], [127, 127, 127]]
    assert [conversion.kind for conversion in read.facts.conversions] == ["alpha"]
    palette = Image.fromarray(np.array([[0, 1]], np.uint8), "L").convert("P")
    palette.putpalette([10, 20, 30, 40, 50, 60])
    read = read_image(saved(palette, "PNG", transparency=1))
    assert read.pixels[0].tolist() == [[10, 20, 30], [255, 255, 255]]
    assert {conversion.kind for conversion in read.facts.conversions} == {"alpha", "palette"}


def test_grey_and_two_tones() -> None:
    grey = read_image(saved(np.array([[7, 200]], np.uint8), "PNG"))
    assert grey.pixels[0].tolist() == [[7] * 3, [200] * 3] and grey.facts.conversions[0].kind == "grey"
    two = read_image(saved(Image.fromarray(np.array([[0, 255]], np.uint8)).convert("1"), "PNG"))
    assert two.pixels[0, :, 0].tolist() == [0, 255] and two.facts.bits == 1


def test_cmyk_without_a_profile() -> None:
    inks = np.array([[[0, 0, 0, 0], [255, 255, 255, 255], [0, 255, 255, 0]]], np.uint8)
    read = read_image(saved(Image.fromarray(inks, "CMYK"), "TIFF"))
    assert read.pixels[0].tolist() == [[255, 255, 255], [0, 0, 0], [255, 0, 0]]
    assert "without a colour profile" in read.facts.conversions[0].sentence


def test_lab_goes_through_colour_management() -> None:
    lab = Image.new("LAB", (2, 2), (128, 128, 128))  # L* 50.2, neutral
    read = read_image(saved(lab, "TIFF"))
    np.testing.assert_allclose(read.pixels, 119, atol=2)
    assert "colour management" in read.facts.conversions[0].sentence


def test_a_profile_that_fits_the_picture_not_or_is_none_leaves_the_plain_conversion() -> None:
    """littleCMS makes no CMYK profile, so the way through one is shown with a stub in `test_colour`."""
    inks = Image.new("CMYK", (2, 2), (0, 255, 255, 0))
    wrong = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (wrong, b"junk" * 100):
        read = read_image(saved(inks, "JPEG", icc_profile=profile, quality=100))
        assert read.pixels[0, 0].tolist() == [255, 0, 0] or np.abs(read.pixels[0, 0].astype(int) - (254, 0, 0)).max() <= 3
        assert "without a colour profile" in read.facts.conversions[0].sentence


def test_frames_and_pages_are_counted() -> None:
    frames = [Image.fromarray(noise(seed=seed)) for seed in range(4)]
    animated = {"save_all": True, "append_images": frames[1:]}
    files = [saved(frames[0], form, **animated) for form in ("GIF", "WEBP", "PNG", "TIFF", "AVIF")] + [gif(10_000)]
    counts = [outcome["facts"]["pictures"] for outcome in looked_at("image", files)]
    assert counts == [4, 4, 4, 4, 4, 10_000]
    np.testing.assert_array_equal(read_image(files[2]).pixels, np.asarray(frames[0]))


def test_what_follows_a_picture_is_told() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("hidden.txt", "text")
    files = [saved(noise(), form) + archive.getvalue() for form in ("JPEG", "PNG", "GIF", "BMP", "WEBP")]
    files += [saved(noise(), "JPEG") + tail for tail in (saved(noise(), "PNG"), b"\0" * 4096, b"<html>", b"\x01\x02\x03\x04\x05")]
    found = [outcome["facts"]["following"] for outcome in looked_at("image", files)]
    assert found[:5] == [{"bytes": len(archive.getvalue()), "words": "a ZIP archive"}] * 5
    assert [entry and entry["words"] for entry in found[5:]] == ["a PNG picture", None, "a web page", "a file of an unknown kind"]


def test_truncated_at_every_tenth() -> None:
    """A prefix is a clean refusal or a picture with its damage: never taken for whole, never a fault."""
    files, forms = [], []
    for form, options in [(form, {}) for form in FORMS] + [("JPEG", {"progressive": True})]:
        whole = saved(noise(200, 160), form, **options)
        files += [whole[: len(whole) * tenth // 10] for tenth in range(1, 10)]
        forms += [form] * 9
    for form, outcome in zip(forms, looked_at("image", files), strict=True):
        if "error" in outcome:
            assert outcome["error"] == "BadInput" and outcome["message"].endswith("comes from."), outcome
        else:
            damage = outcome["facts"]["damage"]
            assert damage is not None and damage["kind"] == "truncated", (form, outcome)
            assert damage["rows"] is None or 0 < damage["rows"] <= 200


def test_where_a_picture_breaks_off() -> None:
    picture = noise(200, 160)
    for form in ("PNG", "JPEG", "BMP", "TIFF"):
        whole = saved(picture, form, **({"subsampling": 0, "quality": 95} if form == "JPEG" else {}))
        read = read_image(whole[: len(whole) // 2])
        damage = read.facts.damage
        assert damage is not None and damage.rows is not None and 80 <= damage.rows <= 120, form
        assert f"{len(whole) // 2} bytes" in damage.sentence and "of 200 rows" in damage.sentence


def test_a_flipped_bit_is_damage_not_truncation() -> None:
    whole = bytearray(saved(noise(), "PNG"))
    whole[len(whole) // 2] ^= 255
    damage = read_image(bytes(whole)).facts.damage
    assert damage is not None and damage.kind == "damaged" and "checksums" in damage.sentence


def test_bombs_are_refused_in_words() -> None:
    for data, words in ((png(30_000, 30_000), "30000 x 30000 pixels, 900 million"), (png(70_000, 10), "65535 a side")):
        with pytest.raises(TooLarge, match=words):
            read_image(data)
    with pytest.raises(TooLarge, match="unpack to more than 4 MB"):
        read_image(text_bomb(200 << 20))


def test_a_frame_larger_than_the_canvas_is_refused() -> None:
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 60_000, 60_000, 0) + b"\2\2\x44\1\0"
    data = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + frame + b"\x3b"
    [outcome] = looked_at("image", [data])
    assert outcome["error"] == "TooLarge"


def test_absurd_tags_are_survived() -> None:
    wide, high, bits = (256, 4, 1, 8), (257, 4, 1, 8), (258, 3, 1, 8)
    files = [
        tiff([wide, high, bits, (273, 4, 0xFFFFFFFF, 8), (279, 4, 0xFFFFFFFF, 8)]),
        tiff([(256, 4, 1, 0xFFFFFFFF), (257, 4, 1, 0xFFFFFFFF), bits, (262, 3, 1, 1), (273, 4, 1, 8), (279, 4, 1, 0xFFFFFFFF)]),
        tiff([wide, high, bits, (262, 3, 1, 1), (273, 4, 1, 0xFFFFFFF0), (278, 4, 1, 0), (279, 4, 1, 0xFFFFFFFF)]),
        tiff([wide, high, bits, (34_675, 7, 0xFFFFFFFF, 0), (700, 1, 0xFFFFFF00, 9), (273, 4, 1, 8), (279, 4, 1, 64)], bytes(64)),
        tiff([wide, high, (262, 3, 1, 2), (277, 3, 1, 60_000), (258, 3, 60_000, 8), (273, 4, 1, 8), (279, 4, 1, 64)], bytes(200)),
        tiff([wide, high, bits, (262, 3, 1, 1), (273, 4, 1, 8), (279, 4, 1, 64)], bytes(64), following=8),  # a folder that follows itself
        b"II\x2a\0\xff\xff\xff\xff",
        b"II\x2a\0\x08\0\0\0\xff\xff" + bytes(100),
        b"II\x2b\0\x08\0\0\0" + b"\xff" * 64,
        png(
            10,
            10,
            [(b"eXIf", b"II\x2a\0\x08\0\0\0\xff\xff" + b"\xff" * 200), (b"iCCP", b"x\0\0junk"), (b"pHYs", b"\0" * 9)],
            rows=bytes(310),
        ),
        png(10, 10, [(b"acTL", b"\xff" * 8)], rows=bytes(310)),
    ]
    outcomes = looked_at("image", files)
    for outcome in outcomes:
        assert outcome.get("error", "BadInput") in ("BadInput", "TooLarge", "Unsupported"), outcome
    assert outcomes[1]["error"] == "TooLarge" and outcomes[5]["facts"]["pictures"] == 1


def test_other_kinds_are_refused_in_words() -> None:
    for data, words in (
        (b"", "an empty file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\0\0\1\0\1\0", "an icon"),
        (b"RIFF\0\0\0\0WAVEfmt ", "a WAV sound, not a picture"),
    ):
        with pytest.raises(Unsupported, match=words) as refusal:
            read_image(data)
        assert refusal.value.remedy


def test_random_bytes_behind_each_first_bytes() -> None:
    """300 files of noise in one process: each a clean refusal, or, for BMP and TIFF, a picture of noise."""
    generator = np.random.default_rng(0)
    starts = [saved(noise(), form)[:size] for form in FORMS for size in (8, 30, 60, 200)]
    files = [start + generator.bytes(int(generator.integers(0, 2000))) for start in starts for _ in range(10)]
    for outcome in looked_at("image", files):
        assert outcome.get("error", "BadInput") in ("BadInput", "TooLarge", "Unsupported"), outcome


def test_one_flipped_byte_anywhere() -> None:
    generator = np.random.default_rng(1)
    files = []
    for form in FORMS:
        whole = saved(noise(), form)
        for _ in range(30):
            broken = bytearray(whole)
            broken[int(generator.integers(4, len(whole)))] ^= int(generator.integers(1, 256))
            files.append(bytes(broken))
    for outcome in looked_at("image", files):
        assert outcome.get("error", "BadInput") in ("BadInput", "TooLarge", "Unsupported"), outcome


@pytest.mark.slow
def test_a_picture_of_the_limit_is_read_whole() -> None:
    """100 million pixels in CMYK and held sideways, the most memory that a legal picture takes."""
    exif = Image.Exif()
    exif[274] = 6
    data = saved(Image.new("CMYK", (10_000, 10_000), (0, 255, 255, 0)), "JPEG", exif=exif, quality=50)
    read = read_image(data)
    assert read.pixels.shape == (10_000, 10_000, 3) and read.pixels[::5000, ::5000, 0].min() > 250


def test_a_picture_that_does_not_fit_the_memory_is_stopped() -> None:
    data = saved(Image.new("RGB", (9000, 9000)), "PNG", compress_level=1)
    with pytest.raises(BadInput, match="memory"):
        hostile("image", data, memory_bytes=400 << 20)
