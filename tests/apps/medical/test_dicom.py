from __future__ import annotations

import copy
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest

from apps.medical.dicom import is_dicom, read_dicom
from apps.medical.formats import read_image
from shared.errors import BadInput, TooLarge, Unsupported

Files = Callable[[str], Path]


def saved(dataset: pydicom.Dataset) -> bytes:
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, dataset)
    return buffer.getvalue()


@pytest.fixture
def ct(dicom_file: Files) -> pydicom.FileDataset:
    return copy.deepcopy(pydicom.dcmread(dicom_file("CT_small.dcm")))


def test_a_ct_slice_in_hounsfield_units(dicom_file: Files) -> None:
    image = read_dicom(dicom_file("CT_small.dcm").read_bytes(), "a.dcm")
    assert (image.modality, image.unit, image.shape) == ("CT", "HU", (1, 128, 128))
    assert image.spacing_mm == (0.661468, 0.661468)
    assert (image.slope, image.intercept) == (1.0, -1024.0)
    assert image.padding is None or not image.padding.all()
    assert any("identity" in warning for warning in image.warnings)


@pytest.mark.parametrize(
    "name", ["MR_small_RLE", "MR_small_bigendian", "MR_small_implicit", "MR_small_jp2klossless", "MR_small_jpeg_ls_lossless"]
)
def test_every_transfer_syntax_gives_the_same_values(dicom_file: Files, name: str) -> None:
    plain = read_dicom(dicom_file("MR_small.dcm").read_bytes(), "plain")
    other = read_dicom(dicom_file(f"{name}.dcm").read_bytes(), name)
    assert np.array_equal(plain.stored, other.stored)
    assert other.unit == "stored value"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("rtdose.dcm", "RT Dose"),
        ("rtplan.dcm", "holds no image"),
        ("liver_1frame.dcm", "segmentation"),
        ("reportsi.dcm", "holds no image"),
        ("waveform_ecg.dcm", "holds no image"),
        ("examples_palette.dcm", "palette"),
        ("examples_rgb_color.dcm", "colour"),
        ("examples_jpeg2k.dcm", "colour"),
    ],
)
def test_other_objects_are_refused_by_name(dicom_file: Files, name: str, says: str) -> None:
    with pytest.raises(Unsupported, match=says) as refused:
        read_dicom(dicom_file(name).read_bytes(), name)
    assert refused.value.remedy
    assert "\n" not in str(refused.value)


def test_an_rtstruct_is_refused(ct: pydicom.FileDataset) -> None:
    for keyword in ("PixelData", "Rows", "Columns"):
        delattr(ct, keyword)
    ct.SOPClassUID, ct.Modality = "1.2.840.10008.5.1.4.1.1.481.3", "RTSTRUCT"
    with pytest.raises(Unsupported, match="RT Structure Set"):
        read_dicom(saved(ct), "rs.dcm")


def test_missing_and_truncated_pixels(ct: pydicom.FileDataset, dicom_file: Files) -> None:
    whole = dicom_file("CT_small.dcm").read_bytes()
    with pytest.raises(BadInput):
        read_dicom(whole[: len(whole) // 2], "half.dcm")
    with pytest.raises(BadInput, match="cannot be decoded"):
        read_dicom(dicom_file("MR_truncated.dcm").read_bytes(), "MR_truncated.dcm")
    del ct.PixelData
    with pytest.raises(BadInput, match="no pixel data"):
        read_dicom(saved(ct), "empty.dcm")


@pytest.mark.parametrize("cut", [132, 200, 400, 900, 1600, 3000])
def test_a_file_cut_anywhere_is_one_line(dicom_file: Files, cut: int) -> None:
    with pytest.raises(BadInput) as refused:
        read_dicom(dicom_file("CT_small.dcm").read_bytes()[:cut], "cut.dcm")
    assert "\n" not in str(refused.value)


def test_sizes_are_refused_before_memory_is_taken(ct: pydicom.FileDataset) -> None:
    ct.Rows = ct.Columns = 60000
    ct.NumberOfFrames = 100
    with pytest.raises(TooLarge, match="60000"):
        read_dicom(saved(ct), "huge.dcm")
    ct.Rows = ct.Columns = 16
    ct.NumberOfFrames = 1
    with pytest.raises(BadInput, match="16 x 16"):
        read_dicom(saved(ct), "tiny.dcm")


def test_a_codestream_larger_than_its_header_is_refused(dicom_file: Files) -> None:
    dataset = pydicom.dcmread(dicom_file("MR_small_jp2klossless.dcm"))
    dataset.Rows = dataset.Columns = 32
    with pytest.raises(TooLarge, match="hides"):
        read_dicom(saved(dataset), "trojan.dcm")


def test_a_deflated_bomb_is_not_inflated(dicom_file: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    from apps.medical import checks

    data = dicom_file("image_dfl.dcm").read_bytes()
    assert read_dicom(data, "small.dcm").shape == (1, 512, 512)
    monkeypatch.setattr(checks, "MAX_FILE_BYTES", 100_000)
    with pytest.raises(TooLarge, match="inflates"):
        read_dicom(data, "bomb.dcm")


def test_constant_and_own_images_are_refused(ct: pydicom.FileDataset) -> None:
    ct.PixelData = b"\x07\x00" * (128 * 128)
    with pytest.raises(BadInput, match="all its values are the same"):
        read_dicom(saved(ct), "flat.dcm")
    item = pydicom.Dataset()
    item.ManufacturerModelName = "sextant-suite medical"
    ct.ContributingEquipmentSequence = [item]
    with pytest.raises(BadInput, match="twice invents detail"):
        read_dicom(saved(ct), "own.dcm")


def test_enhanced_multi_frame_is_refused_by_name(ct: pydicom.FileDataset) -> None:
    ct.SharedFunctionalGroupsSequence = [pydicom.Dataset()]
    with pytest.raises(Unsupported, match="geometry stands per frame"):
        read_dicom(saved(ct), "enhanced.dcm")


def test_what_is_warned_of(ct: pydicom.FileDataset, dicom_file: Files) -> None:
    ct.BurnedInAnnotation, ct.LossyImageCompression = "YES", "01"
    warnings = read_dicom(saved(ct), "a.dcm").warnings
    assert any("burned-in" in warning for warning in warnings)
    assert any("with loss" in warning for warning in warnings)
    ct.PatientIdentityRemoved = "YES"
    assert not any("identity" in warning for warning in read_dicom(saved(ct), "a.dcm").warnings)


def test_force_takes_colour_as_luminance(dicom_file: Files) -> None:
    image = read_dicom(dicom_file("examples_rgb_color.dcm").read_bytes(), "us.dcm", force=True)
    assert image.shape == (1, 240, 320)
    assert image.in_place.PhotometricInterpretation == "MONOCHROME2"
    assert any("colour was reduced to luminance" in warning for warning in image.warnings)


def test_padding_is_known_and_monochrome1_is_shown_inverted(ct: pydicom.FileDataset) -> None:
    pixels = ct.pixel_array.copy()
    pixels[:10] = -2000
    ct.PixelData, ct.PixelPaddingValue = pixels.tobytes(), -2000
    ct["PixelPaddingValue"].VR = "SS"
    ct.PhotometricInterpretation = "MONOCHROME1"
    image = read_dicom(saved(ct), "padded.dcm")
    assert image.padding is not None
    assert image.padding[0, :10].all()
    assert image.inverted
    assert image.measured(0).min() > -2000


def test_classic_multi_frame_is_a_stack(dicom_file: Files) -> None:
    dataset = pydicom.dcmread(dicom_file("MR_small.dcm"))
    dataset.PixelData, dataset.NumberOfFrames = dataset.PixelData * 3, 3
    assert read_dicom(saved(dataset), "stack.dcm").shape == (3, 64, 64)


def test_a_rescale_slope_of_nothing_is_refused(ct: pydicom.FileDataset) -> None:
    ct.RescaleSlope = 0
    with pytest.raises(BadInput, match="Rescale Slope is 0"):
        read_dicom(saved(ct), "flat.dcm")
    del ct.RescaleSlope
    ct.RescaleIntercept = None
    image = read_dicom(saved(ct), "plain.dcm")
    assert (image.slope, image.intercept) == (1.0, 0.0)


@pytest.mark.parametrize("name", ["JPEG-lossy.dcm", "JPGExtended.dcm"])
def test_what_no_decoder_can_read_says_why(dicom_file: Files, name: str) -> None:
    with pytest.raises(BadInput, match="does not support 'JPEG Extended' for samples with 12-bit") as refused:
        read_dicom(dicom_file(name).read_bytes(), name)
    assert refused.value.remedy.startswith("Export it uncompressed")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["rtstruct.dcm", "no_meta.dcm", "ExplVR_LitEndNoMeta.dcm"])
def test_a_data_set_without_its_file_header_is_recognised(dicom_file: Files, name: str) -> None:
    with pytest.raises(Unsupported, match="looks like DICOM without its file header") as refused:
        read_image(dicom_file(name).read_bytes(), name)
    assert "Part 10" in refused.value.remedy


def test_known_by_its_magic_word_only() -> None:
    assert not is_dicom(b"PK\x03\x04" + b"\0" * 200)
    with pytest.raises(BadInput):
        read_dicom(b"\0" * 128 + b"DICM" + b"\xff" * 64, "noise.dcm")
