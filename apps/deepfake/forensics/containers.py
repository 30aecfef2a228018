"""What a media file says about itself, read from its bytes: texts, EXIF, XMP, tables, and where the file should end.

Nothing here decodes a pixel or a sample. Every reader takes any bytes, stops at the first thing that makes no sense, and is
bounded: chunks by MOST_CHUNKS, texts by TEXT_BYTES each and TEXTS in number, inflating by TEXT_BYTES.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from apps.deepfake.forensics import jpeg_segments, png_chunks, riff_chunks, sound_tags
from apps.deepfake.forensics.blocks import Found, Text
from apps.deepfake.forensics.exif import Exif, read_exif

__all__ = ["Container", "Text", "kind_of", "read_container"]

MOST_CHUNKS = 4_096


@dataclass(frozen=True)
class Container:
    """kind: "png", "jpeg", "webp", "gif", "tiff", "bmp", "mp4", "heif", "wav", "flac", "ogg", "mp3", "pdf", "zip", "html" or "unknown".

    end: where the container's own data ends; None where its kind has no end mark. complete: that end was reached.
    """

    kind: str
    size_bytes: int
    found: Found = field(default_factory=Found)
    exif: Exif = field(default_factory=Exif)

    @property
    def texts(self) -> tuple[Text, ...]:
        return tuple(self.found.texts)

    @property
    def trailing_bytes(self) -> int:
        return 0 if self.found.end is None or not self.found.complete else max(0, self.size_bytes - self.found.end)


def kind_of(data: bytes) -> str:
    """The type by signature, whatever the name says."""
    head = data[:32]
    for kind, signature in (
        ("png", b"\x89PNG\r\n\x1a\n"),
        ("jpeg", b"\xff\xd8\xff"),
        ("gif", b"GIF8"),
        ("bmp", b"BM"),
        ("flac", b"fLaC"),
        ("ogg", b"OggS"),
        ("tiff", b"II*\0"),
        ("tiff", b"MM\0*"),
        ("pdf", b"%PDF-"),
        ("zip", b"PK\x03\x04"),
        ("webm", b"\x1aE\xdf\xa3"),
    ):
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "avi"}.get(head[8:12], "riff")
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return "heif" if brand in {b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis"} else "mp4"
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):  # MPEG audio layer III's frame sync
        return "mp3"
    lowered = data[:512].lstrip().lower()
    return "html" if lowered.startswith((b"<!doctype html", b"<html", b"<script")) else "unknown"


def read_container(data: bytes) -> Container:
    """Never raises on bytes of any sort: what could not be read is absent."""
    kind = kind_of(data)
    found = Found()
    reader = READERS.get(kind)
    if reader is not None:
        try:
            reader(data, found)
        except (ValueError, IndexError, struct.error, KeyError, OverflowError):
            found.complete = False
    exif = read_exif(data if kind == "tiff" else found.exif)
    found.texts += [Text("EXIF", name, value) for name, value in exif.texts.items()]
    return Container(kind, len(data), found, exif)


def _read_gif(data: bytes, found: Found) -> None:
    found.width, found.height = struct.unpack_from("<HH", data, 6)
    at = 13 + (3 << ((data[10] & 7) + 1) if data[10] & 0x80 else 0)
    for _ in range(MOST_CHUNKS):
        mark = data[at]
        if mark == 0x3B:
            found.end, found.complete = at + 1, True
            return
        if mark == 0x2C:
            found.frames += 1
            flags = data[at + 9]
            at += 10 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0) + 1
            at, _ = _gif_blocks(data, at)
        elif mark == 0x21:
            label = data[at + 1]
            at, body = _gif_blocks(data, at + 2)
            if label == 0xFE:
                found.add("GIF", "Comment", body)
            elif body.startswith(b"XMP DataXMP"):
                found.add_xmp(body[11:])
        else:
            return


def _gif_blocks(data: bytes, at: int) -> tuple[int, bytes]:
    kept = b""
    while data[at]:
        if len(kept) < 4_096:
            kept += data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]
    return at + 1, kept


def _read_boxes(data: bytes, found: Found) -> None:
    """ISO base media: a chain of boxes, each with its length; what does not continue the chain is behind the end."""
    at = 0
    for _ in range(MOST_CHUNKS):
        if at + 8 > len(data):
            break
        size, name = struct.unpack_from(">I4s", data, at)
        if not all(32 <= byte < 127 or byte == 0xA9 for byte in name):
            break
        if size == 1:
            size = struct.unpack_from(">Q", data, at + 8)[0]
        size = size or len(data) - at
        if size < 8 or at + size > len(data):
            break
        if name in {b"moov", b"meta"}:
            sound_tags.read_atoms(data[at : min(at + size, at + 4_000_000)], found)
        elif name == b"uuid" and data[at + 8 : at + 24].hex() == "be7acfcb97a942e89c71999491e3afac":  # Adobe's number for XMP
            found.add_xmp(data[at + 24 : at + size])
        found.boxes.append(name.decode("latin-1"))
        at += size
    found.end, found.complete = at, "moov" in found.boxes or "meta" in found.boxes


READERS: dict[str, Callable[[bytes, Found], None]] = {
    "png": png_chunks.read,
    "jpeg": jpeg_segments.read,
    "webp": riff_chunks.read,
    "wav": riff_chunks.read,
    "gif": _read_gif,
    "mp4": _read_boxes,
    "heif": _read_boxes,
    "flac": sound_tags.read_flac,
    "ogg": sound_tags.read_ogg,
    "mp3": sound_tags.read_mp3,
}
