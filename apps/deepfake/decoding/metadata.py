"""What a picture says of itself: camera data, texts, colour profile, how it was compressed. All of it bounded, all of it printable."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from PIL import ExifTags, Image

__all__ = ["camera_data", "colour_profile", "jpeg_coding", "texts", "xmp"]

MAX_ENTRIES = 200
MAX_VALUE, MAX_TEXT, MAX_TEXTS = 1000, 64_000, 512_000
"""Characters of a camera's value, of a text (a prompt, a workflow), of all texts together."""
MAX_PROFILE_BYTES = 4 << 20
EXIF_FOLDER, GPS_FOLDER = 0x8769, 0x8825
USER_COMMENT = 0x9286
FAULTS = (OSError, SyntaxError, ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, ZeroDivisionError)
SAMPLINGS = {(1, 1): "4:4:4", (2, 1): "4:2:2", (2, 2): "4:2:0", (4, 1): "4:1:1", (1, 2): "4:4:0"}


def camera_data(image: Image.Image) -> dict[str, str]:
    """EXIF by its tags' names, those of the camera and of the place among them; at most 200."""
    found: dict[str, str] = {}
    try:
        exif = image.getexif()
    except FAULTS:
        return found
    for names, read in (
        (ExifTags.TAGS, lambda: exif),
        (ExifTags.TAGS, lambda: exif.get_ifd(EXIF_FOLDER)),
        (ExifTags.GPSTAGS, lambda: exif.get_ifd(GPS_FOLDER)),
    ):
        try:
            entries = list(read().items())[:MAX_ENTRIES]
        except FAULTS:
            continue
        for tag, value in entries:
            if tag not in (EXIF_FOLDER, GPS_FOLDER) and len(found) < MAX_ENTRIES:
                name = names.get(tag, f"tag {tag}")
                found[name] = _comment(value) if tag == USER_COMMENT else _shown(value)
    return found


def texts(image: Image.Image) -> dict[str, str]:
    """Texts by their keys: PNG's tEXt, zTXt and iTXt (where generators write their prompts), comments of JPEG and GIF."""
    found: dict[str, str] = {}
    left = MAX_TEXTS
    entries: Mapping[Any, Any] = getattr(image, "text", None) or image.info
    for key, value in list(entries.items())[: 10 * MAX_ENTRIES]:
        if not isinstance(value, str | bytes) or key in (
            "icc_profile",
            "exif",
            "xmp",
            "XML:com.adobe.xmp",
            "photoshop",
            "mp",
            "transparency",
        ):
            continue
        if isinstance(value, bytes) and key != "comment":
            continue
        text = _printable(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value), min(MAX_TEXT, left))
        left -= len(text)
        if text and len(found) < MAX_ENTRIES:
            found[_printable(str(key), 79)] = text  # 79: a PNG keyword's limit
    return found


def xmp(image: Image.Image) -> str:
    """The XMP packet, XML as it stands, where IPTC's DigitalSourceType says that a generative model took part."""
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    if not packet and image.format == "TIFF":
        packet = getattr(image, "tag_v2", {}).get(700, b"")
    if isinstance(packet, str):
        return _printable(packet, MAX_TEXT)
    return _printable(packet[: 4 * MAX_TEXT].decode("utf-8", "replace"), MAX_TEXT) if isinstance(packet, bytes) else ""


def colour_profile(image: Image.Image) -> dict[str, Any] | None:
    """{bytes, description} of the ICC profile."""
    profile = image.info.get("icc_profile")
    if not isinstance(profile, bytes) or not profile:
        return None
    description = ""
    if len(profile) <= MAX_PROFILE_BYTES:
        from PIL import ImageCms

        try:
            description = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
        except (*FAULTS, ImageCms.PyCMSError):
            description = ""
    return {"bytes": len(profile), "description": _printable(description.strip(), 200)}


def jpeg_coding(image: Image.Image) -> dict[str, Any] | None:
    """{tables: 64 numbers each, row by row; sampling; progressive}."""
    tables = getattr(image, "quantization", None)
    if image.format not in ("JPEG", "MPO") or not isinstance(tables, dict):
        return None
    layers = getattr(image, "layer", [])  # (component, samples across, down, table)
    sampling = "grey"
    if len(layers) >= 3:
        across, down = layers[0][1] // max(1, layers[1][1]), layers[0][2] // max(1, layers[1][2])
        sampling = SAMPLINGS.get((across, down), f"{layers[0][1]}x{layers[0][2]}")
    return {
        "tables": [[int(step) for step in table] for _, table in sorted(tables.items())][:4],
        "sampling": sampling,
        "progressive": bool(image.info.get("progressive")),
    }


def _comment(value: Any) -> str:
    """EXIF's user comment: eight bytes name its alphabet (EXIF 2.32, 4.6.5)."""
    if not isinstance(value, bytes):
        return _shown(value)
    alphabet, rest = value[:8], value[8:]
    if alphabet == b"UNICODE\0":
        order = "utf-16-le" if rest[1:2] == b"\0" else "utf-16-be"
        return _printable(rest[: 2 * MAX_TEXT].decode(order, "replace"), MAX_TEXT)
    rest = rest if alphabet in (b"ASCII\0\0\0", b"JIS\0\0\0\0\0", b"\0" * 8) else value
    return _printable(rest[:MAX_TEXT].decode("utf-8", "replace"), MAX_TEXT)


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        text = value[:MAX_VALUE].strip(b"\0 ")
        if text and all(32 <= byte < 127 for byte in text):
            return text.decode("ascii")
        return f"{len(value)} bytes"
    if isinstance(value, tuple | list):
        return _printable(", ".join(_shown(item) for item in value[:64]), MAX_VALUE)
    try:
        return _printable(str(value), MAX_VALUE)
    except FAULTS:  # a rational number without a denominator
        return ""


def _printable(text: str, most: int) -> str:
    """Without control characters but for line ends and tabs, and without surrogates, which no UTF-8 can hold."""
    return "".join(mark if mark.isprintable() or mark in "\n\t" else "\N{REPLACEMENT CHARACTER}" for mark in text[:most].rstrip("\0"))
