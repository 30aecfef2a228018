"""WAV and WebP, both RIFF: XMP in a `_PMX` or `XMP ` chunk (XMP part 3, 1.2.5; WebP container specification)."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from shared.provenance.formats import xmp
from shared.provenance.formats.kind import MAX_PARTS, Format
from shared.provenance.origin import Origin

__all__ = ["WAV", "WEBP"]

HAS_XMP, HAS_ALPHA = 0x04, 0x10
Chunk = tuple[bytes, bytes]
"""(name, body)"""


def chunks(data: bytes) -> tuple[list[Chunk], bytes]:
    """(all chunks, what follows the RIFF form). Raises `ValueError` where a chunk is cut off."""
    (size,) = struct.unpack_from("<I", data, 4)
    stop, at = 8 + size, 12
    found: list[Chunk] = []
    if stop > len(data):
        raise ValueError("cut off")
    while at + 8 <= stop:
        (length,) = struct.unpack_from("<I", data, at + 4)
        if at + 8 + length > stop or len(found) >= MAX_PARTS:
            raise ValueError("cut off")
        found.append((data[at : at + 4], data[at + 8 : at + 8 + length]))
        at += 8 + length + length % 2
    # many programs forget the byte that pads a last chunk of odd length: `at` is then past the end
    return found, data[min(at, stop) :]


def form(kind: bytes, parts: Sequence[Chunk], rest: bytes) -> bytes | None:
    body = b"".join(part for name, body in parts for part in (name, struct.pack("<I", len(body)), body, b"\0" * (len(body) % 2)))
    if len(body) + 4 >= 1 << 32:
        return None
    return b"RIFF" + struct.pack("<I", len(body) + 4) + kind + body + rest


def replaced(parts: list[Chunk], name: bytes, origin: Origin) -> list[Chunk] | None:
    """With the packet in chunk `name`: where it was, or last."""
    at = next((number for number, part in enumerate(parts) if part[0] == name), len(parts))
    new = xmp.merged(parts[at][1] if at < len(parts) else None, origin)
    return None if new is None else [*parts[:at], (name, new), *parts[at + 1 :]]


def write_wav(data: bytes, origin: Origin) -> bytes | None:
    parts, rest = chunks(data)
    if not {b"fmt ", b"data"} <= {name for name, _ in parts}:
        return None
    new = replaced(parts, b"_PMX", origin)
    return None if new is None else form(b"WAVE", new, rest)


def write_webp(data: bytes, origin: Origin) -> bytes | None:
    parts, rest = chunks(data)
    head = extended(*parts[0])
    if head is None:
        return None
    new = replaced(parts[1:] if parts[0][0] == b"VP8X" else parts, b"XMP ", origin)
    return None if new is None else form(b"WEBP", [(b"VP8X", head), *new], rest)


def extended(name: bytes, body: bytes) -> bytes | None:
    """The body of a VP8X chunk that announces XMP, from the first chunk of a file; None for one of no known kind."""
    if name == b"VP8X" and len(body) >= 10:
        return bytes([body[0] | HAS_XMP]) + body[1:]
    if name == b"VP8 " and body[3:6] == b"\x9d\x01\x2a" and len(body) >= 10:
        flags = HAS_XMP
        width, height = (int(size) & 0x3FFF for size in struct.unpack_from("<HH", body, 6))
    elif name == b"VP8L" and body[:1] == b"\x2f" and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        flags = HAS_XMP | (HAS_ALPHA if bits >> 28 & 1 else 0)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        return None
    if not width or not height:
        return None
    return bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")


def read(data: bytes) -> Origin | None:
    name = b"_PMX" if data[8:12] == b"WAVE" else b"XMP "
    body = next((body for each, body in chunks(data)[0] if each == name), None)
    return None if body is None else xmp.origin_in(body)


WAV = Format("XMP in a _PMX chunk", lambda data, hint: data[:4] == b"RIFF" and data[8:12] == b"WAVE", write_wav, read)
WEBP = Format("XMP in an XMP chunk", lambda data, hint: data[:4] == b"RIFF" and data[8:12] == b"WEBP", write_webp, read)
