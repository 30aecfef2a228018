"""An ending on the tonic, and the best of several takes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from apps.audio.chorales.choosing import choose, faults, homeward
from apps.audio.chorales.chorale import REST
from apps.audio.chorales.network import ChoraleNetwork
from apps.audio.chorales.sampling import Commission, blank, voices_given, write
from tests.apps.audio.chorales.examples import made
from tests.apps.audio.chorales.test_metrics import C_MAJOR, D_MINOR, G_MAJOR, quarters


@pytest.fixture(scope="module")
def network() -> ChoraleNetwork:
    torch.manual_seed(1)
    return ChoraleNetwork(trunk=8, encoder=8, width=8).eval()


def test_the_last_bass_note_is_given(network: ChoraleNetwork) -> None:
    template = blank(bars=1, sharps=2, tonic=11)
    commission = homeward(Commission(template, seed=4))
    assert commission.given is not None
    assert commission.given.sum() == 4 and commission.given[12:, 3].all()
    assert commission.template.cells[12, 3] == 47 and template.cells[12, 3] == 0, "B2; the template is as it was"
    piece = write(network, commission).chorale
    assert piece.sounding[-1, 3] == 47


def test_what_the_user_fixed_stays() -> None:
    tune = made(2, bars=2)
    fixed = Commission(tune, given=voices_given(tune, [3]))
    assert homeward(fixed) is fixed
    soprano = homeward(Commission(tune, given=voices_given(tune, [0])))
    assert soprano.given is not None and soprano.given[:, 0].all()
    assert (soprano.template.cells[:, 0] == tune.cells[:, 0]).all()


def test_a_piece_without_a_fermata_ends_on_a_quarter() -> None:
    template = replace(blank(bars=1), fermata=np.zeros(16, bool))
    given = homeward(Commission(template)).given
    assert given is not None and np.flatnonzero(given[:, 3]).tolist() == [12, 13, 14, 15]


def test_faults_are_counted() -> None:
    good = quarters(G_MAJOR, (72, 67, 64, 36))
    assert faults(good) == 0
    assert faults(quarters(C_MAJOR, D_MINOR)) >= 10 + 4, "away from home, by parallels"


def test_the_best_take_is_chosen(network: ChoraleNetwork) -> None:
    commission = Commission(blank(bars=1), seed=5)
    single = write(network, commission)
    chosen = choose(network, commission, takes=3)
    assert faults(chosen.chorale) <= faults(single.chorale)
    assert (choose(network, commission, takes=1).chorale.cells == single.chorale.cells).all()
    assert (choose(network, commission, takes=3).chorale.cells == chosen.chorale.cells).all()
    assert (chosen.chorale.cells[0] >= REST).all()
    with pytest.raises(ValueError, match="1 or more"):
        choose(network, commission, takes=0)
