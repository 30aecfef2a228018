from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest

from apps.medical.derive import Derivation, derived_uid, write_dicom
from apps.medical.dicom import read_dicom
from tests.needs import needs_command

Files = Callable[[str], Path]


def derivation(scale: int = 2, operation: str = "super-resolve") -> Derivation:
    return Derivation(operation, scale, "srmd (test)", f"model=srmd|scale={scale}|operation={operation}", "sextant-suite 0", "5e1f")


def derive(path: Path, scale: int = 2, operation: str = "super-resolve") -> tuple[pydicom.FileDataset, pydicom.FileDataset]:
    """(source, derived) with each pixel repeated: what is tested here is what stands around the pixels."""
    image = read_dicom(path.read_bytes(), path.name)
    stored = image.stored.repeat(scale, axis=1).repeat(scale, axis=2)
    made = write_dicom(image, stored, derivation(scale, operation))
    return pydicom.dcmread(path), pydicom.dcmread(io.BytesIO(made))


def test_says_what_it_is_from_what_and_by_whom(dicom_file: Files) -> None:
    source, made = derive(dicom_file("CT_small.dcm"))
    assert list(made.ImageType[:2]) == ["DERIVED", "SECONDARY"]
    assert list(made.ImageType[2:]) == list(source.ImageType[2:])
    assert "NOT FOR DIAGNOSIS" in made.SeriesDescription
    assert "NOT FOR DIAGNOSIS" in made.DerivationDescription
    assert made.DerivationCodeSequence[0].CodeValue == "113085"
    reference = made.SourceImageSequence[0]
    assert reference.ReferencedSOPInstanceUID == source.SOPInstanceUID
    assert reference.ReferencedSOPClassUID == source.SOPClassUID
    assert reference.PurposeOfReferenceCodeSequence[0].CodeValue == "121322"
    assert made.ContributingEquipmentSequence[-1].Manufacturer == "Sextant"
    assert made.Manufacturer == source.Manufacturer
    assert made.SOPInstanceUID not in (source.SOPInstanceUID, source.SeriesInstanceUID)
    assert made.SeriesInstanceUID != source.SeriesInstanceUID
    assert (made.StudyInstanceUID, made.FrameOfReferenceUID, made.PatientID) == (
        source.StudyInstanceUID,
        source.FrameOfReferenceUID,
        source.PatientID,
    )
    assert made.file_meta.MediaStorageSOPInstanceUID == made.SOPInstanceUID


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_lies_where_the_source_lay(dicom_file: Files, scale: int) -> None:
    source, made = derive(dicom_file("MR_small.dcm"), scale)
    assert (made.Rows, made.Columns) == (source.Rows * scale, source.Columns * scale)
    row, column = np.array(source.ImageOrientationPatient[:3], float), np.array(source.ImageOrientationPatient[3:], float)

    def centre(dataset: pydicom.Dataset) -> np.ndarray:
        spacing = [float(part) for part in dataset.PixelSpacing]
        origin = np.array([float(part) for part in dataset.ImagePositionPatient])
        return origin + row * spacing[1] * (dataset.Columns - 1) / 2 + column * spacing[0] * (dataset.Rows - 1) / 2

    assert centre(made) == pytest.approx(centre(source), abs=1e-4)
    assert float(made.PixelSpacing[0]) * made.Rows == pytest.approx(float(source.PixelSpacing[0]) * source.Rows)
    assert all(len(str(value)) <= 16 for value in made.ImagePositionPatient)
    assert made.SliceThickness == source.SliceThickness


@pytest.mark.parametrize("spacing", [[0, 0], [-0.5, -0.5], [0.5, 0]])
def test_a_spacing_that_is_none_moves_nothing_and_is_not_written(dicom_file: Files, tmp_path: Path, spacing: list[float]) -> None:
    broken = pydicom.dcmread(dicom_file("MR_small.dcm"))
    broken.PixelSpacing = spacing
    broken.save_as(tmp_path / "broken.dcm")
    assert read_dicom((tmp_path / "broken.dcm").read_bytes(), "broken").spacing_mm is None
    source, made = derive(tmp_path / "broken.dcm")
    assert made.ImagePositionPatient == source.ImagePositionPatient
    assert "PixelSpacing" not in made


def test_bits_sign_and_rescale_stay_and_stale_things_go(dicom_file: Files, tmp_path: Path) -> None:
    overlaid = pydicom.dcmread(dicom_file("CT_small.dcm"))
    overlaid.add_new(0x60000010, "US", 128)
    overlaid.add_new(0x60003000, "OW", b"\0" * 2048)
    overlaid.IconImageSequence = [pydicom.Dataset()]
    overlaid.InstanceCreationTime = "120000"
    overlaid.save_as(tmp_path / "overlaid.dcm")
    source, made = derive(tmp_path / "overlaid.dcm")
    for keyword in ("BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "PhotometricInterpretation"):
        assert made[keyword].value == source[keyword].value
    assert any(tag.group & 0xFF00 == 0x6000 for tag in tuple(source.keys()))
    assert not any(tag.group & 0xFF00 == 0x6000 for tag in tuple(made.keys()))
    for keyword in ("SmallestImagePixelValue", "LargestImagePixelValue", "IconImageSequence", "InstanceCreationTime"):
        assert keyword not in made


def test_loss_is_carried_over_and_stated_where_the_source_forgot(dicom_file: Files, tmp_path: Path) -> None:
    _, made = derive(dicom_file("JPEG2000.dcm"))
    assert made.LossyImageCompression == "01"
    assert made.file_meta.TransferSyntaxUID == pydicom.uid.ExplicitVRLittleEndian
    forgetful = pydicom.dcmread(dicom_file("JPEG2000.dcm"))
    del forgetful.LossyImageCompression
    forgetful.save_as(tmp_path / "forgetful.dcm")
    _, made = derive(tmp_path / "forgetful.dcm")
    assert (made.LossyImageCompression, made.LossyImageCompressionMethod) == ("01", "ISO_15444_1")
    assert float(made.LossyImageCompressionRatio) > 10


def test_identifiers_are_a_function_of_source_and_request(dicom_file: Files) -> None:
    path = dicom_file("CT_small.dcm")
    image = read_dicom(path.read_bytes(), "a")
    stored = image.stored.repeat(2, axis=1).repeat(2, axis=2)
    assert write_dicom(image, stored, derivation()) == write_dicom(image, stored, derivation())
    other = Derivation("super-resolve", 2, "srmd (test)", "another request", "sextant-suite 0", "5e1f")
    first, second = (pydicom.dcmread(io.BytesIO(write_dicom(image, stored, how))) for how in (derivation(), other))
    assert first.SOPInstanceUID != second.SOPInstanceUID
    assert derived_uid("a", "bc") != derived_uid("ab", "c")
    assert len(derived_uid("a")) <= 64


def test_shutters_follow_their_pixels(dicom_file: Files) -> None:
    image = read_dicom(dicom_file("CT_small.dcm").read_bytes(), "a")
    image.in_place.ShutterShape = "RECTANGULAR"
    image.in_place.ShutterLeftVerticalEdge, image.in_place.ShutterRightVerticalEdge = 1, 128
    made = pydicom.dcmread(io.BytesIO(write_dicom(image, image.stored.repeat(2, axis=1).repeat(2, axis=2), derivation())))
    assert abs(made.ShutterLeftVerticalEdge - 1.5) <= 0.5
    assert abs(made.ShutterRightVerticalEdge - 255.5) <= 0.5


@needs_command("dciodvfy", package="dicom3tools")
@pytest.mark.parametrize("operation", ["super-resolve", "denoise"])
@pytest.mark.parametrize("name", ["CT_small", "MR_small", "MR_small_bigendian", "MR_small_jp2klossless", "JPEG2000"])
def test_an_independent_reader_finds_no_new_error(dicom_file: Files, tmp_path: Path, name: str, operation: str) -> None:
    path = dicom_file(f"{name}.dcm")
    image = read_dicom(path.read_bytes(), name)
    scale = 2 if operation == "super-resolve" else 1
    made = tmp_path / "made.dcm"
    made.write_bytes(write_dicom(image, image.stored.repeat(scale, axis=1).repeat(scale, axis=2), derivation(scale, operation)))

    def errors(file: Path) -> set[str]:
        found = subprocess.run(["dciodvfy", str(file)], capture_output=True, text=True, check=False)
        return {line for line in (found.stdout + found.stderr).splitlines() if line.startswith("Error")}

    assert errors(made) <= errors(path)
