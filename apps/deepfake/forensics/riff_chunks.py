"""RIFF: WebP (EXIF, XMP, ICC, animation) and WAV (INFO, ID3, XMP, broadcast extension)."""

from __future__ import annotations

import struct

from apps.deepfake.forensics import sound_tags
from apps.deepfake.forensics.blocks import Found

__all__ = ["read"]

MOST_CHUNKS = 4_096
INFO_NAMES = {b"ISFT": "Software", b"ICMT": "Comment", b"IART": "Artist", b"INAM": "Title", b"ICOP": "Copyright", b"IENG": "Engineer"}


def read(data: bytes, found: Found) -> None:
    size, form = struct.unpack_from("<I4s", data, 4)
    found.end = 8 + size + size % 2
    found.complete = 8 + size <= len(data)
    at = 12
    for _ in range(MOST_CHUNKS):
        if at + 8 > min(len(data), found.end):
            break
        name, length = struct.unpack_from("<4sI", data, at)
        if name == b"LIST" and data[at + 8 : at + 12] == b"INFO":
            _info(data[at + 12 : at + 8 + length], found)
        elif name not in {b"data", b"VP8 ", b"VP8L", b"ALPH"}:
            _chunk(name, data[at + 8 : at + 8 + length], form, found)
        if name == b"VP8L":
            found.boxes.append("lossless")
        found.frames += form == b"WEBP" and name in {b"VP8 ", b"VP8L", b"ANMF"}
        at += 8 + length + length % 2


def _chunk(name: bytes, body: bytes, form: bytes, found: Found) -> None:
    if name == b"EXIF":
        found.exif = body.removeprefix(b"Exif\0\0")
    elif name in {b"XMP ", b"_PMX"}:
        found.add_xmp(body)
    elif name == b"ICCP":
        found.icc = body[:65_536]
    elif name == b"C2PA":
        found.boxes.append("c2pa")
    elif name == b"VP8X" and len(body) >= 10:
        found.width = int.from_bytes(body[4:7], "little") + 1
        found.height = int.from_bytes(body[7:10], "little") + 1
    elif name in {b"id3 ", b"ID3 "}:
        sound_tags.read_id3(body, found)
    elif name == b"bext" and form == b"WAVE":
        found.add("Broadcast extension", "Description", body[:256])
        found.add("Broadcast extension", "Originator", body[256:288])
    elif name == b"fmt " and len(body) >= 16:
        found.depth = struct.unpack_from("<H", body, 14)[0]


def _info(body: bytes, found: Found) -> None:
    at = 0
    for _ in range(64):
        if at + 8 > len(body):
            return
        name, length = struct.unpack_from("<4sI", body, at)
        if name in INFO_NAMES:
            found.add("RIFF INFO", INFO_NAMES[name], body[at + 8 : at + 8 + length])
        at += 8 + length + length % 2
