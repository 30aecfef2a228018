"""Sheets that say two things, and honest ones that only look so."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.marketing.contradictions import contradictions
from apps.marketing.sheet import Fact, Sheet


def found(*facts: tuple[str, str], **fields: object) -> list[str]:
    return contradictions(Sheet(name="Kettle", facts=[Fact(key=key, value=value) for key, value in facts], **fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "facts",
    [
        [("weight", "300 g"), ("weight", "0.4 kg")],
        [("weight", "300 g"), ("Item weight", "12 oz")],
        [("battery", "20 h"), ("battery life", "30 hours")],
        [("height", "10 cm"), ("height", "12 cm")],
        [("model", "A1"), ("model", "B2")],
        [("warranty", "2 years"), ("guarantee", "12 months")],
        [("power", "900 W"), ("power", "1.5 kW")],
        [("storage", "64 GB"), ("storage", "0.1 TB")],
        [("oven safe", "up to 220 \u00b0C"), ("oven safe", "up to 350 \u00b0F")],
    ],
)
def test_two_values_are_named_as_they_are_written(facts: list[tuple[str, str]]) -> None:
    (said,) = found(*facts)
    assert facts[0][1] in said and facts[1][1] in said


@pytest.mark.parametrize(
    "facts",
    [
        [("finish", "waterproof"), ("care", "not waterproof")],
        [("waterproof", "no"), ("use", "Waterproof to 2 m")],
        [("dishwasher safe", "no"), ("care", "Dishwasher safe, top rack")],
        [("vegan", "yes"), ("vegan claim", "not vegan")],
        [("coating", "non-stick"), ("surface", "a stick surface")],
        [("lid", "not included"), ("in the box", "mug, lid, brush")],
        [("lid", "not included"), ("Lid", "included")],
    ],
)
def test_a_property_and_its_negation(facts: list[tuple[str, str]]) -> None:
    assert len(found(*facts)) == 1


@pytest.mark.parametrize(
    "facts",
    [
        [("weight", "300 g"), ("Weight", "10.6 oz")],
        [("weight", "300 g"), ("shipping weight", "400 g")],
        [("warranty", "2 years"), ("warranty", "24 months")],
        [("colour", "black"), ("colours", "red")],
        [("lid", "waterproof"), ("care", "not waterproof when open")],
        [("ethics", "not tested on animals"), ("test", "dermatologist tested")],
        [("base", "non-slip"), ("sole", "slip-resistant")],
        [("label", "gluten-free"), ("gluten", "none")],
        [("water resistance", "not waterproof"), ("case", "splashproof")],
        [("feature", "timer"), ("feature", "light")],
        [("battery", "not included"), ("charger", "included")],
        [("dimensions", "10 x 20 cm"), ("dimensions", "4 x 8 in")],
        [("range", "-10 to 40 \u00b0C"), ("range", "14 to 104 \u00b0F")],
        [("battery life", "30 hours"), ("battery life with noise cancelling", "24 hours")],
    ],
)
def test_an_honest_sheet_has_none(facts: list[tuple[str, str]]) -> None:
    assert found(*facts) == []


def test_the_name_and_the_offer_are_heard_too() -> None:
    assert "the category `waterproof jacket`" in found(("care", "not waterproof"), category="waterproof jacket")[0]


SAID = st.text(alphabet="not waterproof-.,300 1.g", min_size=1, max_size=30).filter(lambda text: bool(text.strip()))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(SAID, SAID), min_size=1, max_size=5))
def test_any_sheet_is_read_and_never_contradicts_itself_more_than_in_pairs(facts: list[tuple[str, str]]) -> None:
    assert all("`" in each for each in found(*facts))
    assert found(facts[0], facts[0]) == [] or "denies" in found(facts[0], facts[0])[0]


def test_a_word_that_is_wanted_and_banned() -> None:
    said = found(("finish", "eco paint"), keywords=["eco kettle"], banned=["eco"], offer="an eco price")
    assert len(said) == 2 and all("`eco`" in each for each in said)
