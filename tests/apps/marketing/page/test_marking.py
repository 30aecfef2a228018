"""Claims in a text: what each mark says besides its colour, and that nothing of the text becomes markup."""

from __future__ import annotations

import re

import pytest

from apps.marketing.page.marking import Facts, Marker, legend_html
from apps.marketing.results import Span
from apps.marketing.sheet import Fact, Sheet

SHEET = Sheet(
    name="Alva Desk",
    brand="Nordholm",
    facts=[Fact(key="load", value="100 kg", must=True), Fact(key="colour", value="oak"), Fact(key="colour", value="black")],
    offer="649 euros",
)


def span(text: str, part: str, status: str, *facts: str, why: str = "", kind: str = "number", field: str = "post") -> Span:
    start = text.index(part)
    return Span(field=field, index=0, start=start, end=start + len(part), text=part, kind=kind, status=status, facts=list(facts), why=why)


def bare(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def test_facts_are_numbered_as_the_sheet_has_them_and_the_offer_comes_last() -> None:
    facts = Facts(SHEET)
    assert facts.numbers == {"load": 1, "colour": 2, "offer": 3} and facts.line("colour") == "colour: oak; black"
    assert facts.line("name") == "product name: Alva Desk" and facts.must == {"load"}
    assert Facts(None).numbers == {} and Facts(None).line("load") == "load"


def test_a_supported_claim_has_the_number_of_its_fact_and_says_it_under_the_pointer() -> None:
    text = "It carries 100 kg."
    html = Marker(Facts(SHEET), [span(text, "100 kg", "supported", "load")]).html(text, "post")
    assert html == 'It carries <mark class="fact" title="load: 100 kg"><u>100 kg</u><sup>1</sup></mark>.'


def test_what_is_not_borne_out_has_a_sign_a_letter_and_its_reason_in_words() -> None:
    text = "The quietest desk, 200 kg."
    spans = [
        span(text, "quietest", "unsupported", why="not in the sheet"),
        span(text, "200 kg", "contradicted", "load", why="the sheet says load: 100 kg"),
    ]
    marker = Marker(Facts(SHEET), spans)
    assert [marker.sign(each) for each in spans] == ["?a", "\N{NOT EQUAL TO}b"]
    html = marker.html(text, "post")
    assert "<sup>?a</sup>" in html and "<sup>\N{NOT EQUAL TO}b</sup>" in html and bare(html).count("quietest") == 1
    listed = bare(marker.wrong_html())
    assert "Not on the sheet." in listed and "Contradicts the sheet: the sheet says load: 100 kg." in listed
    assert "contradicts it" in legend_html(spans) and "rests on" not in legend_html(spans)


def test_letters_go_on_after_z() -> None:
    text = "x" * 60
    spans = [Span(field="post", index=0, start=at, end=at + 1, text="x", kind="word", status="unsupported", facts=[]) for at in range(54)]
    marker = Marker(Facts(SHEET), spans)
    assert [marker.sign(spans[at]) for at in (0, 25, 26, 53)] == ["?a", "?z", "?aa", "?bb"]
    assert bare(re.sub(r"<sup>.*?</sup>", "", marker.html(text, "post"))) == text


def test_neighbours_on_one_fact_are_one_mark_and_have_one_number() -> None:
    text = "It has 100 kg of load, in oak."
    spans = [span(text, "100", "supported", "load"), span(text, "kg", "supported", "load"), span(text, "load", "supported", "load")]
    html = Marker(Facts(SHEET), [*spans, span(text, "oak", "supported", "colour")]).html(text, "post")
    assert "<u>100 kg</u></mark>" in html and html.count("<sup>1</sup>") == 1 and html.count("<sup>2</sup>") == 1


def test_naming_the_product_is_no_numbered_claim_and_an_opinion_none_at_all() -> None:
    text = "Alva Desk, a lovely one"
    spans = [span(text, "Alva Desk", "supported", "name"), span(text, "lovely", "no-claim", kind="puffery"), span(text, "one", "no-claim")]
    marker = Marker(Facts(SHEET), spans)
    assert "<sup>" not in marker.html(text, "post") and marker.html(text, "post").count("<mark") == 2
    assert marker.borne() == {} and marker.stated({"load"}) == {"load", "name"}


@pytest.mark.parametrize("marks", [True, False])
def test_a_hostile_text_is_shown_letter_by_letter(marks: bool) -> None:
    text = 'a <img src=x onerror=alert(1)> "b" & \u202ecod.exe\x07'
    spans = [span(text, "<img src=x", "unsupported", why='"><script>alert(1)</script>')]
    marker = Marker(Facts(SHEET), spans, marks)
    html = marker.html(text, "post") + marker.wrong_html() + marker.borne_html()
    assert "<img" not in html and "<script" not in html and "\u202e" not in html and "\x07" not in html
    assert "&lt;img src=x" in html and ("<mark" in marker.html(text, "post")) is marks


def test_claims_over_one_another_or_beyond_the_end_spoil_nothing() -> None:
    text = "It carries 100 kg."
    spans = [
        span(text, "100 kg", "supported", "load"),
        span(text, "kg", "unsupported"),
        Span(field="post", index=0, start=15, end=99, text="?", kind="word", status="unsupported", facts=[]),
        Span(field="other", index=0, start=0, end=2, text="It", kind="word", status="unsupported", facts=[]),
    ]
    assert bare(re.sub(r"<sup>.*?</sup>", "", Marker(Facts(SHEET), spans).html(text, "post"))) == text
