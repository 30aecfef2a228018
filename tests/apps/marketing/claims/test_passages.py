"""A text in passages: whole, in order, with the marks that change what is said."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.marketing.claims import passages_of

PIECES = st.lists(st.sampled_from(["Two motors. ", "\u20ac5!", "\n", "it is ", "No. 1 ", "?", " "]), max_size=30).map("".join)


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in passages_of(text)]


@pytest.mark.parametrize(
    "text",
    ["\u20ac540 a pallet. $5 off! -20% today?", "<5 kg only", "Is it oak?", "No. 1 in tests.", "Hello. It carries 100 kg."],
)
def test_marks_and_fragments_stay_with_their_sentence(text: str) -> None:
    assert parts(text) == [text]


def test_a_long_text_is_cut_between_sentences_and_at_paragraphs() -> None:
    lift = "Two motors lift the heavy oak top without a sound that anybody would notice."
    assert parts(" ".join([lift] * 7)) == [" ".join([lift] * 3)] * 2 + [lift]
    assert parts(f"A desk for the home office.\n\n{lift}") == ["A desk for the home office.", lift]


@given(st.text(max_size=80) | PIECES)
def test_nothing_is_lost_and_nothing_twice(text: str) -> None:
    places = passages_of(text)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(one[1] <= other[0] for one, other in pairwise(places))
    if places:
        assert "".join("".join(parts(text)).split()) == "".join(text.split())
