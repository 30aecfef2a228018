"""Standard MIDI files -> sheet."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass, field
from fractions import Fraction
from importlib import import_module
from typing import Any

from apps.audio.score.sheet import BARS_LIMIT, Bar, Line, Note, Sheet, tonic_of
from shared.errors import BadInput, TooLarge

__all__ = ["FERMATA", "MAJOR_KEYS", "MINOR_KEYS", "SIZE_LIMIT", "read_midi"]

KIND = "MIDI file"
SIZE_LIMIT = 512_000
"""Bytes. A melody of 128 bars takes 10 kB."""
DRUMS = 9
FERMATA = re.compile(r"fermata, (\d{1,4}) sixteenths?")
"""The text events in which `write_midi` keeps what MIDI has no word for."""
MAJOR_KEYS = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
MINOR_KEYS = ("Abm", "Ebm", "Bbm", "Fm", "Cm", "Gm", "Dm", "Am", "Em", "Bm", "F#m", "C#m", "G#m", "D#m", "A#m")
"""As mido names them, from seven flats to seven sharps."""
SHARPS = {name: sharps for names in (MAJOR_KEYS, MINOR_KEYS) for sharps, name in enumerate(names, -7)}


@dataclass
class Heard:
    """What the tracks of a file hold; times in ticks."""

    lines: dict[tuple[int, int], list[tuple[int, int, int]]] = field(default_factory=dict)  # (track, channel): (begin, end, pitch)
    names: dict[int, str] = field(default_factory=dict)
    metres: list[tuple[int, int, int]] = field(default_factory=list)
    keys: list[tuple[int, str]] = field(default_factory=list)
    tempos: list[tuple[int, float]] = field(default_factory=list)
    fermatas: list[tuple[int, int]] = field(default_factory=list)
    drums: bool = False


def read_midi(data: bytes) -> Sheet:
    """The notes of a MIDI file of type 0 or 1, a line for each track and channel; drums are left out. Raises BadInput."""
    if len(data) > SIZE_LIMIT:
        raise TooLarge(f"{KIND}: {len(data)} bytes, expected {SIZE_LIMIT} or fewer.", remedy="Export the melody alone.")
    if len(data) < 14 or int.from_bytes(data[4:8], "big") < 6:
        raise corrupt("its header is cut short")
    if data[12] & 0x80:
        raise BadInput(f"{KIND}: time is in SMPTE frames, expected ticks a quarter.", remedy="Export it again with musical time (PPQ).")
    if data[8:10] == b"\x00\x02":
        raise BadInput(f"{KIND}: type 2, of independent patterns, expected type 0 or 1.", remedy="Export it as type 1.")
    if data[12:14] == b"\x00\x00":
        raise corrupt("it has no ticks in a quarter")
    heard = Heard()
    tracks, a_quarter = parsed(data)
    for number, track in enumerate(tracks):
        listen(heard, number, track)
    if not heard.lines:
        only = "only drums (channel 10)" if heard.drums else "no notes"
        raise BadInput(f"{KIND}: {only}, expected a melody or up to four voices.", remedy="Export the tracks that hold the voices.")
    return sheet_of(heard, a_quarter)


def corrupt(what: str) -> BadInput:
    return BadInput(f"{KIND}: damaged: {what}.", remedy="Export it again.")


def parsed(data: bytes) -> tuple[list[Any], int]:
    """The tracks and the ticks in a quarter. Raises BadInput for whatever mido stumbles over."""
    mido = import_module("mido")

    try:
        file = mido.MidiFile(file=io.BytesIO(data))
        return list(file.tracks), int(file.ticks_per_beat)
    except EOFError:
        raise corrupt("it ends in the middle of a track") from None
    except Exception as reason:  # mido lets KeyError, IndexError, ValueError, OSError and others out, by where the damage is
        raise corrupt(f"not readable as MIDI ({type(reason).__name__})") from None


def listen(heard: Heard, number: int, track: Any) -> None:
    """Add one track."""
    now = 0
    sounding: dict[tuple[int, int], list[int]] = {}
    for message in track:
        now += int(message.time)
        kind = message.type
        if kind == "note_on" and message.velocity:
            sounding.setdefault((message.channel, message.note), []).append(now)
        elif kind in ("note_on", "note_off"):
            begun = sounding.get((message.channel, message.note))
            if begun:
                add(heard, number, message.channel, (begun.pop(0), now, message.note))
        elif kind == "track_name":
            heard.names.setdefault(number, clean(message.name))
        elif kind == "time_signature":
            heard.metres.append((now, int(message.numerator), int(message.denominator)))
        elif kind == "key_signature":
            heard.keys.append((now, str(message.key)))
        elif kind == "set_tempo" and message.tempo:
            heard.tempos.append((now, 60e6 / message.tempo))
        elif kind == "text" and (found := FERMATA.fullmatch(message.text)):
            heard.fermatas.append((now, int(found[1])))
    for (channel, pitch), begun in sounding.items():
        for begin in begun:
            add(heard, number, channel, (begin, max(now, begin + 1), pitch))


def add(heard: Heard, number: int, channel: int, note: tuple[int, int, int]) -> None:
    if channel == DRUMS:
        heard.drums = True
    else:
        heard.lines.setdefault((number, channel), []).append(note)


def clean(text: str) -> str:
    """Text of a track: UTF-8 where it is that (mido decodes as Latin-1), without control characters."""
    with contextlib.suppress(UnicodeError):
        text = text.encode("latin-1").decode()
    return "".join(letter for letter in text if letter.isprintable()).strip()[:200]


def sheet_of(heard: Heard, a_quarter: int) -> Sheet:
    """Ticks -> 16ths."""

    def sixteenths(ticks: int) -> Fraction:
        return Fraction(4 * ticks, a_quarter)

    remarks = []
    if heard.drums:
        remarks.append("Drums (channel 10) left out.")
    tracks = {number for number, _ in heard.lines}
    titled = heard.names.get(0, "") if 0 not in tracks or len(tracks) == 1 else ""
    lines = []
    held = tuple((sixteenths(at), sixteenths(at) + length) for at, length in heard.fermatas)
    for (number, _), notes in sorted(heard.lines.items()):
        lines.append(
            Line(
                heard.names.get(number, ""),
                tuple(
                    Note(begin, end, pitch)
                    for begin, end, pitch in sorted(
                        (sixteenths(begin), sixteenths(max(end, begin + 1)), pitch) for begin, end, pitch in notes
                    )
                ),
            )
        )
    stop = max(note.end for line in lines for note in line.notes)
    bars = bars_of(heard.metres, a_quarter, stop)
    tempos = sorted(heard.tempos)
    if len({round(bpm, 2) for _, bpm in tempos}) > 1:
        remarks.append(f"The tempo changes; the first, {tempos[0][1]:.4g} quarters a minute, was kept.")
    keys = sorted(heard.keys)
    if len({key for _, key in keys}) > 1:
        remarks.append(f"The key signature changes; the first, {keys[0][1]}, was kept.")
    key = keys[0][1] if keys else None
    sharps = SHARPS.get(key) if key else None
    tonic = tonic_of(sharps, "minor" if key and key.endswith("m") else "major") if sharps is not None else None
    return Sheet(
        KIND,
        tuple(lines),
        bars,
        sharps=sharps,
        tonic=tonic,
        weak_key=key == "C" and not held,
        tempo_bpm=round(tempos[0][1], 3) if tempos else None,
        title=titled,
        remarks=tuple(remarks),
        played=True,
        held=held or None,
    )


def bars_of(metres: list[tuple[int, int, int]], a_quarter: int, stop: Fraction) -> tuple[Bar, ...]:
    """Bars from 0 until the last note ends, as the time signatures say. A first signature that holds for one short bar is a pickup's."""
    changes: list[tuple[Fraction, int, int]] = []
    for ticks, beats, unit in sorted(metres):
        if not beats or (changes and changes[-1][1:] == (beats, unit)):
            continue
        at = Fraction(4 * ticks, a_quarter)
        if changes and changes[-1][0] == at:
            changes.pop()
        changes.append((at, beats, unit))
    if not changes or changes[0][0] > 0:
        changes.insert(0, (Fraction(0), 4, 4))
    bars: list[Bar] = []
    for number, (at, beats, unit) in enumerate(changes):
        until = min(changes[number + 1][0], stop) if number + 1 < len(changes) else stop
        whole = Fraction(16 * beats, unit)
        begin = at
        while begin < until:
            length = min(whole, changes[number + 1][0] - begin) if number + 1 < len(changes) else whole
            bars.append(Bar(begin, length, (beats, unit), str(len(bars) + 1)))
            begin += length
            if len(bars) > 32 * BARS_LIMIT:
                raise TooLarge(f"{KIND}: more than {len(bars) - 1} bars, expected {BARS_LIMIT} or fewer.", remedy="Give a part of it.")
    return tuple(bars)
