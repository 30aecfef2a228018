"""The classifier: equal music cannot be told apart, broken music can."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from apps.audio.chorales import classifier
from apps.audio.chorales.chorale import REST, Chorale
from apps.audio.chorales.classifier import accuracy, excerpts, features
from shared.errors import Unavailable
from tests.apps.audio.chorales.examples import made


def stepwise(seed: int) -> Chorale:
    """A made-up piece whose soprano moves by whole tones only."""
    piece = made(seed, bars=8)
    cells = piece.cells.copy()
    sung = np.flatnonzero(cells[:, 0] > REST)
    cells[sung, 0] = 66 + 2 * (np.arange(len(sung)) % 2)
    return replace(piece, cells=cells)


def test_excerpts_are_four_whole_bars() -> None:
    piece = made(1, bars=9, pickup=4)
    found = excerpts(piece)
    assert [(part.start, part.stop) for part in found] == [(4, 68), (36, 100), (68, 132)]
    assert excerpts(made(1, bars=3)) == []


def test_features_are_the_same_in_every_key() -> None:
    piece = made(3, bars=5)
    part = excerpts(piece)[0]
    one, other = features(piece, part), features(piece.transposed(0), part)
    assert one.shape == other.shape and np.isfinite(one).all()
    cells = np.where(piece.cells > REST, np.clip(piece.cells, 50, 60), piece.cells).astype(np.uint8)
    low = replace(piece, cells=cells)
    moved = features(low.transposed(3), part) - features(low, part)
    changed = np.flatnonzero(np.abs(moved) > 1e-9)
    assert len(changed) <= 4 and moved[changed] == pytest.approx(3), "the mean pitch of each voice alone"


def test_silence_has_features_too() -> None:
    piece = made(1, bars=5)
    cells = np.zeros_like(piece.cells)
    cells[0] = REST
    assert np.isfinite(features(replace(piece, cells=cells), excerpts(piece)[0])).all()


def test_broken_music_is_told_and_equal_music_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sklearn")
    monkeypatch.setattr(classifier, "TREES", 15)
    monkeypatch.setattr(classifier, "REPEATS", 1)
    some, others = [made(seed, bars=8) for seed in range(10)], [made(seed, bars=8) for seed in range(10, 20)]
    assert accuracy(some, [stepwise(seed) for seed in range(10)]) > 0.95
    assert accuracy(some, others) < 0.75
    with pytest.raises(ValueError, match="5 or more"):
        accuracy(some[:3], others)


def test_without_scikit_learn_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    with pytest.raises(Unavailable, match="pip install scikit-learn"):
        accuracy([made(1)] * 5, [made(2)] * 5)
