"""Classic TIFF: XMP in tag 700 (XMP part 3, 1.1.7). The first directory is written anew behind the file; nothing else moves."""

from __future__ import annotations

import struct

from shared.provenance.formats import xmp
from shared.provenance.formats.kind import Format
from shared.provenance.origin import Origin

__all__ = ["TIFF"]

XMP_TAG, BYTE, UNDEFINED = 700, 1, 7
Entry = tuple[int, int, int, bytes]
"""(tag, type, count, value or offset)"""


def directory(data: bytes) -> tuple[str, list[Entry], bytes, int, int]:
    """(byte order for struct, entries, offset of the next directory, begin and end of this). Raises `ValueError`, `struct.error`."""
    order = "<" if data[:2] == b"II" else ">"
    (begin,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, begin)
    entries = [struct.unpack_from(f"{order}HHI4s", data, begin + 2 + 12 * number) for number in range(count)]
    end = begin + 2 + 12 * count + 4
    if not count or begin < 8 or end > len(data):
        raise ValueError("no directory")
    return order, entries, data[end - 4 : end], begin, end


def carried(data: bytes, order: str, entries: list[Entry]) -> tuple[bytes, int] | None:
    """(the packet, its offset). Raises `ValueError` where it lies outside the file."""
    for tag, kind, count, value in entries:
        if tag == XMP_TAG:
            (offset,) = struct.unpack(f"{order}I", value)
            if kind not in (BYTE, UNDEFINED) or count <= 4 or offset + count > len(data):
                raise ValueError("a packet outside the file")
            return data[offset : offset + count], offset
    return None


def write(data: bytes, origin: Origin) -> bytes | None:
    order, entries, following, begin, end = directory(data)
    old = carried(data, order, entries)
    new = xmp.merged(old[0] if old else None, origin)
    if new is None:
        return None
    base = data + b"\0" * (len(data) % 2)
    if old and end == len(data) and old[1] + len(old[0]) + len(old[0]) % 2 == begin and xmp.OWN.encode() in old[0]:
        base = data[: old[1]]  # our own, from an earlier time, is last: it goes
    place = len(base) + len(new) + len(new) % 2
    if place + 12 * len(entries) + 64 >= 1 << 32:
        return None
    entry = (XMP_TAG, BYTE, len(new), struct.pack(f"{order}I", len(base)))
    sorted_entries = sorted([*(each for each in entries if each[0] != XMP_TAG), entry])
    packed = b"".join(struct.pack(f"{order}HHI4s", *each) for each in sorted_entries)
    written = struct.pack(f"{order}H", len(sorted_entries)) + packed + following
    head = base[:4] + struct.pack(f"{order}I", place) + base[8:]
    return head + new + b"\0" * (len(new) % 2) + written


def read(data: bytes) -> Origin | None:
    order, entries, *_ = directory(data)
    found = carried(data, order, entries)
    return None if found is None else xmp.origin_in(found[0])


TIFF = Format("XMP in tag 700", lambda data, hint: data[:4] in (b"II*\0", b"MM\0*"), write, read)
