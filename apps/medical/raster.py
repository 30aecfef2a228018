"""PNG and TIFF in and out: one grey-scale picture of 8 or 16 bits, or of 32-bit floating point in TIFF."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from apps.medical import checks
from apps.medical.derive import NOT_FOR_DIAGNOSIS, Derivation
from apps.medical.image import MedicalImage
from shared.errors import BadInput, TooLarge, Unsupported

__all__ = ["from_array", "is_raster", "read_raster", "write_raster"]

PNG = b"\x89PNG\r\n\x1a\n"
TIFF_TYPES = (np.uint8, np.uint16, np.int16, np.float32)
"""What the arithmetic, in 32-bit floating point, keeps to the last digit; float16 would overflow on the way back."""
TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
MARK = "Sextant medical"
"""Value of PNG's and TIFF's `Software` in every result of ours."""


def is_raster(data: bytes) -> bool:
    return data[:8] == PNG or data[:4] in TIFF


def read_raster(data: bytes, name: str, *, force: bool = False, spacing_mm: tuple[float, float] | None = None) -> MedicalImage:
    """One picture. force: also colour, as its luminance. The files' own resolution is the printer's and is not believed."""
    try:
        pixels, software, inverted = (_read_png if data[:8] == PNG else _read_tiff)(data, name)
    except (BadInput, TooLarge):
        raise
    except Exception as error:  # decoders raise what the broken place led to
        raise BadInput(f"{name} is a broken picture ({type(error).__name__}).", remedy="Fetch it again from its source.") from None
    if software.startswith(MARK):
        raise BadInput(f"{name} was made by this studio already: enhancing it twice invents detail.", remedy="Give the acquired image.")
    colour = pixels.ndim == 3 and not _is_grey(pixels)
    if pixels.ndim == 3:
        pixels = _luminance(pixels, name, force=force) if colour else pixels[..., 0]
    checks.check_values(pixels, name)
    return MedicalImage(
        stored=np.ascontiguousarray(pixels)[None],
        format="png" if data[:8] == PNG else "tiff",
        spacing_mm=spacing_mm,
        inverted=inverted,
        warnings=(checks.COLOUR_LOST,) if colour else (),
    )


def _is_grey(pixels: np.ndarray) -> bool:
    """Whether (rows, columns, 3 or 4) has three equal channels."""
    return bool(pixels.shape[2] >= 3 and (pixels[..., 0] == pixels[..., 1]).all() and (pixels[..., 1] == pixels[..., 2]).all())


def _luminance(pixels: np.ndarray, name: str, *, force: bool) -> np.ndarray:
    """ITU-R BT.601 luma of (rows, columns, 3 or 4)."""
    if not force:
        raise Unsupported(
            f"{name} is a colour picture: this studio is tested on grey-scale images.", remedy="Give force=true (--force) to try."
        )
    return np.rint(pixels[..., :3] @ np.array([0.299, 0.587, 0.114])).astype(pixels.dtype)


def _read_png(data: bytes, name: str) -> tuple[np.ndarray, str, bool]:
    """(pixels, software, whether low values are bright)."""
    from PIL import Image

    columns, rows = (int.from_bytes(data[i : i + 4], "big") for i in (16, 20))  # IHDR: before any decoder sees the file
    checks.check_matrix(1, rows, columns, name)
    with Image.open(io.BytesIO(data)) as opened:
        software = str(opened.info.get("Software", ""))
        picture: Image.Image = opened
        if picture.mode in ("P", "PA", "RGBA", "LA", "1"):
            picture = picture.convert("L" if picture.mode in ("1", "LA") else "RGB")
        pixels = np.asarray(picture)
    return (pixels.astype(np.uint16) if pixels.dtype == np.int32 else pixels), software, False


def _read_tiff(data: bytes, name: str) -> tuple[np.ndarray, str, bool]:
    """(pixels, software, whether low values are bright: WhiteIsZero, TIFF 6.0 section 3)."""
    import tifffile

    with tifffile.TiffFile(io.BytesIO(data)) as file:
        if len(file.pages) != 1:
            raise Unsupported(
                f"{name} has {len(file.pages)} pages: one picture is expected.", remedy="Give the pages one by one, or NIfTI."
            )
        page: Any = file.pages[0]
        checks.check_matrix(1, int(page.imagelength), int(page.imagewidth), name)
        if page.dtype not in TIFF_TYPES:
            raise Unsupported(f"{name} holds {page.dtype} values.", remedy="Export 8 or 16 bits, or 32-bit floating point.")
        return page.asarray(), str(page.software), page.photometric == tifffile.PHOTOMETRIC.MINISWHITE


def write_raster(image: MedicalImage, stored: np.ndarray, derivation: Derivation) -> bytes:
    """(1, rows, columns) in the source's type and format; what it is stands in `Software` and in the description."""
    buffer = io.BytesIO()
    spacing = None if image.spacing_mm is None else tuple(part / derivation.scale for part in image.spacing_mm)
    if image.format == "tiff":
        import tifffile

        resolution = {} if spacing is None else {"resolution": (10.0 / spacing[1], 10.0 / spacing[0]), "resolutionunit": "CENTIMETER"}
        tifffile.imwrite(
            buffer,
            stored[0],
            photometric="miniswhite" if image.inverted else "minisblack",
            software=MARK,
            description=derivation.sentence,
            metadata=None,
            datetime=False,
            **resolution,
        )
        return buffer.getvalue()
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    note = PngInfo()
    note.add_text("Software", MARK)
    note.add_text("Description", derivation.sentence)
    note.add_text("Disclaimer", NOT_FOR_DIAGNOSIS)
    dpi = {} if spacing is None else {"dpi": (25.4 / spacing[1], 25.4 / spacing[0])}
    Image.fromarray(stored[0]).save(buffer, "PNG", pnginfo=note, **dpi)
    return buffer.getvalue()


def from_array(array: np.ndarray) -> bytes:
    """A plain TIFF of (rows, columns) numbers: how a picture in memory becomes a file without pickle.

    Integers go into the first of the TIFF's types that holds them all. Raises `Unsupported` where none does without loss.
    """
    import tifffile

    plane = np.asarray(array)
    if plane.dtype.kind == "f":
        with np.errstate(over="ignore"):  # becomes infinite, and is refused as such
            plane = plane.astype(np.float32)
    elif plane.dtype not in TIFF_TYPES:
        low, high = int(plane.min()), int(plane.max())
        if max(-low, high) > 1 << 24:  # float32's significand
            raise Unsupported(f"an array of {plane.dtype} holds numbers beyond 24 bits.", remedy="Scale it to 16 bits, or give float32.")
        fitting = (kind for kind in TIFF_TYPES[:3] if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max)
        plane = plane.astype(next(fitting, np.float32))
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, plane, photometric="minisblack", metadata=None, datetime=False)
    return buffer.getvalue()
