"""DICOM in: from bytes to a `MedicalImage`, or a refusal that names its reason. Writing is in `derive.py`, since a result is derived."""

from __future__ import annotations

import io
import math
import re
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from apps.medical import checks
from apps.medical.image import MedicalImage
from shared.errors import BadInput, TooLarge, Unsupported

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset

__all__ = ["EQUIPMENT_MODEL", "LOSSY_METHODS", "SPACINGS", "is_dicom", "is_headless", "lengths_mm", "read_dicom"]

EQUIPMENT_MODEL = "sextant-suite medical"
"""Manufacturer's Model Name that `derive.py` writes into Contributing Equipment, by which our own results are known."""

NOT_IMAGES = {
    "1.2.840.10008.5.1.4.1.1.481.2": "an RT Dose: its values are doses, which enhancement would change",
    "1.2.840.10008.5.1.4.1.1.66.4": "a segmentation: its values are labels",
    "1.2.840.10008.5.1.4.1.1.66.7": "a label map segmentation: its values are labels",
    "1.2.840.10008.5.1.4.1.1.30": "a parametric map: its values are measurements",
    "1.2.840.10008.5.1.4.1.1.77.1.6": "a whole-slide microscopy image",
}
"""SOP classes with pixels that are no picture of a patient (PS3.4 table B.5-1)."""

LOSSY_METHODS = {
    "1.2.840.10008.1.2.4.50": "ISO_10918_1",
    "1.2.840.10008.1.2.4.51": "ISO_10918_1",
    "1.2.840.10008.1.2.4.81": "ISO_14495_1",
    "1.2.840.10008.1.2.4.91": "ISO_15444_1",
    "1.2.840.10008.1.2.4.203": "ISO_15444_15",
}
"""Transfer syntaxes that lose or may lose, and the defined terms of Lossy Image Compression Method."""

RESCALE = (("RescaleSlope", 1.0), ("RescaleIntercept", 0.0))
SPACINGS = ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing")
DEFLATED = "1.2.840.10008.1.2.1.99"
EXPORT = "Export the CT, MR or radiograph itself as a single grey-scale DICOM object."


def is_dicom(data: bytes) -> bool:
    """By the magic word of PS3.10 section 7.1, not by the name."""
    return data[128:132] == b"DICM"


def is_headless(data: bytes) -> bool:
    """Whether this looks like a data set without the preamble and meta information of PS3.10: for a message, so a guess is enough."""
    return re.match(rb".?(\x02\0\0\0|\x08\0[\0\x01\x05\x08\x12\x16\x18]\0)([A-Z]{2}|..\0\0)", data, re.DOTALL) is not None


def read_dicom(data: bytes, name: str, *, force: bool = False) -> MedicalImage:
    """One grey-scale image object. force: also ultrasound, and colour as its luminance. Raises `BadInput`, `Unsupported`, `TooLarge`."""
    dataset = _parse(data, name)
    _refuse_other_objects(dataset, name, force=force)
    frames = _count(dataset, "NumberOfFrames", 1, name)
    samples = _count(dataset, "SamplesPerPixel", 1, name)
    checks.check_matrix(frames, _count(dataset, "Rows", 0, name), _count(dataset, "Columns", 0, name), name)
    stored = _decode(dataset, name, frames, samples)
    lost: tuple[str, ...] = ()
    if samples > 1:
        stored, lost = _luminance(dataset, stored), (checks.COLOUR_LOST,)
    padding = _padding(dataset, stored)
    checks.check_values(stored, name, padding)
    slope, intercept = _rescale(dataset, name)
    modality = str(dataset.get("Modality") or "")
    spacing = _spacing_mm(dataset)
    return MedicalImage(
        stored=stored,
        format="dicom",
        spacing_mm=spacing,
        through_mm=_number(dataset.get("SpacingBetweenSlices")) or _number(dataset.get("SliceThickness")),
        modality=modality,
        slope=slope,
        intercept=intercept,
        unit="HU"
        if modality == "CT" and str(dataset.get("RescaleType") or "HU") == "HU"
        else str(dataset.get("RescaleType") or "stored value"),
        padding=padding,
        window=_window(dataset),
        inverted=dataset.PhotometricInterpretation == "MONOCHROME1",
        in_place=dataset,
        warnings=(*lost, *_warnings(dataset)),
    )


def _parse(data: bytes, name: str) -> FileDataset:
    import pydicom
    from pydicom.errors import InvalidDicomError

    try:
        meta = pydicom.filereader.read_partial(io.BytesIO(data), stop_when=lambda tag, vr, length: True).file_meta
        if str(meta.get("TransferSyntaxUID")) == DEFLATED:
            _refuse_bomb(data, int(meta.FileMetaInformationGroupLength), name)
        return pydicom.dcmread(io.BytesIO(data))
    except TooLarge:
        raise
    except InvalidDicomError:
        raise Unsupported(f"{name} is no DICOM file.", remedy=EXPORT) from None
    except Exception as error:  # a broken file makes pydicom raise whatever the broken place led to
        raise BadInput(f"{name} is a broken DICOM file ({type(error).__name__}).", remedy="Fetch it again from its source.") from None


def _refuse_bomb(data: bytes, group_bytes: int, name: str) -> None:
    """A deflated file is inflated whole by any reader: measured here first, in pieces."""
    inflate, total, rest = zlib.decompressobj(-zlib.MAX_WBITS), 0, data[144 + group_bytes :]
    while rest and not inflate.eof:
        total += len(inflate.decompress(rest, 1 << 20))
        rest = inflate.unconsumed_tail
        if total > checks.MAX_FILE_BYTES:
            raise TooLarge(f"{name} inflates to more than {checks.MAX_FILE_BYTES >> 20} MiB.", remedy="Export it uncompressed, in parts.")


def _refuse_other_objects(dataset: FileDataset, name: str, *, force: bool) -> None:
    kind = dataset.get("SOPClassUID")
    label = kind.name if kind is not None else str(dataset.get("Modality") or "object without a class")
    if str(kind) in NOT_IMAGES:
        raise Unsupported(f"{name} is {NOT_IMAGES[str(kind)]}.", remedy=EXPORT)
    if "Rows" not in dataset and not any(key in dataset for key in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        raise Unsupported(f"{name} holds no image (DICOM {label}), or ends before it.", remedy=EXPORT)
    if "PixelData" not in dataset:
        what = "floating-point pixels" if "FloatPixelData" in dataset or "DoubleFloatPixelData" in dataset else "no pixel data"
        raise BadInput(f"{name}: {label} with {what}.", remedy="Fetch it again with its pixels, or export it as integers.")
    if any(str(item.get("ManufacturerModelName")) == EQUIPMENT_MODEL for item in dataset.get("ContributingEquipmentSequence") or ()):
        raise BadInput(f"{name} was made by this studio already: enhancing it twice invents detail.", remedy="Give the acquired image.")
    if "SharedFunctionalGroupsSequence" in dataset or (
        "DetectorInformationSequence" in dataset and int(dataset.get("NumberOfFrames") or 1) > 1
    ):
        raise Unsupported(
            f"{name} is a multi-frame {label}, whose geometry stands per frame.", remedy="Export it as classic single-frame images."
        )
    colour = str(dataset.get("PhotometricInterpretation") or "") not in ("MONOCHROME1", "MONOCHROME2")
    ultrasound = dataset.get("Modality") == "US" or "Ultrasound" in label
    if str(dataset.get("PhotometricInterpretation")) == "PALETTE COLOR":
        raise Unsupported(f"{name} is a palette colour image: its values are indices.", remedy=EXPORT)
    if (colour or ultrasound) and not force:
        what = "a colour image" if colour else "an ultrasound image"
        raise Unsupported(
            f"{name} is {what}: this studio is tested on grey-scale CT, MR and radiographs.", remedy="Give force=true (--force) to try."
        )


def _count(dataset: FileDataset, keyword: str, default: int, name: str) -> int:
    value = dataset.get(keyword)
    if value is None or value == "":
        return default
    try:
        return int(value)
    except (TypeError, ValueError):
        raise BadInput(f"{name}: {keyword} is {value!r}, a number is expected.", remedy="Fetch it again from its source.") from None


def _decode(dataset: FileDataset, name: str, frames: int, samples: int) -> np.ndarray:
    """(frames, rows, columns[, samples]) stored values."""
    from pydicom.encaps import generate_frames

    expected = (frames, int(dataset.Rows), int(dataset.Columns), samples)
    try:
        if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
            for frame in generate_frames(dataset.PixelData, number_of_frames=frames):
                _refuse_larger_codestream(frame, *expected[1:3], name)
        pixels = dataset.pixel_array
    except TooLarge:
        raise
    except Exception as error:  # every codec has its own errors
        first, *causes = (str(error) or type(error).__name__).splitlines()  # causes: one line a decoder that was tried
        reason = "; ".join(cause.strip() for cause in causes)[:240] if causes else first.split(" - ")[0][:120]
        remedy = "Export it uncompressed, or fetch it again." if causes else "Fetch it again, or export it uncompressed."
        raise BadInput(f"{name}: its pixels cannot be decoded: {reason}.", remedy=remedy) from None
    if pixels.size != int(np.prod(expected)):
        raise BadInput(f"{name}: {pixels.size} values instead of {int(np.prod(expected))}.", remedy="Fetch it again from its source.")
    return np.ascontiguousarray(pixels.reshape(expected if samples > 1 else expected[:3]))


def _refuse_larger_codestream(frame: bytes, rows: int, columns: int, name: str) -> None:
    """A JPEG 2000 or JPEG frame names its own size, and a decoder allocates that one."""
    size = None
    if frame[:4] == b"\xff\x4f\xff\x51":  # SOC, SIZ: Xsiz, Ysiz, XOsiz, YOsiz
        x, y, x0, y0 = (int.from_bytes(frame[i : i + 4], "big") for i in (8, 12, 16, 20))
        size = (y - y0, x - x0)
    elif frame[:2] == b"\xff\xd8":
        size = _jpeg_size(frame)
    if size is not None and (size[0] > rows or size[1] > columns):
        raise TooLarge(f"{name}: a frame of {size[0]} x {size[1]} hides behind a header of {rows} x {columns}.", remedy="Fetch it again.")


def _jpeg_size(frame: bytes) -> tuple[int, int] | None:
    """(rows, columns) of a JPEG's or JPEG-LS's start-of-frame segment."""
    at = 2
    while at + 9 < len(frame) and frame[at] == 0xFF:
        marker = frame[at + 1]
        if (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)) or marker == 0xF7:
            return int.from_bytes(frame[at + 5 : at + 7], "big"), int.from_bytes(frame[at + 7 : at + 9], "big")
        at += 2 + int.from_bytes(frame[at + 2 : at + 4], "big")
    return None


def _luminance(dataset: FileDataset, colour: np.ndarray) -> np.ndarray:
    """ITU-R BT.601 luma of (frames, rows, columns, 3), and the header that says so."""
    grey = colour[..., 0]
    if not str(dataset.PhotometricInterpretation).startswith("YBR") or dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        grey = np.rint(colour @ np.array([0.299, 0.587, 0.114])).astype(colour.dtype)  # pydicom gives RGB for compressed YBR
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    if "PlanarConfiguration" in dataset:
        del dataset.PlanarConfiguration
    return grey


def _rescale(dataset: FileDataset, name: str) -> tuple[float, float]:
    """(slope, intercept); 1 and 0 where they are absent or empty. A slope of 0 would make all values the same."""
    found = [default if dataset.get(key) in (None, "") else dataset[key].value for key, default in RESCALE]
    try:
        slope, intercept = float(found[0]), float(found[1])
    except (TypeError, ValueError):
        slope = intercept = math.nan
    if slope == 0 or not (math.isfinite(slope) and math.isfinite(intercept)):
        raise BadInput(
            f"{name}: its Rescale Slope is {found[0]} and its Rescale Intercept {found[1]}, so its values mean nothing.",
            remedy="Export it again with the scanner's rescale, or without any.",
        )
    return slope, intercept


def _padding(dataset: FileDataset, stored: np.ndarray) -> np.ndarray | None:
    low = dataset.get("PixelPaddingValue")
    if low is None or not isinstance(low, int):
        return None
    limit = dataset.get("PixelPaddingRangeLimit", low)
    low, high = min(low, limit), max(low, limit)
    mask = (stored >= low) & (stored <= high)
    return mask if mask.any() else None


def _number(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if number > 0 else None


def _spacing_mm(dataset: FileDataset) -> tuple[float, float] | None:
    """Pixel Spacing; else Imager Pixel Spacing (at the detector, not in the patient) or Nominal Scanned Pixel Spacing."""
    return next((found for keyword in SPACINGS if (found := lengths_mm(dataset.get(keyword))) is not None), None)


def lengths_mm(value: Any) -> tuple[float, float] | None:
    """A spacing's two lengths; None where it is absent or not above 0."""
    if value is None or isinstance(value, str) or not hasattr(value, "__len__") or len(value) != 2 or not all(_number(v) for v in value):
        return None
    return float(value[0]), float(value[1])


def _window(dataset: FileDataset) -> tuple[float, float] | None:
    centre, width = (dataset.get(keyword) for keyword in ("WindowCenter", "WindowWidth"))
    first = [value[0] if hasattr(value, "__len__") and not isinstance(value, str) and len(value) else value for value in (centre, width)]
    try:
        middle, span = float(first[0]), float(first[1])
    except (TypeError, ValueError):
        return None
    return (middle - span / 2, middle + span / 2) if span > 1 else None


def _warnings(dataset: FileDataset) -> list[str]:
    found = []
    stated = dataset.get("LossyImageCompression")
    if stated == "01" or (not stated and str(dataset.file_meta.TransferSyntaxUID) in LOSSY_METHODS):
        found.append("The source was compressed with loss: its artefacts are enlarged with it.")
    if dataset.get("BurnedInAnnotation") == "YES":
        found.append("The source has burned-in annotation: text may name the patient, and is enhanced like tissue.")
    if str(dataset.get("PatientName") or "") and dataset.get("PatientIdentityRemoved") != "YES":
        found.append("The result carries the patient's identity as its source does: de-identify it before it leaves the house.")
    if lengths_mm(dataset.get("PixelSpacing")) is None and lengths_mm(dataset.get("ImagerPixelSpacing")) is not None:
        found.append("Spacing is that of the detector (Imager Pixel Spacing): lengths in the patient are shorter by the magnification.")
    return found
