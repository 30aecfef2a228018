"""The composer's English."""

from __future__ import annotations

import random

import pytest

from apps.marketing.composer.english import article, capital, compound, listing, subject_noun, thing
from apps.marketing.composer.material import material
from apps.marketing.composer.patterns import block_for, blocks
from apps.marketing.composer.phrases import phrases
from apps.marketing.composer.shop import product_description
from apps.marketing.composer.subject import Subject, third
from apps.marketing.sheet import Fact, Sheet


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [("oak desk", "an"), ("USB-C cable", "a"), ("8-hour day", "an"), ("18-month plan", "an"), ("11-inch bag", "an"), ("110 V motor", "a"),
     ("hour", "an"), ("unit", "a"), ("uninsulated tent", "an"), ("FSC label", "an"), ("REST API", "a"), ("one-person tent", "a")],
)  # fmt: skip
def test_articles(phrase: str, expected: str) -> None:
    assert article(phrase) == expected


@pytest.mark.parametrize(
    ("category", "expected"),
    [("height-adjustable desk", "a height-adjustable desk"), ("wireless over-ear headphones", "wireless over-ear headphones"),
     ("breakfast granola", "breakfast granola"), ("invoicing software as a service", "invoicing software as a service"),
     ("electric kettle", "an electric kettle"), ("camera lens", "a camera lens")],
)  # fmt: skip
def test_things(category: str, expected: str) -> None:
    assert thing(category) == expected


def test_small_english() -> None:
    assert subject_noun("invoicing software as a service") == "software"
    assert [third(verb) for verb in ("weigh", "carry", "reach", "have", "be", "play")] == [
        "weighs",
        "carries",
        "reaches",
        "has",
        "is",
        "plays",
    ]
    assert compound("2 years") == "2-year"
    assert compound("450 g") == "450 g"
    assert compound("24 hours in the sun") == ""
    assert listing("black, white, sage") == "black, white and sage"
    assert listing("removable, not washable") == "removable, not washable"
    assert capital("iOS app") == "iOS app"


def test_the_subject_is_called_by_its_kind() -> None:
    def sheet(name: str, category: str) -> Sheet:
        return Sheet(name=name, category=category, facts=[Fact(key="weight", value="1 kg")])

    assert Subject.of(sheet("Alva Desk", "height-adjustable desk")).subjects() == ["the Alva Desk", "the desk", "it"]
    assert Subject.of(sheet("Drift 2", "wireless headphones")).subjects() == ["the Drift 2 headphones", "the headphones", "they"]
    assert Subject.of(sheet("Tandem", "")).subjects() == ["Tandem", "it"]


def test_every_fact_has_a_block_and_every_line_is_checked() -> None:
    assert len({block.name for block in blocks()}) == len(blocks())
    facts = [
        Fact(key="battery", value="2 Ah, two included"), Fact(key="vegan", value="yes"), Fact(key="rain cover", value="included"),
        Fact(key="leash", value="not included"), Fact(key="colours", value="black, white, sage"), Fact(key="warranty", value="5 years"),
    ]  # fmt: skip
    said = phrases(Sheet(name="Ridge 45", category="hiking backpack", facts=facts))
    texts = {phrase.text for phrase in said.phrases}
    assert {"It is vegan.", "A rain cover is included.", "Choose from black, white and sage.", "5-year warranty"} <= texts
    for fact in facts:
        assert any(fact.key in phrase.facts for phrase in said.phrases), fact
        assert block_for(fact, fact.value)[0].sentences


def test_a_line_that_the_sheet_does_not_bear_is_never_offered() -> None:
    sheet = Sheet(name="Drift 2", category="headphones", facts=[Fact(key="colours", value="sand, pine")], banned=["pick"])
    said = phrases(sheet)
    assert not any("pick" in phrase.text.lower() for phrase in said.phrases)
    assert any("banned word 'pick'" in reason for _, reason in said.refused)


def test_a_sheet_of_few_facts_has_all_of_them_said() -> None:
    facts = {
        "capacity": "1.8 l",
        "power": "500 W",
        "keep warm": "up to 12 hours",
        "programmes": "white rice, porridge, steam",
        "users": "up to 8",
    }
    facts["features"] = "washable; stands on its own"
    sheet = Sheet(name="Kessel 3", category="rice cooker", facts=[Fact(key=key, value=value) for key, value in facts.items()])
    said = "\n".join(product_description(material(sheet, "plain"), random.Random(1))["description"])
    assert all(value in said for value in ("1.8 l", "500 W", "Keep warm: up to 12 hours", "porridge", "up to 8 users"))
    assert "washable. " in said and "Stands on its own." in said and "Features" not in said
