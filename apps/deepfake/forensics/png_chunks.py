"""PNG: texts (plain, compressed, international), EXIF, ICC, animation, and the end."""

from __future__ import annotations

import struct

from apps.deepfake.forensics.blocks import Found, inflate, words

__all__ = ["read"]

MOST_CHUNKS = 20_000  # an IDAT chunk of 8 KB each makes 160 MB of them
COLOURS = {0: "grey", 2: "RGB", 3: "palette", 4: "grey with transparency", 6: "RGB with transparency"}


def read(data: bytes, found: Found) -> None:
    at = 8
    for _ in range(MOST_CHUNKS):
        if at + 12 > len(data):
            return
        size, name = struct.unpack_from(">I4s", data, at)
        if at + 12 + size > len(data):
            return
        if name == b"IEND":
            found.end, found.complete, found.frames = at + 12 + size, True, max(found.frames, 1)
            return
        if name not in {b"IDAT", b"fdAT"}:
            _chunk(name, data[at + 8 : at + 8 + size], found)
        at += 12 + size


def _chunk(name: bytes, body: bytes, found: Found) -> None:
    if name == b"IHDR" and len(body) >= 13:
        found.width, found.height, found.depth, colour, *_, interlaced = struct.unpack(">IIBBBBB", body[:13])
        found.colour, found.interlaced = COLOURS.get(colour, ""), bool(interlaced)
    elif name == b"acTL" and len(body) >= 4:
        found.frames = struct.unpack_from(">I", body)[0]
    elif name == b"eXIf":
        found.exif = body
    elif name == b"iCCP":
        found.icc = inflate(body.partition(b"\0")[2][1:], 65_536)
    elif name == b"caBX":
        found.boxes.append("c2pa")
    elif name in {b"tEXt", b"zTXt", b"iTXt"}:
        _text(name, body, found)


def _text(name: bytes, body: bytes, found: Found) -> None:
    key, _, rest = body.partition(b"\0")
    if name == b"zTXt":
        rest = inflate(rest[1:])
    elif name == b"iTXt":
        packed = rest[:1] == b"\1"
        rest = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
        rest = inflate(rest) if packed else rest
    label = key.decode("latin-1")
    if label == "XML:com.adobe.xmp":
        found.add_xmp(rest)
    elif label in {"Raw profile type exif", "Raw profile type APP1", "Raw profile type xmp"}:
        raw = _raw_profile(rest)
        if raw.startswith(b"Exif\0\0"):
            found.exif = raw[6:]
        elif b"xmpmeta" in raw[:4_096]:
            found.add_xmp(raw)
    else:
        found.add("PNG text", label, words(rest))


def _raw_profile(text: bytes) -> bytes:
    """ImageMagick's hexadecimal profiles: a name, a length, then digits."""
    lines = text.strip().split(b"\n", 2)
    try:
        return bytes.fromhex(lines[2].replace(b"\n", b"").decode("ascii")) if len(lines) == 3 else b""
    except ValueError:
        return b""
