"""The figures of written chorales, on cases small enough to count by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from apps.audio.chorales.chorale import REST, Chorale
from apps.audio.chorales.metrics import (
    FIFTH,
    OCTAVE,
    blunders,
    cadences,
    chords,
    crossings,
    divergence,
    ends_at_home,
    figures,
    harmony,
    leaps,
    longest_copy,
    longest_stutter,
    parallels,
    rests_within,
    sonorities,
    triads_at_fermatas,
)

C_MAJOR = (72, 67, 64, 48)
D_MINOR = (74, 69, 65, 50)
G_MAJOR = (71, 67, 62, 55)
G_SEVENTH = (71, 65, 62, 55)


def quarters(*chords_: tuple[int, ...], sharps: int = 0, fermata: int = 1) -> Chorale:
    """One chord a quarter in 4/4, the last `fermata` of them held."""
    cells = np.zeros((4 * len(chords_), 4), np.uint8)
    cells[::4] = chords_
    steps = np.arange(len(cells))
    return Chorale("made", cells, steps >= len(cells) - 4 * fermata, (steps % 16).astype(np.uint8), 16, sharps)


def test_parallels_are_counted_where_two_voices_move_the_same_way() -> None:
    piece = quarters(C_MAJOR, D_MINOR)  # alto over bass goes G-C to A-D, soprano over bass C-C to D-D
    assert parallels(piece, FIFTH) == 1
    assert parallels(piece, OCTAVE) == 1


def test_a_repeated_or_contrary_interval_is_no_parallel() -> None:
    assert parallels(quarters(C_MAJOR, C_MAJOR), OCTAVE) == 0
    assert parallels(quarters(C_MAJOR, (74, 69, 65, 38)), OCTAVE) == 0, "soprano up, bass down"


def test_a_voice_below_the_next_one_is_a_crossing() -> None:
    assert crossings(quarters(C_MAJOR, (60, 64, 55, 48))) == 4
    assert crossings(quarters(C_MAJOR, (64, 64, 55, 48))) == 0, "a unison"


def test_a_fermata_is_judged_where_it_ends() -> None:
    suspended = quarters(C_MAJOR, (72, 67, 65, 48))
    assert triads_at_fermatas(suspended) == (0, 1)
    suspended.cells[6, 2] = 64
    assert triads_at_fermatas(suspended) == (1, 1)
    assert triads_at_fermatas(quarters(C_MAJOR, (72, 64, 60, 48))) == (1, 1), "without its fifth"


def test_chords_and_cadences_are_the_same_in_every_key() -> None:
    piece = quarters(G_MAJOR, C_MAJOR)
    assert chords(piece) == chords(piece.transposed(-5)) == [(frozenset({7, 11, 2}), 7), (frozenset({0, 4, 7}), 0)]
    assert cadences(piece) == cadences(piece.transposed(3)) == [((7, "major"), (0, "major"))]


def test_a_seventh_chord_is_heard_by_its_root() -> None:
    piece = quarters(G_SEVENTH)
    assert harmony(piece, piece.sounding[0]) == (7, "major")
    assert harmony(piece, np.zeros(4, int)) is None


def test_divergence_is_between_nothing_and_a_bit() -> None:
    assert divergence("ab", "ab") == 0
    assert divergence("a", "b") == pytest.approx(1)
    assert divergence("aab", "abb") == pytest.approx(divergence("abb", "aab"))
    # by hand: shares (1, 0) and (1/2, 1/2): (log2(4/3) + (log2(2/3) + 1) / 2) / 2
    assert divergence("a", "ab") == pytest.approx(0.3112781)
    with pytest.raises(ValueError, match="not empty"):
        divergence("", "a")


def test_a_copy_is_found_in_another_key() -> None:
    known = quarters(C_MAJOR, D_MINOR, G_MAJOR, C_MAJOR)
    copied = quarters(G_SEVENTH, D_MINOR, G_MAJOR, C_MAJOR).transposed(2)
    assert len(sonorities(known)) == 4
    assert longest_copy(copied, [known]) == 3
    assert longest_copy(quarters(G_SEVENTH), [known]) == 0


def test_figures_of_the_training_pieces_themselves() -> None:
    known = quarters(C_MAJOR, D_MINOR, G_MAJOR, C_MAJOR)
    found = figures([known], [known])
    assert found["js_chords"] == found["js_cadences"] == 0
    assert found["parallel_fifths"] == 25
    assert found["longest_copy"] == 4
    assert found["triads_at_fermatas_percent"] == 100


def test_an_ending_is_at_home_on_the_tonic_over_itself() -> None:
    assert ends_at_home(quarters(G_MAJOR, C_MAJOR))
    assert not ends_at_home(quarters(C_MAJOR, G_MAJOR))
    assert not ends_at_home(quarters(G_MAJOR, (72, 67, 60, 52))), "a sixth chord"
    minor = replace(quarters((69, 64, 61, 45)), tonic=9)
    assert ends_at_home(minor), "a Picardy third"
    assert not ends_at_home(replace(minor, tonic=None)), "then the signature's tonic is expected"


def test_what_anybody_would_hear_is_counted() -> None:
    piece = quarters(C_MAJOR, C_MAJOR, (83, 67, 0, 48), (71, 67, 64, 48), G_MAJOR)
    piece.cells[8, 2] = REST
    assert rests_within(piece) == 4
    assert longest_stutter(piece) == 5, "the alto"
    assert leaps(piece, 0) == 1, "a seventh up; the octave down is allowed"
    found = blunders([piece, quarters(G_MAJOR, C_MAJOR)])
    assert found["ends_astray_percent"] == 50 and found["longest_stutter"] == 5
    assert found["rests_percent"] == pytest.approx(100 * 4 / 112)
    assert found["soprano_leaps"] == pytest.approx(100 * 1 / 7)
