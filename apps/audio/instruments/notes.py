"""From a chorale's grid to notes in seconds, and to the key presses an instrument plays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from apps.audio.chorales.chorale import REST, STEPS_A_QUARTER, Chorale

__all__ = ["Line", "Note", "Played", "breaths_s", "lines", "notes_of"]

REPEAT_GAP_S = 0.07
"""A key is up for so long before the same one is struck again: without it, repeated notes are one long one."""
BREATH_S = 0.14
"""... and before the next phrase."""
LARGEST_GAP = 0.25
"""Of the note that is shortened."""


class Note(NamedTuple):
    """voice: 0 soprano ... 3 bass. pitch: MIDI number. Seconds from the start, exact at the tempo."""

    voice: int
    pitch: int
    start_s: float
    end_s: float


class Played(NamedTuple):
    """A key press in samples: it is down for `length` from `start`; the release comes after."""

    pitch: int
    start: int
    length: int


@dataclass(frozen=True)
class Line:
    """What one voice plays, in order. samples: of the whole recording. phrases_s: where each phrase begins, and where the last one ends."""

    voice: int
    played: tuple[Played, ...]
    samples: int
    rate_hz: int
    phrases_s: tuple[float, ...]
    seed: int


def notes_of(chorale: Chorale, tempo_bpm: float) -> list[Note]:
    """Every note, voice by voice, at `tempo_bpm` quarters a minute; each sounds until its voice begins something else."""
    step_s = 60 / tempo_bpm / STEPS_A_QUARTER
    found = []
    for voice in range(chorale.cells.shape[1]):
        begins = np.flatnonzero(chorale.onsets[:, voice]).tolist()
        for begin, end in zip(begins, [*begins[1:], len(chorale)], strict=True):
            pitch = int(chorale.cells[begin, voice])
            if pitch > REST:
                found.append(Note(voice, pitch, begin * step_s, end * step_s))
    return found


def breaths_s(chorale: Chorale, tempo_bpm: float) -> tuple[float, ...]:
    """Where the phrases end: after each fermata, and at the end of the piece."""
    step_s = 60 / tempo_bpm / STEPS_A_QUARTER
    ends = np.flatnonzero(chorale.fermata[:-1] & ~chorale.fermata[1:]) + 1
    return (*(float(end * step_s) for end in ends), len(chorale) * step_s)


def lines(notes: list[Note], breaths: tuple[float, ...], samples: int, rate_hz: int, seed: int) -> list[Line]:
    """The four voices as key presses: onsets exact, keys lifted early only before a repeated note and where a phrase ends."""
    found = []
    for voice in range(4):
        own = [note for note in notes if note.voice == voice]
        played = []
        for number, note in enumerate(own):
            following = own[number + 1] if number + 1 < len(own) else None
            gap = 0.0
            if following is not None and following.start_s == note.end_s:
                gap = BREATH_S if note.end_s in breaths else REPEAT_GAP_S if following.pitch == note.pitch else 0.0
            length_s = note.end_s - note.start_s
            length_s -= min(gap, LARGEST_GAP * length_s)
            played.append(Played(note.pitch, round(note.start_s * rate_hz), max(1, round(length_s * rate_hz))))
        found.append(Line(voice, tuple(played), samples, rate_hz, (0.0, *breaths), seed))
    return found
