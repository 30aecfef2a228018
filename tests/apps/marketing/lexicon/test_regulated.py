"""Regulated words, and the innocent uses of the same letters."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.marketing.lexicon import CLASSES, regulated


@pytest.mark.parametrize(
    ("text", "word", "kind"),
    [
        ("Our eco-friendly tent", "eco-friendly", "environment"),
        ("the environmentally friendly choice", "environmentally friendly", "environment"),
        ("a greener way to hike", "greener", "environment"),
        ("Biodegradable soap", "Biodegradable", "environment"),
        ("compostable cup", "compostable", "environment"),
        ("fully recyclable", "recyclable", "environment"),
        ("carbon\u2011neutral delivery", "carbon\u2011neutral", "environment"),
        ("BPA-free", "BPA-free", "environment"),
        ("It cures colds", "cures", "disease"),
        ("treats acne", "treats acne", "disease"),
        ("prevents seasonal flu", "prevents seasonal flu", "disease"),
        ("clinically proven", "clinically proven", "health"),
        ("boosts your immune system", "boosts your immune", "health"),
        ("all-natural", "all-natural", "food"),
        ("low in sugar", "low in sugar", "food"),
        ("anti-ageing", "anti-ageing", "cosmetics"),
        ("anti aging", "anti aging", "cosmetics"),
        ("dermatologist tested", "dermatologist tested", "cosmetics"),
        ("hypoallergenic", "hypoallergenic", "cosmetics"),
        ("Our tent is the best", "the best", "superlative"),
        ("No. 1 in Europe", "No. 1", "superlative"),
        ("the cheapest desk", "the cheapest", "superlative"),
        ("faster than others", "faster than", "comparative"),
        ("trusted by thousands", "trusted by thousands", "popularity"),
        ("unbreakable", "unbreakable", "absolute"),
        ("money-back guarantee", "money-back guarantee", "guarantee"),
        ("free shipping", "free shipping", "free"),
        ("20% off", "20% off", "price"),
        ("Only 3 left", "Only 3 left", "urgency"),
        ("limited time offer", "limited time", "urgency"),
        ("unhackable vault", "unhackable", "security"),
        ("military-grade encryption", "military-grade encryption", "security"),
        ("guaranteed returns", "guaranteed returns", "finance"),
    ],
)
def test_a_regulated_word_is_found_with_its_reason(text: str, word: str, kind: str) -> None:
    (finding,) = regulated(text)
    assert (finding.word, finding.kind) == (word, kind)
    assert text[slice(*finding.span)] == word and finding.why.endswith(".") and finding.source


@pytest.mark.parametrize(
    "text",
    [
        "a forest green tent",
        "green tea",
        "Best before May",
        "works best when warm",
        "hands-free calls",
        "feel free to ask",
        "a freestanding tent",
        "free-range thinking aside, a free-standing bath",
        "Dog treats",
        "UV-cured resin",
        "prevents leaks",
        "natural light",
        "100% cotton",
        "freely adjustable",
        "the greenhouse",
        "a tent of 1.68 kg for two people",
        "secure the lid",
    ],
)
def test_an_innocent_use_is_left_alone(text: str) -> None:
    assert [finding.word for finding in regulated(text) if finding.word != "free-range"] == []


def test_findings_are_in_order_and_do_not_overlap() -> None:
    found = regulated("Free shipping on the world's best carbon-neutral, sugar-free granola, guaranteed")
    assert [each.kind for each in found] == ["free", "superlative", "environment", "environment", "guarantee"]
    assert all(one.span[1] <= other.span[0] for one, other in pairwise(found))
    assert {each.kind for each in found} <= set(CLASSES)


@given(st.text(max_size=100))
def test_any_text_is_read(text: str) -> None:
    assert all(text[slice(*each.span)] == each.word for each in regulated(text))


def test_hostile_texts_are_quick() -> None:
    began = time.process_time()
    for text in ("reduces " * 3000, "a" * 20_000, "up to " * 3000, "- " * 10_000, "save $" * 3000):
        regulated(text)
    assert time.process_time() - began < 4
