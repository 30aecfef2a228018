"""One image, whatever file it came in: what the rest of this package works on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Format", "MedicalImage"]

Format = Literal["dicom", "nifti", "nifti-gz", "png", "tiff"]


@dataclass(frozen=True)
class MedicalImage:
    """Slices of a scan, or one radiograph.

    stored: (slices, rows, columns), the numbers of the file, in the file's own type.
    spacing_mm: between rows, between columns (DICOM's order); None where the file does not say. through_mm: between slices.
    modality: DICOM's code (`CT`, `MR`, `DX`, ...), or "" where unknown.
    slope, intercept: `value = stored * slope + intercept`, in `unit` ("HU" for CT, else "stored value" or what the file names).
    padding: (slices, rows, columns) bool, true outside the measured field; None where all was measured.
    window: (lowest, highest) value to show, from the file; None where it names none.
    inverted: low values are bright (DICOM MONOCHROME1, TIFF WhiteIsZero).
    in_place: the header that the derived file starts from, in the form of the format's own library.
    """

    stored: np.ndarray
    format: Format
    spacing_mm: tuple[float, float] | None = None
    through_mm: float | None = None
    modality: str = ""
    slope: float = 1.0
    intercept: float = 0.0
    unit: str = "stored value"
    padding: np.ndarray | None = None
    window: tuple[float, float] | None = None
    inverted: bool = False
    in_place: Any = None
    warnings: tuple[str, ...] = field(default=())

    @property
    def shape(self) -> tuple[int, int, int]:
        """(slices, rows, columns)."""
        slices, rows, columns = self.stored.shape
        return slices, rows, columns

    @property
    def limits(self) -> tuple[float, float]:
        """Lowest and highest number that the file's type holds (of a DICOM's BitsStored); infinite for floating point."""
        import numpy as np

        if self.stored.dtype.kind == "f":
            return float("-inf"), float("inf")
        bits = int(self.in_place.BitsStored) if self.format == "dicom" else self.stored.dtype.itemsize * 8
        info = np.iinfo(self.stored.dtype)
        return (-(2.0 ** (bits - 1)), 2.0 ** (bits - 1) - 1) if info.min < 0 else (0.0, 2.0**bits - 1)

    def measured(self, index: int) -> np.ndarray:
        """(n,) float32 stored numbers of slice `index` that are no padding."""
        import numpy as np

        plane = self.stored[index]
        if self.padding is not None and not self.padding[index].all():
            plane = plane[~self.padding[index]]
        return np.ravel(plane).astype(np.float32)

    def with_warnings(self, *more: str) -> MedicalImage:
        return replace(self, warnings=(*self.warnings, *more))
