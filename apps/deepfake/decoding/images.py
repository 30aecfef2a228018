"""Pictures, opened by Pillow within the child process.

`open_image` returns facts (a dictionary, see `facts.ImageFacts`) and the upright picture: pixels (h, w, 3) uint8, whole at its native
size however large. A picture of the limit takes 300 MB so, and every check chooses its own window on it: a face is looked for in the
whole, compression in the stored pixels, and neither can be had from tiles somebody else chose.

An RGB picture's values stay as they are stored, whatever its colour profile says: noise and compression are in the stored values.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageFile, PngImagePlugin

from apps.deepfake.decoding.colour import Notes, to_rgb
from apps.deepfake.decoding.kind import IMAGES, kind_of
from apps.deepfake.decoding.layout import bits_per_channel, checksums_hold, end_of_picture, pictures_in, what_follows
from apps.deepfake.decoding.metadata import camera_data, colour_profile, jpeg_coding, texts, xmp
from shared.errors import BadInput, SextantError, TooLarge, Unsupported

__all__ = ["MAX_PIXELS", "MAX_SIDE", "open_image"]

MAX_PIXELS = 100_000_000
MAX_SIDE = 65_535
MAX_TEXT_BYTES = 4 << 20
FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/avif": "AVIF"} | {
    "image/tiff": "TIFF",
    "image/gif": "GIF",
    "image/bmp": "BMP",
}
TURNS = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT, "mirrored"),
    3: (Image.Transpose.ROTATE_180, "turned by 180 degrees"),
    4: (Image.Transpose.FLIP_TOP_BOTTOM, "mirrored from top to bottom"),
    5: (Image.Transpose.TRANSPOSE, "turned and mirrored"),
    6: (Image.Transpose.ROTATE_270, "turned clockwise by 90 degrees"),
    7: (Image.Transpose.TRANSVERSE, "turned and mirrored"),
    8: (Image.Transpose.ROTATE_90, "turned anticlockwise by 90 degrees"),
}
"""By EXIF's tag 274: what makes the stored picture upright."""
DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    EOFError,
    OverflowError,
    struct.error,
    zlib.error,
)
"""What Pillow's readers raise on files that are not what they should be; no MemoryError, which the caller must see."""

PngImagePlugin.MAX_TEXT_CHUNK = MAX_TEXT_BYTES
PngImagePlugin.MAX_TEXT_MEMORY = 2 * MAX_TEXT_BYTES

Arrays = dict[str, tuple[str, tuple[int, ...], Any]]


def open_image(data: bytes) -> tuple[dict[str, Any], Arrays]:
    """(facts, {"pixels": ("uint8", (h, w, 3), bytes)}) of a file's first picture.

    Raises `Unsupported` for another kind of file, `TooLarge` beyond 100 million pixels or 4 MB of unpacked text, `BadInput` for a
    file of which nothing can be decoded. A file that breaks off is returned as far as it goes, with `damage` in its facts.
    """
    kind = kind_of(data)
    if kind.kind != "image":
        raise Unsupported(f"The file is {kind.words}, not a picture.", remedy=kind.remedy or f"Give {IMAGES}.")
    Image.MAX_IMAGE_PIXELS = None  # so that the refusal can name the size
    image = _opened(data, FORMATS[kind.media_type])
    stored_size = image.size
    _refuse_size(*stored_size)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2  # twice that is an error: a frame may be larger than the file's header says
    orientation = _orientation(image)
    image, damage = _decoded(image, data, FORMATS[kind.media_type])
    notes: Notes = []
    if orientation in TURNS:
        notes.append(("orientation", f"The file says how it was held: it was {TURNS[orientation][1]}."))
        if image.format != "TIFF":  # Pillow turns a TIFF itself
            image = _turned(image, orientation)
    end = end_of_picture(data, kind.media_type)
    pixels = to_rgb(image, notes)
    facts = {
        "format": FORMATS[kind.media_type],
        "media_type": kind.media_type,
        "width": image.width,
        "height": image.height,
        "stored_size": list(stored_size),
        "mode": image.mode,
        "bits": bits_per_channel(data, image),
        "orientation": orientation,
        "pictures": pictures_in(data, image),
        "conversions": [{"kind": name, "sentence": sentence} for name, sentence in notes],
        "damage": damage,
        "following": what_follows(data, end),
        "profile": colour_profile(image),
        "exif": camera_data(image),
        "texts": texts(image),
        "xmp": xmp(image),
        "jpeg": jpeg_coding(image),
        "dpi": _dpi(image),
    }
    return facts, {"pixels": ("uint8", (image.height, image.width, 3), pixels)}


def _opened(data: bytes, name: str) -> ImageFile.ImageFile:
    try:
        return Image.open(io.BytesIO(data), formats=[name])
    except DAMAGE as fault:
        raise _said(fault, f"The file begins as a {name} picture, but nothing can be decoded of it: {_reason(fault)}.") from None


def _decoded(image: ImageFile.ImageFile, data: bytes, name: str) -> tuple[ImageFile.ImageFile, dict[str, Any] | None]:
    """(the picture with its pixels, what is missing of it)."""
    try:
        image.load()
        changed = name == "PNG" and not checksums_hold(data)
        sentence = "Its checksums do not hold: bytes of it were changed after it was written."
        return image, {"kind": "damaged", "rows": None, "sentence": sentence} if changed else None
    except DAMAGE as fault:
        refused = _said(fault, f"The {name} picture is damaged or cut off, and nothing can be decoded of it: {_reason(fault)}.")
        if not isinstance(refused, BadInput) or isinstance(refused, TooLarge):
            raise refused from None
        reason = _reason(fault)
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    image = _opened(data, name)
    try:
        image.load()
    except DAMAGE:
        raise refused from None
    rows: int | None = _rows_decoded(image)
    if rows == 0:
        raise refused
    cut = end_of_picture(data, Image.MIME[name]) is None
    where = f"The file breaks off after {len(data)} bytes" if cut else f"The file is damaged ({reason})"
    what = f"about {rows} of {image.height} rows could be decoded"
    if image.info.get("progressive") or image.info.get("interlace"):
        rows, what = None, "the whole could be decoded in less detail, or parts of it"
    return image, {"kind": "truncated" if cut else "damaged", "rows": rows, "sentence": f"{where}: {what}."}


def _rows_decoded(image: ImageFile.ImageFile) -> int:
    """About. What was not decoded has one value: zero in most formats, grey in JPEG; in a BMP it is at the top."""
    fill = image.getpixel((0, 0) if image.format == "BMP" else (image.width - 1, image.height - 1))
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        box = image.getbbox()
    else:
        levels = fill if isinstance(fill, tuple) else (fill,)
        box = image.point([value ^ int(level or 0) for level in levels for value in range(256)]).getbbox(alpha_only=False)
    if box is None:
        return 0
    return int(image.height - box[1] if image.format == "BMP" else box[3])


def _refuse_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise TooLarge(
            f"The picture says that it has {width} x {height} pixels, {width * height / 1e6:.0f} million; "
            f"up to {MAX_PIXELS // 1_000_000} million are examined, and {MAX_SIDE} a side.",
            remedy="Give the part in question, cut out without scaling and saved as PNG.",
        )
    if min(width, height) < 1:
        raise BadInput(f"The picture says that it has {width} x {height} pixels.", remedy="Get the file again from where it comes from.")


def _said(fault: BaseException, sentence: str) -> SextantError:
    """The error that a reader's complaint means to the file's owner."""
    text = str(fault)
    if "MAX_TEXT" in text or "text chunks" in text:
        return TooLarge(
            f"The texts or the colour profile in the file unpack to more than {MAX_TEXT_BYTES >> 20} MB: it is made to fill memory.",
            remedy="Treat the file as hostile, or save it anew without its texts.",
        )
    if isinstance(fault, Image.DecompressionBombError):
        return TooLarge(
            f"A frame of the picture has more than {MAX_PIXELS // 1_000_000} million pixels.", remedy="Treat the file as hostile."
        )
    return BadInput(sentence, remedy="Get the file again from where it comes from.")


def _reason(fault: BaseException) -> str:
    text = " ".join(str(fault).split())[:150].rstrip(".")
    if not text or "<_io" in text:
        return "it is damaged or cut off"
    return text


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(274, 1)
    except DAMAGE:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _turned(image: ImageFile.ImageFile, orientation: int) -> ImageFile.ImageFile:
    """The same object, so that what its file says stays with it."""
    turned = image.transpose(TURNS[orientation][0])
    image.im, image._size = turned.im, turned.size  # as Pillow's own exif_transpose(in_place=True) does
    return image


def _dpi(image: Image.Image) -> list[float] | None:
    try:
        across, down = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return [round(across, 2), round(down, 2)] if 0 < across < 1e6 and 0 < down < 1e6 else None
