"""What a picture file's bytes say without being decoded: its bits, its number of pictures, where it ends and what follows."""

from __future__ import annotations

import re
import struct
import zlib
from typing import Any

from PIL import Image

from apps.deepfake.decoding.kind import kind_of

__all__ = ["MAX_PICTURES", "bits_per_channel", "checksums_hold", "end_of_picture", "pictures_in", "what_follows"]

MAX_PICTURES = 100_000
"""Counted no further."""
MIN_FOLLOWING = 4
"""Bytes behind a picture's end: a few programs round a file's size up."""
_FRAME_HEADS = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def end_of_picture(data: bytes, media_type: str) -> int | None:
    """The offset behind the picture's last byte; None where the file breaks off before it or its format does not say (TIFF)."""
    find = {
        "image/png": _end_of_png,
        "image/jpeg": _end_of_jpeg,
        "image/gif": lambda data: _blocks_of_gif(data)[1],
        "image/webp": lambda data: _within(data, 8 + int.from_bytes(data[4:8], "little")),
        "image/bmp": lambda data: _within(data, int.from_bytes(data[2:6], "little")),
        "image/avif": _end_of_boxes,
    }.get(media_type)
    return None if find is None else find(data)


def what_follows(data: bytes, end: int | None) -> dict[str, Any] | None:
    """{bytes, words} of what was appended to a picture, where a file may hide another: a ZIP archive at a JPEG's end is also a ZIP."""
    if end is None or len(data) - end < MIN_FOLLOWING or not data[end:].strip(b"\0"):
        return None
    rest = data[end : end + (1 << 20)]
    kind = kind_of(rest)
    words = kind.words
    if kind.media_type == "application/octet-stream" and b"PK\5\6" in data[-65_557:]:  # a ZIP's directory is at a file's end
        words = "a ZIP archive"
    return {"bytes": len(data) - end, "words": words}


def bits_per_channel(data: bytes, image: Image.Image) -> int | None:
    if image.format == "PNG":
        return data[24] if len(data) > 24 else None
    if image.format in ("JPEG", "MPO"):
        return next((data[at + 2] for code, at in _segments(data) if code in _FRAME_HEADS and at + 2 < len(data)), None)
    if image.format == "TIFF":
        bits = getattr(image, "tag_v2", {}).get(258, 1)
        first = bits[0] if isinstance(bits, tuple) and bits else bits
        return first if isinstance(first, int) and 0 < first <= 64 else None
    return 8 if image.format in ("WEBP", "GIF", "BMP") else None


def pictures_in(data: bytes, image: Image.Image) -> int:
    """Frames or pages, counted up to 100,000: Pillow would walk through all that a file claims to have."""
    if image.format == "GIF":
        return max(1, _blocks_of_gif(data)[0])
    if image.format == "TIFF":
        return _pages_of_tiff(data)
    count = getattr(image, "n_frames", 1)
    return min(max(1, count), MAX_PICTURES) if isinstance(count, int) else 1


def checksums_hold(data: bytes) -> bool:
    """Of a PNG's picture: Pillow decodes what zlib can unpack and looks at no checksum of it."""
    at = 8
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        name = data[at + 4 : at + 8]
        if name[:1].isupper() and zlib.crc32(memoryview(data)[at + 4 : at + 8 + size]) != int.from_bytes(
            data[at + 8 + size : at + 12 + size], "big"
        ):
            return False
        if name == b"IEND":
            return True
        at += 12 + size
    return True  # cut off: `end_of_picture` says so


def _within(data: bytes, end: int) -> int | None:
    return end if 12 <= end <= len(data) else None


def _end_of_png(data: bytes) -> int | None:
    at = 8
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == b"IEND":
            return at + 12
        at += 12 + size
    return None


def _segments(data: bytes) -> Any:
    """(code, offset of its length) of each JPEG segment up to the first scan's."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        code = data[at + 1]
        if code == 0xFF:
            at += 1
            continue
        if 0xD0 <= code <= 0xD9 or code == 1:
            at += 2
            continue
        yield code, at + 2
        if code == 0xDA:
            return
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")


def _end_of_jpeg(data: bytes) -> int | None:
    """Behind the end marker (FF D9) that follows a scan; those of thumbnails lie in segments, which are passed over."""
    at, marker = 2, re.compile(rb"\xff[^\0\xd0-\xd7\xff]", re.DOTALL)
    while True:
        found = marker.search(data, at)
        if found is None:
            return None
        code, at = data[found.start() + 1], found.end()
        if code == 0xD9:
            return at
        if code not in (0xD8, 0x01):
            size = int.from_bytes(data[at : at + 2], "big")
            at += max(2, size)


def _blocks_of_gif(data: bytes) -> tuple[int, int | None]:
    """(pictures, offset behind the trailer) of a GIF (GIF89a specification, appendix A)."""
    count = 0
    if len(data) < 13:
        return 0, None
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    while at < len(data) and count < MAX_PICTURES:
        if data[at] == 0x3B:
            return count, at + 1
        if data[at] == 0x2C and at + 10 < len(data):
            count += 1
            flags = data[at + 9]
            at += 11 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
        elif data[at] == 0x21:
            at += 2
        else:
            break
        while at < len(data) and data[at]:
            at += 1 + data[at]
        at += 1
    return count, None


def _pages_of_tiff(data: bytes) -> int:
    order = "<" if data[:2] == b"II" else ">"
    big = data[2:4] in (b"\x2b\0", b"\0\x2b")
    count_form, entry, offset_form = ("Q", 20, "Q") if big else ("H", 12, "I")
    seen: set[int] = set()
    try:
        at = struct.unpack_from(order + offset_form, data, 8 if big else 4)[0]
        while at and at not in seen and len(seen) < MAX_PICTURES:
            seen.add(at)
            entries = struct.unpack_from(order + count_form, data, at)[0]
            at = struct.unpack_from(order + offset_form, data, at + struct.calcsize(order + count_form) + entry * entries)[0]
    except (struct.error, OverflowError):
        pass
    return max(1, len(seen))


def _end_of_boxes(data: bytes) -> int | None:
    at = 0
    while at + 8 <= len(data) and data[at + 4 : at + 8].isalnum():
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 0:
            return len(data)
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if size < 8:
            break
        at += size
    return at if 0 < at <= len(data) else None
