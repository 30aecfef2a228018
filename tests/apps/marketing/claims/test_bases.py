"""Numbers on a basis, as food, cosmetics and cleaning sheets have them."""

from __future__ import annotations

import pytest

from apps.marketing.claims import check_claims, coverage
from apps.marketing.reading import example

FOOD = example("food")


@pytest.mark.parametrize(
    "text",
    [
        "It has 8.4 g of sugar per 100 g.",
        "Sugar: 8.4 g per 100 g",
        "8.4 g per 100 g of sugar: a good start.",
        "7.9 g per 100 g of protein",
        "1850 kJ per serving.",
        "7.9 g of sugar per portion",
        "With 11.2 g of protein in each serving.",
    ],
)
def test_a_number_of_another_nutrient_or_another_basis_is_contradicted(text: str) -> None:
    assert [span.status for span in check_claims(text, FOOD).flagged] == ["contradicted"]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("8.4 g per 100 g of fibre: a good start.", "fibre"),
        ("With 8.4 g of fibre per 100 g.", "fibre"),
        ("7.9 g per 100 g of sugar, and 11.2 g per 100 g of protein.", "protein"),
        ("7.9 g per 100 g of sugar, and 11.2 g per 100 g of protein.", "sugar"),
        ("Only 7.9 g sugar per 100 g", "sugar"),
        ("442 kcal per 100 g", "energy"),
    ],
)
def test_the_right_one_is_the_facts(text: str, fact: str) -> None:
    assert check_claims(text, FOOD).ok
    assert next(said for each, said in coverage(text, FOOD).items() if each.key == fact)
