"""Four-part chorales as a grid of 16th steps: what the chorale model reads and writes.

    Chorale             the grid of one piece with its metre, fermatas and key signature
    Collection          many of them with their tune groups and split, in one npz without pickles
    tune_groups         which pieces set the same tune

Pitches are MIDI numbers, voices are soprano, alto, tenor, bass in that order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

__all__ = ["HOLD", "RANGES", "REST", "SPLITS", "STEPS_A_QUARTER", "VOICES", "Chorale", "Collection", "melody", "tune_groups"]

STEPS_A_QUARTER = 4
VOICES = ("soprano", "alto", "tenor", "bass")
HOLD = 0
"""The cell of a step at which a voice begins nothing: its note (or rest) goes on."""
REST = 1
"""The cell of a step at which a voice falls silent."""
RANGES = ((57, 81), (50, 76), (45, 72), (36, 65))
"""Lowest and highest MIDI pitch of each voice. Bach's 365 in music21's corpus reach 57-81, 53-74, 48-69 and 36-64."""
SPLITS = ("train", "valid", "test")
SHARES = (0.8, 0.1, 0.1)
TUNE_GRAM = 12


@dataclass(frozen=True, eq=False)
class Chorale:
    """One piece.

    cells: (steps, 4) uint8: HOLD, REST or the MIDI pitch that begins at this 16th; step 0 holds nothing.
    fermata: (steps,) bool, on every step of a note under a fermata. position: (steps,) uint8, 16ths since the bar line.
    bar_steps: 16ths in a full bar. sharps: of the key signature, -7 ... 7 (flats are negative). tonic: pitch class 0 ... 11, C is 0, or
    None where it is not known; that of a Bach chorale is read off its last bass note.
    Raises ValueError where the arrays do not fit each other.
    """

    name: str
    cells: np.ndarray
    fermata: np.ndarray
    position: np.ndarray
    bar_steps: int
    sharps: int
    tonic: int | None = None

    def __post_init__(self) -> None:
        steps = len(self.cells)
        if steps == 0 or self.cells.shape != (steps, len(VOICES)):
            raise ValueError(f"cells are {self.cells.shape}, expected (steps, {len(VOICES)}) with at least one step")
        if self.fermata.shape != (steps,) or self.position.shape != (steps,):
            raise ValueError(f"fermata {self.fermata.shape} and position {self.position.shape}, expected ({steps},) each")
        if (self.cells[0] == HOLD).any():
            raise ValueError("the first step holds a note that never began")

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def onsets(self) -> np.ndarray:
        """(steps, 4) bool: where a note or a rest begins."""
        return self.cells != HOLD

    @property
    def sounding(self) -> np.ndarray:
        """(steps, 4) int64: the MIDI pitch that sounds at each step, 0 for silence."""
        return sounding(self.cells)

    @property
    def bars(self) -> np.ndarray:
        """(steps,) int64: the number of the bar line a step follows, from 0; a pickup is bar 0."""
        begins = np.flatnonzero(self.position == 0)
        return np.searchsorted(begins, np.arange(len(self)), side="right") - int(self.position[0] == 0)

    def transposed(self, semitones: int) -> Chorale:
        """The same music, `semitones` higher, the signature moved along (-5 ... 6 sharps)."""
        cells = np.where(self.cells > REST, self.cells.astype(np.int64) + semitones, self.cells).astype(np.uint8)
        sharps = (self.sharps + 7 * semitones + 5) % 12 - 5
        tonic = None if self.tonic is None else (self.tonic + semitones) % 12
        return replace(self, cells=cells, sharps=sharps, tonic=tonic)

    def transpositions(self) -> range:
        """The shifts in semitones that leave every voice within its range; 0 is always among them."""
        low, high = -12, 12
        for voice, (lowest, highest) in enumerate(RANGES):
            column = self.cells[:, voice]
            pitches = column[column > REST].astype(int)
            if len(pitches):
                low, high = max(low, lowest - int(pitches.min())), min(high, highest - int(pitches.max()))
        return range(min(low, 0), max(high, 0) + 1)


def sounding(cells: np.ndarray) -> np.ndarray:
    """cells (steps, voices) -> the MIDI pitch that sounds, 0 for silence, int64."""
    steps = np.arange(len(cells))[:, None]
    last = np.maximum.accumulate(np.where(cells == HOLD, 0, steps), axis=0)
    found = np.take_along_axis(cells, last, axis=0).astype(np.int64)
    return np.where(found > REST, found, 0)


def melody(cells: np.ndarray) -> np.ndarray:
    """The pitches of one voice in order, (notes,) int64, from its column of cells."""
    return cells[cells > REST].astype(np.int64)


def tune_groups(sopranos: Sequence[np.ndarray], gram: int = TUNE_GRAM) -> np.ndarray:
    """A group number a piece, (pieces,) int64: two pieces that share a run of `gram` soprano notes, in any key, are in one group.

    sopranos: the melody of each piece, (notes,) MIDI pitches. Settings of one tune in training and test would flatter every figure.
    """
    parent = list(range(len(sopranos)))

    def root(piece: int) -> int:
        while parent[piece] != piece:
            parent[piece] = parent[parent[piece]]
            piece = parent[piece]
        return piece

    owner: dict[bytes, int] = {}
    for piece, pitches in enumerate(sopranos):
        intervals = np.diff(pitches.astype(np.int64)).astype(np.int8)
        for start in range(len(intervals) - gram + 2):
            first = owner.setdefault(intervals[start : start + gram - 1].tobytes(), piece)
            parent[root(piece)] = root(first)
    roots = [root(piece) for piece in range(len(sopranos))]
    return np.unique(roots, return_inverse=True)[1]


def split_groups(groups: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """The split of each piece, (pieces,) uint8 into SPLITS: whole groups, in an order drawn from their names, until the shares are full."""
    first = {int(group): min(name for name, of in zip(names, groups, strict=True) if of == group) for group in set(groups.tolist())}
    order = sorted(first, key=lambda group: hashlib.sha256(first[group].encode()).hexdigest())
    split = np.zeros(len(groups), np.uint8)
    for number in (2, 1):  # the largest families of settings stay in training, so that test and valid hold many tunes
        wanted = SHARES[number] * len(groups)
        for group in order:
            members = (groups == group) & (split == 0)
            if members.any() and members.sum() <= 4 and (split == number).sum() + members.sum() <= wanted + 2:
                split[members] = number
            if (split == number).sum() >= wanted:
                break
    return split


@dataclass(frozen=True, eq=False)
class Collection:
    """Chorales with the tune group (pieces,) and split (pieces,) of each."""

    chorales: tuple[Chorale, ...]
    groups: np.ndarray
    splits: np.ndarray

    @classmethod
    def of(cls, chorales: Sequence[Chorale]) -> Collection:
        """Groups and splits by tune."""
        groups = tune_groups([melody(chorale.cells[:, 0]) for chorale in chorales])
        return cls(tuple(chorales), groups, split_groups(groups, [chorale.name for chorale in chorales]))

    def part(self, split: str) -> list[Chorale]:
        """The chorales of `train`, `valid` or `test`."""
        number = SPLITS.index(split)
        return [chorale for chorale, of in zip(self.chorales, self.splits, strict=True) if of == number]

    def __iter__(self) -> Iterator[Chorale]:
        return iter(self.chorales)

    def save(self, path: Path) -> None:
        """One compressed npz; no pickles."""
        np.savez_compressed(
            path,
            cells=np.concatenate([chorale.cells for chorale in self]),
            fermata=np.concatenate([chorale.fermata for chorale in self]),
            position=np.concatenate([chorale.position for chorale in self]),
            ends=np.cumsum([len(chorale) for chorale in self]),
            bar_steps=np.array([chorale.bar_steps for chorale in self], np.uint8),
            sharps=np.array([chorale.sharps for chorale in self], np.int8),
            tonics=np.array([-1 if chorale.tonic is None else chorale.tonic for chorale in self], np.int8),
            names=np.array([chorale.name for chorale in self]),
            groups=self.groups,
            splits=self.splits,
        )

    @classmethod
    def load(cls, path: Path) -> Collection:
        """What `save` wrote. Raises ValueError for a pickle, OSError for a file that cannot be read."""
        with np.load(path, allow_pickle=False) as stored:
            found = {key: stored[key] for key in stored.files}
        begins = np.concatenate([[0], found["ends"][:-1]])
        chorales = tuple(
            Chorale(
                str(name),
                found["cells"][begin:end],
                found["fermata"][begin:end],
                found["position"][begin:end],
                int(bar_steps),
                int(sharps),
                int(tonic) if tonic >= 0 else None,
            )
            for name, begin, end, bar_steps, sharps, tonic in zip(
                found["names"], begins, found["ends"], found["bar_steps"], found["sharps"], found["tonics"], strict=True
            )
        )
        return cls(chorales, found["groups"], found["splits"])
