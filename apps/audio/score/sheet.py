"""What a reader found in a file, before it is put on the grid: lines of notes, bars, key, tempo.

Times are exact, in 16ths from the beginning of the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from shared.errors import BadInput

__all__ = ["BARS_LIMIT", "MODES", "Bar", "Line", "Note", "Sheet", "first_endings", "major", "tonic_of"]

BARS_LIMIT = 128
MODES = {"major": 0, "ionian": 0, "dorian": 2, "phrygian": 4, "lydian": 5, "mixolydian": 7, "minor": 9, "aeolian": 9, "locrian": 11}
"""Semitones from the major key of a signature up to the tonic of each mode."""


def major(sharps: int) -> int:
    """Pitch class of the major key with so many sharps."""
    return 7 * sharps % 12


def tonic_of(sharps: int, mode: str | None) -> int | None:
    """Pitch class of the tonic; None for a mode nobody named."""
    return (major(sharps) + MODES[mode]) % 12 if mode in MODES else None


@dataclass(frozen=True)
class Note:
    """A note as it sounds, ties already joined. identity: what the file calls it, for highlighting."""

    begin: Fraction
    end: Fraction
    pitch: int
    fermata: bool = False
    identity: str = ""


@dataclass(frozen=True)
class Line:
    """The notes of one voice in order of their beginnings, and the name the file gives it."""

    name: str
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Bar:
    """metre: the time signature in force, such as (3, 4); a bar may be shorter than it says. number: as printed."""

    begin: Fraction
    length: Fraction
    metre: tuple[int, int]
    number: str

    @property
    def nominal(self) -> Fraction:
        """16ths in a bar of this time signature."""
        return Fraction(16 * self.metre[0], self.metre[1])


@dataclass(frozen=True)
class Sheet:
    """A file's music. kind: the format, as a user calls it. sharps and tonic: None where the file does not say.

    weak_key: the signature is one that programs write without having been asked. played: onsets may be a performer's, to be quantised.
    held: begin and end of each fermata, where the file says that apart from its notes; their own fermatas count otherwise.
    """

    kind: str
    lines: tuple[Line, ...]
    bars: tuple[Bar, ...]
    sharps: int | None = None
    tonic: int | None = None
    weak_key: bool = False
    tempo_bpm: float | None = None
    title: str = ""
    remarks: tuple[str, ...] = ()
    played: bool = False
    held: tuple[tuple[Fraction, Fraction], ...] | None = None

    def bar_at(self, time: Fraction) -> str:
        """The printed number of the bar that holds a time."""
        found = self.bars[0].number if self.bars else "1"
        for bar in self.bars:
            if bar.begin > time:
                break
            found = bar.number
        return found

    def refused(self, message: str, time: Fraction, remedy: str) -> BadInput:
        """An error about one place of the music."""
        return BadInput(f"{self.kind}, bar {self.bar_at(time)}: {message}", remedy=remedy)


def first_endings(labels: Sequence[str]) -> list[bool]:
    """For each bar, whether it belongs to an ending that is followed by another; labels: of the ending a bar is in, "" for none."""
    skipped = [False] * len(labels)
    for number in range(len(labels) - 2, -1, -1):
        here, after = labels[number], labels[number + 1]
        skipped[number] = bool(here and after) and (here != after or skipped[number + 1])
    return skipped
