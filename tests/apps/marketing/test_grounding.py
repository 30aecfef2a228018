from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.marketing.claims import check_claims
from apps.marketing.grounding import Grounds
from apps.marketing.reading import example

WORDS = (
    """they are the best waterproof and not 38 48 hours six microphones battery weigh 254 g kg yes no , . sheet does say swim free $179"""
)
SHEET_WORDS = st.lists(st.sampled_from(WORDS.split(" ")), max_size=14).map(" ".join)


@settings(max_examples=150)
@given(st.text(max_size=80) | SHEET_WORDS, st.text(max_size=40) | SHEET_WORDS)
def test_nothing_unsupported_is_shown_whatever_is_written_or_asked(written: str, question: str) -> None:
    sheet = example("consumer_electronics")
    screened = Grounds(sheet, [question]).screen(written)
    assert bool(screened.text) != bool(screened.why)
    assert check_claims(screened.text, sheet).ok
    assert set(re.findall(r"\d+", screened.text)) <= set(re.findall(r"\d+", sheet.model_dump_json()))
