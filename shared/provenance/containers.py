"""Which files can carry Content Credentials, known by their first bytes and never by a name."""

from __future__ import annotations

import re
import struct

__all__ = ["READABLE", "SIGNABLE", "canonical", "container", "has_credentials_block", "signable"]

SIGNABLE = frozenset(
    {"image/png", "image/jpeg", "image/webp", "image/tiff", "image/svg+xml", "audio/wav", "audio/mpeg", "audio/mp4", "video/mp4"}
)
"""Media types that credentials are written into."""

READABLE = SIGNABLE | {
    "image/gif",
    "image/avif",
    "image/heic",
    "image/jxl",
    "audio/flac",
    "video/quicktime",
    "video/avi",
    "application/pdf",
}
"""Media types that credentials are read from."""

_ALIASES = {
    "audio/x-wav": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4",
    "image/jpg": "image/jpeg",
    "video/x-m4v": "video/mp4",
}

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl"),
    (b"%PDF-", "application/pdf"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/avi"}
# Major brands, ISO 14496-12 and the MP4 registration authority; any other is an MP4.
_BRANDS = {
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"qt  ": "video/quicktime",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
    b"msf1": "image/heic",
}
_SVG = re.compile(rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*\?>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+|<!DOCTYPE[^>\[]*>\s*+)*+<svg[\s>]", re.DOTALL)
# ISO 19566-5: the description box of a C2PA manifest store opens with this type.
_STORE = b"jumdc2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71"


def container(data: bytes) -> str | None:
    """The media type of `data` if credentials can be read from it."""
    for start, media_type in _STARTS:
        if data.startswith(start):
            return media_type
    if data[:4] == b"RIFF":
        return _RIFF.get(data[8:12])
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "video/mp4")
    if _is_mpeg_frame(data[:4]):
        return "audio/mpeg"
    return "image/svg+xml" if _SVG.match(data[:8192]) else None


def signable(data: bytes) -> str | None:
    """The media type of `data` if credentials can be written into it."""
    found = container(data)
    return found if found in SIGNABLE and not (found == "image/tiff" and _has_more_pages(data)) else None


def canonical(media_type: str) -> str:
    """One name for each kind: `audio/x-wav` is `audio/wav`."""
    plain = media_type.partition(";")[0].strip().lower()
    return _ALIASES.get(plain, plain)


def has_credentials_block(data: bytes) -> bool:
    """Whether bytes of a C2PA manifest store are anywhere in `data`, be they whole or not."""
    return _STORE in data or b"<c2pa:manifest" in data


def _has_more_pages(tiff: bytes) -> bool:
    """c2pa 0.91 hangs a page without a picture on a TIFF of several."""
    order = "<" if tiff[:2] == b"II" else ">"
    try:
        (begin,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, begin)
        return bool(struct.unpack_from(f"{order}I", tiff, begin + 2 + 12 * count)[0])
    except struct.error:  # cut off: c2pa refuses it
        return False


def _is_mpeg_frame(head: bytes) -> bool:
    """ISO 11172-3, 2.4.1.3: eleven bits of sync, layer III, a bit rate and a sampling rate that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer, rate, sampling = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer == 1 and rate not in (0, 15) and sampling != 3
