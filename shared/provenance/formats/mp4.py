"""MP4, M4A and MOV: XMP in a `uuid` box at the top level, last (XMP part 3, 1.2.7): no offset in the file changes."""

from __future__ import annotations

from shared.provenance.formats import xmp
from shared.provenance.formats.kind import MAX_PARTS, Format
from shared.provenance.origin import Origin

__all__ = ["MP4"]

UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
STILLS = (b"avif", b"avis", b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"crx ")
"""Brands of pictures, whose XMP is an item among others."""
Box = tuple[bytes, int, int, int]
"""(type, begin, begin of the body, end)"""


def boxes(data: bytes) -> list[Box]:
    """At the top level. Raises `ValueError` where one is cut off, or goes to the end of the file, whatever that is."""
    found: list[Box] = []
    at = 0
    while at < len(data):
        size, body = int.from_bytes(data[at : at + 4], "big"), at + 8
        if size == 1:
            size, body = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        if size < body - at or at + size > len(data) or len(found) >= MAX_PARTS:
            raise ValueError("cut off")
        found.append((data[at + 4 : at + 8], at, body, at + size))
        at += size
    return found


def packets(data: bytes) -> list[Box]:
    return [box for box in boxes(data) if box[0] == b"uuid" and data.startswith(UUID, box[2])]


def fits(data: bytes, hint: str) -> bool:
    return data[4:8] == b"ftyp" and data[8:12] not in STILLS


def write(data: bytes, origin: Origin) -> bytes | None:
    earlier = packets(data)
    if len(earlier) > 1 or not any(box[0] == b"moov" for box in boxes(data)):
        return None
    old = data[earlier[0][2] + len(UUID) : earlier[0][3]] if earlier else None
    new = xmp.merged(old, origin)
    if new is None:
        return None
    if earlier:
        _, begin, _, end = earlier[0]
        behind = {box[0] for box in boxes(data) if box[1] >= end}
        # what stands in front of the samples keeps its length, or every offset to them would be wrong
        data = data[:begin] + data[end:] if behind <= {b"mfra"} else data[: begin + 4] + b"free" + data[begin + 8 :]
    last = boxes(data)[-1]
    place = last[1] if last[0] == b"mfra" else len(data)  # an index of fragments is found from the file's end
    body = b"uuid" + UUID + new
    return data[:place] + (len(body) + 4).to_bytes(4, "big") + body + data[place:]


def read(data: bytes) -> Origin | None:
    found = packets(data)
    return xmp.origin_in(data[found[0][2] + len(UUID) : found[0][3]]) if found else None


MP4 = Format("XMP in a uuid box", fits, write, read)
