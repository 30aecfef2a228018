"""Variants as cards: each channel's preview, the lengths, and why one is not ready."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest

from apps.marketing import write
from apps.marketing.channels import CHANNELS
from apps.marketing.page.marking import Facts
from apps.marketing.page.pieces import copies_of, coverage_html, piece_html, regulated_html
from apps.marketing.page.words import SHORT, limits_of, long_count, many, shown_count, writer_words
from apps.marketing.reading import example
from apps.marketing.results import Count, Covered, Fault, Regulated, Span, Variant

MARKUP = "<img src=x onerror=alert(1)>"


@cache
def made() -> dict[str, Variant]:
    result = write(example="furniture", channels=list(CHANNELS), variants=1, seed=1)
    return {variant.channel: variant for variant in result.variants}


def card(variant: Variant, **options: Any) -> str:
    return piece_html(variant, Facts(example("furniture")), **options)


def bare(html: str) -> str:
    return re.sub(r"<[^>]+>", "", re.sub(r"<sup>.*?</sup>", "", html))


@pytest.mark.parametrize("channel", list(CHANNELS))
def test_every_channel_is_drawn_with_all_of_its_texts_lengths_and_writer(channel: str) -> None:
    variant = made()[channel]
    html = card(variant)
    assert f"mkt-screen mkt-{channel}" in html and "Ready" in html and "no language model" in html
    shown = " ".join(bare(html).replace("&#x27;", "'").replace("&amp;", "&").split())
    for texts in variant.fields.values():
        for text in texts:
            assert all(" ".join(part.split()) in shown for part in text.split("\n\n"))
    assert all(f"{count.size} / {count.max}" in shown for count in variant.counts if len(variant.fields[count.field]) == 1)
    assert html.count("<div") == html.count("</div") and html.count("<span") == html.count("</span")


def test_without_marks_the_preview_is_the_text_alone() -> None:
    assert "<mark" in card(made()["x"]) and "<mark" not in card(made()["x"], marks=False)


def test_an_inbox_row_cuts_and_the_whole_texts_stand_below() -> None:
    html = card(made()["email"])
    subject = made()["email"].fields["subject"][0]
    assert f'<b class="subject" dir="auto">{subject}</b>' in html and '<dl class="mkt-texts">' in html and "<small>9:41</small>" in html


def test_a_text_message_says_its_segments_and_what_the_alphabet_costs() -> None:
    variant = made()["sms"]
    assert "<b>1 segment</b> of 160" in card(variant)
    longer = variant.model_copy(update={"fields": {**variant.fields, "text": ["\N{GRINNING FACE} " + "a" * 100]}})
    assert "<b>2 segments</b> of 67" in card(longer) and "16-bit" in card(longer)


def test_a_piece_that_is_not_ready_says_why_once() -> None:
    ready = made()["x"]
    text, why = "The quietest desk.", "not in the sheet"
    claim = Span(field="post", index=0, start=4, end=12, text="quietest", kind="comparison", status="unsupported", facts=[], why=why)
    variant = ready.model_copy(
        update={
            "fields": {"post": [text]},
            "spans": [claim],
            "violations": [
                Fault(field="post", index=0, start=0, end=0, code="long", words="Some phones cut it.", level="warning"),
                Fault(field="post", index=0, start=0, end=0, code="too_long", words="Post: too long.", level="error"),
            ],
            "counts": [Count(field="post", index=0, size=290, unit="weighted characters", min=1, max=280)],
            "ready": False,
            "reasons": ["'quietest' is unsupported: not in the sheet", "Post: too long."],
        }
    )  # fmt: skip
    html = card(variant)
    assert "Not ready" in html and "290 / 280 weighted, 10 too many" in html and "?a" in html
    shown = bare(html)
    assert shown.count("Post: too long.") == 1 and "'quietest' is unsupported" not in shown and "1 claim without a fact" in shown
    assert '<ul class="mkt-notes" aria-label="Notes"><li>Some phones cut it.</li></ul>' in html


def test_nothing_of_a_variant_becomes_markup() -> None:
    for channel, ready in made().items():
        fields = {name: [f"{MARKUP} \u202e{text}" for text in texts] for name, texts in ready.fields.items()}
        variant = ready.model_copy(update={"fields": fields, "tier": MARKUP, "title": MARKUP, "reasons": [MARKUP], "ready": False})
        html = card(variant)
        assert "<img" not in html and "\u202e" not in html, channel
    sheet = example("furniture").model_copy(update={"name": MARKUP, "brand": MARKUP, "url": f"https://a/{MARKUP}"})
    assert "<img" not in piece_html(made()["meta"], Facts(sheet)) + piece_html(made()["google_rsa"], Facts(sheet))
    assert "<img" not in coverage_html(Covered(facts=[], must_missing=[MARKUP], keywords=[], keywords_missing=[MARKUP]), Facts(None))
    law = Regulated(field="post", index=0, start=0, end=1, word=MARKUP, kind="x", why=MARKUP, source=MARKUP, facts=[MARKUP])
    assert "<img" not in regulated_html([law], Facts(None))


def test_a_sheet_that_is_gone_leaves_the_texts() -> None:
    assert all(bare(piece_html(variant, Facts(None))) for variant in made().values())


def test_regulated_words_are_listed_once_with_their_rule_and_what_the_sheet_has() -> None:
    words = made()["google_rsa"].regulated
    html = regulated_html([*words, *words], Facts(example("furniture")))
    assert html.count("<li>") == len({(each.word.casefold(), each.source) for each in words}) and "16 CFR" in html
    nothing = regulated_html([words[0].model_copy(update={"facts": []})], Facts(None))
    assert "1 regulated word, with the rule" in nothing and "The sheet has nothing for it." in nothing


def test_facts_that_must_appear_are_spoken_of_where_the_sheet_has_some() -> None:
    seen = Covered(facts=[], must_missing=[], keywords=[], keywords_missing=[])
    sheet = example("furniture")
    free = sheet.model_copy(update={"facts": [fact.model_copy(update={"must": False}) for fact in sheet.facts]})
    assert "all in" in coverage_html(seen, Facts(sheet)) and coverage_html(seen, Facts(free)) == ""
    keyed = coverage_html(seen.model_copy(update={"keywords": ["desk"]}), Facts(free))
    assert "1 of 1" in keyed and "Must facts" not in keyed


def test_fields_are_copied_a_line_a_text() -> None:
    found = dict(copies_of(made()["google_rsa"]))
    headlines = made()["google_rsa"].fields["headlines"]
    assert found[f"Copy {len(headlines)} headlines"].split("\n") == headlines
    assert list(dict(copies_of(made()["email"]))) == ["Copy subject", "Copy preheader"]


def test_lengths_and_limits_in_words() -> None:
    count = Count(field="headlines", index=0, size=27, unit="characters", min=1, max=30)
    assert shown_count(count) == "27 / 30" and long_count([count], "Headline") == "Headline 27 / 30"
    assert long_count([count, count.model_copy(update={"size": 31})], "Headline") == "2 headlines, longest 31 / 30, 1 too many"
    assert shown_count(Count(field="d", index=0, size=8, unit="words", min=80, max=160)) == "8 / 160 words, 72 too few"
    assert limits_of("google_rsa").startswith("3 to 15 headlines of 30; 2 to 4 descriptions of 90")
    assert set(SHORT) == set(CHANNELS) and all(limits_of(name) for name in CHANNELS) and many(1, "Headline") == "1 headline"
    assert writer_words("qwen2.5-coder-0.5b") == "written by qwen2.5-coder-0.5b" and "no language model" in writer_words("composer")
