"""Notes onto the 16th grid: exact ones must lie on it, a performer's are brought to the nearest 16th."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from apps.audio.score.sheet import Line, Note, Sheet

__all__ = ["Placed", "on_grid"]

ORNAMENTS = 0.05
"""Share of a line's notes that may begin between two 16ths and be left out as ornaments (one always may)."""
EXACT = Fraction(1, 50)
"""16ths by which a MIDI file's onsets may miss the grid and still count as written, not played."""
TOLERANCE = 0.3
"""16ths by which a played onset may miss the grid; those of triplets miss it by a third."""
GAP = 2
"""16ths: silences of a played file up to here are articulation, not rests."""
TOGETHER = Fraction(1, 4)
"""16ths: notes of one line that begin closer than this are a chord."""
TRIPLETS = "Write the rhythm in 16ths or longer; triplets have no place on the model's 16th grid."


@dataclass(frozen=True)
class Placed:
    """One line in 16ths from the beginning of the file: begins, ends (exclusive), MIDI pitches, under a fermata or not."""

    begins: tuple[int, ...]
    ends: tuple[int, ...]
    pitches: tuple[int, ...]
    fermatas: tuple[bool, ...]


def on_grid(sheet: Sheet) -> tuple[list[Placed], list[str]]:
    """Every line on the grid, and what was done to get it there. Raises BadInput."""
    remarks: list[str] = []
    if sheet.played and not all(exact(note.begin) and exact(note.end) for line in sheet.lines for note in line.notes):
        sheet = snapped(sheet)
        if sheet.played:
            remarks.append(
                "Played, not written: onsets were moved to the nearest 16th, and gaps up to an eighth between notes were closed."
            )
    rows, dropped = [], 0
    for line in sheet.lines:
        notes, left_out = kept(sheet, line)
        dropped += left_out
        rows.append(row_of(sheet, notes))
    if dropped:
        remarks.append(f"{dropped} ornamental note{'s' if dropped > 1 else ''} shorter than a 16th left out.")
    return rows, remarks


def exact(time: Fraction) -> bool:
    return abs(time - round(time)) <= EXACT


def snapped(sheet: Sheet) -> Sheet:
    """A MIDI file's times as fractions that mean something.

    Onsets nearly all on a fine grid (12ths and 8ths of a 16th) are a notation program's: they stay, rounded to it, and lengths lose the
    articulation that such programs put in. Others are a performer's.
    """
    onsets = [note.begin for line in sheet.lines for note in line.notes]
    written = np.mean([exact(onset) for onset in onsets]) > 0.6 and all(
        abs(onset - round(onset * 24) / Fraction(24)) <= EXACT for onset in onsets
    )
    lines = tuple(Line(line.name, written_notes(line.notes) if written else played_notes(sheet, line.notes)) for line in sheet.lines)
    return replace(sheet, lines=lines, played=not written)


def written_notes(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Onsets on the nearest 24th of a 16th; an end within half a 16th before the next onset is that onset."""
    begins = [Fraction(round(note.begin * 24), 24) for note in notes]
    found = []
    for number, note in enumerate(notes):
        end = Fraction(max(round(note.end), int(begins[number]) + 1))
        if number + 1 < len(notes) and abs(note.end - begins[number + 1]) <= Fraction(1, 2):
            end = begins[number + 1]
        found.append(replace(note, begin=begins[number], end=end))
    return tuple(found)


def played_notes(sheet: Sheet, notes: Sequence[Note]) -> tuple[Note, ...]:
    """Onsets on the nearest 16th, articulation closed up. Raises BadInput where the playing is not near any 16th."""
    missed = [note for note in notes if abs(note.begin - round(note.begin)) > TOLERANCE]
    if len(missed) > max(1, ORNAMENTS * len(notes)):
        raise sheet.refused(
            f"{len(missed)} of {len(notes)} notes begin between two 16ths: triplets, swing, or playing without a click.",
            missed[0].begin,
            "Quantise it to 16ths in the program it was recorded with, and export it again.",
        )
    found: list[Note] = []
    for number, note in enumerate(notes):
        begin = Fraction(round(note.begin))
        after = Fraction(round(notes[number + 1].begin)) if number + 1 < len(notes) else None
        if after == begin and notes[number + 1].begin - note.begin > TOGETHER:
            continue  # a slip or a grace note before the beat
        end = Fraction(max(round(note.end), int(begin) + 1))
        if after is not None and after > begin and (-GAP <= end - after <= GAP):
            end = after
        found.append(replace(note, begin=begin, end=end))
    return tuple(found)


def kept(sheet: Sheet, line: Line) -> tuple[list[Note], int]:
    """The notes that begin on the grid, and how many others there were. Raises BadInput where those are more than ornaments."""
    for note in line.notes:
        if note.begin.denominator % 3 == 0 or note.begin.denominator % 5 == 0 or note.begin.denominator % 7 == 0:
            raise sheet.refused("a triplet or another tuplet.", note.begin, TRIPLETS)
    off = [note for note in line.notes if note.begin.denominator != 1]
    notes = [note for note in line.notes if note.begin.denominator == 1]
    if len(off) > max(1, ORNAMENTS * len(line.notes)) or not notes:
        raise sheet.refused(
            f"{len(off)} of {len(line.notes)} notes begin between two 16ths.", off[0].begin, "Write the rhythm in 16ths or longer."
        )
    return notes, len(off)


def row_of(sheet: Sheet, notes: Sequence[Note]) -> Placed:
    """Notes that begin on the grid, as one voice. Raises BadInput where two sound at once."""
    begins, ends = [], []
    for number, note in enumerate(notes):
        end = -int(-note.end // 1)  # rounded up: what follows a shortened note is another note, not a rest
        if number + 1 < len(notes) and notes[number + 1].begin < note.end:
            following = notes[number + 1].begin
            if following == note.begin or following < note.end - TOGETHER:
                raise sheet.refused(
                    "two notes sound at once in one voice.",
                    following,
                    "Give a melody of single notes, or each voice a part (a MIDI track or channel, a MusicXML or ABC voice) of its own.",
                )
            end = int(following)
        begins.append(int(note.begin))
        ends.append(end)
    return Placed(tuple(begins), tuple(ends), tuple(note.pitch for note in notes), tuple(note.fermata for note in notes))
