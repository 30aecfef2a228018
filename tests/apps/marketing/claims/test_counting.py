"""A count bears what it counts, and no equal number of other things."""

from __future__ import annotations

import pytest

from apps.marketing.claims import check_claims
from apps.marketing.reading import example


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("furniture", "It has 4 drawers."),
        ("furniture", "Two shelves."),
        ("furniture", "4 legs and a drawer"),
        ("furniture", "There are 4 desks."),
        ("furniture", "2 cables included"),
        ("furniture", "With two lamps and two cup holders."),
        ("outdoor_gear", "Two windows"),
        ("outdoor_gear", "three pockets"),
        ("consumer_electronics", "six buttons"),
        ("consumer_electronics", "Two cables"),
        ("consumer_electronics", "two headphones"),
    ],
)
def test_a_number_of_something_else_is_no_evidence(name: str, text: str) -> None:
    assert any(span.kind == "number" for span in check_claims(text, example(name)).flagged)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("furniture", "Two motors raise it."),
        ("furniture", "4 memory heights"),
        ("furniture", "Two quiet motors, 4 heights to remember."),
        ("furniture", "3 reasons to stand up"),
        ("outdoor_gear", "Sleeps two people."),
        ("consumer_electronics", "Six microphones cancel the noise."),
    ],
)
def test_what_the_sheet_counts_is(name: str, text: str) -> None:
    assert not [span for span in check_claims(text, example(name)).flagged if span.kind == "number"]
