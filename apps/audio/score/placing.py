"""From what a reader found to the chorale grid: the 16th grid, voices and their ranges, key, fermatas."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

import numpy as np

from apps.audio.chorales.chorale import HOLD, RANGES, REST, VOICES, Chorale
from apps.audio.score.keys import estimated_key
from apps.audio.score.metre import STEPS_LIMIT, metred
from apps.audio.score.phrases import inferred_fermatas
from apps.audio.score.rhythm import Placed, on_grid
from apps.audio.score.sheet import BARS_LIMIT, Line, Sheet, major
from shared.errors import BadInput, TooLarge

__all__ = ["Given", "placed"]

# voice names of choir scores in English, German, French, Italian, Spanish and Latin
NAMES = (
    r"s|sop|sopr|soprano|sopran|soprane|superius|cantus|discant|diskant|descant|treble|melody|melodie|melodia|tune|dessus",
    r"a|alt|alto|altus|contralto",
    r"t|ten|tenor|tenore|ténor|taille",
    r"b|bas|bass|basso|bassus|basse|bajo",
)
USUAL = (71, 65, 58, 50)
"""Mean pitch of each voice in Bach's chorales."""
HALF_OCTAVE = 6
MAJOR_NAMES = ("C", "D flat", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B")
NOTES = ("C", "C sharp", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B")


@dataclass(frozen=True, eq=False)
class Given:
    """What a user's file fixes.

    chorale: the grid; a voice that was not given holds a rest throughout. voices: those given, soprano 0 ... bass 3. tempo_bpm: quarters
    a minute. notes: what was assumed, changed or left out on the way, a sentence each.
    """

    chorale: Chorale
    voices: tuple[int, ...]
    tempo_bpm: float | None
    title: str
    notes: tuple[str, ...]
    inferred: bool = False
    """Whether the fermatas are ours: the file has none."""


def placed(sheet: Sheet, name: str, voice: str) -> Given:
    """The sheet on the grid; `voice` is that of a melody alone. Raises BadInput."""
    lines = tuple(line for line in sheet.lines if line.notes)
    if not lines:
        raise BadInput(f"{sheet.kind}: no notes.", remedy="Give a melody, or up to four voices.")
    if len(lines) > len(VOICES):
        raise BadInput(
            f"{sheet.kind}: {len(lines)} voices with notes, expected a melody or up to four.",
            remedy="Keep the parts that are to be soprano, alto, tenor and bass.",
        )
    if len(sheet.bars) > 4 * BARS_LIMIT or sheet.bars[-1].begin > STEPS_LIMIT:
        raise too_long(sheet, len(sheet.bars))
    found = metred(replace(sheet, lines=lines))
    sheet, position, bar_steps = found.sheet, found.position, found.bar_steps
    rows, remarks = on_grid(sheet)
    first, stop = min(row.begins[0] for row in rows), max(row.ends[-1] for row in rows)
    if stop > len(position):
        position = np.append(position, (position[-1] + 1 + np.arange(stop - len(position))) % bar_steps).astype(np.uint8)
    position = position[first:stop]
    if (bars := int((position == 0).sum()) + int(position[0] != 0)) > BARS_LIMIT + 1:
        raise too_long(sheet, bars)
    voices = voices_of(sheet, rows, voice)
    rows, moved = within_ranges(sheet, rows, voices)
    cells = np.full((stop - first, len(VOICES)), HOLD, np.uint8)
    cells[0] = REST
    for row, number in zip(rows, voices, strict=True):
        fill(cells[:, number], row, first)
    fermata = fermatas_of(sheet, rows, stop)[first:]
    sharps, tonic, said = key_of(sheet, rows, voices)
    remarks = [*sheet.remarks, *remarks, *moved, *said]
    inferred = not fermata.any()
    if inferred:
        fermata = inferred_fermatas(cells[:, voices[0]], bar_steps)
        remarks.append(
            f"No fermatas in the file: {ends_of(fermata)} phrase ends inferred from long notes and rests, else every two bars; not printed."
        )
    chorale = Chorale(name, cells, fermata, position, bar_steps, sharps, tonic)
    return Given(chorale, tuple(voices), sheet.tempo_bpm, sheet.title, tuple(remarks), inferred)


def fermatas_of(sheet: Sheet, rows: Sequence[Placed], stop: int) -> np.ndarray:
    """(stop,) bool: the 16ths under a fermata."""
    fermata = np.zeros(stop, bool)
    if sheet.held is not None:
        for first, last in sheet.held:
            fermata[max(0, round(first)) : max(0, round(last))] = True
        return fermata
    for row in rows:
        for begin, end, held in zip(row.begins, row.ends, row.fermatas, strict=True):
            fermata[begin:end] |= held
    return fermata


def too_long(sheet: Sheet, bars: int) -> TooLarge:
    return TooLarge(f"{sheet.kind}: {bars} bars, expected {BARS_LIMIT} or fewer.", remedy="Give a part of it.")


def ends_of(fermata: np.ndarray) -> int:
    return int((fermata & ~np.append(fermata[1:], False)).sum())


def fill(column: np.ndarray, row: Placed, first: int) -> None:
    """Write a voice's notes, and the rests between them, into its cells."""
    for number, (begin, end, pitch) in enumerate(zip(row.begins, row.ends, row.pitches, strict=True)):
        column[begin - first] = pitch
        following = row.begins[number + 1] if number + 1 < len(row.begins) else len(column) + first
        if end < following:
            column[end - first] = REST


def voices_of(sheet: Sheet, rows: Sequence[Placed], voice: str) -> list[int]:
    """The voice of each line: by name where every line has another voice's name, else by pitch in the order of choir scores."""
    if len(rows) == 1:
        return [VOICES.index(voice)]
    named = [named_voice(line) for line in sheet.lines]
    if None not in named and len(set(named)) == len(named):
        return [number for number in named if number is not None]
    means = [float(np.mean(row.pitches)) for row in rows]
    order = sorted(range(len(rows)), key=lambda line: (-means[line], line))
    centres = [(low + high) / 2 for low, high in RANGES]
    choice = min(
        combinations(range(len(VOICES)), len(rows)),
        key=lambda chosen: sum(abs(means[line] - centres[number]) for line, number in zip(order, chosen, strict=True)),
    )
    found = dict(zip(order, choice, strict=True))
    return [found[line] for line in range(len(rows))]


def named_voice(line: Line) -> int | None:
    """The voice that a line's name says; None where it says none, or several."""
    words = re.findall(r"[^\W\d_]+", line.name.lower())
    found = {number for word in words for number, names in enumerate(NAMES) if re.fullmatch(names, word)}
    return found.pop() if len(found) == 1 else None


def within_ranges(sheet: Sheet, rows: list[Placed], voices: Sequence[int]) -> tuple[list[Placed], list[str]]:
    """The rows, a melody alone moved by octaves where only so it fits its voice; and what was done."""
    if len(rows) == 1:
        row, (low, high) = rows[0], RANGES[voices[0]]
        shifts = [12 * octaves for octaves in (0, 1, -1, 2, -2, 3, -3, 4, -4)]
        fitting = [shift for shift in shifts if min(row.pitches) + shift >= low and max(row.pitches) + shift <= high]
        # where several octaves fit, an octave nearer to where the voice usually lies by more than half of one
        usual, mean = USUAL[voices[0]], float(np.mean(row.pitches))
        if named_voice(sheet.lines[0]) != voices[0]:  # a part that says which voice it is lies where it was written
            fitting.sort(key=lambda shift: (abs(mean + shift - usual) - HALF_OCTAVE * (shift == 0), abs(shift)))
        if fitting and fitting[0]:
            octaves = abs(fitting[0]) // 12
            moved = Placed(row.begins, row.ends, tuple(pitch + fitting[0] for pitch in row.pitches), row.fermatas)
            number, way = ("one octave" if octaves == 1 else f"{octaves} octaves"), ("up" if fitting[0] > 0 else "down")
            return [moved], [f"The melody was moved {number} {way} into the range of the {VOICES[voices[0]]}."]
    for row, part in zip(rows, voices, strict=True):
        low, high = RANGES[part]
        for at, pitch in zip(row.begins, row.pitches, strict=True):
            if not low <= pitch <= high:
                whole = "" if len(rows) > 1 else f" (the melody spans {note_name(min(row.pitches))} to {note_name(max(row.pitches))})"
                raise sheet.refused(
                    f"{note_name(pitch)} is out of the {VOICES[part]}'s range, {note_name(low)} to {note_name(high)}{whole}.",
                    Fraction(at),
                    "Transpose it, or give it to another voice.",
                )
    return rows, []


def note_name(pitch: int) -> str:
    """Such as `E flat 4`; middle C is C 4."""
    return f"{NOTES[pitch % 12]} {pitch // 12 - 1}"


def key_of(sheet: Sheet, rows: Sequence[Placed], voices: Sequence[int]) -> tuple[int, int | None, list[str]]:
    """(sharps, tonic, what is to be said about them)."""
    pitches = [pitch for row in rows for pitch in row.pitches]
    lengths = [end - begin for row in rows for begin, end in zip(row.begins, row.ends, strict=True)]
    final = rows[int(np.argmax(voices))].pitches[-1]
    sharps, tonic, mode = estimated_key(pitches, lengths, final)
    called = f"{NOTES[tonic]} minor" if mode == "minor" else f"{MAJOR_NAMES[tonic]} major"
    if sheet.sharps is None:
        return sharps, tonic, [f"The file names no key: {called} was estimated from the notes."]
    if sheet.weak_key and sharps != sheet.sharps and outside(pitches, lengths, sheet.sharps) > outside(pitches, lengths, sharps) + 0.05:
        return sharps, tonic, [f"The file says C major, which many programs write unasked; by its notes it is in {called}."]
    if sheet.tonic is not None:
        return sheet.sharps, sheet.tonic, []
    home = major(sheet.sharps)
    if tonic not in (home, (home + 9) % 12):
        tonic = (home + 9) % 12 if final % 12 == (home + 9) % 12 else home
    return sheet.sharps, tonic, [f"The file has a key signature and no mode: {NOTES[tonic]} was taken for the tonic."]


def outside(pitches: Sequence[int], lengths: Sequence[int], sharps: int) -> float:
    """Share of the time spent on notes foreign to a signature."""
    scale = {(major(sharps) + step) % 12 for step in (0, 2, 4, 5, 7, 9, 11)}
    return sum(length for pitch, length in zip(pitches, lengths, strict=True) if pitch % 12 not in scale) / sum(lengths)
