"""What is refused, and what its user is told: the same rules for every file format.

Limits stand before memory is taken: readers call `check_matrix` with the numbers of the header, not with an array.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import BadInput, TooLarge, Unsupported

if TYPE_CHECKING:
    import numpy as np

    from apps.medical.image import MedicalImage

__all__ = [
    "COLOUR_LOST",
    "MAX_FILE_BYTES",
    "MAX_SIDE_PX",
    "MAX_VOXELS",
    "MIN_SIDE_PX",
    "check_matrix",
    "check_output",
    "check_values",
    "general_warnings",
]

MIN_SIDE_PX = 32
MAX_SIDE_PX = 8192
"""Twice the side of the largest mammography detectors."""

MAX_VOXELS = 1 << 26
MAX_OUTPUT_VOXELS = 1 << 28
MAX_FILE_BYTES = 512 << 20
MAX_VALUE = 1e30
"""Sums of products of 32-bit floating point end at 3e38."""

COLOUR_LOST = "The source's colour was reduced to luminance: what only hue told is gone."

TESTED_MODALITIES = ("CT", "MR", "CR", "DX")


def check_matrix(slices: int, rows: int, columns: int, name: str) -> None:
    """Raises `TooLarge` or `BadInput` for a matrix that is not taken; `name` is the file's label."""
    if rows > MAX_SIDE_PX or columns > MAX_SIDE_PX or slices * rows * columns > MAX_VOXELS:
        size = f"{slices} x {rows} x {columns}" if slices > 1 else f"{rows} x {columns}"
        raise TooLarge(
            f"{name}: its header announces {size} pixels; at most {MAX_SIDE_PX} a side and {MAX_VOXELS / 1e6:.0f} million in all.",
            remedy="Crop it, or give fewer slices.",
        )
    if slices < 1 or rows < MIN_SIDE_PX or columns < MIN_SIDE_PX:
        raise BadInput(
            f"{name}: {rows} x {columns} pixels; at least {MIN_SIDE_PX} x {MIN_SIDE_PX} are needed for a result that means anything.",
            remedy="Give the full image, not a crop or an icon.",
        )


def check_output(image: MedicalImage, scale: int) -> None:
    """Raises `TooLarge` when the enlarged matrix would not fit."""
    slices, rows, columns = image.shape
    if slices * rows * columns * scale**2 > MAX_OUTPUT_VOXELS or max(rows, columns) * scale > 65535:
        raise TooLarge(
            f"{slices} x {rows * scale} x {columns * scale} pixels would come out; at most {MAX_OUTPUT_VOXELS / 1e6:.0f} million are made.",
            remedy="Take a smaller scale, or one slice with --slice-index.",
        )


def check_values(stored: np.ndarray, name: str, padding: np.ndarray | None = None) -> None:
    """Raises `BadInput` for values that cannot be enhanced: not finite, or all the same."""
    import numpy as np

    if stored.dtype.kind not in "uif":
        raise Unsupported(
            f"{name}: its values are {stored.dtype}; one real number a pixel is expected.", remedy="Export a grey-scale image."
        )
    if stored.dtype.kind == "f" and not np.isfinite(stored).all():
        count = int(stored.size - np.isfinite(stored).sum())
        raise BadInput(
            f"{name}: {count:,} of its {stored.size:,} values {'is' if count == 1 else 'are'} NaN or infinite.",
            remedy="Replace them by a number, e.g. the background's.",
        )
    if stored.dtype.kind == "f" and float(np.abs(stored).max()) > MAX_VALUE:
        raise BadInput(
            f"{name}: it holds values up to {float(np.abs(stored).max()):.3g}; at most {MAX_VALUE:g} can be computed with.",
            remedy="Replace what is no measurement by the background's value, or take a smaller unit.",
        )
    measured = stored if padding is None else stored[~padding]
    if measured.size == 0 or measured.min() == measured.max():
        raise BadInput(f"{name}: all its values are the same, so there is nothing to enhance.", remedy="Check the export or the slice.")


def general_warnings(image: MedicalImage) -> list[str]:
    """What holds whatever the format: an untested modality, eight bits, unknown spacing."""
    found = []
    if image.modality not in TESTED_MODALITIES:
        said = f"its modality is {image.modality}" if image.modality else "the file does not name its modality"
        found.append(f"Untested kind of image ({said}): the figures of this studio are for CT, MR and projection radiography.")
    if image.stored.dtype.itemsize == 1:
        found.append("Only 8 bits a pixel: probably a screenshot or an export with a window burned in, not the acquired values.")
    if image.spacing_mm is None:
        found.append("The file does not say its pixel spacing: do not measure distances on the result.")
    return found
