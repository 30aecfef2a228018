"""What a file is, by its first bytes alone: its name and its sender's word count for nothing.

kind_of(data).kind          "image", "sound" or "unsupported"
kind_of(data).media_type    "image/png"
kind_of(data).words         "a PNG picture"; of what is not examined, `remedy` says what to do instead
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["IMAGES", "SOUNDS", "Kind", "kind_of"]

IMAGES = "PNG, JPEG, WebP, AVIF, TIFF, GIF and BMP"
SOUNDS = "WAV, FLAC, MP3, OGG, Opus, AIFF, AU, CAF, AMR, AAC, M4A, and the sound of MP4, MOV, WebM, MKV and AVI"
GIVE = f"Give a picture ({IMAGES}) or a sound ({SOUNDS})."
WINDOW_BYTES = 1 << 20
"""How far a container's list of streams is looked for from its start."""


@dataclass(frozen=True)
class Kind:
    kind: Literal["image", "sound", "unsupported"]
    media_type: str
    words: str
    remedy: str = ""


def kind_of(data: bytes) -> Kind:
    """Of the bytes of a file. Reads little of it, decodes nothing, raises nothing."""
    if not data:
        return _not("application/x-empty", "an empty file", "Send it again: nothing has arrived.")
    for magic, kind in STARTS:
        if data.startswith(magic):
            return kind
    return _riff(data) or _iff(data) or _bitmap(data) or _boxes(data) or _matroska(data) or _ogg(data) or _mpeg_audio(data) or _other(data)


def _image(name: str, words: str) -> Kind:
    return Kind("image", f"image/{name}", words)


def _sound(media_type: str, words: str) -> Kind:
    return Kind("sound", media_type, words)


def _not(media_type: str, words: str, remedy: str = GIVE) -> Kind:
    return Kind("unsupported", media_type, words, remedy)


AS_JPEG = "Save it as PNG or JPEG, and mind that this rewrites the traces that some checks look at."
AS_WAV = "Save it as WAV, and mind that this rewrites the traces that some checks look at."
UNPACK = "Unpack it and give the pictures and sounds in it one by one."
STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n\x1a\n", _image("png", "a PNG picture")),
    (b"\xff\xd8\xff", _image("jpeg", "a JPEG picture")),
    (b"GIF87a", _image("gif", "a GIF picture")),
    (b"GIF89a", _image("gif", "a GIF picture")),
    (b"II\x2a\0\x10\0\0\0CR", _not("image/x-canon-cr2", "a camera's raw file (CR2)", AS_JPEG)),
    (b"II\x2a\0", _image("tiff", "a TIFF picture")),
    (b"MM\0\x2a", _image("tiff", "a TIFF picture")),
    (b"II\x2b\0", _image("tiff", "a BigTIFF picture")),
    (b"MM\0\x2b", _image("tiff", "a BigTIFF picture")),
    (b"fLaC", _sound("audio/flac", "a FLAC sound")),
    (b"#!AMR-WB\n", _sound("audio/amr-wb", "an AMR-WB sound")),
    (b"#!AMR\n", _sound("audio/amr", "an AMR sound")),
    (b".snd", _sound("audio/basic", "an AU sound")),
    (b"caff", _sound("audio/x-caf", "a CAF sound")),
    (b"%PDF-", _not("application/pdf", "a PDF document", "Take the pictures out of it (`pdfimages -all`) and give them one by one.")),
    (b"\0\0\1\0", _not("image/vnd.microsoft.icon", "an icon (ICO)", AS_JPEG)),
    (b"\0\0\2\0", _not("image/vnd.microsoft.icon", "a cursor (CUR)", AS_JPEG)),
    (b"8BPS", _not("image/vnd.adobe.photoshop", "a Photoshop document (PSD)", AS_JPEG)),
    (b"gimp xcf", _not("image/x-xcf", "a GIMP document (XCF)", AS_JPEG)),
    (b"\0\0\0\x0cjP  \r\n\x87\n", _not("image/jp2", "a JPEG 2000 picture", AS_JPEG)),
    (b"\xff\x4f\xff\x51", _not("image/jp2", "a JPEG 2000 picture", AS_JPEG)),
    (b"\0\0\0\x0cJXL \r\n\x87\n", _not("image/jxl", "a JPEG XL picture", AS_JPEG)),
    (b"\xff\x0a", _not("image/jxl", "a JPEG XL picture", AS_JPEG)),
    (b"\x76\x2f\x31\x01", _not("image/x-exr", "an OpenEXR picture", AS_JPEG)),
    (b"FUJIFILMCCD-RAW", _not("image/x-fuji-raf", "a camera's raw file (RAF)", AS_JPEG)),
    (b"IIRO", _not("image/x-olympus-orf", "a camera's raw file (ORF)", AS_JPEG)),
    (b"IIU\0", _not("image/x-panasonic-rw2", "a camera's raw file (RW2)", AS_JPEG)),
    (b"%!PS", _not("application/postscript", "a PostScript document", AS_JPEG)),
    (b"MThd", _not("audio/midi", "a MIDI file, notes without sound")),
    (b"MAC ", _not("audio/x-ape", "a Monkey's Audio file (APE)", AS_WAV)),
    (b"wvpk", _not("audio/x-wavpack", "a WavPack sound", AS_WAV)),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _not("video/x-ms-asf", "a Windows Media file (WMA, WMV)", AS_WAV)),
    (b"FLV\1", _not("video/x-flv", "a Flash video", AS_WAV)),
    (b"\0\0\1\xba", _not("video/mpeg", "an MPEG video", AS_WAV)),
    (b"\0\0\1\xb3", _not("video/mpeg", "an MPEG video", AS_WAV)),
    (b"Rar!", _not("application/vnd.rar", "a RAR archive", UNPACK)),
    (b"7z\xbc\xaf\x27\x1c", _not("application/x-7z-compressed", "a 7z archive", UNPACK)),
    (b"\x1f\x8b", _not("application/gzip", "a gzip archive", UNPACK)),
    (b"BZh", _not("application/x-bzip2", "a bzip2 archive", UNPACK)),
    (b"\xfd7zXZ\0", _not("application/x-xz", "an xz archive", UNPACK)),
    (b"\x28\xb5\x2f\xfd", _not("application/zstd", "a zstd archive", UNPACK)),
    (
        b"MZ",
        _not(
            "application/vnd.microsoft.portable-executable", "a Windows program", "Do not start it: a sender who calls it a picture lies."
        ),
    ),
    (b"\x7fELF", _not("application/x-executable", "a Linux program", "Do not start it: a sender who calls it a picture lies.")),
    (b"\xcf\xfa\xed\xfe", _not("application/x-mach-binary", "a macOS program", "Do not start it: a sender who calls it a picture lies.")),
    (
        b"\xca\xfe\xba\xbe",
        _not("application/java-vm", "a Java class or a macOS program", "Do not start it: a sender who calls it a picture lies."),
    ),
    (b"\0asm", _not("application/wasm", "a WebAssembly program")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _not("application/x-ole-storage", "an old Office document or an Outlook message", UNPACK)),
    (b"SQLite format 3\0", _not("application/vnd.sqlite3", "an SQLite database")),
    (b"{\\rtf", _not("application/rtf", "an RTF document", "Take the pictures out of it and give them one by one.")),
    (b"wOF", _not("font/woff", "a font")),
)


def _riff(data: bytes) -> Kind | None:
    if data[:4] in (b"RIFF", b"RF64", b"BW64"):
        form = data[8:12]
        if form == b"WAVE":
            return _sound("audio/wav", "a WAV sound")
        if form == b"WEBP":
            return _image("webp", "a WebP picture")
        if form == b"AVI ":
            if b"auds" in data[:WINDOW_BYTES]:
                return _sound("video/x-msvideo", "an AVI video with sound")
            return _silent_video("video/x-msvideo", "an AVI video")
    return None


def _iff(data: bytes) -> Kind | None:
    if data[:4] == b"FORM" and data[8:12] in (b"AIFF", b"AIFC"):
        return _sound("audio/aiff", "an AIFF sound")
    return None


def _bitmap(data: bytes) -> Kind | None:
    """BM alone is two letters: the header after them has one of a few sizes."""
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in (12, 40, 52, 56, 64, 108, 124):
        return _image("bmp", "a BMP picture")
    return None


def _boxes(data: bytes) -> Kind | None:
    """ISO base media (ISO/IEC 14496-12): the `ftyp` box names brands, and each track's `hdlr` box its kind."""
    if data[4:8] not in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return None
    brands = data[8 : max(16, min(int.from_bytes(data[:4], "big"), 256))] if data[4:8] == b"ftyp" else b""
    names = {brands[:4], *(brands[at : at + 4] for at in range(8, len(brands), 4))}
    if names & {b"avif", b"avis"}:
        return _image("avif", "an AVIF picture")
    if brands[:4] == b"crx ":
        return _not("image/x-canon-cr3", "a camera's raw file (CR3)", AS_JPEG)
    if names & {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}:
        remedy = "Export it as JPEG on the device that took it (iPhone: Settings, Camera, Formats, Most Compatible, or share it by mail)."
        return _not("image/heic", "a HEIC picture", remedy)
    handlers = set(re.findall(rb"hdlr.{8}(soun|vide)", data, re.DOTALL))
    video = b"vide" in handlers
    words, media_type = ("an M4A sound", "audio/mp4") if brands[:4] in (b"M4A ", b"M4B ") and not video else ("an MP4 file", "video/mp4")
    if brands[:4] == b"qt  " or not brands:
        words, media_type = "a QuickTime file", "video/quicktime"
    elif brands[:2] == b"3g":
        words, media_type = "a 3GP file", "video/3gpp"
    if video and b"soun" not in handlers:
        return _silent_video(media_type, words)
    return _sound(media_type, words)  # without any track the decoder says what is missing


def _matroska(data: bytes) -> Kind | None:
    if data[:4] != b"\x1a\x45\xdf\xa3":
        return None
    name = "WebM" if b"webm" in data[:64] else "Matroska"
    media_type = "video/webm" if name == "WebM" else "video/x-matroska"
    if re.search(rb"\x86.A_[A-Z]", data[:WINDOW_BYTES], re.DOTALL):  # a track's CodecID: 0x86, a length, the name
        return _sound(media_type, f"a {name} file")
    return _silent_video(media_type, f"a {name} video")


def _ogg(data: bytes) -> Kind | None:
    if data[:4] != b"OggS":
        return None
    first = data[28:512]
    if first.startswith((b"\x80theora", b"BBCD")):
        if b"\1vorbis" in data[:WINDOW_BYTES] or b"OpusHead" in data[:WINDOW_BYTES]:
            return _sound("video/ogg", "an OGG video with sound")
        return _silent_video("video/ogg", "an OGG video")
    return _sound("audio/ogg", "an Opus sound" if b"OpusHead" in first else "an OGG sound")


def _mpeg_audio(data: bytes) -> Kind | None:
    """MPEG audio of layers II and III and AAC in ADTS: a frame's header at the start, or after an ID3 tag."""
    at = 0
    if data[:3] == b"ID3" and len(data) >= 10:
        size = 0
        for byte in data[6:10]:
            size = size << 7 | byte & 127
        at = 10 + size
        if data[at : at + 4] == b"fLaC":
            return _sound("audio/flac", "a FLAC sound")
    head = data[at : at + 4]
    if len(head) == 4 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0 and head[2] >> 2 & 15 < 13:
        return _sound("audio/aac", "an AAC sound")
    layer, rate, bits = head[1:2] and head[1] >> 1 & 3, head[2:3] and head[2] >> 2 & 3, head[2:3] and head[2] >> 4
    framed = len(head) == 4 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] >> 3 & 3 != 1
    if at or (framed and layer in (1, 2) and rate != 3 and bits not in (0, 15)):
        return _sound("audio/mpeg", "an MP3 sound")
    return None


def _silent_video(media_type: str, words: str) -> Kind:
    return _not(media_type, f"{words} without sound", "Pictures of a video are not examined: give single frames as PNG.")


def _zip(data: bytes) -> Kind:
    names = data[:4096]
    for mark, media_type, words in (
        (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a Word document"),
        (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation", "a PowerPoint document"),
        (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "an Excel document"),
        (b"application/vnd.oasis.opendocument", "application/vnd.oasis.opendocument", "an OpenDocument file"),
        (b"application/epub", "application/epub+zip", "an e-book"),
        (b"AndroidManifest.xml", "application/vnd.android.package-archive", "an Android program"),
    ):
        if mark in names:
            return _not(media_type, words, UNPACK)
    return _not("application/zip", "a ZIP archive", UNPACK)


def _other(data: bytes) -> Kind:
    if data[:4] in (b"PK\3\4", b"PK\5\6", b"PK\7\x08"):
        return _zip(data)
    if data[257:262] == b"ustar":
        return _not("application/x-tar", "a tar archive", UNPACK)
    if data[128:132] == b"DICM":
        return _not("application/dicom", "a DICOM picture", "The medical studio reads it.")
    if data[:1] == b"\x47" and data[188:189] == b"\x47" and data[376:377] == b"\x47":
        return _not("video/mp2t", "an MPEG transport stream", AS_WAV)
    return _text(data) or _not("application/octet-stream", "a file of an unknown kind")


def _text(data: bytes) -> Kind | None:
    head = data[:1024].removeprefix(b"\xef\xbb\xbf")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head[2:].replace(b"\0", b"")
    if any(byte < 32 and byte not in b"\t\n\v\f\r\x1b" for byte in head):
        return None
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # no character cut by the window's end
            return None
        text = head[: error.start].decode("utf-8")
    return _document(text.lstrip().lower())


def _document(start: str) -> Kind:
    if "<svg" in start:
        return _not(
            "image/svg+xml", "an SVG drawing", "A drawing has no pixels to examine: give the picture as it was published, PNG or JPEG."
        )
    if "<html" in start or start.startswith(("<!doctype html", "<head", "<body")):
        return _not("text/html", "a web page", "Download the file itself, not the page that links to it.")
    if start.startswith("<"):
        return _not("application/xml", "an XML document")
    if start.startswith(("{", "[")):
        return _not("application/json", "a JSON document")
    return _not("text/plain", "a text file")
