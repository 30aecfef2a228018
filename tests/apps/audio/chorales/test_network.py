"""The network sees what it may see and nothing else, in every key alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from apps.audio.chorales.cases import Costs, costs, likelihood
from apps.audio.chorales.chorale import HOLD, RANGES, REST, Chorale
from apps.audio.chorales.features import (
    FRAME_WIDTH,
    GIVEN_WIDTH,
    PATTERN_WIDTH,
    PITCH_WIDTH,
    frame_features,
    given_features,
    pattern_features,
    pitch_features,
)
from apps.audio.chorales.grid import Grid
from apps.audio.chorales.network import ChoraleNetwork
from apps.audio.chorales.sampling import voices_given
from tests.apps.audio.chorales.examples import made


@pytest.fixture(scope="module")
def network() -> Iterator[ChoraleNetwork]:
    """Small, and with weights large enough that every input matters."""
    torch.manual_seed(0)
    small = ChoraleNetwork(trunk=16, encoder=16, width=16).eval()
    with torch.no_grad():
        for parameter in small.parameters():
            parameter.normal_(0, 0.3)
    return small


def paid(network: ChoraleNetwork, piece: Chorale, given: np.ndarray | None = None) -> Costs:
    with torch.inference_mode():
        return costs(network, Grid.of([piece], None if given is None else [given]).completed())


def changed(piece: Chorale, step: int, voice: int) -> Chorale:
    """The same piece with another pitch there, or with a note there instead of a hold."""
    cells = piece.cells.copy()
    low, high = RANGES[voice]
    cells[step, voice] = low + 3 if cells[step, voice] != low + 3 else high - 3
    return replace(piece, cells=cells)


def test_features_stay_within_their_widths() -> None:
    grid = Grid.of([made(1), made(2, bars=3, sharps=-4)], [voices_given(made(1), [0]), voices_given(made(2, bars=3), [1, 3])]).completed()
    grid.look_ahead()
    b, t = (part.ravel() for part in np.broadcast_arrays(np.arange(2)[:, None], np.arange(48)))
    for features, width in (
        (frame_features(grid, b, t), FRAME_WIDTH),
        (given_features(grid, b, t), GIVEN_WIDTH),
        (pattern_features(grid, b, t), PATTERN_WIDTH),
        *((pitch_features(grid, b, t, np.full_like(b, voice)), PITCH_WIDTH) for voice in range(4)),
    ):
        assert features.min() >= 0 and features.max() < width
        assert all(len(set(row)) == len(row) for row in features.tolist()), "a column of its own for each feature"


@pytest.mark.parametrize(("step", "voice"), [(9, 0), (20, 1), (33, 2), (40, 3)])
def test_what_comes_later_costs_nothing_now(network: ChoraleNetwork, step: int, voice: int) -> None:
    piece = made(3)
    one, other = paid(network, piece), paid(network, changed(piece, step, voice))
    before = int((piece.cells[:step] != HOLD).sum())
    torch.testing.assert_close(one.patterns[: step - 1], other.patterns[: step - 1])
    torch.testing.assert_close(one.pitches[:before], other.pitches[:before])
    assert not torch.equal(one.patterns[step:], other.patterns[step:])


def test_within_a_step_the_outer_voices_come_first(network: ChoraleNetwork) -> None:
    piece = made(4)
    one = paid(network, piece).pitches[:4]
    for voice, ignorant in ((2, [0, 1, 3]), (1, [0, 3]), (3, [0])):
        other = paid(network, changed(piece, 0, voice)).pitches[:4]
        torch.testing.assert_close(one[ignorant], other[ignorant])
        assert not torch.equal(one, other)


def test_a_given_voice_is_known_ahead(network: ChoraleNetwork) -> None:
    piece = made(5)
    given = voices_given(piece, [0])
    one, other = (paid(network, that, given) for that in (piece, changed(piece, 50, 0)))
    assert not torch.equal(one.patterns[:10], other.patterns[:10])
    assert one.cells == 3 * len(piece)
    assert one.onsets == int((piece.cells[:, 1:] != HOLD).sum())


def test_what_is_given_entirely_costs_nothing(network: ChoraleNetwork) -> None:
    found = paid(network, made(6), voices_given(made(6), range(4)))
    assert found.cells == len(found.patterns) == len(found.pitches) == 0


def test_choices_are_distributions_within_the_range(network: ChoraleNetwork) -> None:
    """The four pitches of the first step, summed over every note the soprano may begin with, make one."""
    piece = made(7)
    cells = piece.cells.copy()
    total = 0.0
    for pitch in (REST, *range(RANGES[0][0], RANGES[0][1] + 1)):
        cells[0, 0] = pitch
        total += float(torch.exp(-paid(network, replace(piece, cells=cells.copy())).pitches[0]))
    assert total == pytest.approx(1, abs=1e-5)


def test_a_piece_costs_the_same_beside_a_longer_one(network: ChoraleNetwork) -> None:
    short, long = made(8, bars=2), made(9, bars=5)
    alone = likelihood(network, [short])["nats"] * len(short) + likelihood(network, [long])["nats"] * len(long)
    together = likelihood(network, [short, long])["nats"] * (len(short) + len(long))
    assert together == pytest.approx(alone, rel=1e-5)


def test_figures_are_per_cell_and_per_onset(network: ChoraleNetwork) -> None:
    piece = made(10)
    found, bill = likelihood(network, [piece]), paid(network, piece)
    total = float(bill.patterns.sum() + bill.pitches.sum())
    assert found["nats"] == pytest.approx(total / (4 * len(piece)), rel=1e-5)
    assert found["nats_onset"] == pytest.approx(total / int((piece.cells != HOLD).sum()), rel=1e-5)
