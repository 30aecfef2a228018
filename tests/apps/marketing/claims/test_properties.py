"""What holds for any text and any sheet."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.marketing.claims import check_claims, coverage, refusals
from apps.marketing.sheet import Sheet

HERE = Path(__file__).parent
SHEETS = [Sheet.model_validate(sheet) for sheet in json.loads((HERE / "sheets.json").read_text(encoding="utf-8")).values()]
TEXTS = [json.loads(line)["text"] for line in (HERE / "development.jsonl").read_text(encoding="utf-8").splitlines()]
MIXED = st.lists(
    st.sampled_from([*TEXTS, "1/2", "½ l", "€", "18/8", "-5 to", "no ", " up to ", "<br>", "&amp;", "♻️", "\u200b", "x 3 x"]), max_size=4
)


@given(text=st.one_of(st.text(max_size=120), MIXED.map("".join)), sheet=st.sampled_from(SHEETS[:6]))
@settings(max_examples=60)
def test_any_text_is_checked(text: str, sheet: Sheet) -> None:
    checked = check_claims(text, sheet)
    end = 0
    for span in checked.spans:
        assert end <= span.start < span.end <= len(text)
        assert span.text == text[span.start : span.end]
        assert span.status in ("supported", "contradicted", "unsupported", "no-claim")
        assert (span.why == "") == (span.status == "supported")
        end = span.end
    assert check_claims(text, sheet) == checked
    assert set(coverage(text, sheet)) == set(sheet.facts)
    assert len(refusals(checked)) <= len(checked.sentences)
    assert bool(refusals(checked)) == bool(checked.flagged)


@given(key=st.text(min_size=1, max_size=30).map("k{}".format), value=st.text(min_size=1, max_size=60).map("v{}".format))
@settings(max_examples=40)
def test_any_sheet_is_read(key: str, value: str) -> None:
    check_claims("Cold for 24 hours.", Sheet.model_validate({"name": "Probe", "facts": [{"key": key, "value": value}]}))


def test_a_fact_in_its_own_words_is_supported() -> None:
    wrong = [
        (sheet.name, fact.key, fact.value, [(span.text, span.why) for span in checked.flagged])
        for sheet in SHEETS
        for fact in sheet.facts
        if not (checked := check_claims(f"{fact.key}: {fact.value}", sheet)).ok
    ]
    assert wrong == []
