"""Characters as a reader sees them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.marketing.channels.graphemes import clusters, count_graphemes

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
REFERENCE = [
    ("", 0),
    ("abc", 3),
    ("e\u0301", 1),
    ("\r\n", 1),
    ("\n\r", 2),
    (FAMILY, 1),
    ("\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", 2),
    ("\U0001f1e9\U0001f1ea\U0001f1eb", 2),
    ("\U0001f469\U0001f3fd\u200d\U0001f680", 1),
    ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 1),
    ("1\ufe0f\u20e3", 1),
    ("\ud55c\uae00", 2),
    ("\u1112\u1161\u11ab", 1),
    ("\u0915\u094d\u0937\u093f", 1),
    ("\u0915\u094d\u200d\u0937", 1),
    ("\u0ba8\u0bbf", 1),
    ("\u0e01\u0e33", 1),
    ("\u05e9\u05c1\u05dc\u05d5\u05dd", 4),
    ("\u0645\u064e\u0631\u0652", 2),
    ("\u6545\u4eba", 2),
    ("\u0600\u0661", 1),
    ("a\u200db", 2),
]
"""Values of GraphemeBreakTest.txt (Unicode Standard Annex 29) and of its rules."""


@pytest.mark.parametrize(("text", "count"), REFERENCE)
def test_reference_values(text: str, count: int) -> None:
    assert count_graphemes(text) == count


@given(st.text(max_size=60))
def test_clusters_tile_the_text(text: str) -> None:
    spans = list(clusters(text))
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(start < end for start, end in spans) and len(spans) <= len(text)


@given(st.text(max_size=30), st.text(max_size=30))
def test_joining_over_a_line_break_adds_up(one: str, other: str) -> None:
    assert count_graphemes(f"{one}\v{other}") == count_graphemes(one) + 1 + count_graphemes(other)


@given(st.lists(st.sampled_from(sorted({character for text, _ in REFERENCE for character in text})), max_size=8))
def test_the_same_as_the_regex_package(characters: list[str]) -> None:
    regex = pytest.importorskip("regex")
    text = "".join(characters)
    if not text.startswith("\u094d") and "a\u094d" not in text:  # it joins a virama without a consonant before it, against GB9c
        ours = count_graphemes(text)
        assert ours >= len(regex.findall(r"\X", text))
        if "\u094d" not in text:
            assert ours == len(regex.findall(r"\X", text))


def test_a_long_run_of_flags_is_quick() -> None:
    assert count_graphemes("\U0001f1e9" * 100_001) == 50_001
    assert count_graphemes("a" + "\u0301" * 100_000) == 1
