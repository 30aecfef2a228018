"""PNG and APNG: XMP in an iTXt chunk, before the pixels (PNG 3rd edition, 11.3.2.3; XMP part 3, 1.1.5)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from shared.provenance.formats import xmp
from shared.provenance.formats.kind import MAX_PARTS, Format
from shared.provenance.origin import Origin

__all__ = ["PNG"]

MAGIC = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"XML:com.adobe.xmp\0"


def chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(name, begin, end) up to and with IEND. Raises `ValueError` where the file ends before it."""
    at, name, count = len(MAGIC), b"", 0
    while name != b"IEND":
        count += 1
        if at + 12 > len(data) or count > MAX_PARTS:
            raise ValueError("cut off")
        (size,) = struct.unpack_from(">I", data, at)
        name, end = data[at + 4 : at + 8], at + 12 + size
        if end > len(data):
            raise ValueError("cut off")
        yield name, at, end
        at = end


def carried(chunk: bytes) -> bytes | None:
    """The packet of an iTXt chunk's body; None for other texts. Raises `ValueError`, `zlib.error`."""
    if not chunk.startswith(KEYWORD):
        return None
    packed, rest = chunk[len(KEYWORD)], chunk[len(KEYWORD) + 2 :]
    text = rest.split(b"\0", 2)[2]
    if not packed:
        return text
    inflate = zlib.decompressobj()
    text = inflate.decompress(text, xmp.MAX_PACKET_BYTES)
    if not inflate.eof:
        raise ValueError("inflates to more than a packet")
    return text


def write(data: bytes, origin: Origin) -> bytes | None:
    old: bytes | None = None
    spans: list[tuple[int, int]] = []
    place = 0
    for name, begin, end in chunks(data):
        if name == b"IDAT" and not place:
            place = begin
        elif name == b"iTXt" and (found := carried(data[begin + 8 : end - 4])) is not None:
            old = found if old is None else old
            spans.append((begin, end))
    new = xmp.merged(old, origin)
    if new is None or not place or len(spans) > 1:
        return None
    body = b"iTXt" + KEYWORD + b"\0\0\0\0" + new
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    begin, end = spans[0] if spans else (place, place)
    return data[:begin] + chunk + data[end:]


def read(data: bytes) -> Origin | None:
    for name, begin, end in chunks(data):
        if name == b"iTXt" and (found := carried(data[begin + 8 : end - 4])) is not None:
            return xmp.origin_in(found)
    return None


PNG = Format("XMP in an iTXt chunk", lambda data, hint: data.startswith(MAGIC), write, read)
