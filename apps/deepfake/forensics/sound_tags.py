"""Texts of sound files: ID3 (MP3, WAV), Vorbis comments (FLAC, Ogg) and iTunes' atoms (MP4, M4A)."""

from __future__ import annotations

import re
import struct

from apps.deepfake.forensics.blocks import Found, words

__all__ = ["read_atoms", "read_flac", "read_id3", "read_mp3", "read_ogg"]

MOST_FRAMES = 256
ENCODINGS = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}
ID3_NAMES = {
    "TENC": "EncodedBy", "TSSE": "EncoderSettings", "TIT2": "Title", "TPE1": "Artist", "TCOM": "Composer", "TALB": "Album",
    "TCOP": "Copyright", "TPUB": "Publisher", "COMM": "Comment", "TXXX": "Text", "WXXX": "URL", "WOAF": "URL", "WOAS": "URL",
    "WPUB": "URL", "TSRC": "ISRC",
}  # fmt: skip
ATOM_NAMES = {
    b"\xa9too": "Encoder",
    b"\xa9cmt": "Comment",
    b"\xa9nam": "Title",
    b"\xa9ART": "Artist",
    b"cprt": "Copyright",
    b"desc": "Description",
}


def read_id3(tag: bytes, found: Found) -> int:
    """An ID3v2.3 or 2.4 tag; the bytes it takes."""
    if tag[:3] != b"ID3" or len(tag) < 10:
        return 0
    version, total = tag[3], _syncsafe(tag[6:10])
    body, at = tag[10 : 10 + min(total, 4_000_000)], 0
    for _ in range(MOST_FRAMES):
        if at + 10 > len(body) or not body[at : at + 4].isalnum():
            break
        name = body[at : at + 4].decode("latin-1")
        size = _syncsafe(body[at + 4 : at + 8]) if version >= 4 else struct.unpack_from(">I", body, at + 4)[0]
        if name in ID3_NAMES:
            found.add("ID3", ID3_NAMES[name], _id3_text(name, body[at + 10 : at + 10 + size]))
        elif name == "PRIV" and body[at + 10 :].startswith(b"XMP\0"):
            found.add_xmp(body[at + 14 : at + 10 + size])
        elif name == "GEOB" and b"c2pa" in body[at + 10 : at + 100]:
            found.boxes.append("c2pa")
        at += 10 + size
    return 10 + total


def _syncsafe(four: bytes) -> int:
    return (four[0] & 127) << 21 | (four[1] & 127) << 14 | (four[2] & 127) << 7 | four[3] & 127


def _id3_text(name: str, body: bytes) -> str:
    if name.startswith("W") and name != "WXXX":
        return words(body)
    encoding = ENCODINGS.get(body[0] if body else 0, "latin-1")
    start = 4 if name == "COMM" else 1
    text = body[start:65_536].decode(encoding, "replace")
    return words(text.replace("\ufeff", "").replace("\0", " "))


def read_mp3(data: bytes, found: Found) -> None:
    read_id3(data[:4_000_010], found)
    tail = data[-128:]
    if tail[:3] == b"TAG":
        for key, start, end in (("Title", 3, 33), ("Artist", 33, 63), ("Comment", 97, 127)):
            if text := words(tail[start:end].split(b"\0")[0]):
                found.add("ID3v1", key, text)


def read_flac(data: bytes, found: Found) -> None:
    at = 4
    for _ in range(128):
        head, size = data[at], int.from_bytes(data[at + 1 : at + 4], "big")
        if head & 127 == 4:
            _vorbis(data[at + 4 : at + 4 + size], found)
        at += 4 + size
        if head & 128:
            found.complete = at <= len(data)
            return


def read_ogg(data: bytes, found: Found) -> None:
    head = data[:262_144]
    for mark in (b"\x03vorbis", b"OpusTags"):
        if (at := head.find(mark)) >= 0:
            _vorbis(head[at + len(mark) :], found)


def _vorbis(body: bytes, found: Found) -> None:
    size = struct.unpack_from("<I", body)[0]
    found.add("Vorbis comment", "Encoder", body[4 : 4 + min(size, 1_000)])
    at = 4 + size
    count = struct.unpack_from("<I", body, at)[0]
    at += 4
    for _ in range(min(count, MOST_FRAMES)):
        length = struct.unpack_from("<I", body, at)[0]
        key, _, value = body[at + 4 : at + 4 + length].partition(b"=")
        if key and value and key.upper() != b"METADATA_BLOCK_PICTURE":
            found.add("Vorbis comment", key.decode("latin-1"), value)
        at += 4 + length


def read_atoms(box: bytes, found: Found) -> None:
    """iTunes' texts: an atom of that name that holds a `data` atom."""
    pattern = rb"(\xa9too|\xa9cmt|\xa9nam|\xa9ART|cprt|desc)(.{4})data"
    for match in list(re.finditer(pattern, box, re.DOTALL))[:64]:
        size = struct.unpack(">I", match.group(2))[0]
        start = match.end() + 8
        if 16 <= size <= 65_536:
            found.add("MP4", ATOM_NAMES[match.group(1)], box[start : match.start() + 4 + size])
