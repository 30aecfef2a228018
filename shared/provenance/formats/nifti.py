"""NIfTI-1 and -2 in one file, plain or gzip: a header extension of code 6, comment (nifti1.h, `nifti1_extension`)."""

from __future__ import annotations

import gzip
import struct
import zlib
from dataclasses import dataclass

from shared.provenance.formats.kind import MAX_PARTS, Format
from shared.provenance.formats.marks import LABEL, from_json, one_line
from shared.provenance.origin import Origin

__all__ = ["NIFTI"]

COMMENT = 6
OWN = f"{LABEL} ".encode()
MAX_INFLATED_BYTES = 1 << 30
MAX_EXTENSIONS_BYTES = 64 << 20
FORMS = {348: (b"n+1\0", 344, "f", 108), 540: (b"n+2\0", 4, "q", 168)}
"""Header bytes: magic word and its place, type of vox_offset and its place."""


@dataclass(frozen=True)
class Head:
    """order: of bytes, for struct. size_bytes: of the header. extensions: (code, content). begin: of the voxels."""

    order: str
    size_bytes: int
    extensions: tuple[tuple[int, bytes], ...]
    begin: int


def magic(head: bytes) -> tuple[str, int] | None:
    """(byte order, header size)"""
    for order in "<>":
        size = struct.unpack_from(f"{order}i", head)[0] if len(head) >= 4 else 0
        if size in FORMS and head.startswith(FORMS[size][0], FORMS[size][1]):
            return order, size
    return None


def inflated(data: bytes, limit: int) -> bytes:
    """At most `limit` bytes of a gzip stream, or of a plain file."""
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(data, limit) if data[:2] == b"\x1f\x8b" else data[:limit]


def head_of(data: bytes) -> Head:
    """Raises `ValueError`, `struct.error`."""
    found = magic(data)
    if found is None:
        raise ValueError("no NIfTI in one file")
    order, size = found
    (offset,) = struct.unpack_from(order + FORMS[size][2], data, FORMS[size][3])
    begin = int(offset)
    if begin < size + 4 or begin > len(data):
        raise ValueError("cut off")
    extensions: list[tuple[int, bytes]] = []
    at = size + 4
    while data[size] and at + 8 <= begin:
        length, code = struct.unpack_from(f"{order}ii", data, at)
        if length == 0 and not any(data[at:begin]):
            break  # a gap that some programs leave in front of the voxels
        if length < 16 or length % 16 or at + length > begin or len(extensions) >= MAX_PARTS:
            raise ValueError("a broken extension")
        extensions.append((code, data[at + 8 : at + length]))
        at += length
    if any(data[at:begin]):
        raise ValueError("something else between header and voxels")
    return Head(order, size, tuple(extensions), begin)


def ours(extension: tuple[int, bytes]) -> bool:
    return extension[0] == COMMENT and extension[1].startswith(OWN)


def with_origin(data: bytes, origin: Origin) -> bytes | None:
    head = head_of(data)
    said = one_line(origin).encode()
    said += b"\0" * (-(len(said) + 8) % 16)
    kept = [*(each for each in head.extensions if not ours(each)), (COMMENT, said)]
    packed = b"".join(struct.pack(f"{head.order}ii", len(body) + 8, code) + body for code, body in kept)
    begin = head.size_bytes + 4 + len(packed)
    if head.size_bytes == 348 and begin > 1 << 24:
        return None  # vox_offset is a float of 32 bits
    kind, place = FORMS[head.size_bytes][2:]
    offset = struct.pack(head.order + kind, begin)
    header = data[:place] + offset + data[place + len(offset) : head.size_bytes]
    return header + b"\1\0\0\0" + packed + data[head.begin :]


def write(data: bytes, origin: Origin) -> bytes | None:
    if data[:2] != b"\x1f\x8b":
        return with_origin(data, origin)
    inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    content = inflate.decompress(data, MAX_INFLATED_BYTES)
    if not inflate.eof or inflate.unused_data:
        return None  # larger, cut off, or of several members
    new = with_origin(content, origin)
    return None if new is None else gzip.compress(new, 6, mtime=0)


def read(data: bytes) -> Origin | None:
    head = inflated(data, 544)
    found = magic(head)
    if found is None:
        return None
    order, size = found
    (offset,) = struct.unpack_from(order + FORMS[size][2], head, FORMS[size][3])
    if not size <= offset <= MAX_EXTENSIONS_BYTES:
        return None
    own = next((body for code, body in head_of(inflated(data, int(offset))).extensions if ours((code, body))), None)
    return None if own is None else from_json(own[len(OWN) :].rstrip(b"\0"))


def fits(data: bytes, hint: str) -> bool:
    try:
        return magic(inflated(data[:4096], 544)) is not None
    except zlib.error:
        return False


NIFTI = Format("comment extension of the header", fits, write, read)
