"""EXIF (CIPA DC-008) without a library: the texts that matter, orientation, capture settings, position and the thumbnail."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from apps.deepfake.forensics.blocks import words

__all__ = ["Exif", "read_exif"]

TEXTS = {
    0x010E: "ImageDescription", 0x010F: "Make", 0x0110: "Model", 0x0131: "Software", 0x0132: "DateTime", 0x013B: "Artist",
    0x8298: "Copyright", 0x9003: "DateTimeOriginal", 0x9004: "DateTimeDigitized", 0x9286: "UserComment", 0xA434: "LensModel",
    0x9C9C: "XPComment", 0x9C9E: "XPKeywords", 0xA420: "ImageUniqueID", 0x000B: "ProcessingSoftware",
}  # fmt: skip
CAPTURE = {0x829A: "ExposureTime", 0x829D: "FNumber", 0x8827: "ISO", 0x920A: "FocalLength", 0x9209: "Flash", 0x927C: "MakerNote"}
WIDTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 9: 4, 10: 8}
MOST_ENTRIES = 200


@dataclass
class Exif:
    """texts: by EXIF's names. capture: names of the shot's settings that are there. thumbnail: the embedded JPEG, or nothing."""

    texts: dict[str, str] = field(default_factory=dict)
    capture: list[str] = field(default_factory=list)
    orientation: int = 1
    has_position: bool = False
    thumbnail: bytes = b""

    @property
    def present(self) -> bool:
        return bool(self.texts or self.capture)


def read_exif(block: bytes) -> Exif:
    """block: from its byte order mark on. Anything unreadable is absent."""
    exif = Exif()
    try:
        order = {b"II": "<", b"MM": ">"}[block[:2]]
        first = struct.unpack_from(order + "I", block, 4)[0]
        second = _directory(block, order, first, exif)
        if second:
            _thumbnail(block, order, second, exif)
    except (KeyError, struct.error, IndexError, OverflowError):
        pass
    return exif


def _entries(block: bytes, order: str, at: int) -> list[tuple[int, int, int, int]]:
    """(tag, type, count, where its value is) of one directory."""
    count = min(struct.unpack_from(order + "H", block, at)[0], MOST_ENTRIES)
    entries = []
    for index in range(count):
        place = at + 2 + 12 * index
        if place + 12 > len(block):
            break
        tag, form, number = struct.unpack_from(order + "HHI", block, place)
        size = WIDTHS.get(form, 1) * number
        where = place + 8 if size <= 4 else struct.unpack_from(order + "I", block, place + 8)[0]
        entries.append((tag, form, number, where))
    return entries


def _directory(block: bytes, order: str, at: int, exif: Exif, depth: int = 0) -> int:
    """Reads one directory and the EXIF one below it; where the next one starts."""
    entries = _entries(block, order, at)
    for tag, form, number, where in entries:
        if tag in TEXTS and form in {1, 2, 7}:
            if text := _text(tag, block[where : where + min(number, 262_144)], order):
                exif.texts[TEXTS[tag]] = text
        elif tag in CAPTURE:
            exif.capture.append(CAPTURE[tag])
        elif tag == 0x0112 and form == 3:
            value = struct.unpack_from(order + "H", block, where)[0]
            exif.orientation = value if 1 <= value <= 8 else 1
        elif tag == 0x8825:
            exif.has_position = bool(_entries(block, order, struct.unpack_from(order + "I", block, where)[0]))
        elif tag == 0x8769 and depth == 0:
            _directory(block, order, struct.unpack_from(order + "I", block, where)[0], exif, 1)
    following = at + 2 + 12 * len(entries)
    return struct.unpack_from(order + "I", block, following)[0] if following + 4 <= len(block) else 0


def _text(tag: int, value: bytes, order: str) -> str:
    if tag == 0x9286:  # eight bytes name the encoding
        head, value = value[:8], value[8:]
        if head.startswith(b"UNICODE"):
            # The order is the block's by the standard, but piexif, which the web interfaces use, always writes big-endian.
            big = value[:1] == b"\0" or (value[1:2] != b"\0" and order == ">")
            return words(value.decode("utf-16-be" if big else "utf-16-le", "replace"))
    if tag in {0x9C9C, 0x9C9E}:
        return words(value.decode("utf-16-le", "replace"))
    return words(value.rstrip(b"\0"))


def _thumbnail(block: bytes, order: str, at: int, exif: Exif) -> None:
    values = {tag: where for tag, _, _, where in _entries(block, order, at)}
    if 0x0201 in values and 0x0202 in values:
        start, size = (struct.unpack_from(order + "I", block, values[tag])[0] for tag in (0x0201, 0x0202))
        if size <= 65_536 and block[start : start + 2] == b"\xff\xd8":
            exif.thumbnail = block[start : start + size]
