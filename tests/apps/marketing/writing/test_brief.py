"""What may stand in a line with a digit, and what a model reads."""

from __future__ import annotations

import pytest

from apps.marketing.sheet import Fact, Sheet
from apps.marketing.writing.brief import Brief, literals, prompt


def sheet(*facts: Fact, name: str = "Tarn Mug", **fields: str) -> Sheet:
    return Sheet(name=name, facts=list(facts) or [Fact(key="volume", value="350 ml")], **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "wanted", "never"),
    [
        ("38 hours with noise cancelling on", {"38 hours", "38-hour"}, {"38"}),
        ("5 hours of playback from a 10-minute charge", {"5 hours", "10-minute"}, {"10", "5"}),
        ("46 x 14 cm", {"46 x 14 cm"}, {"46", "14 cm"}),
        ("adjustable from 65 to 128 cm", {"65 to 128 cm", "65 cm", "128 cm"}, {"65"}),
        ("7.9 g per 100 g", {"7.9 g per 100 g"}, {"7.9 g", "100 g"}),
        ("1850 kJ (442 kcal) per 100 g", {"1850 kJ per 100 g", "442 kcal per 100 g"}, {"1850 kJ", "442 kcal"}),
        ("$12 a user a month", {"$12"}, {"12"}),
        ("10 of 45 g each", {"10", "45 g"}, {"45"}),
        ("two, each with a vestibule of 0.8 m2", {"0.8 m2"}, {"2"}),
        ("imports CAMT.053 and CSV", {"CAMT.053"}, {"053"}),
        ("four AA or LR6 cells, CO2 neutral", {"LR6 cells", "CO2 neutral"}, {"6", "2"}),
        ("A4", {"A4"}, {"4"}),
        ("hand wash only", set(), set()),
    ],
)
def test_a_number_keeps_its_unit(value: str, wanted: set[str], never: set[str]) -> None:
    found = set(literals(sheet(), [Fact(key="it", value=value)]))
    assert wanted <= found
    assert not never & found


def test_a_share_keeps_what_it_is_of() -> None:
    found = literals(
        sheet(), [Fact(key="hazelnuts", value="14 %, roasted in small batches"), Fact(key="moisture", value="up 31 % after 4 weeks")]
    )
    assert "14 % hazelnuts" in found and "14 %" not in found
    assert "31 %" in found


def test_a_name_with_a_number_or_a_sign_is_written_as_it_is() -> None:
    named = sheet(name="Fjelltind Varde 2", brand="R&D")
    assert {"Fjelltind Varde 2", "Varde 2", "R&D"} <= set(literals(named, []))
    assert literals(sheet(), []) == []


def test_what_a_model_reads_is_the_same_up_to_the_product() -> None:
    fact = Fact(key="hazelnuts", value="14 %, roasted")
    one = prompt(sheet(fact, category="granola"), Brief("sentence", (fact,), 90), "warm", 1, 0.5)
    two = prompt(sheet(name="Other"), Brief("sentence", (Fact(key="volume", value="350 ml"),), 40), "warm", 2, 0.7)
    assert one.rendered[0] == two.rendered[0]
    assert "Product: Tarn Mug (granola)\nFacts: 14 % hazelnuts, roasted\n" in one.rendered[1]
    assert prompt(sheet(), Brief("sentence", (fact,), 90), "plain", 1, 0.5).rendered[0] != one.rendered[0]
