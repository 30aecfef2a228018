import numpy as np
import pytest

from apps.deepfake.forensics.compression import compression_evidence
from apps.deepfake.forensics.containers import read_container
from tests.apps.deepfake.forensics.made import jpeg, png, resaved, scene


def kinds(data: bytes, turned: int = 0) -> dict[str, object]:
    import io

    from PIL import Image, ImageOps

    pixels = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    return {evidence.kind: evidence for evidence in compression_evidence(pixels, read_container(data))}


def spliced(quality: int, box: tuple[int, int, int, int] = (96, 160, 128, 128)) -> np.ndarray:
    """A picture saved once at `quality`, with a part from another one that was not."""
    pixels = resaved(scene(4), quality).copy()
    x, y, wide, high = box
    pixels[y : y + high, x : x + wide] = scene(5)[y + 3 : y + 3 + high, x + 5 : x + 5 + wide]
    return pixels


def overlap(first: tuple[int, ...], second: tuple[int, ...]) -> float:
    wide = min(first[0] + first[2], second[0] + second[2]) - max(first[0], second[0])
    high = min(first[1] + first[3], second[1] + second[3]) - max(first[1], second[1])
    both = max(0, wide) * max(0, high)
    return both / (first[2] * first[3] + second[2] * second[3] - both)


@pytest.mark.parametrize("quality", [60, 75, 90, 95])
def test_a_picture_saved_once_is_not_called_twice_saved(quality):
    assert set(kinds(jpeg(scene(1), quality))) == {"compression.once"}


@pytest.mark.parametrize(("first", "second"), [(50, 75), (75, 90), (85, 95)])
def test_an_earlier_coarser_saving_is_dated(first, second):
    found = kinds(jpeg(resaved(scene(1), first), second))
    assert set(found) == {"compression.twice"} and found["compression.twice"].direction == "none"
    assert abs(int(found["compression.twice"].details["earlier_quality"]) - first) <= 2


def test_an_earlier_finer_saving_is_not_claimed():
    assert "compression.twice" not in kinds(jpeg(resaved(scene(1), 95), 75))


def test_an_inserted_part_is_found_and_placed():
    box = (96, 160, 128, 128)
    evidence = kinds(jpeg(spliced(75, box), 92))["compression.part-differs"]
    assert evidence.direction == "manipulated" and overlap(evidence.region, box) > 0.4


def test_the_region_is_in_the_upright_picture():
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6
    box = (96, 160, 128, 128)
    pixels = spliced(75, box)
    evidence = kinds(jpeg(pixels, 92, exif=exif))["compression.part-differs"]
    assert overlap(evidence.region, (pixels.shape[0] - 160 - 128, 96, 128, 128)) > 0.4


def test_a_lossless_copy_of_a_jpeg_tells_its_history_and_its_cropping():
    assert kinds(png(scene(1))).keys() == {"compression.none"}
    whole = kinds(png(resaved(scene(1), 75)))["compression.was-jpeg"]
    assert abs(int(whole.details["earlier_quality"]) - 75) <= 2 and whole.details["grid"] == "0, 0" and "cropped" not in whole.claim
    cut = kinds(png(resaved(scene(1), 75)[3:, 5:].copy()))["compression.was-jpeg"]
    assert cut.details["grid"] == "3, 5" and "cropped" in cut.claim


def test_a_part_with_another_grid_is_found():
    box = (96, 160, 160, 160)
    pixels = resaved(scene(4), 80).copy()
    pixels[160:320, 96:256] = resaved(scene(5), 80)[163:323, 101:261]
    evidence = kinds(png(pixels))["compression.foreign-grid"]
    assert overlap(evidence.region, box) > 0.4


def test_small_flat_and_resized_pictures_say_nothing_wrong():
    assert compression_evidence(np.zeros((20, 20, 3), np.uint8), read_container(b"")) == []
    assert set(kinds(jpeg(np.full((128, 128, 3), 200, np.uint8)))) == {"compression.once"}
    assert set(kinds(png(np.full((128, 128, 3), 200, np.uint8)))) == {"compression.none"}
    assert compression_evidence(scene(1)[:200, :200], read_container(jpeg(scene(1)))) == []
