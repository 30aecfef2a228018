"""Prices and weights are for something: a pallet, a month, three of them."""

from __future__ import annotations

import pytest

from apps.marketing.claims import check_claims
from apps.marketing.sheet import Fact, Sheet

PAVER = Sheet(
    name="Grauwe Paver",
    category="paving stone",
    facts=[
        Fact(key="price", value="540 euros per pallet of 60"),
        Fact(key="weight", value="1,020 kg a pallet"),
        Fact(key="membership", value="9 euros per month"),
        Fact(key="sealer", value="18 euros"),
        Fact(key="support", value="15 euros a month per salon"),
    ],
    offer="3 brushes for 24 euros",
)


@pytest.mark.parametrize(
    "text",
    [
        "540 euros each.",
        "540 euros per stone.",
        "\u20ac540 apiece",
        "1,020 kg each.",
        "9 euros a year",
        "18 euros a month",
        "24 euros each",
        "24 euros a brush",
        "540 euros a set",
    ],
)
def test_an_amount_for_something_else_is_contradicted(text: str) -> None:
    assert [span.status for span in check_claims(text, PAVER).flagged] == ["contradicted"]


@pytest.mark.parametrize(
    "text",
    [
        "Only \u20ac540 a pallet.",
        "A pallet for 540 euros.",
        "Each pallet costs 540 euros.",
        "1,020 kg per pallet",
        "9 euros a month",
        "Membership is \u20ac9 monthly.",
        "18 euros each",
        "3 brushes for 24 euros",
        "24 euros for three brushes",
        "15 euros per salon each month",
        "9 euros a month, and 18 euros for the sealer",
        "9 euros a month, each and every day.",
        "A pallet is 540 euros, and a bag a day is enough.",
    ],
)
def test_what_it_is_for_in_other_words_is_not(text: str) -> None:
    assert check_claims(text, PAVER).ok
