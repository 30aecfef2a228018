"""Where the training data of the chorale model comes from: the Bach chorales in music21's wheel -> one npz of 16th grids.

    pip download --no-deps music21==10.5.0 --dest DATA
    python -m venv ENV && ENV/bin/pip install DATA/music21-10.5.0-py3-none-any.whl
    python -m apps.audio.chorales.derive --corpus ENV/lib/python3.11/site-packages --out chorales.npz

The music is in the public domain. Its encodings (Margaret Greentree 2004, CCARH) are in music21 by permission and without an open
licence: what this writes is for training and measuring, and stays out of the repository.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from apps.audio.chorales.chorale import HOLD, RANGES, REST, SPLITS, STEPS_A_QUARTER, VOICES, Chorale, Collection

__all__ = ["Unfit", "chorale_of", "main", "merged_rests", "metre"]

DUPLICATES = ("bwv277.krn", "bwv281.krn", "bwv366.krn")
"""In the corpus a second time as MusicXML."""
OFF_GRID = 0.02
"""Share of a piece's notes that may begin off the 16th grid: 32nd ornaments, left to the note before."""


class Unfit(Exception):
    """A file that is no four-part chorale on the 16th grid; says why."""


def chorale_of(score: Any, name: str) -> Chorale:
    """A music21 score -> grid. Raises Unfit."""
    music21 = import_module("music21")
    parts = [part for part in score.parts if part.recurse().notes]
    if len(parts) != len(VOICES):
        raise Unfit(f"{len(parts)} parts")
    parts.sort(key=lambda part: -float(np.mean([note.pitches[-1].midi for note in part.recurse().notes])))
    steps = round(max(float(part.highestTime) for part in parts) * STEPS_A_QUARTER)
    cells = np.full((steps, len(VOICES)), HOLD, np.uint8)
    cells[0] = REST
    fermata = np.zeros(steps, bool)
    off = total = 0
    for voice, part in enumerate(parts):
        for element in part.flatten().notesAndRests:
            if element.duration.isGrace or not element.duration.quarterLength:
                continue
            begin, end = float(element.offset) * STEPS_A_QUARTER, float(element.offset + element.duration.quarterLength) * STEPS_A_QUARTER
            total += 1
            if abs(begin - round(begin)) > 1e-3:
                off += 1
                continue
            if round(begin) >= steps or (getattr(element, "tie", None) is not None and element.tie.type in ("stop", "continue")):
                continue
            cells[round(begin), voice] = REST if element.isRest else element.pitches[-1].midi
            if any(isinstance(mark, music21.expressions.Fermata) for mark in element.expressions):
                fermata[round(begin) : max(round(end), round(begin) + 1)] = True
    if off > OFF_GRID * total:
        raise Unfit(f"{off} of {total} notes off the 16th grid")
    for voice, (low, high) in enumerate(RANGES):
        pitches = cells[cells[:, voice] > REST, voice]
        if pitches.min() < low or pitches.max() > high:
            raise Unfit(f"{VOICES[voice]} {pitches.min()}-{pitches.max()} out of {low}-{high}")
    measures = [
        (round(float(one.offset) * STEPS_A_QUARTER), round(float(one.duration.quarterLength) * STEPS_A_QUARTER))
        for one in parts[0].getElementsByClass(music21.stream.Measure)
    ]
    position, bar_steps = metre(measures, steps)
    signatures = list(parts[0].recurse().getElementsByClass(music21.key.KeySignature))
    silent = merged_rests(cells)
    final = silent[silent[:, 3] > REST, 3][-1]
    return Chorale(name, silent, fermata, position, bar_steps, int(signatures[0].sharps) if signatures else 0, int(final) % 12)


def merged_rests(cells: np.ndarray) -> np.ndarray:
    """The same cells, where a rest after a rest is a hold."""
    merged = cells.copy()
    for voice in range(cells.shape[1]):
        begun = np.flatnonzero(cells[:, voice] != HOLD)
        again = begun[1:][(cells[begun[1:], voice] == REST) & (cells[begun[:-1], voice] == REST)]
        merged[again, voice] = HOLD
    return merged


def metre(measures: Sequence[tuple[int, int]], steps: int) -> tuple[np.ndarray, int]:
    """measures: (first 16th, length in 16ths) each -> 16ths since the bar line of each step (steps,) uint8, and the piece's bar in 16ths.

    A short first measure is a pickup; two part-measures at a repeat make one bar. Raises Unfit.
    """
    bar_steps = Counter(length for _, length in measures).most_common(1)[0][0]
    if not 4 <= bar_steps <= 32:
        raise Unfit(f"a bar of {bar_steps} 16ths")
    position = np.zeros(steps, np.uint8)
    carried = 0
    for number, (begin, length) in enumerate(measures):
        if length < bar_steps:
            start = carried or (bar_steps - length if number == 0 else 0)
            carried = (start + length) % bar_steps
        else:
            start = carried = 0
        within = np.arange(start, start + max(0, min(length, steps - begin)))
        position[begin : begin + len(within)] = within % max(bar_steps, length)
    return position, bar_steps


def read(paths: list[Path]) -> Iterator[Chorale]:
    """The chorales among the corpus files; what is left out is printed with the reason."""
    converter = import_module("music21.converter")
    for path in paths:
        if path.name in DUPLICATES:
            continue
        try:
            yield chorale_of(converter.parse(path, forceSource=True, storePickle=False), path.stem)
        except Unfit as reason:
            print(f"left out {path.name}: {reason}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Derive the chorale model's training data from music21's corpus.")
    parser.add_argument("--corpus", type=Path, required=True, help="site-packages of an environment with music21, or its unpacked wheel")
    parser.add_argument("--out", type=Path, required=True, help="the npz to write, outside the repository")
    parser.add_argument("--limit", type=int, default=None, help="read only so many files, for a trial")
    arguments = parser.parse_args()
    sys.path.append(str(arguments.corpus))
    paths = sorted(path for path in (arguments.corpus / "music21/corpus/bach").iterdir() if path.suffix in (".mxl", ".xml", ".krn"))
    collection = Collection.of(list(read(paths[: arguments.limit])))
    collection.save(arguments.out)
    counts = np.bincount(collection.splits, minlength=len(SPLITS))
    print(f"{len(collection.chorales)} chorales, {len(set(collection.groups.tolist()))} tunes, {dict(zip(SPLITS, counts, strict=True))}")


if __name__ == "__main__":
    main()
