"""FLAC: comments in the VORBIS_COMMENT block (RFC 9639, 8.6)."""

from __future__ import annotations

import struct

from shared.provenance.formats.kind import MAX_PARTS, Format
from shared.provenance.formats.marks import from_json, to_json
from shared.provenance.origin import SOURCE_TYPE_PREFIX, Origin

__all__ = ["FLAC"]

STREAMINFO, VORBIS_COMMENT = 0, 4
FIELD, SOURCE_TYPE = b"SEXTANT_ORIGIN=", b"DIGITALSOURCETYPE="
MAX_COMMENTS = 10_000
Block = tuple[int, bytes]
"""(type, body)"""


def blocks(data: bytes) -> tuple[list[Block], int]:
    """(metadata blocks, where the sound begins). Raises `ValueError`."""
    found: list[Block] = []
    at, last = 4, False
    while not last:
        if at + 4 > len(data):
            raise ValueError("cut off")
        last, kind = bool(data[at] & 0x80), data[at] & 0x7F
        end = at + 4 + int.from_bytes(data[at + 1 : at + 4], "big")
        if end > len(data) or kind == 127 or len(found) >= MAX_PARTS:
            raise ValueError("cut off")
        found.append((kind, data[at + 4 : end]))
        at = end
    if found[0][0] != STREAMINFO:
        raise ValueError("no stream info")
    return found, at


def comments(body: bytes) -> tuple[bytes, list[bytes], bytes]:
    """(vendor, comments, what follows). Raises `ValueError`, `struct.error`."""
    texts, at = [], 0

    def text(at: int) -> tuple[bytes, int]:
        (size,) = struct.unpack_from("<I", body, at)
        if at + 4 + size > len(body):
            raise ValueError("cut off")
        return body[at + 4 : at + 4 + size], at + 4 + size

    vendor, at = text(at)
    (count,) = struct.unpack_from("<I", body, at)
    at += 4
    if count > MAX_COMMENTS:
        raise ValueError("too many comments")
    for _ in range(count):
        one, at = text(at)
        texts.append(one)
    return vendor, texts, body[at:]


def write(data: bytes, origin: Origin) -> bytes | None:
    found, begin = blocks(data)
    at = next((number for number, block in enumerate(found) if block[0] == VORBIS_COMMENT), None)
    vendor, texts, rest = (b"Sextant", [], b"") if at is None else comments(found[at][1])
    kept = [text for text in texts if not text.upper().startswith((FIELD, SOURCE_TYPE))]
    ours = [SOURCE_TYPE + (SOURCE_TYPE_PREFIX + origin.source_type).encode("utf-8", "replace"), FIELD + to_json(origin).encode()]
    body = b"".join(struct.pack("<I", len(text)) + text for text in (vendor, *kept, *ours))
    head = 4 + len(vendor)
    body = body[:head] + struct.pack("<I", len(kept) + len(ours)) + body[head:] + rest
    if len(body) >= 1 << 24:
        return None
    block = (VORBIS_COMMENT, body)
    new = [found[0], block, *found[1:]] if at is None else [*found[:at], block, *found[at + 1 :]]
    written = [
        bytes([kind | (0x80 if number == len(new) - 1 else 0)]) + len(body).to_bytes(3, "big") + body
        for number, (kind, body) in enumerate(new)
    ]
    return b"".join([data[:4], *written, data[begin:]])


def read(data: bytes) -> Origin | None:
    body = next((body for kind, body in blocks(data)[0] if kind == VORBIS_COMMENT), None)
    if body is None:
        return None
    said = next((text for text in comments(body)[1] if text.upper().startswith(FIELD)), None)
    return None if said is None else from_json(said[len(FIELD) :])


FLAC = Format("Vorbis comment", lambda data, hint: data.startswith(b"fLaC"), write, read)
