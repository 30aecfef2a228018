import numpy as np
import pytest

from apps.deepfake.forensics.watermark import MARKS, embed_mark, read_marks, watermark_evidence
from tests.apps.deepfake.forensics.made import resaved, scene


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: mark.name)
@pytest.mark.parametrize("floating", [False, True])
@pytest.mark.parametrize("swapped", [False, True])
def test_each_mark_is_read_back_in_every_convention(mark, floating, swapped):
    found = watermark_evidence(embed_mark(scene(1, (512, 512)), mark, floating=floating, swapped=swapped))
    assert [evidence.kind for evidence in found] == [f"watermark.{mark.name}"]
    assert found[0].direction == "declares-ai" and mark.maker in found[0].claim


def test_flux_has_46_bits_because_bin_drops_leading_zeros():
    flux = next(mark for mark in MARKS if mark.name == "flux")
    assert len(flux.bits) == 46 and int("".join(map(str, flux.bits)), 2) == 0b001010101111111010000111100111001111010100101110


def test_unmarked_pictures_and_plain_surfaces_give_none():
    pictures = [scene(seed, (256, 320)) for seed in range(8)] + [np.full((300, 300, 3), value, np.uint8) for value in (0, 127, 255)]
    for pixels in pictures:
        (evidence,) = watermark_evidence(pixels)
        assert evidence.kind == "watermark.none" and evidence.direction == "none" and "says nothing" in evidence.claim


def test_a_mark_does_not_survive_jpeg_and_its_absence_is_neutral():
    marked = resaved(embed_mark(scene(2, (512, 512)), MARKS[2], floating=True), 75)
    assert [evidence.direction for evidence in watermark_evidence(marked)] == ["none"]


def test_small_and_odd_shapes_are_answered():
    assert watermark_evidence(np.zeros((100, 100, 3), np.uint8))[0].kind == "watermark.too-small"
    assert watermark_evidence(np.zeros((300, 300), np.uint8))[0].kind == "watermark.too-small"
    assert len(read_marks(scene(3, (259, 263)))) == len(MARKS)
