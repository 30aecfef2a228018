"""What a file is made of: its real type, what hangs behind its end, and how it was coded.

Nearly all of it is neutral. Foreign data behind the end of a picture is reported by what it looks like, because a phone's
motion photo and an archive hidden in a picture look alike to a viewer.
"""

from __future__ import annotations

import re

from apps.deepfake.evidence import Direction, Evidence, Reliability
from apps.deepfake.forensics.blocks import Jpeg
from apps.deepfake.forensics.containers import Container, kind_of, read_container
from apps.deepfake.forensics.dct import quality_of

__all__ = ["structure_evidence"]

SOURCE = "File structure"
NAMES = {
    "png": "PNG", "jpeg": "JPEG", "webp": "WebP", "gif": "GIF", "tiff": "TIFF", "bmp": "BMP", "mp4": "MP4", "heif": "HEIF or AVIF",
    "wav": "WAV",
    "flac": "FLAC", "ogg": "Ogg", "mp3": "MP3", "pdf": "PDF", "zip": "ZIP archive", "html": "HTML", "webm": "WebM or Matroska",
    "avi": "AVI",
}  # fmt: skip
SUFFIXES = {
    "png": {"png", "apng"}, "jpeg": {"jpg", "jpeg", "jpe", "jfif", "mpo"}, "webp": {"webp"}, "gif": {"gif"}, "tiff": {"tif", "tiff",
    "dng", "nef", "cr2", "arw"},
    "bmp": {"bmp", "dib"}, "mp4": {"mp4", "m4a", "m4v", "mov", "qt", "3gp", "m4b"}, "heif": {"heic", "heif", "avif", "hif"},
    "wav": {"wav", "wave"},
    "flac": {"flac"}, "ogg": {"ogg", "oga", "opus", "ogv"}, "mp3": {"mp3", "mpga"}, "webm": {"webm", "mkv", "mka"}, "avi": {"avi"},
    "pdf": {"pdf"},
    "zip": {"zip"}, "html": {"html", "htm"},
}  # fmt: skip
# What the end of a file from a phone carries: (in the first or last bytes, what it is).
PHONE = (
    (b"SEFT", "a Samsung phone's trailer"),
    (b"MotionPhoto_Data", "a Samsung phone's motion photo"),
    (b"XTRA", "a Sony phone's trailer"),
)
FOREIGN = (
    (b"PK\x03\x04", "a ZIP archive"), (b"PK\x05\x06", "a ZIP archive"), (b"MZ", "a Windows program"), (b"\x7fELF", "a Linux program"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"), (b"\x1f\x8b\x08", "a gzip archive"), (b"%PDF-", "a PDF document"),
)  # fmt: skip
SHORTEST_TRAIL = 16  # scanners and old programs pad with a few bytes


def structure_evidence(data: bytes, name: str = "", container: Container | None = None) -> list[Evidence]:
    """data: the whole file. name: as it came, for its suffix."""
    container = container or read_container(data)
    return [*_type(data, container, name), *_end(data, container), *_inside(data, container), *_coding(container)]


def _type(data: bytes, container: Container, name: str) -> list[Evidence]:
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    real = NAMES.get(container.kind)
    if real is None:
        return [_fact("unknown-type", "The file's type could not be recognised from its first bytes.")]
    if suffix and suffix not in SUFFIXES.get(container.kind, {suffix}) and any(suffix in known for known in SUFFIXES.values()):
        claim = f"The file is named .{suffix} but is a {real} file. Websites and messengers often rename files in this way."
        return [_fact("type-differs", claim, {"suffix": suffix, "type": real})]
    return []


def _end(data: bytes, container: Container) -> list[Evidence]:
    if container.found.end is None or not container.found.complete:
        if container.kind in {"png", "jpeg", "gif", "webp", "wav"}:
            claim = f"The {NAMES[container.kind]} file ends before its end mark: it was cut off, for instance by an interrupted download."
            return [_fact("truncated", claim, direction="limits", strength=0.5)]
        return []
    size = container.trailing_bytes
    if size < SHORTEST_TRAIL:
        return []
    trail = data[container.found.end :]
    if not trail.strip(b"\0\xff \r\n"):
        return [_fact("padding", f"{size:,} bytes of padding follow the end of the picture.", {"bytes": str(size)})]
    benign = _benign(trail, container)
    if benign:
        return [
            _fact(
                "trailing-benign",
                f"{size:,} bytes follow the end of the picture: {benign}. Cameras and phones write this.",
                {"bytes": str(size)},
            )
        ]
    looks = _looks_like(trail)
    claim = (
        f"{size:,} bytes follow the file's end mark, where nothing belongs; {'they look like ' + looks if looks else 'of no known type'}."
    )
    note = " Viewers ignore them: something was appended, or the file is made to be read as two types. The picture itself may be untouched."
    return [_fact("trailing-data", claim + note, {"bytes": str(size), "looks_like": looks or "unknown"}, reliability="high")]


def _benign(trail: bytes, container: Container) -> str:
    for mark, name in PHONE:
        if mark in trail[:64] or mark in trail[-64:]:
            return name
    jpeg = container.found.jpeg
    xmp = "".join(container.found.xmp)[:200_000]
    if trail[4:8] == b"ftyp" and container.kind in {"jpeg", "heif"}:
        declared = "MotionPhoto" in xmp or "MicroVideo" in xmp
        return "the short video of a motion photo" + ("" if declared else ", although the metadata announces none")
    announced = jpeg is not None and (jpeg.pictures > 1 or any(mark in xmp for mark in ("hdrgm", "GContainer", "Container:Directory")))
    if announced and kind_of(trail.lstrip(b"\0")) == "jpeg":
        return "further pictures of the same shot (preview, depth or brightness map)"
    return ""


def _looks_like(trail: bytes) -> str:
    start = trail.lstrip(b"\0\r\n ")
    for mark, name in FOREIGN:
        if start.startswith(mark):
            return name
    kind = kind_of(start)
    if kind not in {"unknown", "riff", "mp3"}:
        return {"html": "a web page or script", "mp4": "an MP4 video"}.get(kind, f"a {NAMES[kind]} file")
    if b"PK\x05\x06" in trail[-66_000:]:
        return "a ZIP archive"
    if re.match(rb"[\x20-\x7e\r\n\t]{64}", start):
        return "text"
    return ""


def _inside(data: bytes, container: Container) -> list[Evidence]:
    """Web pages and scripts within the first bytes of a picture: a file made to be read as two types."""
    if container.kind in {"png", "jpeg", "gif", "bmp", "webp"}:
        match = re.search(rb"<script[\s>]|<\?php|<!DOCTYPE html", data[:65_536], re.IGNORECASE)
        if match and b"xmpmeta" not in data[max(0, match.start() - 2_000) : match.start()]:
            claim = (
                "The file is a picture and contains a web script near its beginning: it can be read as two types. Open it in a viewer only."
            )
            return [_fact("polyglot", claim, {"at_byte": str(match.start())})]
    return []


def _coding(container: Container) -> list[Evidence]:
    found = container.found
    facts: dict[str, str] = {"type": NAMES.get(container.kind, container.kind)}
    if found.width:
        facts["size"] = f"{found.width} x {found.height}"
    parts = []
    if found.frames > 1:
        facts["frames"] = str(found.frames)
        parts.append(f"it holds {found.frames} frames, of which the picture checks see the first")
    if found.colour == "CMYK":
        parts.append("its colours are made for printing (CMYK), so the checks see a conversion")
    if found.depth > 8 and container.kind == "png":
        parts.append(f"it has {found.depth} bits per colour, as editors and scanners write")
    jpeg = found.jpeg
    if jpeg is not None and jpeg.table_of and jpeg.table_of[0] in jpeg.tables:
        parts.append(_jpeg_words(jpeg, facts))
        if jpeg.pictures > 1:
            facts["pictures"] = str(jpeg.pictures)
    if not parts:
        return []
    claim = f"How the {facts['type']} file was coded: {'; '.join(parts)}."
    return [_fact("coding", claim, facts)]


def _jpeg_words(jpeg: Jpeg, facts: dict[str, str]) -> str:
    quality, exact = quality_of(jpeg.tables[jpeg.table_of[0]])
    sampling = {(1, 1): "4:4:4", (2, 1): "4:2:2", (2, 2): "4:2:0", (1, 2): "4:4:0"}.get(
        jpeg.sampling[0] if jpeg.sampling else (0, 0), "other"
    )
    facts |= {"quality": str(quality), "tables": "standard" if exact else "own", "progressive": str(jpeg.progressive).lower()}
    if jpeg.components == 3:
        facts["chroma"] = sampling
    how = (
        f"quality {quality} of 100 with the standard tables that most programs and websites use"
        if exact
        else f"about quality {quality} of 100 with tables of the program's own, as cameras and Adobe's programs write"
    )
    return how + (", in progressive order, as for the web" if jpeg.progressive else "")


def _fact(
    kind: str,
    claim: str,
    details: dict[str, str] | None = None,
    *,
    direction: Direction = "none",
    strength: float = 0.0,
    reliability: Reliability = "high",
) -> Evidence:
    return Evidence(
        source=SOURCE,
        kind=f"structure.{kind}",
        claim=claim,
        direction=direction,
        strength=strength,
        reliability=reliability,
        details=details or {},
    )
