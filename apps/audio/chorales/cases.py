"""From grids to the network's inputs and targets: every choice that is the network's, in one batch, and what it costs in nats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from apps.audio.chorales.chorale import HOLD, REST, Chorale
from apps.audio.chorales.features import (
    CANDIDATES,
    LOWEST,
    candidate_ranges,
    frame_features,
    given_features,
    pattern_features,
    pitch_features,
    references,
)
from apps.audio.chorales.grid import Grid
from apps.audio.chorales.network import ChoraleNetwork, PitchCases

__all__ = ["Costs", "allowed_patterns", "costs", "likelihood", "pitch_cases"]

BITS = np.array([1, 2, 4, 8])
PATTERN_BITS = (np.arange(16)[:, None] >> np.arange(4)) & 1


@dataclass(frozen=True)
class Costs:
    """Of one batch, in nats: patterns (pattern choices,), pitches (pitch choices,), whose pieces are pattern_piece and pitch_piece.

    cells: how many 16ths of a voice were the network's; onsets: how many of them begin something.
    """

    patterns: Tensor
    pitches: Tensor
    pattern_piece: np.ndarray
    pitch_piece: np.ndarray
    cells: int
    onsets: int


def tensor(array: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, np.int64))


def allowed_patterns(grid: Grid, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    """(cases, 16) bool: the patterns that agree with what is given at step t."""
    given, onset = grid.given[b, t], grid.cells[b, t] != HOLD
    return (~given[:, None, :] | (onset[:, None, :] == PATTERN_BITS)).all(axis=2)


def pitch_cases(grid: Grid, b: np.ndarray, t: np.ndarray, v: np.ndarray) -> PitchCases:
    """The pitch choices (piece b, step t, voice v), (cases,) each."""
    now, before = references(grid, b, t, v)
    low, high = candidate_ranges(grid, b, v)
    features = pitch_features(grid, b, t, v)
    return PitchCases(tensor(features), tensor(now), tensor(before), tensor(low), tensor(high), tensor(v))


def costs(network: ChoraleNetwork, grid: Grid, *, opening: np.ndarray | None = None) -> Costs:
    """Nats of everything not given in a grid whose cells are known. opening (pieces,) bool: which begin at their first step, all if None.

    There every voice begins something, which costs nothing.
    """
    pieces, steps = grid.cells.shape[:2]
    grid.look_ahead()
    real = np.arange(steps) < grid.lengths[:, None]
    b, t = (part.reshape(-1) for part in np.broadcast_arrays(np.arange(pieces), np.arange(steps)[:, None]))
    frames = tensor(frame_features(grid, b, t)).view(steps, pieces, -1)
    fixed = tensor(given_features(grid, b, t)).view(steps, pieces, -1)
    memory = torch.cat([network.remembered(frames)[0], network.looked_ahead(fixed, tensor(grid.lengths))], dim=-1)
    free = ~grid.given & real[:, :, None]
    rhythmic = np.asarray(free.any(axis=2))
    if opening is None:
        rhythmic[:, 0] = False
    else:
        rhythmic[opening, 0] = False
    pb, pt = np.nonzero(rhythmic)
    logits = network.pattern_logits(memory[pt, pb], tensor(pattern_features(grid, pb, pt)))
    logits = logits.masked_fill(~torch.from_numpy(allowed_patterns(grid, pb, pt)), -torch.inf)
    patterns = torch.nn.functional.cross_entropy(logits, tensor((grid.cells[pb, pt] != HOLD) @ BITS), reduction="none")
    nb, nt, nv = np.nonzero(free & (grid.cells != HOLD))
    cells = grid.cells[nb, nt, nv]
    logits = network.pitch_logits(memory[nt, nb], pitch_cases(grid, nb, nt, nv))
    targets = tensor(np.where(cells == REST, CANDIDATES, cells - LOWEST))
    pitches = torch.nn.functional.cross_entropy(logits, targets, reduction="none")
    return Costs(patterns, pitches, pb, nb, int(free.sum()), len(nb))


@torch.inference_mode()
def likelihood(network: ChoraleNetwork, chorales: Sequence[Chorale], voices: Sequence[int] = (), batch: int = 16) -> dict[str, float]:
    """What the chorales cost when the voices `voices` are given: nats per 16th of a voice that is not, and per onset of one.

    Metre, fermatas, signature, tonic and length are given too. Whole pieces, teacher-forced.
    """
    network.eval()
    total = rhythm = 0.0
    cells = onsets = 0
    ordered = sorted(chorales, key=len)
    for start in range(0, len(ordered), batch):
        some = ordered[start : start + batch]
        given = []
        for chorale in some:
            mask = np.zeros((len(chorale), 4), bool)
            mask[:, list(voices)] = True
            given.append(mask)
        found = costs(network, Grid.of(some, given).completed())
        rhythm += float(found.patterns.sum())
        total += float(found.patterns.sum()) + float(found.pitches.sum())
        cells += found.cells
        onsets += found.onsets
    return {"nats": total / cells, "nats_onset": total / onsets, "nats_rhythm": rhythm / cells}
