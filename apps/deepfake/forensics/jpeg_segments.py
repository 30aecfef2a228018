"""JPEG: segments up to the end mark (ITU T.81), with tables, sampling, EXIF, XMP, IPTC, ICC and Adobe's mark."""

from __future__ import annotations

import re
import struct

from apps.deepfake.forensics.blocks import TEXT_BYTES, Found, Jpeg

__all__ = ["ZIGZAG", "read"]

MOST_SEGMENTS = 4_096
FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
NEXT_MARK = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # within the coded data: neither a stuffed byte nor a restart


def _zigzag() -> tuple[int, ...]:
    """Row-major place of each entry of a zigzag list."""
    cells = sorted(((row, column) for row in range(8) for column in range(8)), key=lambda c: (sum(c), c[0] if sum(c) % 2 else c[1]))
    return tuple(8 * row + column for row, column in cells)


ZIGZAG = _zigzag()


def read(data: bytes, found: Found) -> None:
    found.jpeg = jpeg = Jpeg()
    at = 2
    for _ in range(MOST_SEGMENTS):
        while data[at] == 0xFF and data[at + 1] == 0xFF:  # fill bytes
            at += 1
        if data[at] != 0xFF:
            return
        mark = data[at + 1]
        if mark == 0xD9:
            found.end, found.complete = at + 2, True
            return
        if 0xD0 <= mark <= 0xD8 or mark == 0x01:
            at += 2
            continue
        size = struct.unpack_from(">H", data, at + 2)[0]
        _segment(mark, data[at + 4 : at + 2 + size], found, jpeg)
        at += 2 + size
        if mark == 0xDA:
            found.frames = 1
            match = NEXT_MARK.search(data, at)
            if match is None:
                return
            at = match.start()


def _segment(mark: int, body: bytes, found: Found, jpeg: Jpeg) -> None:
    if mark == 0xDB:
        _tables(body, jpeg)
    elif mark in FRAMES and len(body) >= 6:
        found.depth, found.height, found.width, jpeg.components = struct.unpack_from(">BHHB", body)
        parts = [body[6 + 3 * i : 9 + 3 * i] for i in range(min(jpeg.components, 4)) if len(body) >= 9 + 3 * i]
        jpeg.sampling = tuple((part[1] >> 4, part[1] & 15) for part in parts)
        jpeg.table_of = tuple(part[2] for part in parts)
        jpeg.progressive, jpeg.arithmetic = mark in {0xC2, 0xC6, 0xCA, 0xCE}, mark >= 0xC9
        found.colour = {1: "grey", 3: "YCbCr", 4: "CMYK"}.get(jpeg.components, "")
    elif mark == 0xFE:
        found.add("JPEG comment", "Comment", body)
    elif mark == 0xE1 and body.startswith(b"Exif\0\0"):
        found.exif = found.exif or body[6:]
    elif mark == 0xE1 and body.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
        found.add_xmp(body[29:])
    elif mark == 0xE1 and body.startswith(b"http://ns.adobe.com/xmp/extension/\0"):
        found.add_xmp(body[35 + 40 :])
    elif mark == 0xE2 and body.startswith(b"ICC_PROFILE\0"):
        found.icc = (found.icc + body[14:])[:65_536]
    elif mark == 0xE2 and body.startswith(b"MPF\0"):
        jpeg.pictures = _pictures(body[4:])
    elif mark == 0xEB and b"jumb" in body[:32]:
        found.boxes.append("c2pa")
    elif mark == 0xED and body.startswith(b"Photoshop 3.0\0"):
        found.iptc = body[14:][:TEXT_BYTES]
        _iptc(found.iptc, found)
    elif mark == 0xEE and body.startswith(b"Adobe") and len(body) >= 12:
        jpeg.adobe = body[11]


def _tables(body: bytes, jpeg: Jpeg) -> None:
    at = 0
    while at < len(body):
        wide, number = body[at] >> 4, body[at] & 15
        values = struct.unpack_from(">64H" if wide else ">64B", body, at + 1)
        rows = [0] * 64
        for place, value in zip(ZIGZAG, values, strict=True):
            rows[place] = value
        jpeg.tables[number] = tuple(rows)
        at += 129 if wide else 65


def _pictures(directory: bytes) -> int:
    """CIPA DC-007: tag 0xB001 of the directory is the number of pictures."""
    order = "<" if directory[:2] == b"II" else ">"
    start = struct.unpack_from(order + "I", directory, 4)[0]
    for entry in range(min(struct.unpack_from(order + "H", directory, start)[0], 32)):
        tag, _, _, value = struct.unpack_from(order + "HHII", directory, start + 2 + 12 * entry)
        if tag == 0xB001:
            return int(min(value, 100))
    return 1


IPTC_NAMES = {
    (1, 90): "", (2, 5): "Title", (2, 40): "Instructions", (2, 65): "OriginatingProgram", (2, 80): "Byline", (2, 110): "Credit",
    (2, 115): "Source", (2, 116): "Copyright", (2, 120): "Caption",
}  # fmt: skip


def _iptc(resources: bytes, found: Found) -> None:
    """IPTC-IIM datasets 2:x: 0x1C, record, number, length, text."""
    at = resources.find(b"8BIM\x04\x04")
    at = resources.find(b"\x1c\x02", at) if at >= 0 else -1
    while at >= 0 and at + 5 <= len(resources) and resources[at] == 0x1C:
        record, number, size = struct.unpack_from(">BBH", resources, at + 1)
        if size > 32_767:
            return
        name = IPTC_NAMES.get((record, number))
        if name:
            found.add("IPTC", name, resources[at + 5 : at + 5 + size])
        at += 5 + size
