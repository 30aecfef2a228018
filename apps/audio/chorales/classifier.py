"""Can a machine tell written chorales from Bach's? A random forest on excerpts of four bars: an accuracy of .5 means that it cannot.

Read it beside held-out Bach against other Bach: that is not .5 either, because pieces differ and 40 are few.
The forest is scikit-learn's, which no extra of the audio studio brings; the medical one does.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from itertools import combinations
from typing import Any

import numpy as np

from apps.audio.chorales.chorale import REST, STEPS_A_QUARTER, Chorale
from apps.audio.chorales.metrics import HARMONIES, TRIADS, harmony
from shared.errors import Unavailable

__all__ = ["EXCERPT_BARS", "accuracy", "excerpts", "features"]

EXCERPT_BARS = 4
HOP_BARS = 2
FOLDS, REPEATS, TREES = 5, 2, 200
PAIRS = tuple(combinations(range(4), 2))
KINDS = ("major", "minor", "diminished")
LONGEST = 12
"""16ths: longer notes count as this."""
WIDEST = 9
"""Semitones: wider melodic steps count as this."""


def excerpts(chorale: Chorale) -> list[slice]:
    """Four whole bars each, from every second bar line."""
    lines = np.flatnonzero(chorale.position == 0).tolist()
    ends = [*lines, len(chorale)]
    return [
        slice(ends[first], ends[first + EXCERPT_BARS])
        for first in range(0, len(ends) - EXCERPT_BARS, HOP_BARS)
        if ends[first + EXCERPT_BARS] - ends[first] >= (EXCERPT_BARS - 0.5) * chorale.bar_steps
    ]


def features(chorale: Chorale, part: slice) -> np.ndarray:
    """(features,) of an excerpt: shares and rates, the same in every key: rhythm, melody, intervals between voices, harmony, rules."""
    cells, position, fermata = chorale.cells[part], chorale.position[part], chorale.fermata[part]
    pitch = chorale.sounding[part]
    home = 7 * chorale.sharps % 12
    onset = cells != 0
    beat = position % STEPS_A_QUARTER == 0
    columns = [*rhythm(onset, beat, position), *melodies(cells, onset, home), *intervals(pitch, beat)]
    found = [harmony(chorale, one) for one in pitch[beat]]
    roots = np.array([-1 if one is None else HARMONIES_INDEX[one] for one in found])
    columns.append(shares(roots[roots >= 0], len(HARMONIES)))
    known = roots[roots >= 0] % 12
    columns.append(shares(np.diff(known) % 12, 12))
    columns.append(shares((pitch[beat, 3] - home - known_or_zero(roots)) % 12, 12))
    foreign = np.array([frozenset(int(one) % 12 for one in row if one) not in TRIADS for row in pitch])
    columns.append(np.array([foreign[beat].mean(), foreign[~beat].mean(), (pitch == 0).mean()]))
    columns.append(np.array([foreign[fermata].mean() if fermata.any() else 0.0, *motion(pitch)]))
    return np.concatenate(columns)


HARMONIES_INDEX: dict[Any, int] = {(root, kind): 12 * KINDS.index(kind) + root for root, kind, _ in HARMONIES}


def known_or_zero(roots: np.ndarray) -> np.ndarray:
    return np.where(roots >= 0, roots % 12, 0)


def shares(values: np.ndarray, bins: int) -> np.ndarray:
    """(bins,) how often each of 0 ... bins - 1 occurs, adding up to 1 or nothing."""
    found: np.ndarray = np.bincount(values.astype(np.int64), minlength=bins)[:bins] / max(1, len(values))
    return found


def rhythm(onset: np.ndarray, beat: np.ndarray, position: np.ndarray) -> list[np.ndarray]:
    """Which voices begin together on and off the beat, when each does, and how long its notes are."""
    pattern = onset @ np.array([1, 2, 4, 8])
    columns = [shares(pattern[beat], 16), shares(pattern[~beat], 16)]
    for voice in range(4):
        begins = np.flatnonzero(onset[:, voice])
        columns.append(shares(position[begins] % 4, 4))
        columns.append(shares(np.minimum(np.diff(begins), LONGEST), LONGEST + 1))
        columns.append(np.array([len(begins) / len(onset)]))
    return columns


def melodies(cells: np.ndarray, onset: np.ndarray, home: int) -> list[np.ndarray]:
    """Each voice's steps, pairs of steps (on, back, leap answered), degrees and compass."""
    columns = []
    for voice in range(4):
        line = cells[onset[:, voice] & (cells[:, voice] > REST), voice].astype(np.int64)
        moves = np.clip(np.diff(line), -WIDEST, WIDEST)
        columns.append(shares(moves + WIDEST, 2 * WIDEST + 1))
        columns.append(shares((line - home) % 12, 12))
        turns = 3 * np.sign(moves[:-1]) + np.sign(moves[1:]) + 4
        leaps = np.abs(moves[:-1]) > 4
        after = np.abs(moves[1:])[leaps]
        compass = [np.ptp(line), line.mean(), len(set(line.tolist())) / len(line)] if len(line) else [0.0, 0.0, 0.0]
        columns += [shares(turns, 9), np.array([leaps.mean() if len(leaps) else 0.0, after.mean() if len(after) else 0.0, *compass])]
    return columns


def intervals(pitch: np.ndarray, beat: np.ndarray) -> list[np.ndarray]:
    """Interval classes of each pair of voices on and off the beat, and their distance."""
    columns = []
    for upper, lower in PAIRS:
        both = (pitch[:, upper] > 0) & (pitch[:, lower] > 0)
        apart = pitch[:, upper] - pitch[:, lower]
        columns += [shares(apart[both & when] % 12, 12) for when in (beat, ~beat)]
        columns.append(np.array([apart[both].mean(), apart[both].std(), (apart[both] < 0).mean()] if both.any() else [0.0, 0.0, 0.0]))
    return columns


def motion(pitch: np.ndarray) -> list[float]:
    """Similar, contrary and oblique motion of the outer voices; parallel fifths and octaves anywhere."""
    moves = np.sign(np.diff(pitch, axis=0))
    outer = moves[:, 0] * moves[:, 3]
    moved = (moves[:, [0, 3]] != 0).any(axis=1)
    parallel = [0.0, 0.0]
    for upper, lower in PAIRS:
        together = (
            (moves[:, upper] * moves[:, lower] > 0)
            & (pitch[1:, [upper, lower]] > 0).all(axis=1)
            & (pitch[:-1, [upper, lower]] > 0).all(axis=1)
        )
        apart = (pitch[:, upper] - pitch[:, lower]) % 12
        for place, perfect in enumerate((7, 0)):
            parallel[place] += float((together & (apart[:-1] == perfect) & (apart[1:] == perfect)).sum())
    count = max(1, int(moved.sum()))
    return [float((outer[moved] > 0).sum()) / count, float((outer[moved] < 0).sum()) / count, *parallel]


def accuracy(one: Sequence[Chorale], other: Sequence[Chorale], *, seed: int = 0) -> float:
    """How often a forest tells held-out excerpts of `one` from those of `other`, the mean of both recalls, cross-validated.

    Piece i of `one` and piece i of `other` are in the same fold: written for the same metre, or harmonising the same tune, they shall not
    be known by it. Raises `Unavailable` without scikit-learn, ValueError where there are fewer pieces than folds.
    """
    if min(len(one), len(other)) < FOLDS:
        raise ValueError(f"{len(one)} and {len(other)} pieces, expected {FOLDS} or more of each")
    forest = random_forest()
    rows, labels, pieces = [], [], []
    for label, some in enumerate((one, other)):
        for number, piece in enumerate(some):
            found = [features(piece, part) for part in excerpts(piece)]
            rows += found
            labels += [label] * len(found)
            pieces += [number] * len(found)
    x, y, group = np.array(rows), np.array(labels), np.array(pieces)
    recalls = []
    for repeat in range(REPEATS):
        fold = np.random.default_rng([seed, repeat]).permutation(int(group.max()) + 1) % FOLDS
        guessed = np.zeros(len(y), np.int64)
        for held_out in range(FOLDS):
            test = fold[group] == held_out
            trees = forest(n_estimators=TREES, class_weight="balanced", min_samples_leaf=2, random_state=seed + repeat, n_jobs=1)
            guessed[test] = trees.fit(x[~test], y[~test]).predict(x[test])
        recalls += [float((guessed[y == label] == label).mean()) for label in (0, 1)]
    return float(np.mean(recalls))


def random_forest() -> Any:
    """scikit-learn's class. Raises `Unavailable`."""
    try:
        return import_module("sklearn.ensemble").RandomForestClassifier
    except ImportError as missing:
        raise Unavailable(
            "The classifier needs scikit-learn, which is missing.",
            remedy="Install it: pip install scikit-learn (the extra `medical` has it).",
        ) from missing
