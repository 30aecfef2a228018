"""What the chorale network sees: small integers relative to the key and to other notes, never a bare pitch name.

Each *_features function gives one row of indices a case, each index in a column of its own of a multi-hot vector of width *_WIDTH.
Order within a step: which voices begin something (one of 16 patterns), then the pitches of those that do, in ORDER.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from apps.audio.chorales.chorale import HOLD, RANGES, REST
from apps.audio.chorales.grid import AGES, CONTEXT, DISTANCES, HISTORY, STEP_BINS, Grid, distance_bin, step_bin

__all__ = [
    "CANDIDATES",
    "FRAME_WIDTH",
    "GIVEN_WIDTH",
    "LOWEST",
    "ORDER",
    "PATTERN_WIDTH",
    "PITCH_WIDTH",
    "REACH",
    "candidate_ranges",
    "frame_features",
    "given_features",
    "pattern_features",
    "pitch_features",
    "references",
]

ORDER = (0, 3, 1, 2)
"""Soprano, bass, alto, tenor: the outer voices first, as harmony is taught."""
RANK = np.argsort(ORDER)
LOWEST, CANDIDATES = 28, 60
"""Canonical pitches run from LOWEST to LOWEST + CANDIDATES - 1; candidate number CANDIDATES is a rest."""
REACH = 40
"""Semitones: larger intervals count as this."""
LAGS = (1, 2, 3, 4, 6, 8, 12, 16)
SPAN = 2 * REACH + 2
"""Interval bins: -REACH ... REACH, and none."""
FRAME = (*((CANDIDATES + 1, 13, AGES, STEP_BINS) * 4), *((SPAN,) * 6), *CONTEXT)
GIVEN = (*((4, CANDIDATES + 2) * 4), *CONTEXT)
PATTERN = (*((AGES, 2, 3, STEP_BINS, DISTANCES) * 4), *((17,) * len(LAGS)), *CONTEXT)
PITCH = (
    *(64, 2, CANDIDATES, AGES, *((STEP_BINS,) * HISTORY)),
    *((5, SPAN, 13, STEP_BINS, SPAN, SPAN, DISTANCES) * 4),
    *CONTEXT,
)
FRAME_WIDTH, GIVEN_WIDTH, PATTERN_WIDTH, PITCH_WIDTH = (sum(sizes) for sizes in (FRAME, GIVEN, PATTERN, PITCH))
PAIRS = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))


def span_bin(interval: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Interval in semitones -> bin; the last for none."""
    return np.where(known, np.clip(interval, -REACH, REACH) + REACH, SPAN - 1)


def stacked(columns: Sequence[np.ndarray], sizes: Sequence[int]) -> np.ndarray:
    """Columns of small integers -> indices (cases, columns) into one multi-hot vector."""
    offsets = np.cumsum([0, *sizes[:-1]])
    return np.stack(columns, axis=1) + offsets


def frame_features(grid: Grid, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    """What sounds before step t and how it came about: input of the forward pass."""
    columns: list[np.ndarray] = []
    pitch, age, moves = grid.pitch[b, t], grid.age[b, t], grid.moves[b, t]
    sounds = pitch > 0
    for voice in range(4):
        one = pitch[:, voice]
        columns += [
            np.where(sounds[:, voice], one - LOWEST + 1, 0),
            np.where(sounds[:, voice], one % 12, 12),
            age[:, voice],
            moves[:, voice, 0],
        ]
    columns += [span_bin(pitch[:, upper] - pitch[:, lower], sounds[:, upper] & sounds[:, lower]) for upper, lower in PAIRS]
    return stacked([*columns, *grid.context[b, t].T], FRAME)


def given_features(grid: Grid, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    """What the user fixed at step t: input of the backward pass."""
    columns: list[np.ndarray] = []
    cells, given = grid.cells[b, t], grid.given[b, t]
    for voice in range(4):
        one, fixed = cells[:, voice], given[:, voice]
        kind = np.where(fixed, 1 + np.minimum(one, 2), 0)
        columns += [kind, np.where(fixed & (one > REST), one - LOWEST, CANDIDATES)]
    return stacked([*columns, *grid.context[b, t].T], GIVEN)


def pattern_features(grid: Grid, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    """For the choice of the voices that begin something at step t."""
    columns: list[np.ndarray] = []
    cells, given = grid.cells[b, t], grid.given[b, t]
    for voice in range(4):
        one, fixed = cells[:, voice], given[:, voice]
        _, distance = grid.coming(b, t, voice)
        columns += [
            grid.age[b, t, voice],
            (grid.pitch[b, t, voice] > 0).astype(np.int64),
            np.where(fixed, np.where(one == HOLD, 1, 2), 0),
            step_bin(one - grid.last[b, t, voice], fixed & (one > REST)),
            distance_bin(distance),
        ]
    weights = np.array([1, 2, 4, 8])
    for lag in LAGS:
        then = np.maximum(t - lag, 0)
        columns.append(np.where(t >= lag, (grid.cells[b, then] != HOLD) @ weights, 16))
    return stacked([*columns, *grid.context[b, t].T], PATTERN)


def known_now(grid: Grid, b: np.ndarray, t: np.ndarray, v: np.ndarray, other: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(sounding pitch, whether it is known, whether the voice begins something) of voice `other` when voice v is being chosen at step t.

    A pitch not known yet is the one before.
    """
    cell = grid.cells[b, t, other]
    begins = cell != HOLD
    known = ~begins | grid.given[b, t, other] | (RANK[other] < RANK[v])
    known &= v != other
    now = np.where(begins & known, np.where(cell > REST, cell, 0), grid.pitch[b, t, other])
    return now, known, begins


def pitch_features(grid: Grid, b: np.ndarray, t: np.ndarray, v: np.ndarray) -> np.ndarray:
    """For the choice of the pitch that voice v begins at step t, all relative to its own last pitch."""
    last = grid.last[b, t, v]
    pattern = (grid.cells[b, t] != HOLD) @ np.array([1, 2, 4, 8])
    columns = [
        pattern * 4 + v,
        (grid.pitch[b, t, v] > 0).astype(np.int64),
        np.clip(last - LOWEST, 0, CANDIDATES - 1),
        grid.age[b, t, v],
        *grid.moves[b, t, v].T,
    ]
    for other in range(4):
        now, known, begins = known_now(grid, b, t, v, other)
        before = grid.pitch[b, t, other]
        ahead, distance = grid.coming(b, t, other)
        mine = v == other
        columns += [
            np.where(mine, 0, np.where(~known, 1, np.where(now == 0, 2, np.where(begins, 3, 4)))),
            span_bin(now - last, (now > 0) & ~mine),
            np.where(known & (now > 0), now % 12, 12),
            step_bin(now - before, known & begins & (now > 0) & (before > 0)),
            span_bin(before - last, (before > 0) & ~mine),
            span_bin(ahead - last, distance >= 0),
            distance_bin(distance),
        ]
    return stacked([*columns, *grid.context[b, t].T], PITCH)


def references(grid: Grid, b: np.ndarray, t: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What candidates are measured against, both (cases, 6) int64, pitch 0 for none: own last pitch, the four voices now, own next given;
    and before this step: own pitch, the four voices' pitches where they are known to move now, 0.
    """
    now_columns, before_columns = [grid.last[b, t, v]], [grid.pitch[b, t, v]]
    for other in range(4):
        now, known, begins = known_now(grid, b, t, v, other)
        before = grid.pitch[b, t, other]
        now_columns.append(np.where(known, now, 0))
        before_columns.append(np.where(known & begins & (now != before), before, 0))
    ahead = np.zeros_like(b)
    for other in range(4):
        pitch, distance = grid.coming(b, t, other)
        ahead = np.where((v == other) & (distance >= 0), pitch, ahead)
    return np.stack([*now_columns, ahead], axis=1), np.stack([*before_columns, np.zeros_like(b)], axis=1)


def candidate_ranges(grid: Grid, b: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest candidate of each case, (cases,) int64 each."""
    low, high = np.array(RANGES).T
    return low[v] - grid.shift[b] - LOWEST, high[v] - grid.shift[b] - LOWEST
