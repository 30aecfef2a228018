"""The chorale grid -> MusicXML 4.0, a closed score: soprano and alto on a treble staff, tenor and bass on a bass staff.

Each staff is a part with two voices, the upper one (1) with stems up, the lower one (2) with stems down, as in a hymn book. The parts are
named after the voices on them, in that order, which keeps the four apart for a reader: `Soprano Alto`, `Tenor Bass`. A voice that never
sounds is not written, and the voice it leaves alone on its staff has free stems.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

import numpy as np

from apps.audio.chorales.chorale import REST, VOICES, Chorale
from apps.audio.score.durations import VALUES, beams, bounds_of_bars, values_of_note, values_of_rest
from apps.audio.score.keys import LETTERS, spelled
from apps.audio.score.musicxml import FERMATAS
from apps.audio.score.sheet import MODES, major

__all__ = ["partwise", "spans", "time_signature"]

DOCTYPE = '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">\n'
STAVES = ((0, 1), (2, 3))
CLEFS = (("G", "2"), ("F", "4"))
SIGNS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}
SIGNATURES = {8: (2, 4), 12: (3, 4), 16: (4, 4), 24: (3, 2), 32: (4, 2)}


@dataclass(frozen=True)
class Piece:
    """One note head or rest: begin and value in 16ths from its bar line. tied: to the one before, to the one after."""

    begin: int
    value: int
    pitch: int
    tied: tuple[bool, bool]
    fermata: bool
    identity: str


def time_signature(bar_steps: int) -> tuple[int, int]:
    """16ths in a bar -> beats and unit; 24 is 3/2."""
    if bar_steps in SIGNATURES:
        return SIGNATURES[bar_steps]
    unit = 4 if bar_steps % 4 == 0 else 8 if bar_steps % 2 == 0 else 16
    return bar_steps * unit // 16, unit


def spans(chorale: Chorale, voice: int) -> list[tuple[int, int, int]]:
    """(begin, end, MIDI pitch or 0 for a rest) of everything a voice does, in steps."""
    column = chorale.cells[:, voice]
    onsets = np.flatnonzero(column)
    return [
        (int(begin), int(end), int(column[begin]) if column[begin] > REST else 0)
        for begin, end in zip(onsets, [*onsets[1:], len(chorale)], strict=True)
    ]


def regions(fermata: np.ndarray) -> list[tuple[int, int]]:
    """(begin, end) of each stretch under a fermata."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], fermata, [False]]).astype(np.int8)))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]


def child(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, {name.replace("_", "-"): value for name, value in attributes.items()})
    element.text = text
    return element


def legible(text: str) -> str:
    """Without the control characters, surrogates and non-characters that XML cannot hold."""
    return "".join(letter for letter in text if letter.isprintable() and letter not in "\ufffe\uffff")


def partwise(chorale: Chorale, *, tempo_bpm: float, title: str, origin: str) -> bytes:
    """The document, UTF-8. origin: how the music came about, kept in <encoding-description>."""
    root = ET.Element("score-partwise", {"version": "4.0"})
    child(child(root, "work"), "work-title", legible(title))
    identification = child(root, "identification")
    encoding = child(identification, "encoding")
    child(encoding, "software", "Sextant")
    child(encoding, "encoding-description", legible(origin))
    marks = Marks(chorale)
    kept = "".join(f" {begin}-{end}" for begin, end in regions(chorale.fermata))
    child(child(identification, "miscellaneous"), "miscellaneous-field", f"of {len(chorale)} 16ths:{kept}", name=FERMATAS)
    part_list = child(root, "part-list")
    group = child(part_list, "part-group", type="start", number="1")
    child(group, "group-symbol", "bracket")
    child(group, "group-barline", "yes")
    sounding = [[voice for voice in staff if (chorale.cells[:, voice] > REST).any()] for staff in STAVES]
    for number, (staff, voices) in enumerate(zip(STAVES, sounding, strict=True), 1):
        part = child(part_list, "score-part", id=f"P{number}")
        child(part, "part-name", "\n".join(VOICES[voice].capitalize() for voice in voices or staff))
        child(part, "part-abbreviation", "\n".join(VOICES[voice][0].upper() for voice in voices or staff))
    child(part_list, "part-group", type="stop", number="1")
    for number, voices in enumerate(sounding):
        part = child(root, "part", id=f"P{number + 1}")
        PartWriter(chorale, number, voices, marks).write(part, tempo_bpm)
    ET.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + DOCTYPE.encode() + ET.tostring(root, encoding="utf-8") + b"\n"


class Marks:
    """Which notes bear a fermata: on each staff one for every stretch of the grid under one."""

    def __init__(self, chorale: Chorale) -> None:
        self._marked: set[tuple[int, int]] = set()
        found = {voice: spans(chorale, voice) for voice in range(len(VOICES))}
        for first, last in regions(chorale.fermata):
            for staff in STAVES:
                self._mark(found, staff, first, last)

    def _mark(self, found: dict[int, list[tuple[int, int, int]]], staff: tuple[int, ...], first: int, last: int) -> None:
        """The last note under the fermata of the outer voice, of the inner where the outer is silent."""
        for voice in staff if staff == STAVES[0] else staff[::-1]:
            over = [begin for begin, end, pitch in found[voice] if pitch and begin < last and end > first]
            if over:
                self._marked.add((voice, over[-1]))
                return

    def __call__(self, voice: int, begin: int) -> bool:
        return (voice, begin) in self._marked


class PartWriter:
    """One staff with the voices that sound on it."""

    def __init__(self, chorale: Chorale, staff: int, voices: list[int], marks: Marks) -> None:
        self._chorale, self._staff, self._voices, self._marks = chorale, staff, voices, marks
        self._spans = {voice: spans(chorale, voice) for voice in voices}

    def write(self, part: ET.Element, tempo_bpm: float) -> None:
        chorale = self._chorale
        bars = bounds_of_bars(chorale.position.tolist(), chorale.bar_steps)
        pickup = int(chorale.position[0] != 0)
        for number, (first, last) in enumerate(bars):
            final = number == len(bars) - 1
            implicit = {"implicit": "yes"} if last - first < chorale.bar_steps and not final else {}
            measure = child(part, "measure", number=str(number + 1 - pickup), **implicit)
            if number == 0:
                self._attributes(measure)
                if self._staff == 0:
                    write_tempo(measure, tempo_bpm)
            self._bar(measure, first, last)
            if final:
                child(child(measure, "barline", location="right"), "bar-style", "light-heavy")

    def _attributes(self, measure: ET.Element) -> None:
        beats, unit = time_signature(self._chorale.bar_steps)
        attributes = child(measure, "attributes")
        child(attributes, "divisions", "4")
        key = child(attributes, "key")
        child(key, "fifths", str(self._chorale.sharps))
        mode = mode_of(self._chorale)
        if mode:
            child(key, "mode", mode)
        time = child(attributes, "time", **({"symbol": "common"} if (beats, unit) == (4, 4) else {}))
        child(time, "beats", str(beats))
        child(time, "beat-type", str(unit))
        clef = child(attributes, "clef")
        child(clef, "sign", CLEFS[self._staff][0])
        child(clef, "line", CLEFS[self._staff][1])

    def _bar(self, measure: ET.Element, first: int, last: int) -> None:
        contents = [(voice, self._pieces(voice, first, last)) for voice in self._voices]
        signs = accidentals(contents, self._chorale.sharps)
        place = int(self._chorale.position[first])
        for order, (voice, pieces) in enumerate(contents):
            if order:
                child(child(measure, "backup"), "duration", str(last - first))
            label, stem = voice % 2 + 1, ("up", "down")[voice % 2] if len(contents) > 1 else ""
            if not any(piece.pitch for piece in pieces):
                rest(measure, last - first, label, whole=True)
                continue
            beamed = beams([(place + piece.begin, piece.value, bool(piece.pitch)) for piece in pieces])
            for piece, beam in zip(pieces, beamed, strict=True):
                if piece.pitch:
                    name = spelled(piece.pitch, self._chorale.sharps)
                    write_note(measure, piece, name, label=label, stem=stem, sign=signs.get(piece.identity), beam=beam)
                else:
                    rest(measure, piece.value, label)
        if not contents:
            rest(measure, last - first, 1, whole=True)

    def _pieces(self, voice: int, first: int, last: int) -> list[Piece]:
        """What a voice does in a bar, cut into note values. The fermata stands on the last head of a tied note."""
        chorale, found = self._chorale, list[Piece]()
        for begin, end, pitch in self._spans[voice]:
            low, high = max(begin, first), min(end, last)
            if low >= high:
                continue
            cut = values_of_note if pitch else values_of_rest
            at = low
            for value in cut(int(chorale.position[low]), high - low, chorale.bar_steps):
                tied = (bool(pitch) and at > begin, bool(pitch) and at + value < end)
                held = bool(pitch) and self._marks(voice, begin) and at + value == end
                found.append(Piece(at - first, value, pitch, tied, held, f"{VOICES[voice]}-{at}"))
                at += value
        return found


def mode_of(chorale: Chorale) -> str | None:
    """The name of the tonic's mode under this signature; None for a tonic foreign to it."""
    if chorale.tonic is None:
        return None
    above = (chorale.tonic - major(chorale.sharps)) % 12
    return next((mode for mode, step in {"major": 0, "minor": 9, **MODES}.items() if step == above), None)


def write_tempo(measure: ET.Element, tempo_bpm: float) -> None:
    direction = child(measure, "direction", placement="above")
    metronome = child(child(direction, "direction-type"), "metronome", parentheses="no")
    child(metronome, "beat-unit", "quarter")
    child(metronome, "per-minute", f"{tempo_bpm:.4g}")
    child(direction, "sound", tempo=f"{tempo_bpm:.7g}")


def accidentals(contents: list[tuple[int, list[Piece]]], sharps: int) -> dict[str, str]:
    """Accidentals to be printed in one bar of a staff, by note identity: where a note departs from the signature or from one before it."""
    signature = dict.fromkeys(LETTERS[: max(0, sharps)], 1) | dict.fromkeys(LETTERS[7 + min(0, sharps) :], -1)
    in_bar: dict[tuple[str, int], int] = {}
    printed: dict[str, str] = {}
    heads = [(piece.begin, voice, piece) for voice, pieces in contents for piece in pieces if piece.pitch]
    for begin, _, piece in sorted(heads, key=lambda head: head[:2]):
        letter, alter, octave = spelled(piece.pitch, sharps)
        if piece.tied[0] and begin == 0:
            continue  # a tie carries its accidental over the bar line, for this note alone
        if in_bar.get((letter, octave), signature.get(letter, 0)) != alter:
            printed[piece.identity] = SIGNS[alter]
        in_bar[letter, octave] = alter
    return printed


def rest(measure: ET.Element, length: int, label: int, whole: bool = False) -> None:
    note = child(measure, "note")
    child(note, "rest", **({"measure": "yes"} if whole else {}))
    child(note, "duration", str(length))
    child(note, "voice", str(label))
    if not whole:
        child(note, "type", VALUES[length][0])


def write_note(
    measure: ET.Element, piece: Piece, name: tuple[str, int, int], *, label: int, stem: str, sign: str | None, beam: list[str]
) -> None:
    letter, alter, octave = name
    note = child(measure, "note", id=piece.identity)
    pitch = child(note, "pitch")
    child(pitch, "step", letter)
    if alter:
        child(pitch, "alter", str(alter))
    child(pitch, "octave", str(octave))
    child(note, "duration", str(piece.value))
    ties = [kind for kind, there in zip(("stop", "start"), piece.tied, strict=True) if there]
    for kind in ties:
        child(note, "tie", type=kind)
    child(note, "voice", str(label))
    value, dots = VALUES[piece.value]
    child(note, "type", value)
    for _ in range(dots):
        child(note, "dot")
    if sign:
        child(note, "accidental", sign)
    if stem and value not in ("whole", "breve"):
        child(note, "stem", stem)
    for number, kind in enumerate(beam, 1):
        child(note, "beam", kind, number=str(number))
    if ties or piece.fermata:
        notations = child(note, "notations")
        for kind in ties:
            child(notations, "tied", type=kind)
        if piece.fermata:
            child(notations, "fermata", type="inverted" if stem == "down" else "upright")
