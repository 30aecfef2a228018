"""What a run looks like: both images in one window at the same physical size, and the signed difference between them."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from apps.medical.formats import read_image
from apps.medical.image import MedicalImage
from apps.medical.preview import window_of
from apps.medical.resampling import upsample

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CT_WINDOWS", "DIVERGING", "View", "difference_limit", "difference_png", "grey_png", "open_view", "thumbnail_png", "windows_of"]

CT_WINDOWS = {"lung": (-600, 1500), "soft tissue": (50, 400), "mediastinum": (50, 350), "bone": (400, 1800), "brain": (40, 80)}
"""(level, width) in HU, as radiology texts give them (Radiopaedia, "Windowing (CT)")."""

DIVERGING = ((79, 195, 217), (46, 147, 168), (20, 67, 78), (14, 24, 28), (85, 26, 61), (163, 23, 107), (231, 115, 180))
"""Cyan for lower, near black for no change, magenta for higher; evenly spaced."""

SHOWN_PX = 900
LARGEST_PX = 1400
THUMBNAIL_PX = (112, 88)


@dataclass(frozen=True)
class View:
    """One run's images. before: as read, one slice where one was chosen; after: (slices, rows, columns) values in `before`'s unit."""

    before: MedicalImage
    after: np.ndarray
    factor: int

    @property
    def slices(self) -> int:
        return int(self.after.shape[0])

    @property
    def size_mm(self) -> tuple[float, float]:
        """(width, height) as shown; in pixels of the input where the spacing is unknown."""
        _, rows, columns = self.before.shape
        spacing = self.before.spacing_mm or (1.0, 1.0)
        width, height = columns * spacing[1], rows * spacing[0]
        return (height, width) if self._turned else (width, height)

    @property
    def _turned(self) -> bool:
        return self.before.format.startswith("nifti")

    def values(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """(rows, columns) float32 of slice `index` before, and of the finer grid after."""
        before = self.before.stored[index].astype(np.float32) * self.before.slope + self.before.intercept
        return self._upright(before), self._upright(self.after[index])

    def difference(self, index: int) -> np.ndarray:
        """After minus before on the finer grid; what was enlarged is compared with plain cubic interpolation."""
        before = self.before.stored[index].astype(np.float32) * self.before.slope + self.before.intercept
        plain = upsample(before, self.factor) if self.factor > 1 else before
        return self._upright(self.after[index] - plain)

    def _upright(self, plane: np.ndarray) -> np.ndarray:
        """NIfTI counts from the patient's left and from below: turned to how radiologists look at it, as in `preview.py`."""
        return np.rot90(plane) if self._turned else plane


def open_view(source: bytes, result: bytes, request: Mapping[str, Any]) -> View:
    """From a run's input and output files and its request, as JSON data. Raises `BadInput` for a file that cannot be read."""
    spacing = request.get("spacing_mm")
    image = read_image(
        source, str(request["image"]["name"]), force=bool(request.get("force")), spacing_mm=tuple(spacing) if spacing else None
    )
    if request.get("slice_index") is not None:
        from apps.medical.enhancement import one_slice

        image = one_slice(image, int(request["slice_index"]))
    after = _values_of_result(result, image)
    return View(image, after, after.shape[1] // image.shape[1])


def _values_of_result(data: bytes, before: MedicalImage) -> np.ndarray:
    """`formats.read_image` refuses our own results as input; here they are only looked at."""
    if before.format == "dicom":
        import pydicom

        dataset = pydicom.dcmread(io.BytesIO(data))
        stored = dataset.pixel_array
        slope, intercept = float(dataset.get("RescaleSlope") or 1.0), float(dataset.get("RescaleIntercept") or 0.0)
        stored = stored if stored.ndim == 3 else stored[None]
        return stored.astype(np.float32) * slope + intercept
    if before.format.startswith("nifti"):
        return _values_of_volume(data, before)
    if before.format == "tiff":
        import tifffile

        return np.asarray(tifffile.imread(io.BytesIO(data)), np.float32)[None]
    from PIL import Image

    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture, np.float32)[None]


def _values_of_volume(data: bytes, before: MedicalImage) -> np.ndarray:
    import gzip

    import nibabel

    content = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    kind = nibabel.Nifti2Image if content[4:8] == b"n+2\0" else nibabel.Nifti1Image
    volume = kind.from_bytes(content)
    values = np.asarray(volume.dataobj, np.float32).reshape(volume.shape[:3])
    return np.ascontiguousarray(np.moveaxis(values, before.in_place[1], 0))


def windows_of(view: View) -> dict[str, tuple[float, float]]:
    """Name -> (lowest, highest) value: the file's own or an automatic one first, then for CT the presets."""
    low, high, _ = window_of(view.before)
    found = {"from the file" if view.before.window is not None else "automatic": (low, high)}
    if view.before.unit == "HU":
        found |= {name: (level - width / 2, level + width / 2) for name, (level, width) in CT_WINDOWS.items()}
    return found


def grey_png(plane: np.ndarray, view: View, window: tuple[float, float]) -> bytes:
    """(rows, columns) values in a window, at the run's shown size; pixels stay as they are, since smoothing flatters."""
    low, high = window
    grey = np.clip((plane - low) / max(high - low, 1e-9), 0, 1)
    grey = 1 - grey if view.before.inverted else grey
    return _png(np.rint(255 * grey).astype(np.uint8), view)


def difference_limit(difference: np.ndarray) -> float:
    """The value at both ends of the colour scale: 1, 2 or 5 times a power of ten, above 99.5 % of the differences."""
    found = float(np.percentile(np.abs(difference), 99.5))
    if not found > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(found))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= found)


def difference_png(difference: np.ndarray, view: View, limit: float) -> bytes:
    """(rows, columns) differences in `DIVERGING`."""
    stops = np.linspace(-limit, limit, len(DIVERGING))
    channels = [np.interp(difference, stops, [colour[i] for colour in DIVERGING]) for i in range(3)]
    return _png(np.rint(np.stack(channels, axis=-1)).astype(np.uint8), view)


def thumbnail_png(preview: bytes) -> bytes:
    """The right half of a before-and-after sheet, small."""
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(preview)) as sheet:
        after = sheet.crop((sheet.width // 2 + 4, 22, sheet.width, sheet.height - 22)).convert("L")
    buffer = io.BytesIO()
    ImageOps.fit(after, THUMBNAIL_PX).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _png(pixels: np.ndarray, view: View) -> bytes:
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(pixels))
    width_mm, height_mm = view.size_mm
    finest = max(view.after.shape[1:])
    longest = min(finest * math.ceil(SHOWN_PX / finest), LARGEST_PX)
    scale = longest / max(width_mm, height_mm)
    size = max(round(width_mm * scale), 1), max(round(height_mm * scale), 1)
    smaller = size[0] < picture.width
    buffer = io.BytesIO()
    picture.resize(size, Image.Resampling.LANCZOS if smaller else Image.Resampling.NEAREST).save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()
