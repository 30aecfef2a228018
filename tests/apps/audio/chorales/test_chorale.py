"""The grid, its transpositions and its split by tune."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from apps.audio.chorales.chorale import HOLD, REST, Chorale, Collection, melody, split_groups, tune_groups
from tests.apps.audio.chorales.examples import made


def test_what_sounds_goes_on_until_something_begins() -> None:
    cells = np.array([[72, 67, 64, 48], [HOLD] * 4, [REST, 65, HOLD, HOLD], [HOLD] * 4], np.uint8)
    piece = Chorale("made", cells, np.zeros(4, bool), np.arange(4, dtype=np.uint8), 16, 0)
    assert piece.sounding.tolist() == [[72, 67, 64, 48], [72, 67, 64, 48], [0, 65, 64, 48], [0, 65, 64, 48]]
    assert piece.onsets.sum() == 6
    assert melody(cells[:, 1]).tolist() == [67, 65]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (np.zeros((0, 4), np.uint8), "at least one step"),
        (np.zeros((4, 3), np.uint8), "expected"),
        (np.zeros((4, 4), np.uint8), "never began"),
    ],
)
def test_cells_that_are_no_piece_are_refused(cells: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Chorale("made", cells, np.zeros(len(cells), bool), np.zeros(len(cells), np.uint8), 16, 0)


def test_metre_that_does_not_fit_is_refused() -> None:
    piece = made(1)
    with pytest.raises(ValueError, match="fermata"):
        Chorale("made", piece.cells, piece.fermata[1:], piece.position, 16, 0)


def test_transposition_moves_notes_signature_and_tonic() -> None:
    piece = made(1)
    higher = piece.transposed(2)
    assert (higher.sharps, higher.tonic) == (2, 2)
    assert (piece.transposed(-2).sharps, piece.transposed(-2).tonic) == (-2, 10)
    sung = piece.cells > REST
    assert (higher.cells[sung] == piece.cells[sung] + 2).all()
    assert (higher.cells[~sung] == piece.cells[~sung]).all()
    assert (higher.transposed(-2).cells == piece.cells).all()


def test_transpositions_stay_within_the_ranges() -> None:
    cells = np.array([[70, 62, 58, 50], [HOLD] * 4], np.uint8)
    piece = Chorale("made", cells, np.zeros(2, bool), np.arange(2, dtype=np.uint8), 16, 0)
    assert piece.transpositions() == range(-12, 12)
    cells[1] = [80, 62, 58, 36]
    assert piece.transpositions() == range(2)


def test_bars_are_counted_after_a_pickup() -> None:
    piece = made(1, bars=2)
    assert piece.bars[[0, 3, 4, 19, 20, 31]].tolist() == [0, 0, 1, 1, 2, 2]
    assert made(1, bars=2, pickup=0).bars[[0, 15, 16]].tolist() == [0, 0, 1]


def test_settings_of_one_tune_are_one_group_in_any_key() -> None:
    tune = np.array([60, 62, 64, 65, 67, 69, 67, 65, 64, 62, 60, 59, 60, 62])
    other = np.array([60, 60, 67, 67, 69, 69, 67, 65, 65, 64, 64, 62, 62, 60])
    groups = tune_groups([tune, other, tune[:12] + 5, np.concatenate([other, tune[1:]]), tune[:11]])
    assert groups[0] == groups[1] == groups[2] == groups[3], "the fourth holds both"
    assert groups[4] != groups[0], "a run of eleven is too short"


def test_a_split_never_parts_a_group() -> None:
    groups = np.repeat(np.arange(50), 2)
    names = [f"piece {number}" for number in range(100)]
    split = split_groups(groups, names)
    assert (split[::2] == split[1::2]).all()
    assert 8 <= (split == 1).sum() <= 14 and 8 <= (split == 2).sum() <= 14
    assert (split == split_groups(groups, names)).all()


def test_a_collection_comes_back_from_its_file(tmp_path: Path) -> None:
    collection = Collection.of([made(seed, bars=2 + seed, sharps=seed - 2) for seed in range(5)])
    collection.save(tmp_path / "some.npz")
    again = Collection.load(tmp_path / "some.npz")
    for one, other in zip(collection, again, strict=True):
        assert (one.cells == other.cells).all() and (one.fermata == other.fermata).all() and (one.position == other.position).all()
        assert (one.name, one.sharps, one.bar_steps, one.tonic) == (other.name, other.sharps, other.bar_steps, other.tonic)
    assert (collection.splits == again.splits).all() and (collection.groups == again.groups).all()
