"""What a sheet refuses on sight."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from apps.marketing.sheet import Fact, Sheet, banned_in

FACTS = [Fact(key="weight", value="300 g")]


@pytest.mark.parametrize(
    "name", ["The Best Bottle", "best bottle", "The\u00a0BEST bottle", "The b\u200best bottle", "\uff22\uff25\uff33\uff34 bottle"]
)
def test_a_banned_word_in_the_name_is_refused_with_what_to_do(name: str) -> None:
    with pytest.raises(ValidationError, match=r"banned word 'best'.*take it off `banned`"):
        Sheet(name=name, facts=FACTS, banned=["best"])


def test_a_banned_word_inside_another_word_is_none() -> None:
    assert Sheet(name="Bestway Pump", facts=FACTS, banned=["best"]).name == "Bestway Pump"
    assert banned_in("an eco friendly, ECO\u2011friendly thing", ["eco-friendly", "eco"]) == ["eco-friendly", "eco"]


@pytest.mark.parametrize("value", [" ", "\u200b\u200b", "\x00", "\ufeff"])
def test_a_fact_that_nobody_can_see_is_none(value: str) -> None:
    with pytest.raises(ValidationError, match="nothing to read"):
        Fact(key="weight", value=value)


def test_a_name_longer_than_the_limit_is_refused() -> None:
    with pytest.raises(ValidationError, match="at most 120"):
        Sheet(name="n" * 121, facts=FACTS)


def test_words_are_kept_once() -> None:
    assert Sheet(name="x", facts=FACTS, keywords=["tent ", "tent", ""]).keywords == ["tent"]


def test_what_the_facts_have_in_capitals_is_no_shouting() -> None:
    sheet = Sheet(name="Orlo", brand="ORLOSOFT", offer="10 % off with code SLOWPOUR", facts=[Fact(key="export", value="CSV, DATEV")])
    assert set(sheet.proper) >= {"Orlo", "ORLOSOFT", "DATEV", "SLOWPOUR"}
    loud = Sheet(name="Orlo", facts=[Fact(key="BEST EXPORT", value="AMAZING CSV")])
    assert loud.proper == ("Orlo",)
