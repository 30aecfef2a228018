from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.deepfake.decoding.kind import STARTS, Kind, kind_of
from tests.apps.deepfake.decoding.made import noise, saved, sound, tone


def archive(name: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        file.writestr("[Content_Types].xml", "x")
        file.writestr(name, "x")
    return target.getvalue()


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


UNSUPPORTED = [
    (b"", "an empty file"),
    (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
    (archive("word/document.xml"), "a Word document"),
    (archive("xl/workbook.xml"), "an Excel document"),
    (archive("picture.png"), "a ZIP archive"),
    (b"<!DOCTYPE html>\n<html lang='en'>", "a web page"),
    (b"\xef\xbb\xbf  <HTML><body>", "a web page"),
    (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
    (b"<?xml version='1.0'?><a/>", "an XML document"),
    (b"MZ\x90\0", "a Windows program"),
    (b"\x7fELF\2\1\1", "a Linux program"),
    (b"Hello there.", "a text file"),
    ("Grüße ".encode() * 400, "a text file"),
    ("\ufeffHello".encode("utf-16-le"), "a text file"),
    (b'{"a": 1}', "a JSON document"),
    (box(b"ftyp", b"heic\0\0\0\0mif1heic"), "a HEIC picture"),
    (box(b"ftyp", b"isom\0\0\0\0isom") + box(b"moov", box(b"hdlr", bytes(8) + b"vide" + bytes(12))), "an MP4 file without sound"),
    (b"\0\0\1\0\1\0\x10\x10", "an icon (ICO)"),
    (b"MThd\0\0\0\6", "a MIDI file, notes without sound"),
    (bytes(128) + b"DICM", "a DICOM picture"),
    (b"BM, an abbreviation", "a text file"),
    (b"\x01\x02\x03\x04", "a file of an unknown kind"),
]


@pytest.mark.parametrize(("data", "words"), UNSUPPORTED, ids=[words for _, words in UNSUPPORTED])
def test_other_kinds_are_named_with_what_to_do(data: bytes, words: str) -> None:
    kind = kind_of(data)
    assert (kind.kind, kind.words) == ("unsupported", words)
    assert kind.remedy.endswith((".", ")."))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "AVIF", "TIFF", "GIF", "BMP"])
def test_pictures(form: str) -> None:
    kind = kind_of(saved(noise(), form))
    assert (kind.kind, kind.media_type) == ("image", f"image/{form.lower()}")


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("WAV", "audio/wav"),
        ("RF64", "audio/wav"),
        ("FLAC", "audio/flac"),
        ("OGG", "audio/ogg"),
        ("MP3", "audio/mpeg"),
        ("AIFF", "audio/aiff"),
        ("AU", "audio/basic"),
        ("CAF", "audio/x-caf"),
    ],
)
def test_sounds(form: str, media_type: str) -> None:
    data = sound(tone(), 16_000, form)
    assert (kind_of(data).kind, kind_of(data).media_type) == ("sound", media_type)
    assert kind_of(b"ID3\4\0\0\0\0\0\x0a" + bytes(10) + data).media_type == ("audio/flac" if form == "FLAC" else "audio/mpeg")


def test_boxes() -> None:
    sounds = box(b"moov", box(b"hdlr", bytes(8) + b"soun" + bytes(12)))
    both = box(b"moov", box(b"hdlr", bytes(8) + b"vide" + bytes(12)) + box(b"hdlr", bytes(8) + b"soun" + bytes(12)))
    assert kind_of(box(b"ftyp", b"M4A \0\0\0\0") + sounds).media_type == "audio/mp4"
    assert kind_of(box(b"ftyp", b"isom\0\0\0\0") + both) == Kind("sound", "video/mp4", "an MP4 file")
    assert kind_of(box(b"ftyp", b"qt  \0\0\0\0") + both).media_type == "video/quicktime"
    assert kind_of(box(b"ftyp", b"mif1\0\0\0\0avifmif1")).media_type == "image/avif"


def test_no_two_beginnings_hide_each_other() -> None:
    for at, (magic, _) in enumerate(STARTS):
        assert not any(magic.startswith(earlier) for earlier, _ in STARTS[:at]), magic


@given(st.binary(max_size=600))
def test_any_bytes_have_a_kind(data: bytes) -> None:
    kind = kind_of(data)
    assert kind.words and kind.media_type and (kind.kind != "unsupported" or kind.remedy)


@given(
    st.sampled_from([magic for magic, _ in STARTS] + [b"RIFF", b"ID3", b"OggS", b"\xff\xfb", b"\x1a\x45\xdf\xa3", b"\0\0\0\x18ftyp"]),
    st.binary(),
)
def test_any_bytes_behind_a_known_beginning(magic: bytes, rest: bytes) -> None:
    assert kind_of(magic + rest).words
