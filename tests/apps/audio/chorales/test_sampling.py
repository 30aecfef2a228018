"""Writing around what is given; the same seed, the same notes; and the price that the trainer would put on them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from apps.audio.chorales.cases import likelihood
from apps.audio.chorales.chorale import HOLD, RANGES, REST
from apps.audio.chorales.metrics import FIFTH, OCTAVE, crossings, parallels
from apps.audio.chorales.network import ChoraleNetwork
from apps.audio.chorales.sampling import Commission, bars_given, blank, voices_given, write
from tests.apps.audio.chorales.examples import made


@pytest.fixture(scope="module")
def network() -> ChoraleNetwork:
    torch.manual_seed(0)
    return ChoraleNetwork(trunk=16, encoder=16, width=16).eval()


def test_a_seed_is_a_piece(network: ChoraleNetwork) -> None:
    template = blank(bars=2)
    pieces = [write(network, Commission(template, seed=seed)).chorale.cells for seed in (1, 1, 2)]
    assert (pieces[0] == pieces[1]).all()
    assert (pieces[0] != pieces[2]).any()


def test_every_voice_begins_and_stays_in_its_range(network: ChoraleNetwork) -> None:
    for sharps in (-4, 0, 4):
        cells = write(network, Commission(blank(bars=3, sharps=sharps), seed=3)).chorale.cells
        assert (cells[0] != HOLD).all()
        for voice, (low, high) in enumerate(RANGES):
            notes = cells[cells[:, voice] > REST, voice]
            assert notes.min() >= low and notes.max() <= high


@pytest.mark.parametrize("voices", [[0], [3], [1, 2], [0, 1, 2, 3]])
def test_given_voices_come_back_unchanged(network: ChoraleNetwork, voices: list[int]) -> None:
    piece = made(1, sharps=2)
    given = voices_given(piece, voices)
    cells = write(network, Commission(piece, given, seed=4)).chorale.cells
    assert (cells[given] == piece.cells[given]).all()
    if len(voices) < 4:
        assert (cells != piece.cells).any()


def test_only_the_bars_asked_for_are_filled_in(network: ChoraleNetwork) -> None:
    piece = made(2)
    given = bars_given(piece, [2, 3])
    assert (~given).all(axis=1).sum() == 32
    cells = write(network, Commission(piece, given, seed=5)).chorale.cells
    assert (cells[given] == piece.cells[given]).all()
    assert (cells[~given] != piece.cells[~given]).any()


def test_what_is_not_given_is_not_looked_at(network: ChoraleNetwork) -> None:
    one, other = made(3), made(3)
    other.cells[:, 1:] = made(4).cells[:, 1:]
    written = [write(network, Commission(piece, voices_given(piece, [0]), seed=6)).chorale.cells for piece in (one, other)]
    assert (written[0] == written[1]).all()


@pytest.mark.parametrize("voices", [[], [0], [1, 3]])
def test_the_writer_draws_from_what_the_trainer_scores(network: ChoraleNetwork, voices: list[int]) -> None:
    template = made(5, bars=3, sharps=-1)
    found = write(network, Commission(template, voices_given(template, voices), seed=7))
    scored = likelihood(network, [found.chorale], voices)
    assert found.nats == pytest.approx(scored["nats"] * len(template) * (4 - len(voices)), rel=1e-4)


def test_the_guide_forbids_and_says_so(network: ChoraleNetwork) -> None:
    template = blank(bars=8)
    free, guided = (write(network, Commission(template, seed=8, guide=guide)) for guide in (False, True))
    assert not free.guided and free.overruled == 0
    assert guided.guided and guided.overruled > 0
    assert crossings(free.chorale) > crossings(guided.chorale)
    assert parallels(guided.chorale, FIFTH) + parallels(guided.chorale, OCTAVE) == 0


def test_temperature_nought_needs_no_seed(network: ChoraleNetwork) -> None:
    first, second = (write(network, Commission(blank(bars=1), temperature=0, seed=seed)).chorale.cells for seed in (1, 2))
    assert (first == second).all()


def test_a_blank_piece_has_phrases() -> None:
    template = blank(bars=4, bar_steps=12, sharps=-2, pickup_steps=4)
    assert template.tonic == 10
    assert np.flatnonzero(np.diff(template.fermata.astype(int))).tolist() == [19, 23, 43]
    assert template.position[:6].tolist() == [8, 9, 10, 11, 0, 1]


def test_what_cannot_be_written_is_refused(network: ChoraleNetwork) -> None:
    with pytest.raises(ValueError, match="a bar or more"):
        blank(bars=0)
    with pytest.raises(ValueError, match="expected"):
        write(network, Commission(blank(bars=1), given=np.zeros((3, 4), bool)))
    with pytest.raises(ValueError, match="temperature"):
        write(network, Commission(blank(bars=1), temperature=-1))


def test_a_step_that_raises_ends_the_writing(network: ChoraleNetwork) -> None:
    seen: list[float] = []

    def stop(done: float, total: float) -> None:
        seen.append(done / total)
        if done == 3:
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        write(network, Commission(blank(bars=2)), stop)
    assert len(seen) == 4
