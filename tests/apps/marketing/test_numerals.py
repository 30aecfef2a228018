"""Numbers in the notations of several countries."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.marketing.numerals import Ambiguous, ambiguous_numbers, number_style, parse_number, read_number
from apps.marketing.sheet import Fact, Sheet
from shared.errors import BadInput


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.000,50", "1000.50"),
        ("1,000.50", "1000.50"),
        ("1 000,5", "1000.5"),
        ("1\u202f000,5", "1000.5"),
        ("1'000", "1000"),
        ("1\u2019000.25", "1000.25"),
        ("1.000.000", "1000000"),
        ("1,00,000", "100000"),
        ("0.500", "0.500"),
        ("0,500", "0.500"),
        ("1234.500", "1234.500"),
        ("3,5", "3.5"),
        ("-1.5", "-1.5"),
        ("\u22122", "-2"),
        ("\u0661\u0662\u0663", "123"),
        ("\uff11\uff12", "12"),
    ],
)
def test_a_number_that_can_be_read_in_one_way(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "locale", "value"),
    [
        ("1.000", "de", "1000"),
        ("1.000", "en-GB", "1.000"),
        ("1,000", "en", "1000"),
        ("1,000", "fr_FR", "1.000"),
        ("1.000", "de-CH", "1.000"),
        ("1.000,50", "en", "1000.50"),
    ],
)
def test_a_locale_settles_it(text: str, locale: str, value: str) -> None:
    assert parse_number(text, locale) == Decimal(value)


@pytest.mark.parametrize("text", ["1.000", "1,000", "12.500", "999,999"])
def test_what_can_be_read_in_two_ways_is_said_so(text: str) -> None:
    number = parse_number(text)
    assert isinstance(number, Ambiguous) and number.point != number.comma
    assert text in str(number)


@pytest.mark.parametrize("text", ["", "n/a", "1.2.3", "12-14", "1.000.00", "12,34,5", "1.", ".", "1 00", "--1", "1" * 61, "1,000.50.2"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not a number"):
        parse_number(text)


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_every_notation_of_a_price_is_read_back(value: Decimal) -> None:
    english = f"{value:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert read_number(english, "en") == read_number(german, "de") == read_number(english.replace(",", "'")) == value


@given(st.text(alphabet="0123456789.,' -+e", max_size=30))
def test_any_text_of_digits_and_marks_is_read_or_refused(text: str) -> None:
    value = read_number(text)
    assert value is None or isinstance(value, Ambiguous) or value.is_finite()


def test_the_other_numbers_of_a_sheet_settle_one() -> None:
    facts = [Fact(key="capacity", value="10.000 mAh"), Fact(key="weight", value="0,4 kg")]
    assert number_style(fact.value for fact in facts) == "de"
    assert ambiguous_numbers(Sheet(name="x", facts=facts)) == []
    alone = Sheet(name="x", facts=facts[:1], offer="1.299 euros")
    assert len(ambiguous_numbers(alone)) == 2 and "fact `capacity`" in ambiguous_numbers(alone)[0]
    assert ambiguous_numbers(alone, "de") == []
