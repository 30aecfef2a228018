"""Summaries: verbatim, in order, about what was asked."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.marketing.sentences import sentence_spans
from apps.marketing.summaries import summarize_text
from shared.errors import BadInput, TooLarge

REPORT = """The Varde 2 is a tent for two people. It weighs 1.68 kg packed. The weather in June was mild.
The fly of the tent is rated 3000 mm. Packed it weighs 1.68 kg. Lunch was served at noon.

- The poles are aluminium.
- The warranty lasts 5 years.
"""


MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August"]


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Dr. Smith paid $3.50 for 2.5 kg. It came at 5 p.m. The end.",
            ["Dr. Smith paid $3.50 for 2.5 kg.", "It came at 5 p.m.", "The end."],
        ),
        ("Use No. 5, e.g. steel. J. R. Tolkien agreed!", ["Use No. 5, e.g. steel.", "J. R. Tolkien agreed!"]),
        ("Is it light? Yes.\u201d Good.", ["Is it light?", "Yes.\u201d", "Good."]),
        ("It is wrapped\nhere. Then more", ["It is wrapped\nhere.", "Then more"]),
        ("Intro\n\n- one\n- two. Three\n1) four", ["Intro", "one", "two.", "Three", "four"]),
        ("# Title\nText of it.", ["Title", "Text of it."]),
        ("\u3053\u308c\u306f\u6587\u3067\u3059\u3002\u6b21\u3002", ["\u3053\u308c\u306f\u6587\u3067\u3059\u3002", "\u6b21\u3002"]),
        ("Version 1.2.3 is out. See example.com today.", ["Version 1.2.3 is out.", "See example.com today."]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(max_size=300))
def test_sentences_are_in_order_and_lose_no_letter(text: str) -> None:
    spans = sentence_spans(text)
    assert all(start < end for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    outside = set(range(len(text))) - {at for start, end in spans for at in range(start, end)}
    assert not any(text[at].isalpha() and text[at] > "z" for at in outside)


def test_a_summary_is_verbatim_in_order_and_says_a_thing_once() -> None:
    found = summarize_text(REPORT, 3)
    assert len(found) == 3 and all(REPORT[each.start : each.end] == each.text for each in found)
    assert [each.start for each in found] == sorted(each.start for each in found)
    said = " ".join(each.text for each in found)
    assert "tent" in said and "Lunch" not in said and said.count("1.68 kg") == 1


def test_a_query_decides_what_it_is_about() -> None:
    assert summarize_text(REPORT, 1, query="warranty years")[0].text == "The warranty lasts 5 years."


def test_a_length_is_not_exceeded() -> None:
    assert 0 < sum(len(each.text) for each in summarize_text(REPORT, 10, length=70)) <= 70
    assert summarize_text(REPORT, 10, length=3) == []


def test_pages_and_running_heads() -> None:
    pages = [f"Fjelltind annual report {at}\n\nIn {MONTHS[at]} we sold topic{at}." for at in range(8)]
    found = summarize_text(pages, 4, query="annual report topic5")
    assert all(pages[each.page - 1][each.start : each.end] == each.text and "annual" not in each.text for each in found)
    assert any(each.page == 6 for each in found)


def test_the_same_document_gives_the_same_summary() -> None:
    assert summarize_text(REPORT, 4) == summarize_text(REPORT, 4)


@pytest.mark.parametrize("text", ["", "   ", [], ["", "\n"]])
def test_a_document_without_text_is_refused(text: str | list[str]) -> None:
    with pytest.raises(BadInput, match="no sentence"):
        summarize_text(text)


def test_what_else_is_refused() -> None:
    with pytest.raises(BadInput, match="nothing"):
        summarize_text("A.", 0)
    with pytest.raises(BadInput, match="diversity"):
        summarize_text("A.", diversity=2)
    with pytest.raises(TooLarge):
        summarize_text("a" * 10_000_001)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=120), min_size=1, max_size=4), st.integers(1, 5))
def test_any_text_is_summarized_or_refused(pages: list[str], count: int) -> None:
    if not any(sentence_spans(page) for page in pages):
        return
    found = summarize_text(pages, count)
    assert len(found) <= count and all(pages[each.page - 1][each.start : each.end] == each.text and 0 <= each.score <= 1 for each in found)


def test_three_hundred_pages_take_less_than_three_seconds() -> None:
    draw = random.Random(7)
    words = [f"word{at}" for at in range(8000)]
    pages = [". ".join(" ".join(draw.choices(words, k=18)).capitalize() for _ in range(27)) for _ in range(300)]
    began = time.process_time()
    assert len(summarize_text(pages, 12)) == 12
    assert time.process_time() - began < 3
