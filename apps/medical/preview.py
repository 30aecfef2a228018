"""A picture of before and after for people, with the window that was used said in it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from apps.medical.derive import NOT_FOR_DIAGNOSIS
from apps.medical.image import MedicalImage

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["preview_png", "window_of"]

PANEL_PX = 512
BAND_PX = 22


def window_of(image: MedicalImage) -> tuple[float, float, str]:
    """(lowest, highest, name) in the image's unit: the file's own window, else the middle 99 % of the values."""
    if image.window is not None:
        low, high = image.window
        return low, high, f"window {low:g} ... {high:g} {image.unit} (from the file)"
    values = (
        np.concatenate([image.measured(i) for i in range(0, image.shape[0], max(image.shape[0] // 9, 1))]) * image.slope + image.intercept
    )
    low, high = (float(v) for v in np.percentile(values, (0.5, 99.5)))
    high = high if high > low else low + 1.0
    return low, high, f"window {low:g} ... {high:g} {image.unit} (0.5 to 99.5 %)"


def _shown(image: MedicalImage, index: int, low: float, high: float) -> Image:
    from PIL import Image

    value = image.stored[index].astype(np.float32) * image.slope + image.intercept
    grey = np.clip((value - low) / (high - low), 0.0, 1.0)
    grey = 1.0 - grey if image.inverted else grey
    shown = Image.fromarray(np.rint(255 * grey).astype(np.uint8))
    spacing = image.spacing_mm or (1.0, 1.0)
    rows_mm, columns_mm = shown.height * spacing[0], shown.width * spacing[1]
    scale = PANEL_PX / max(rows_mm, columns_mm)
    size = max(round(columns_mm * scale), 1), max(round(rows_mm * scale), 1)
    larger = size[0] > shown.width  # pixels are shown as they are: smoothing them here would flatter the input
    return shown.resize(size, Image.Resampling.NEAREST if larger else Image.Resampling.LANCZOS)


def _upright(image: Image, *, nifti: bool) -> Image:
    """NIfTI counts from the patient's left and from below: transposed and turned to how radiologists look at it."""
    from PIL import Image as pil

    return image.transpose(pil.Transpose.ROTATE_90) if nifti else image


def preview_png(before: MedicalImage, after: MedicalImage, index: int) -> bytes:
    """Slice `index` of both side by side, in true proportions, the same window."""
    from PIL import Image, ImageDraw
    from PIL.PngImagePlugin import PngInfo

    low, high, name = window_of(before)
    nifti = before.format.startswith("nifti")
    panels = [_upright(_shown(image, index, low, high), nifti=nifti) for image in (before, after)]
    width, height = panels[0].size
    sheet = Image.new("L", (2 * width + 8, height + 2 * BAND_PX), 0)
    draw = ImageDraw.Draw(sheet)
    for number, (panel, image, word) in enumerate(zip(panels, (before, after), ("before", "after"), strict=True)):
        left = number * (width + 8)
        sheet.paste(panel.resize((width, height)), (left, BAND_PX))
        draw.text((left + 6, 5), f"{word}: {_matrix(image)}", fill=235)
    draw.text((6, height + BAND_PX + 5), f"{name} - {NOT_FOR_DIAGNOSIS}", fill=235)
    note = PngInfo()
    note.add_text("Software", "Sextant medical")
    note.add_text("Description", f"Before and after, {name}. {NOT_FOR_DIAGNOSIS}.")
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG", pnginfo=note, optimize=True)
    return buffer.getvalue()


def _matrix(image: MedicalImage) -> str:
    _, rows, columns = image.shape
    spacing = "" if image.spacing_mm is None else f", {image.spacing_mm[0]:.3g} x {image.spacing_mm[1]:.3g} mm"
    return f"{rows} x {columns}{spacing}"
