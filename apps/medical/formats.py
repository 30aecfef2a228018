"""Finds out what a file is from its bytes, reads it, and writes a result in the same format."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from apps.medical import checks
from apps.medical.image import MedicalImage
from shared.errors import SextantError, TooLarge, Unsupported

if TYPE_CHECKING:
    import numpy as np

    from apps.medical.derive import Derivation

__all__ = ["KINDS", "MEDIA_TYPES", "SUFFIXES", "array_to_file", "matrix_of", "read_image", "write_image"]

KINDS = ("dcm", "dicom", "ima", "nii", "nii.gz", "png", "tif", "tiff", "")
"""Name endings that a folder is searched for; files of a DICOM exchange often have none."""

MEDIA_TYPES = {
    "dicom": "application/dicom",
    "nifti": "application/x-nifti",
    "nifti-gz": "application/gzip",
    "png": "image/png",
    "tiff": "image/tiff",
}
SUFFIXES = {"dicom": "dcm", "nifti": "nii", "nifti-gz": "nii.gz", "png": "png", "tiff": "tif"}


def read_image(data: bytes, name: str, *, force: bool = False, spacing_mm: tuple[float, float] | None = None) -> MedicalImage:
    """By magic words, never by the name. spacing_mm: for PNG and TIFF, which carry none. Raises `BadInput`, `Unsupported`, `TooLarge`."""
    from apps.medical import dicom, nifti, raster

    if len(data) > checks.MAX_FILE_BYTES:
        raise TooLarge(f"{name} has {len(data) >> 20} MiB; at most {checks.MAX_FILE_BYTES >> 20} are taken.", remedy="Give fewer slices.")
    if dicom.is_dicom(data):
        image = dicom.read_dicom(data, name, force=force)
    elif nifti.is_nifti(data):
        image = nifti.read_nifti(data, name)
    elif raster.is_raster(data):
        image = raster.read_raster(data, name, force=force, spacing_mm=spacing_mm)
    elif dicom.is_headless(data):
        raise Unsupported(f"{name} looks like DICOM without its file header.", remedy="Re-export it as a Part 10 file (.dcm).")
    else:
        raise Unsupported(f"{name} is {_guess(data)}.", remedy="Give DICOM (.dcm), NIfTI (.nii, .nii.gz), PNG or TIFF.")
    return image.with_warnings(*checks.general_warnings(image))


def _guess(data: bytes) -> str:
    known = {
        b"PK\x03\x04": "a ZIP archive, whatever its name says",
        b"%PDF": "a PDF document",
        b"\xff\xd8\xff": "a JPEG photograph, which lost values when it was saved",
        b"\x1f\x8b": "a gzip archive without a NIfTI volume in it",
    }
    return next(
        (what for magic, what in known.items() if data.startswith(magic)), "neither DICOM, NIfTI, PNG nor TIFF" if data else "empty"
    )


def write_image(image: MedicalImage, stored: np.ndarray, derivation: Derivation, *, first_slice: int = 0) -> bytes:
    """(slices, rows, columns) `stored`, in the source's type, as a derived file of the source's format."""
    from apps.medical import derive, nifti, raster

    if image.format == "dicom":
        return derive.write_dicom(image, stored, derivation)
    if image.format in ("nifti", "nifti-gz"):
        return nifti.write_nifti(image, stored, derivation, first_slice=first_slice)
    return raster.write_raster(image, stored, derivation)


def array_to_file(array: np.ndarray, spacing_mm: tuple[float, float] | None) -> tuple[str, bytes]:
    """(name, content) of a file that holds the array: TIFF for (rows, columns), NIfTI for (slices, rows, columns).

    Raises `Unsupported` for another shape or for values that are no real numbers.
    """
    from apps.medical import nifti, raster

    if array.ndim not in (2, 3) or array.dtype.kind not in "buif":
        shape = " x ".join(map(str, array.shape))
        message = (
            f"an array of shape {shape} and type {array.dtype}: (rows, columns) or (slices, rows, columns) of real numbers is expected."
        )
        raise Unsupported(message, remedy="Give one image or one volume.")
    if array.ndim == 2:
        return "array.tif", raster.from_array(array)
    return "array.nii", nifti.from_array(array, spacing_mm or (1.0, 1.0))


def matrix_of(data: bytes) -> tuple[int, int, int] | None:
    """(slices, rows, columns) by the header alone, for the estimate; None where there is no telling."""
    from apps.medical import dicom, nifti

    try:
        if dicom.is_dicom(data):
            import pydicom

            tags = ["Rows", "Columns", "NumberOfFrames"]
            head = pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True, specific_tags=tags)
            return int(head.get("NumberOfFrames") or 1), int(head.Rows), int(head.Columns)
        if nifti.is_nifti(data):
            return nifti.matrix_of(data)
        if data[:8] == b"\x89PNG\r\n\x1a\n":
            return 1, int.from_bytes(data[20:24], "big"), int.from_bytes(data[16:20], "big")
    except (SextantError, ValueError, KeyError, AttributeError, OSError):
        return None
    return None
