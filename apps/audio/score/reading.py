"""Melodies and parts from files: MIDI, MusicXML (plain or compressed) and ABC -> the chorale grid.

    given = read_score(data, "tune.abc")                  a melody, for the soprano
    given = read_score(data, "tune.mid", voice="tenor")   the same for another voice
    given.chorale, given.voices, given.notes              the grid, which voices it fixes, what was assumed on the way

A file's kind is told by its content. Everything lands on the 16th grid in 4/4 or 3/4, or is refused with the bar it fails in.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from apps.audio.chorales.chorale import VOICES
from apps.audio.score.abc import read_abc
from apps.audio.score.midi import read_midi
from apps.audio.score.musicxml import read_musicxml
from apps.audio.score.packing import XML_LIMIT, unpacked
from apps.audio.score.placing import Given, placed
from apps.audio.score.sheet import Sheet
from shared.errors import BadInput, TooLarge, Unsupported

__all__ = ["Given", "read_score"]

EXPECTED = "MIDI (.mid), MusicXML (.musicxml, .xml, .mxl) or ABC (.abc)"
OTHERS = (
    (b"RIFF", "a sound recording or another RIFF file"),
    (b"ID3", "a sound recording (MP3)"),
    (b"fLaC", "a sound recording (FLAC)"),
    (b"OggS", "a sound recording (Ogg)"),
    (b"\xff\xfb", "a sound recording (MP3)"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
)


def read_score(data: bytes, name: str, *, voice: str = "soprano") -> Given:
    """What a file fixes. name: the file's, used for messages and as the piece's name. voice: that of a melody alone.

    Raises BadInput for music the model cannot take, TooLarge, and Unsupported for a file of another kind.
    """
    if voice not in VOICES:
        raise BadInput(f"voice is {voice!r}, expected one of {', '.join(VOICES)}.", remedy="Name one of them.", field="voice")
    try:
        return placed(sheet_of(data), PurePath(name).stem[:100] or "melody", voice)
    except BadInput as error:
        raise type(error)(f"{PurePath(name).name[:100]}: {error.message}", remedy=error.remedy, field=error.field) from None


def sheet_of(data: bytes) -> Sheet:
    """The music of a file of any kind. Raises BadInput."""
    if not data.strip():
        raise BadInput("The file is empty.", remedy=f"Give {EXPECTED}.")
    if len(data) > XML_LIMIT:
        raise TooLarge(f"{len(data)} bytes, expected {XML_LIMIT} or fewer.", remedy="Export the melody alone.")
    if data.startswith(b"MThd"):
        return read_midi(data)
    if data.startswith(b"PK\x03\x04"):
        return read_musicxml(unpacked(data))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        if re.search(rb"<!doctype html|<html", data[:1000], re.IGNORECASE):
            raise Unsupported(f"It is a web page, expected {EXPECTED}.", remedy="Download the file itself.")
        return read_musicxml(data)
    for start, kind in OTHERS:
        if data.startswith(start):
            raise Unsupported(f"It is {kind}, expected {EXPECTED}.", remedy="Notes are read from notation, not from sound or pictures.")
    if b"\0" not in data and re.search(rb"^[ \t]{0,8}[XK]:", data, re.MULTILINE):
        try:
            return read_abc(data.decode("utf-8-sig"))
        except UnicodeDecodeError:
            return read_abc(data.decode("latin-1"))
    raise Unsupported(f"It is none of {EXPECTED}.", remedy="Export the melody in one of them.")
