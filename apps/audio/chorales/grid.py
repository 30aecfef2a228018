"""A batch of chorales as the network's features read them: canonical pitches, and the state of each voice before each step.

All pitches here are canonical: shifted by less than an octave so that the key signature has no sharps. A model of such numbers is
equivariant under transposition of notes and key together, so training needs no transposed copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apps.audio.chorales.chorale import HOLD, REST, Chorale

__all__ = ["AGES", "CONTEXT", "DISTANCES", "HISTORY", "PENDING", "STEP_BINS", "Grid", "canonical_shift", "distance_bin", "step_bin"]

PENDING = 255
"""The cell of a voice that begins something at this step and whose pitch is not chosen yet."""
CENTRES = np.array([68, 63, 57, 50])
"""Where a voice is taken to be before its first note."""
HISTORY = 4
STEP_BINS = 27
"""Melodic intervals: -12 ... 12, and none."""
DISTANCES = 30
AGES = 17
CONTEXT = (72, 4, 17, DISTANCES, DISTANCES, DISTANCES, 13, 12)
"""How many values each column of `context` has."""


def canonical_shift(sharps: int) -> int:
    """Semitones from canonical pitch to real pitch, -5 ... 6."""
    return (7 * sharps + 5) % 12 - 5


def distance_bin(steps: np.ndarray) -> np.ndarray:
    """16ths -> bin: 0 ... 16 alone, then eight to a bin; a negative number means never."""
    far = np.minimum(17 + (steps - 17) // 8, DISTANCES - 2)
    return np.where(steps < 0, DISTANCES - 1, np.where(steps <= 16, steps, far))


def step_bin(interval: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Melodic interval in semitones -> bin, an octave at most; the last bin for none."""
    return np.where(known, np.clip(interval, -12, 12) + 12, STEP_BINS - 1)


def context_of(chorale: Chorale) -> np.ndarray:
    """What is always given, (steps, 8) int64: metre, fermatas, distance to the end, tonic relative to the signature, register."""
    steps = np.arange(len(chorale))
    kind = {16: 0, 12: 1}.get(chorale.bar_steps, 2)
    begins = chorale.fermata & ~np.concatenate([[False], chorale.fermata[:-1]])
    last = np.maximum.accumulate(np.where(begins, steps, -1))
    ended = np.maximum.accumulate(np.where(chorale.fermata, steps, -1))
    following = np.minimum.accumulate(np.where(begins, steps, 1 << 20)[::-1])[::-1]
    shift = canonical_shift(chorale.sharps)
    tonic = np.full(len(chorale), 12 if chorale.tonic is None else (chorale.tonic - shift) % 12)
    columns = (
        np.minimum(chorale.position, 23) + 24 * kind,
        chorale.position % 4,
        np.where(chorale.fermata, np.minimum(steps - last, 15), 16),
        distance_bin(np.where(following < 1 << 20, following - steps, -1)),
        distance_bin(np.where(ended >= 0, steps - ended, -1)),
        distance_bin(len(chorale) - 1 - steps),
        tonic,
        np.full(len(chorale), shift + 5),
    )
    return np.stack([column.astype(np.int64) for column in columns], axis=1)


@dataclass(eq=False)
class Grid:
    """A batch of pieces, all arrays int64 or bool with (pieces, steps) first.

    cells (.., 4): HOLD, REST, PENDING or canonical pitch. given (.., 4) bool. context (.., 8). shift (pieces,). lengths (pieces,).
    The state before each step, (.., steps + 1, 4): pitch (0 silent), last (the last pitch sung, a centre before the first), age in
    steps, moves (.., 4, HISTORY) melodic intervals, newest first, STEP_BINS - 1 for none.
    """

    cells: np.ndarray
    given: np.ndarray
    context: np.ndarray
    shift: np.ndarray
    lengths: np.ndarray
    pitch: np.ndarray
    last: np.ndarray
    age: np.ndarray
    moves: np.ndarray
    following: np.ndarray | None = None

    @classmethod
    def of(cls, chorales: Sequence[Chorale], given: Sequence[np.ndarray] | None = None) -> Grid:
        """Pieces padded to the longest; given: for each a (steps, 4) bool, nothing if left out. The state is that before step 0 only."""
        pieces, steps = len(chorales), max(map(len, chorales))
        shift = np.array([canonical_shift(chorale.sharps) for chorale in chorales])
        grid = cls(
            cells=np.zeros((pieces, steps, 4), np.int64),
            given=np.zeros((pieces, steps, 4), bool),
            context=np.zeros((pieces, steps, len(CONTEXT)), np.int64),
            shift=shift,
            lengths=np.array([len(chorale) for chorale in chorales]),
            pitch=np.zeros((pieces, steps + 1, 4), np.int64),
            last=np.zeros((pieces, steps + 1, 4), np.int64),
            age=np.zeros((pieces, steps + 1, 4), np.int64),
            moves=np.full((pieces, steps + 1, 4, HISTORY), STEP_BINS - 1),
        )
        grid.last[:, 0] = CENTRES
        for number, chorale in enumerate(chorales):
            cells = chorale.cells.astype(np.int64)
            grid.cells[number, : len(chorale)] = np.where(cells > REST, cells - shift[number], cells)
            grid.context[number, : len(chorale)] = context_of(chorale)
            if given is not None:
                grid.given[number, : len(chorale)] = given[number]
        return grid

    def advance(self, step: int) -> None:
        """Fill the state before `step` + 1 from that before `step` and its cells."""
        now, cells, after = step, self.cells[:, step], step + 1
        onset, sung = cells != HOLD, cells > REST
        self.pitch[:, after] = np.where(onset, np.where(sung, cells, 0), self.pitch[:, now])
        self.last[:, after] = np.where(sung, cells, self.last[:, now])
        self.age[:, after] = np.where(onset, 0, np.minimum(self.age[:, now] + 1, AGES - 1))
        moved = step_bin(cells - self.last[:, now], np.full(cells.shape, step > 0))[..., None]
        newer = np.concatenate([moved, self.moves[:, now, :, :-1]], axis=-1)
        self.moves[:, after] = np.where(sung[..., None], newer, self.moves[:, now])

    def completed(self) -> Grid:
        """Itself, with the state before every step: for pieces whose cells are all known."""
        for step in range(self.cells.shape[1]):
            self.advance(step)
        return self

    def look_ahead(self) -> None:
        """Find, for every step and voice, the next step after it at which a given note begins: `following`, -1 for none."""
        steps = np.arange(self.cells.shape[1])[:, None]
        known = self.given & (self.cells > REST) & (self.cells != PENDING)
        found = np.where(known, steps, 1 << 20)
        found = np.minimum.accumulate(found[:, ::-1], axis=1)[:, ::-1]
        found = np.concatenate([found[:, 1:], np.full_like(found[:, :1], 1 << 20)], axis=1)
        self.following = np.where(found < 1 << 20, found, -1)

    def coming(self, b: np.ndarray, t: np.ndarray, voice: int) -> tuple[np.ndarray, np.ndarray]:
        """(canonical pitch, distance in steps) of the next given note of a voice; distance -1 for none."""
        assert self.following is not None, "look_ahead() was not called"
        then = self.following[b, t, voice]
        return self.cells[b, np.maximum(then, 0), voice], np.where(then >= 0, then - t, -1)
