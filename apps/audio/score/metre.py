"""Bars: which metres can be read, and the place of every 16th in its bar.

The chorale model learned from 326 chorales in 4/4, 38 in 3/4 and one in 3/2, so that every metre is brought to the first two.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from apps.audio.score.sheet import BARS_LIMIT, Bar, Line, Sheet
from shared.errors import BadInput

__all__ = ["Metred", "metred"]

EXPECTED = "4/4, 3/4, 2/2, 2/4, 4/8, 3/2, 4/2, 6/4, 3/8, 6/8, 9/8 or 12/8"
# time signature -> (factor on every length, 16ths in a bar of the grid)
METRES: dict[tuple[int, int], tuple[Fraction, int]] = {
    (4, 4): (Fraction(1), 16),
    (2, 2): (Fraction(1), 16),
    (2, 4): (Fraction(1), 16),
    (3, 4): (Fraction(1), 12),
    (6, 4): (Fraction(1), 12),
    (3, 2): (Fraction(1, 2), 12),
    (4, 2): (Fraction(1, 2), 16),
    (4, 8): (Fraction(2), 16),
    (3, 8): (Fraction(2), 12),
    (6, 8): (Fraction(2), 12),
    (9, 8): (Fraction(2), 12),
    (12, 8): (Fraction(2), 12),
}
LENGTHS = {Fraction(1): "", Fraction(2): ", note values doubled", Fraction(1, 2): ", note values halved"}
STEPS_LIMIT = 32 * BARS_LIMIT


@dataclass(frozen=True, eq=False)
class Metred:
    """A sheet in 4/4 or 3/4. position: (steps,) uint8, 16ths since the bar line of every 16th of the file. bar_steps: 16 or 12."""

    sheet: Sheet
    position: np.ndarray
    bar_steps: int


def metred(sheet: Sheet) -> Metred:
    """The sheet in 4/4 or 3/4, with a remark where that is not its own metre. Raises BadInput."""
    metre = common_metre(sheet)
    if metre not in METRES:
        raise BadInput(
            f"{sheet.kind}: the metre is {metre[0]}/{metre[1]}, expected {EXPECTED}.",
            remedy="They are brought to 4/4 or 3/4, which the model knows; bars of five have no such place.",
        )
    factor, bar_steps = METRES[metre]
    starts = bar_starts(sheet, Fraction(16 * metre[0], metre[1]))
    scaled = stretched(sheet, factor)
    own = int(factor * Fraction(16 * metre[0], metre[1]))
    position: list[np.ndarray] = []
    pickup = bool(starts) and starts[0] > 0
    whole = int(pickup)  # bars so far, where two of the file make one of the grid; a pickup ends one
    for bar, start in zip(scaled.bars, starts, strict=True):
        first = int(start * factor)
        joined = whole * own if own < bar_steps else 0
        position.append((np.arange(first, first + int(bar.length)) + joined) % bar_steps)
        whole += first + bar.length >= own
    said = ""
    if metre not in ((4, 4), (3, 4)):
        said = f"Read as {bar_steps // 4}/4{LENGTHS[factor]}: the file is in {metre[0]}/{metre[1]}, which the model does not know."
    return Metred(
        replace(scaled, remarks=(*sheet.remarks, *([said] if said else []))), np.concatenate(position).astype(np.uint8), bar_steps
    )


def common_metre(sheet: Sheet) -> tuple[int, int]:
    """The time signature of the most full bars, or of the most bars where none is full; the later of two, for a pickup may have its own."""
    full = [bar.metre for bar in sheet.bars if bar.length == bar.nominal]
    metres = full or [bar.metre for bar in sheet.bars]
    return Counter(reversed(metres)).most_common(1)[0][0]


def bar_starts(sheet: Sheet, whole: Fraction) -> list[Fraction]:
    """For each bar, 16ths of a full bar that come before its first note: of a pickup, and of the second of two part-bars at a repeat."""
    starts: list[Fraction] = []
    pending = Fraction(0)
    for number, bar in enumerate(sheet.bars):
        last = number == len(sheet.bars) - 1
        if bar.length.denominator != 1:
            raise sheet.refused(f"the bar is {quarters(bar.length)} quarters long.", bar.begin, "Write bars of whole 16ths.")
        if bar.length > whole:
            raise sheet.refused(
                f"it holds {quarters(bar.length)} quarters, expected {quarters(whole)}: the metre changes, or the bar is too full.",
                bar.begin,
                "Keep one metre throughout.",
            )
        start = Fraction(0)
        if bar.length < whole and pending and pending + bar.length == whole:
            start, pending = pending, Fraction(0)
        elif bar.length < whole and number == 0 and not last:
            start = whole - bar.length
        elif bar.length < whole:
            if changed(sheet, number, whole):
                raise sheet.refused(
                    f"the metre changes to {bar.metre[0]}/{bar.metre[1]}.", bar.begin, "Keep one metre throughout, a pickup apart."
                )
            pending = bar.length
        else:
            pending = Fraction(0)
        starts.append(start)
    return starts


def changed(sheet: Sheet, number: int, whole: Fraction) -> bool:
    """Whether a short bar has a time signature of its own and neither ends the piece nor is completed by the next."""
    bar, after = sheet.bars[number], sheet.bars[number + 1 : number + 2]
    return bar.nominal != whole and bool(after) and bar.length + after[0].length != whole


def quarters(length: Fraction) -> str:
    return f"{float(length / 4):g}"


def stretched(sheet: Sheet, factor: Fraction) -> Sheet:
    """The same music with every length multiplied, and the tempo with it, so that it sounds the same."""
    if factor == 1:
        return sheet
    lines = tuple(
        Line(line.name, tuple(replace(note, begin=note.begin * factor, end=note.end * factor) for note in line.notes))
        for line in sheet.lines
    )
    bars = tuple(Bar(bar.begin * factor, bar.length * factor, bar.metre, bar.number) for bar in sheet.bars)
    tempo = None if sheet.tempo_bpm is None else sheet.tempo_bpm * float(factor)
    held = None if sheet.held is None else tuple((begin * factor, end * factor) for begin, end in sheet.held)
    return replace(sheet, lines=lines, bars=bars, tempo_bpm=tempo, held=held)
