"""ABC notation -> sheet: tunes of one voice, or of up to four with V: fields.

The ABC standard v2.1 (2011), as far as single tunes need it. A file of many tunes is read up to the end of its first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction

from apps.audio.score.abctokens import ACCIDENTALS, LETTERS, TOKEN, TUPLETS
from apps.audio.score.sheet import BARS_LIMIT, MODES, Bar, Line, Note, Sheet, first_endings, tonic_of
from shared.errors import BadInput, TooLarge

__all__ = ["SIZE_LIMIT", "read_abc"]

KIND = "ABC file"
SIZE_LIMIT = 200_000
"""Bytes. A tune of 128 bars takes 5 kB."""
FIFTHS = "FCGDAEB"


@dataclass
class Voice:
    """The state of one voice while its music is read. heads: (bar, begin within it, length, pitch, fermata, tied)."""

    name: str = ""
    heads: list[tuple[int, Fraction, Fraction, int, bool, bool]] = field(default_factory=list)
    lengths: list[Fraction] = field(default_factory=list)
    metres: list[tuple[int, int]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    label: str = ""
    now: Fraction = Fraction(0)
    in_bar: dict[str, int] = field(default_factory=dict)
    sounding: dict[int, int] = field(default_factory=dict)
    fermata: bool = False
    tie: bool = False
    broken: Fraction = Fraction(1)
    tuplet: tuple[Fraction, int] = (Fraction(1), 0)


def read_abc(text: str) -> Sheet:
    """The first tune. Raises BadInput."""
    if len(text) > SIZE_LIMIT:
        raise TooLarge(f"{KIND}: {len(text)} characters, expected {SIZE_LIMIT} or fewer.", remedy="Give one tune alone.")
    return Reader().read(text)


class Reader:
    """One tune: its fields, then its voices."""

    def __init__(self) -> None:
        self._title = ""
        self._metre = (4, 4)
        self._unit: Fraction | None = None
        self._sharps, self._tonic = None, None  # type: int | None, int | None
        self._marks: dict[str, int] = {}
        self._tempo_bpm: float | None = None
        self._voices: dict[str, Voice] = {}
        self._voice = Voice()
        self._graces, self._repeats = 0, False
        self._line = 0

    def read(self, text: str) -> Sheet:
        body = False
        for self._line, line in enumerate(map(str.strip, text.splitlines()), 1):
            if body and (not line or line.startswith("X:")):
                if any(voice.heads for voice in self._all()) or line:
                    break
            elif re.match(r"[A-Za-z+]:(?![|:])", line):
                self._field(line[0], line[2:].partition("%")[0].strip()[:200])
                body |= line[0] == "K"
            elif body and not line.startswith("%"):
                self._music(line)
        if not body:
            raise BadInput(f"{KIND}: no K: field, which ends the head of every tune.", remedy="Write one, such as K:G.")
        return self._sheet()

    def _all(self) -> list[Voice]:
        return list(self._voices.values()) or [self._voice]

    def _wrong(self, what: str, remedy: str = "Mend that line.") -> BadInput:
        return BadInput(f"{KIND}, line {self._line}: {what}.", remedy=remedy)

    def _field(self, name: str, value: str) -> None:
        if name == "T" and not self._title:
            self._title = value
        elif name == "M":
            self._metre = self._metre_of(value)
        elif name == "L":
            found = re.fullmatch(r"(\d{1,2})/(\d{1,3})", value, re.ASCII)
            if found is None or not int(found[1]) or not int(found[2]):
                raise self._wrong(f"a unit length L:{value[:20]}, expected one such as 1/8")
            self._unit = Fraction(int(found[1]), int(found[2]))
        elif name == "K":
            self._key(value)
        elif name == "Q":
            self._tempo(value)
        elif name == "V":
            identity, _, rest = value.partition(" ")
            if not self._voices and any(head for head in self._voice.heads):
                self._voices["1"] = self._voice
            self._voice = self._voices.setdefault(identity, Voice(name=identity))
            named = re.search(r'\b(?:name|nm)="([^"]*)"', rest)
            self._voice.name = named[1] if named else self._voice.name

    def _metre_of(self, value: str) -> tuple[int, int]:
        known = {"C": (4, 4), "C|": (2, 2)}.get(value)
        found = re.fullmatch(r"(\d{1,2})/(1|2|4|8|16|32)", value, re.ASCII)
        if known is None and (found is None or not int(found[1])):
            raise self._wrong(f"a metre M:{value[:20]}, expected one such as 4/4")
        return known or (int(found[1]), int(found[2])) if found else known or (4, 4)

    def _key(self, value: str) -> None:
        found = re.match(r"([A-G])([#b]?)\s*((?i:maj|min|ion|dor|phr|lyd|mix|aeo|loc|m\b))?", value)
        if value.lower().startswith("none") or not value or found is None:
            if value and not re.match(r"none|clef|treble|bass|alto|tenor|hp", value, re.IGNORECASE):
                raise self._wrong(f"a key K:{value[:20]}, expected one such as K:G, K:F#m or K:D dorian")
            return
        short = (found[3] or "maj").lower()
        mode = "minor" if short in ("m", "min") else next(name for name in MODES if name.startswith(short))
        place = FIFTHS.index(found[1]) - 1 + 7 * {"": 0, "#": 1, "b": -1}[found[2]]
        sharps = place - {0: 0, 2: 2, 4: 4, 5: -1, 7: 1, 9: 3, 11: 5}[MODES[mode]]
        if not -7 <= sharps <= 7:
            raise self._wrong(f"the key K:{value[:20]} has {abs(sharps)} accidentals, expected 7 or fewer")
        self._marks = dict.fromkeys(FIFTHS[: max(0, sharps)], 1) | dict.fromkeys(FIFTHS[7 + min(0, sharps) :], -1)
        if self._sharps is None:
            self._sharps, self._tonic = sharps, tonic_of(sharps, mode)

    def _tempo(self, value: str) -> None:
        found = re.search(r"(?:(\d{1,2})/(\d{1,2})\s*=)?\s*(\d{1,3})(?:\.\d+)?\s*(?:\"|$)", value, re.ASCII)
        if found and int(found[3]) and (found[2] is None or int(found[1]) * int(found[2])):
            beat = Fraction(int(found[1]), int(found[2])) if found[2] else Fraction(1, 4)
            self._tempo_bpm = float(4 * beat * int(found[3]))

    def _music(self, line: str) -> None:
        at = 0
        while at < len(line):
            token = TOKEN.match(line, at)
            if token is None or token.end() == at:
                raise self._wrong(f"{line[at : at + 12]!r} is not understood")
            at = token.end()
            self._token(token)

    def _token(self, token: re.Match[str]) -> None:
        voice = self._voice
        if token["letter"]:
            self._note(token)
        elif token["bar"]:
            self._bar(token["bar"], (token["ending"] or "").strip())
        elif token["chord"]:
            raise self._wrong("a chord, expected single notes", "Give a melody of single notes, or each voice a V: of its own.")
        elif token["inline"]:
            self._field(token["inline"], token["value"].strip()[:200])
        elif token["decoration"]:
            voice.fermata |= token["decoration"] in ("H", "!fermata!", "+fermata+", "!invertedfermata!")
        elif token["grace"] is not None:
            self._graces += len(re.findall(r"[A-Ga-g]", token["grace"]))
        elif token["tuplet"]:
            count = int(token["tuplet"])
            compound = self._metre[1] == 8 and self._metre[0] % 3 == 0
            time = int(token["q"] or 0) or TUPLETS.get(count, 3 if compound else 2)
            if not count:
                raise self._wrong("a tuplet of no notes")
            voice.tuplet = (Fraction(time, count), int(token["r"] or 0) or count)
        elif token["tie"]:
            voice.tie = bool(voice.heads)
        elif token["broken"]:
            self._break(token["broken"])

    def _unit_length(self) -> Fraction:
        return self._unit or (Fraction(1, 16) if Fraction(*self._metre) < Fraction(3, 4) else Fraction(1, 8))

    def _length(self, text: str) -> Fraction:
        """Of a note, in 16ths."""
        over, slash, under = text.partition("/")
        divided = under.lstrip("/")
        divisor = int(divided) if divided else 2 ** (1 + under.count("/")) if slash else 1
        if not divisor or len(over) > 3 or len(divided) > 3 or len(under) > 6 or over == "0":
            raise self._wrong(f"a length of {text[:12]!r}")
        return 16 * self._unit_length() * int(over or 1) / divisor

    def _note(self, token: re.Match[str]) -> None:
        voice, letter = self._voice, token["letter"]
        length = self._length(token["length"])
        if letter in "ZX":
            count = int(token["length"]) if token["length"].isdigit() else 1
            for number in range(min(count, 4 * BARS_LIMIT)):
                voice.now += Fraction(16 * self._metre[0], self._metre[1])
                if number < count - 1:
                    self._bar("|", "")
            return
        factor, left = voice.tuplet
        if left:
            length *= factor
            voice.tuplet = (factor, left - 1)
        length, voice.broken = length * voice.broken, Fraction(1)
        if letter not in "zx":
            self._head(token, length)
        voice.fermata = voice.tie = False
        voice.now += length

    def _head(self, token: re.Match[str], length: Fraction) -> None:
        voice, letter = self._voice, token["letter"]
        natural = LETTERS[letter.upper()] + (72 if letter.islower() else 60)
        natural += 12 * (token["octave"].count("'") - token["octave"].count(","))
        if token["accidental"]:
            voice.in_bar[letter.upper() + str(natural)] = ACCIDENTALS[token["accidental"]]
        marks = voice.in_bar.get(letter.upper() + str(natural), self._marks.get(letter.upper(), 0))
        pitch = natural + marks
        if voice.tie and not token["accidental"] and voice.heads[-1][3] in range(natural - 2, natural + 3) and not voice.now:
            pitch = voice.heads[-1][3]  # a tie carries an accidental over the bar line
        tied = voice.tie and voice.heads[-1][3] == pitch
        voice.heads.append((len(voice.lengths), voice.now, length, pitch, voice.fermata, tied))

    def _break(self, signs: str) -> None:
        voice = self._voice
        if not voice.heads or voice.heads[-1][0] != len(voice.lengths):
            raise self._wrong("a broken rhythm without a note before it")
        short = Fraction(1, 2 ** min(len(signs), 3))
        first, second = (2 - short, short) if signs[0] == ">" else (short, 2 - short)
        bar, begin, length, *rest = voice.heads[-1]
        voice.heads[-1] = (bar, begin, length * first, *rest)  # type: ignore[assignment]
        voice.now += length * (first - 1)
        voice.broken = second

    def _bar(self, bar: str, ending: str) -> None:
        voice = self._voice
        self._repeats |= ":" in bar
        if voice.now:
            voice.lengths.append(voice.now)
            voice.metres.append(self._metre)
            voice.labels.append(voice.label)
            voice.now, voice.in_bar = Fraction(0), {}
            if len(voice.lengths) > 4 * BARS_LIMIT:
                raise TooLarge(f"{KIND}: more than {4 * BARS_LIMIT} bars, expected {BARS_LIMIT} or fewer.", remedy="Give a part of it.")
        if ":" in bar or len(bar) > 1:
            voice.label = ""
        if ending:
            voice.label = ending

    def _sheet(self) -> Sheet:
        for voice in self._all():
            self._voice = voice
            self._bar("|", "")
        voices = [voice for voice in self._all() if voice.lengths]
        if not voices:
            raise BadInput(f"{KIND}: no notes.", remedy="Write the tune below its K: field.")
        longest = max(voices, key=lambda voice: len(voice.lengths))
        skipped = first_endings(longest.labels)
        bars, begins = [], {}
        now = Fraction(0)
        pickup = longest.lengths[0] < Fraction(16 * longest.metres[0][0], longest.metres[0][1])
        for number, metre in enumerate(longest.metres):
            if not skipped[number]:
                begins[number] = now
                length = max(voice.lengths[number] for voice in voices if number < len(voice.lengths))
                bars.append(Bar(now, length, metre, str(number + (not pickup))))
                now += length
        remarks = [f"{self._graces} grace note{'s' if self._graces > 1 else ''} left out."] if self._graces else []
        if self._repeats:
            remarks.append("Repeats are read once" + (", with their last endings." if any(longest.labels) else "."))
        lines = tuple(Line(voice.name, notes_of(voice, begins)) for voice in voices)
        return Sheet(KIND, lines, tuple(bars), self._sharps, self._tonic, False, self._tempo_bpm, self._title, tuple(remarks))


def notes_of(voice: Voice, begins: dict[int, Fraction]) -> tuple[Note, ...]:
    """The notes of a voice in the bars that are played, ties joined."""
    notes: list[Note] = []
    for bar, within, length, pitch, fermata, tied in voice.heads:
        if bar not in begins:
            continue
        begin = begins[bar] + within
        if tied and notes and notes[-1].end == begin and notes[-1].pitch == pitch:
            notes[-1] = replace(notes[-1], end=begin + length, fermata=notes[-1].fermata or fermata)
        else:
            notes.append(Note(begin, begin + length, pitch, fermata))
    return tuple(notes)
