"""What an image made from another image owes its readers: that it is derived, from what, how, by whom, and where it lies.

DICOM PS3.3 C.7.6.1.1.2 (Image Type), C.12.4 (Derivation), C.7.5.1 and C.12.1.1.5 (Contributing Equipment), C.7.6.2 (Image Plane).
Nothing here depends on the clock: the same source and the same request give the same bytes, unique identifiers included.
"""

from __future__ import annotations

import copy
import io
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from apps.medical.dicom import EQUIPMENT_MODEL, LOSSY_METHODS, SPACINGS, lengths_mm
from apps.medical.geometry import shifted_origin_mm
from apps.medical.image import MedicalImage

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["NOT_FOR_DIAGNOSIS", "Derivation", "derived_uid", "write_dicom"]

NOT_FOR_DIAGNOSIS = "NOT FOR DIAGNOSIS"
IMPLEMENTATION_UID = "2.25.199137586463482346290466873285147243126"
SERIES_OFFSET = 9000

STALE = (
    "IconImageSequence",
    "SmallestImagePixelValue",
    "LargestImagePixelValue",
    "SmallestPixelValueInSeries",
    "LargestPixelValueInSeries",
    "HistogramSequence",
    "ExtendedOffsetTable",
    "ExtendedOffsetTableLengths",
    "PixelDataProviderURL",
    "DigitalSignaturesSequence",
    "MACParametersSequence",
    "InstanceCreationDate",
    "InstanceCreationTime",
    "InstanceCreatorUID",
    "SeriesDate",
    "SeriesTime",
    "SequenceOfUltrasoundRegions",
)
"""True of the source's pixels, series or signature, no longer of ours."""

SHUTTER_EDGES = (
    "ShutterLeftVerticalEdge",
    "ShutterRightVerticalEdge",
    "ShutterUpperHorizontalEdge",
    "ShutterLowerHorizontalEdge",
    "CenterOfCircularShutter",
    "RadiusOfCircularShutter",
    "VerticesOfThePolygonalShutter",
)


@dataclass(frozen=True)
class Derivation:
    """How an image was made. request: all that decides its pixels beside the source, as text; it enters the identifiers.

    operation: "super-resolve" or "denoise"; scale: factor of the matrix; model: name and revision, for people.
    source_sha256: of the source's bytes.
    """

    operation: str
    scale: int
    model: str
    request: str
    version: str
    source_sha256: str

    @property
    def short(self) -> str:
        return f"x{self.scale} super-resolution" if self.operation == "super-resolve" else "denoised"

    @property
    def sentence(self) -> str:
        what = (
            f"In-plane super-resolution x{self.scale} (matrix enlarged, field of view kept; detail between measured pixels is estimated)"
            if self.operation == "super-resolve"
            else "Noise reduction, matrix kept (fine structure may be weakened)"
        )
        return f"{what} by {self.model}. {NOT_FOR_DIAGNOSIS}."


def derived_uid(*parts: str) -> str:
    """A UID in the UUID-derived form of PS3.5 annex B.2, a pure function of its parts."""
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, chr(31).join(parts)).int}"


def write_dicom(image: MedicalImage, stored: np.ndarray, derivation: Derivation) -> bytes:
    """The derived object, (frames, rows, columns) `stored` in the source's type, as Explicit VR Little Endian."""
    import pydicom
    from pydicom.uid import ExplicitVRLittleEndian

    source = image.in_place
    dataset = copy.deepcopy(source)
    _drop_stale(dataset)
    _identify(dataset, source, derivation)
    _describe(dataset, source, derivation)
    _place(dataset, derivation.scale)
    dataset.Rows, dataset.Columns = stored.shape[1:]
    content = np.ascontiguousarray(stored).astype(stored.dtype.newbyteorder("<")).tobytes()
    dataset.PixelData = content + b"\0" * (len(content) % 2)
    dataset["PixelData"].VR = "OB" if stored.dtype.itemsize == 1 else "OW"
    meta = pydicom.dataset.FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = IMPLEMENTATION_UID
    meta.ImplementationVersionName = "SEXTANT"
    dataset.file_meta, dataset.preamble = meta, b"\0" * 128
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, dataset, enforce_file_format=True, implicit_vr=False, little_endian=True)
    return buffer.getvalue()


def _drop_stale(dataset: Dataset) -> None:
    for keyword in STALE:
        if keyword in dataset:
            delattr(dataset, keyword)
    for tag in tuple(dataset.keys()):  # keys(), since a Dataset iterates over its elements
        if tag.group & 0xFF00 in (0x5000, 0x6000):  # curves and overlays: drawn on the old matrix
            del dataset[tag]


def _identify(dataset: Dataset, source: Dataset, derivation: Derivation) -> None:
    """Study, patient and frame of reference stay; the series and the instance are new, the same for the same source and request.

    All images of one source series that get the same request land in one new series. The instance goes by the source's bytes, not by its
    identifier: tools that change pixels and keep the identifier exist.
    """
    series = str(source.get("SeriesInstanceUID") or derivation.source_sha256)
    dataset.SOPInstanceUID = derived_uid("instance", derivation.source_sha256, derivation.request)
    dataset.SeriesInstanceUID = derived_uid("series", series, derivation.request)
    dataset.SeriesNumber = (int(source.get("SeriesNumber") or 0) + SERIES_OFFSET) % 2**31
    ending = f" {derivation.short} {NOT_FOR_DIAGNOSIS}"
    dataset.SeriesDescription = (str(source.get("SeriesDescription") or "")[: 64 - len(ending)] + ending).strip()


def _code(value: str, meaning: str) -> Dataset:
    from pydicom.dataset import Dataset

    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


def _describe(dataset: Dataset, source: Dataset, derivation: Derivation) -> None:
    from pydicom.dataset import Dataset

    kind = list(source.get("ImageType") or ["ORIGINAL", "PRIMARY"])
    kind = [kind] if isinstance(kind, str) else kind
    dataset.ImageType = ["DERIVED", "SECONDARY", *kind[2:]]  # made after the examination, hence secondary
    dataset.DerivationDescription = derivation.sentence[:1024]
    codes = {"super-resolve": ("113085", "Spatial resampling"), "denoise": ("113087", "Smoothing")}
    dataset.DerivationCodeSequence = [_code(*codes[derivation.operation])]
    if source.get("SOPInstanceUID") and source.get("SOPClassUID"):
        reference = Dataset()
        reference.ReferencedSOPClassUID = source.SOPClassUID
        reference.ReferencedSOPInstanceUID = source.SOPInstanceUID
        reference.PurposeOfReferenceCodeSequence = [_code("121322", "Source image for image processing operation")]
        dataset.SourceImageSequence = [reference]
    equipment = Dataset()
    equipment.PurposeOfReferenceCodeSequence = [_code("109102", "Processing Equipment")]
    equipment.Manufacturer, equipment.ManufacturerModelName = "Sextant", EQUIPMENT_MODEL
    equipment.SoftwareVersions = derivation.version
    equipment.ContributionDescription = derivation.sentence[:1024]
    dataset.ContributingEquipmentSequence = [*(source.get("ContributingEquipmentSequence") or []), equipment]
    _carry_loss(dataset, source)


def _carry_loss(dataset: Dataset, source: Dataset) -> None:
    """Once compressed with loss, always marked so, although we write without compression."""
    method = LOSSY_METHODS.get(str(source.file_meta.TransferSyntaxUID))
    if method is None or source.get("LossyImageCompression"):  # "00" there: these syntaxes can also be lossless
        return
    samples = int(source.Rows) * int(source.Columns) * int(source.get("NumberOfFrames") or 1)
    ratio = samples * int(source.BitsAllocated) / 8 / max(len(source.PixelData), 1)
    dataset.LossyImageCompression = "01"
    dataset.LossyImageCompressionRatio = f"{ratio:.2f}"
    dataset.LossyImageCompressionMethod = method


def _decimal(value: float) -> str:
    """At most 16 characters, as the value representation DS wants."""
    from pydicom.valuerep import format_number_as_ds

    return format_number_as_ds(float(value))


def _place(dataset: Dataset, scale: int) -> None:
    """Spacing and position on the finer grid; shutters follow their pixels."""
    for keyword in SPACINGS:
        if dataset.get(keyword) not in (None, "") and lengths_mm(dataset[keyword].value) is None:
            delattr(dataset, keyword)  # 0 or below: unknown, which leaving it out says
    if scale == 1:
        return
    old = lengths_mm(dataset.get("PixelSpacing"))
    position, orientation = dataset.get("ImagePositionPatient"), dataset.get("ImageOrientationPatient")
    if old and position and orientation:
        moved = shifted_origin_mm(tuple(map(float, position)), tuple(map(float, orientation)), old, scale)  # type: ignore[arg-type]
        dataset.ImagePositionPatient = [_decimal(value) for value in moved]
    for keyword in SPACINGS:
        lengths = lengths_mm(dataset.get(keyword))
        if lengths:
            setattr(dataset, keyword, [_decimal(part / scale) for part in lengths])
    for keyword in SHUTTER_EDGES:
        if keyword in dataset:
            setattr(dataset, keyword, _scaled_pixels(dataset[keyword].value, scale, radius=keyword.startswith("Radius")))


def _scaled_pixels(value: Any, scale: int, *, radius: bool) -> Any:
    """Pixel numbers, which count from 1, on the finer grid; a radius only grows."""
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        return [_scaled_pixels(part, scale, radius=radius) for part in value]
    return int(value) * scale if radius else round((int(value) - 0.5) * scale + 0.5)
