"""Segments of text messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.marketing.channels.sms import EXTENSION, GSM_7BIT, count_segments, measure

GSM = "".join(sorted(GSM_7BIT))


def test_the_alphabet_has_its_size() -> None:
    assert len(GSM_7BIT) == 127 and len(EXTENSION) == 10 and not GSM_7BIT & EXTENSION  # the 128th code is the escape
    assert "\u00c7" in GSM_7BIT and "\u00e7" not in GSM_7BIT and "`" not in GSM_7BIT | EXTENSION


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", "GSM-7", 0, 0),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("\u20ac" * 80, "GSM-7", 160, 1),
        ("\u20ac" * 81, "GSM-7", 162, 2),
        ("a" * 159 + "{", "GSM-7", 161, 2),
        ("a" * 152 + "{" + "a" * 152, "GSM-7", 306, 3),
        ("a" * 151 + "{" + "a" * 153, "GSM-7", 306, 2),
        ("\u4e2d" * 70, "UCS-2", 70, 1),
        ("\u4e2d" * 71, "UCS-2", 71, 2),
        ("\u4e2d" * 134, "UCS-2", 134, 2),
        ("\u4e2d" * 135, "UCS-2", 135, 3),
        ("\U0001f600" * 35, "UCS-2", 70, 1),
        ("\U0001f600" * 66, "UCS-2", 132, 2),
        ("\U0001f600" * 67, "UCS-2", 134, 3),
        ("\u00e9\u00e0\u00fc\u00df\u00d1", "GSM-7", 5, 1),
        ("e\u0301", "UCS-2", 2, 1),
        ("\u00e7", "UCS-2", 1, 1),
        ("\u201cquoted\u201d", "UCS-2", 8, 1),
        ("\u0645\u0631\u062d\u0628\u0627", "UCS-2", 5, 1),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "UCS-2", 11, 1),
    ],
)
def test_reference_values(text: str, encoding: str, units: int, segments: int) -> None:
    size = measure(text)
    assert (size.encoding, size.units, size.segments) == (encoding, units, segments)


def test_what_costs_the_small_alphabet_is_pointed_at() -> None:
    assert measure("Don\u2019t wait").forcing == ((3, 4),)


@given(st.text(alphabet=GSM, max_size=200), st.text(alphabet=GSM, max_size=200))
def test_septets_add_up(one: str, other: str) -> None:
    assert measure(one + other).units == measure(one).units + measure(other).units


@given(st.text(max_size=400))
def test_a_segment_is_never_over_full_and_the_rest_fits(text: str) -> None:
    size = measure(text)
    single, part = (160, 153) if size.encoding == "GSM-7" else (70, 67)
    assert size.segments == 0 if not text else size.segments >= -(-size.units // (single if size.units <= single else part))
    assert 0 <= size.left <= single
    filler = "a" if size.encoding == "GSM-7" else "\u4e2d"
    if size.units > single:
        assert count_segments(text + filler * size.left) == size.segments
        assert count_segments(text + filler * (size.left + 1)) == size.segments + 1
