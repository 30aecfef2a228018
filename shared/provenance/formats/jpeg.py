"""JPEG: XMP in an APP1 segment (XMP part 3, 1.1.3)."""

from __future__ import annotations

from collections.abc import Iterator

from shared.provenance.formats import xmp
from shared.provenance.formats.kind import MAX_PARTS, Format
from shared.provenance.origin import Origin

__all__ = ["JPEG"]

NAME = b"http://ns.adobe.com/xap/1.0/\0"
MAX_SEGMENT_BYTES = 65_533
APP0, APP1, START_OF_SCAN = 0xE0, 0xE1, 0xDA


def segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, begin, end) before the first scan. Raises `ValueError` where the file ends before it."""
    at = 2
    for _ in range(MAX_PARTS):
        if at + 4 > len(data) or data[at] != 0xFF:
            raise ValueError("cut off")
        marker = data[at + 1]
        if marker == START_OF_SCAN:
            return
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end > len(data) or end < at + 4:
            raise ValueError("cut off")
        yield marker, at, end
        at = end
    raise ValueError("too many segments")


def write(data: bytes, origin: Origin) -> bytes | None:
    place, old = (2, 2), None
    leading, offsets = True, False
    for marker, begin, end in segments(data):
        body = data[begin + 4 : end]
        if marker == APP1 and body.startswith(NAME):
            if offsets:
                return None  # pictures behind this one are found by offsets from a segment before: they would move
            place, old = (begin, end), body[len(NAME) :]
            break
        leading = leading and (marker == APP0 or (marker == APP1 and body.startswith(b"Exif\0")))
        place = (end, end) if leading else place
        offsets = offsets or body.startswith(b"MPF\0")
    new = xmp.merged(old, origin)
    if new is None or len(NAME) + len(new) > MAX_SEGMENT_BYTES:
        return None
    body = NAME + new
    return data[: place[0]] + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + data[place[1] :]


def read(data: bytes) -> Origin | None:
    for marker, begin, end in segments(data):
        if marker == APP1 and data.startswith(NAME, begin + 4):
            return xmp.origin_in(data[begin + 4 + len(NAME) : end])
    return None


JPEG = Format("XMP in an APP1 segment", lambda data, hint: data.startswith(b"\xff\xd8\xff"), write, read)
