"""What the readers of containers fill in, and the bounds they keep."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

__all__ = ["TEXTS", "TEXT_BYTES", "Found", "Jpeg", "Text", "inflate", "words"]

TEXT_BYTES = 256 * 1024  # ComfyUI's graphs reach 200 KB
TEXTS = 200


@dataclass(frozen=True)
class Text:
    """place: where in the file ("PNG text", "XMP", "EXIF", "ID3" ...); key; value, at most TEXT_BYTES long."""

    place: str
    key: str
    value: str


@dataclass
class Jpeg:
    """tables: quantisation tables by number, 64 entries in rows of 8 (not zigzag). sampling: (horizontal, vertical) per component."""

    tables: dict[int, tuple[int, ...]] = field(default_factory=dict)
    sampling: tuple[tuple[int, int], ...] = ()
    table_of: tuple[int, ...] = ()
    progressive: bool = False
    arithmetic: bool = False
    components: int = 0
    adobe: int | None = None  # the colour transform of Adobe's segment
    pictures: int = 1  # by the multi-picture directory


@dataclass
class Found:
    """What a container holds. end: behind its last byte, None where its kind has none. frames: pictures in it. depth: bits per channel."""

    width: int = 0
    height: int = 0
    depth: int = 8
    colour: str = ""
    frames: int = 0
    interlaced: bool = False
    end: int | None = None
    complete: bool = False
    texts: list[Text] = field(default_factory=list)
    xmp: list[str] = field(default_factory=list)
    exif: bytes = b""
    icc: bytes = b""
    iptc: bytes = b""
    boxes: list[str] = field(default_factory=list)
    jpeg: Jpeg | None = None

    def add(self, place: str, key: str, value: bytes | str) -> None:
        if len(self.texts) < TEXTS:
            self.texts.append(Text(place, key[:100], words(value)))

    def add_xmp(self, packet: bytes) -> None:
        if len(self.xmp) < 8:
            self.xmp.append(words(packet))


def words(value: bytes | str) -> str:
    """Bytes as text: UTF-8, or Latin-1 where that fails; cut at TEXT_BYTES; without NULs."""
    text = value if isinstance(value, str) else _decoded(value[:TEXT_BYTES])
    return text[:TEXT_BYTES].replace("\0", "").strip()


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def inflate(packed: bytes, limit: int = TEXT_BYTES) -> bytes:
    """At most `limit` bytes of a zlib stream: 1 KB of it can hold 1 MB. Empty where it is none."""
    try:
        return zlib.decompressobj().decompress(packed, limit)
    except zlib.error:
        return b""
