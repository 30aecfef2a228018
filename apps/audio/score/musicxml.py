"""MusicXML -> sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from apps.audio.score.packing import KIND, parsed
from apps.audio.score.sheet import BARS_LIMIT, Bar, Line, Note, Sheet, first_endings, tonic_of
from shared.errors import BadInput, TooLarge

__all__ = ["FERMATAS", "Head", "Heard", "listened", "read_musicxml"]

STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
QUARTERS = {"whole": 4.0, "half": 2.0, "quarter": 1.0, "eighth": 0.5, "16th": 0.25}
FERMATAS = "sextant-fermatas"
"""The miscellaneous field in which `write_musicxml` keeps fermatas that begin or end inside a note."""


@dataclass(frozen=True)
class Head:
    """A note head: measure counted from 0, begin in 16ths from its bar line. tied: to the head before it."""

    measure: int
    begin: Fraction
    length: Fraction
    pitch: int
    fermata: bool
    tied: bool
    identity: str


@dataclass
class Heard:
    """What the parts hold. lines: the heads of each (part, voice). lengths: of each measure in 16ths, the longest part's."""

    lines: dict[tuple[int, str], list[Head]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    lengths: dict[int, Fraction] = field(default_factory=dict)
    metres: dict[int, tuple[int, int]] = field(default_factory=dict)
    numbers: dict[int, str] = field(default_factory=dict)
    endings: dict[int, str] = field(default_factory=dict)
    keys: list[tuple[int, str | None]] = field(default_factory=list)
    tempo_bpm: float | None = None
    graces: int = 0
    repeats: bool = False
    drums: bool = False

    def bars(self) -> tuple[list[Bar], dict[int, Fraction]]:
        """The bars that are played, and where each measure among them begins; first endings are not."""
        count = max(self.lengths, default=-1) + 1
        skipped = first_endings([self.endings.get(number, "") for number in range(count)])
        bars: list[Bar] = []
        begins: dict[int, Fraction] = {}
        now, metre = Fraction(0), (4, 4)
        for number in range(count):
            metre = self.metres.get(number, metre)
            if skipped[number]:
                continue
            length = self.lengths[number] or Fraction(16 * metre[0], metre[1])
            begins[number] = now
            bars.append(Bar(now, length, metre, self.numbers.get(number, str(number + 1))))
            now += length
        return bars, begins


def read_musicxml(data: bytes) -> Sheet:
    """The notes of a partwise score as they sound, a line for each voice of each part. Raises BadInput."""
    root = parsed(data)
    heard = listened(root)
    bars, begins = heard.bars()
    remarks = []
    if heard.graces:
        remarks.append(f"{heard.graces} grace or cue note{'s' if heard.graces > 1 else ''} left out.")
    if heard.repeats:
        remarks.append("Repeats are read once" + (", with their last endings." if heard.endings else "."))
    if heard.drums:
        remarks.append("Unpitched percussion left out.")
    if len(set(heard.keys)) > 1:
        remarks.append("The key signature changes, or differs between parts; the first was kept.")
    lines = tuple(Line(name, joined(heads, begins)) for name, heads in named(heard))
    sharps, mode = heard.keys[0] if heard.keys else (None, None)
    title = root.findtext("movement-title") or root.findtext("work/work-title") or ""
    return Sheet(
        KIND,
        lines,
        tuple(bars),
        sharps=sharps,
        tonic=None if sharps is None else tonic_of(sharps, mode),
        tempo_bpm=heard.tempo_bpm,
        title=" ".join(title.split())[:200],
        remarks=tuple(remarks),
        held=kept_fermatas(root, lines, bars),
    )


def listened(root: Any) -> Heard:
    """Every part of a score-partwise element. Raises BadInput."""
    heard = Heard()
    names = {one.get("id"): one.findtext("part-name") or "" for one in root.iter("score-part")}
    for number, part in enumerate(root.iterfind("part")):
        heard.names[number] = " ".join(names.get(part.get("id"), "").split())
        measures = part.findall("measure")
        if len(measures) > 4 * BARS_LIMIT:
            raise TooLarge(f"{KIND}: {len(measures)} bars, expected {BARS_LIMIT} or fewer.", remedy="Give a part of it.")
        PartListener(heard, number).listen(measures)
    return heard


class PartListener:
    """One part, measure after measure."""

    def __init__(self, heard: Heard, part: int) -> None:
        self._heard, self._part = heard, part
        self._divisions = Fraction(1)
        self._transposition = 0
        self._measure = 0
        self._label = ""
        self._now = self._last = Fraction(0)

    def listen(self, measures: list[Any]) -> None:
        for number, measure in enumerate(measures):
            self._measure, self._now, furthest = number, Fraction(0), Fraction(0)
            printed = measure.get("number", "")
            if self._part == 0 and re.fullmatch(r"[\w.-]{1,8}", printed):
                self._heard.numbers[number] = printed
            for element in measure:
                self._element(element)
                furthest = max(furthest, self._now)
            if self._label:
                self._heard.endings[number] = self._label.lstrip("-")
                if self._label.startswith("-"):
                    self._label = ""
            self._heard.lengths[number] = max(self._heard.lengths.get(number, Fraction(0)), furthest)

    def _element(self, element: Any) -> None:
        kind = element.tag
        if kind == "note":
            self._note(element)
        elif kind == "backup":
            self._now = max(Fraction(0), self._now - self._duration(element))
        elif kind == "forward":
            self._now += self._duration(element)
        elif kind == "attributes":
            self._attributes(element)
        elif kind == "barline" and self._part == 0:
            self._barline(element)
        elif kind in ("direction", "sound") and self._heard.tempo_bpm is None:
            self._heard.tempo_bpm = tempo_of(element)

    def _note(self, note: Any) -> None:
        if note.find("grace") is not None or note.find("cue") is not None:
            self._heard.graces += 1
            self._now += self._duration(note) if note.find("grace") is None and note.find("chord") is None else 0
            return
        length = self._duration(note)
        begin = self._now
        if note.find("chord") is not None:
            begin = self._last
        else:
            self._last = begin
            self._now += length
        if note.find("unpitched") is not None:
            self._heard.drums = True
        pitch = note.find("pitch")
        if pitch is None or not length:
            return
        head = Head(
            self._measure,
            begin,
            length,
            self._pitch(pitch),
            note.find("notations/fermata") is not None,
            any(tie.get("type") == "stop" for tie in note.iterfind("tie")),
            str(note.get("id", "")),
        )
        self._heard.lines.setdefault((self._part, (note.findtext("voice") or "1").strip()[:20]), []).append(head)

    def _duration(self, element: Any) -> Fraction:
        return 4 * self._number(element, "duration") / self._divisions

    def _number(self, element: Any, name: str) -> Fraction:
        """A number of up to nine characters, 0 or more. Raises BadInput."""
        text = (element.findtext(name) or "").strip()
        if not re.fullmatch(r"(?=.{1,9}$)\d+(\.\d*)?", text, re.ASCII):
            raise self._wrong(f"its {element.tag} has a {name} of {text[:20]!r}, expected a number")
        return Fraction(text)

    def _wrong(self, what: str) -> BadInput:
        return BadInput(f"{KIND}, measure {self._measure + 1}: {what}.", remedy="Export it again.")

    def _pitch(self, pitch: Any) -> int:
        step, octave, alter = (
            (pitch.findtext(name) or default).strip() for name, default in (("step", ""), ("octave", ""), ("alter", "0"))
        )
        if step not in STEPS or not re.fullmatch(r"\d", octave, re.ASCII):
            raise self._wrong(f"a pitch of step {step[:20]!r} and octave {octave[:20]!r}")
        if not re.fullmatch(r"[+-]?[0-3](\.0*)?", alter, re.ASCII):
            raise self._wrong(f"an alteration by {alter[:20]!r} semitones, expected whole ones")
        return STEPS[step] + int(float(alter)) + 12 * (int(octave) + 1) + self._transposition

    def _attributes(self, attributes: Any) -> None:
        if attributes.find("divisions") is not None:
            self._divisions = self._number(attributes, "divisions")
            if not self._divisions:
                raise self._wrong("it has no divisions in a quarter")
        transpose = attributes.find("transpose")
        if transpose is not None:
            found = [(transpose.findtext(name) or "0").strip() for name in ("chromatic", "octave-change")]
            if not all(re.fullmatch(r"[+-]?\d{1,2}", text, re.ASCII) for text in found):
                raise self._wrong(f"a transposition by {found[0][:20]!r} semitones")
            self._transposition = int(found[0]) + 12 * int(found[1])
        self._key(attributes.find("key"))
        time = attributes.find("time")
        if time is not None and self._part == 0:
            self._time(time)

    def _key(self, key: Any) -> None:
        if key is None or not re.fullmatch(r"[+-]?[0-7]", fifths := (key.findtext("fifths") or "").strip(), re.ASCII):
            return
        sharps = int(fifths)
        if self._transposition % 12:
            sharps = (sharps + 7 * self._transposition + 5) % 12 - 5
        self._heard.keys.append((sharps, (key.findtext("mode") or "").strip().lower() or None))

    def _time(self, time: Any) -> None:
        beats, unit = ((time.findtext(name) or "").strip() for name in ("beats", "beat-type"))
        if not re.fullmatch(r"\d{1,2}(\+\d{1,2})*", beats[:20], re.ASCII) or unit not in ("1", "2", "4", "8", "16", "32", "64"):
            raise self._wrong(f"a time signature of {beats[:20]!r} over {unit[:20]!r}")
        self._heard.metres[self._measure] = (max(1, sum(map(int, beats.split("+")))), int(unit))

    def _barline(self, barline: Any) -> None:
        self._heard.repeats |= barline.find("repeat") is not None
        ending = barline.find("ending")
        if ending is not None:
            if ending.get("type") == "start":
                self._label = (ending.get("number") or "1").lstrip("-")[:20] or "1"
            elif self._label:
                self._label = "-" + self._label.lstrip("-")  # ends with this measure


def tempo_of(element: Any) -> float | None:
    """Quarters a minute of a direction or sound element, None where it says nothing."""
    for sound in element.iter("sound"):
        if (found := positive(sound.get("tempo", ""))) is not None:
            return found
    for metronome in element.iter("metronome"):
        beat = QUARTERS.get((metronome.findtext("beat-unit") or "").strip())
        minute = positive((metronome.findtext("per-minute") or "").strip())
        if beat and minute:
            return minute * beat * (1.5 if metronome.find("beat-unit-dot") is not None else 1.0)
    return None


def positive(text: str) -> float | None:
    return float(text) or None if re.fullmatch(r"\d{1,4}(\.\d{1,9})?", text, re.ASCII) else None


def named(heard: Heard) -> Iterator[tuple[str, list[Head]]]:
    """Each line with its voice's name: that of its part, or the n-th word of it where the part has as many words as voices."""
    for part, name in heard.names.items():
        voices = sorted((len(voice), voice) for number, voice in heard.lines if number == part)
        words = [word for word in re.split(r"[\s/,+&]+", name) if word]
        for number, (_, voice) in enumerate(voices):
            own = name if len(voices) == 1 else words[number] if len(words) == len(voices) else ""
            yield own, heard.lines[part, voice]


def joined(heads: list[Head], begins: dict[int, Fraction]) -> tuple[Note, ...]:
    """The notes of one voice, ties joined."""
    notes: list[Note] = []
    placed = [(begins[head.measure] + head.begin, head) for head in heads if head.measure in begins]
    for begin, head in sorted(placed, key=lambda pair: pair[0]):
        last = notes[-1] if notes else None
        if last is not None and head.tied and last.pitch == head.pitch and last.end == begin:
            notes[-1] = replace(last, end=begin + head.length, fermata=last.fermata or head.fermata)
        else:
            notes.append(Note(begin, begin + head.length, head.pitch, head.fermata, head.identity))
    return tuple(notes)


def kept_fermatas(root: Any, lines: tuple[Line, ...], bars: list[Bar]) -> tuple[tuple[Fraction, Fraction], ...] | None:
    """What `write_musicxml` kept, unless the notes or their fermatas were edited since."""
    fields = (one.text or "" for one in root.iter("miscellaneous-field") if one.get("name") == FERMATAS)
    found = re.fullmatch(r"of (\d{1,5}) 16ths:((?: \d{1,5}-\d{1,5})*)", next(fields, ""), re.ASCII)
    if found is None or int(found[1]) != sum(bar.length for bar in bars):
        return None
    held = [(Fraction(first), Fraction(last)) for first, last in re.findall(r"(\d+)-(\d+)", found[2])]
    marked = [note for line in lines for note in line.notes if note.fermata]
    same = all(any(note.begin < last and note.end > first for first, last in held) for note in marked)
    return tuple(held) if same else None
