"""What each channel takes and refuses."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.marketing.channels import CHANNELS, channel_named, check_channel
from apps.marketing.channels.channel import Violation
from apps.marketing.channels.counting import count_google, count_sentences, count_utf16, count_words, pixel_width
from shared.errors import BadInput, NotFound

WHOLE = {
    "google_rsa": {
        "headlines": ["Two-Person Tent, 1.68 kg", "Freestanding in Minutes", "Fly Rated 3000 mm"],
        "descriptions": ["Two doors, two vestibules and 2.7 m2 of floor.", "Repair sleeve and patches included. See it today!"],
        "paths": ["tents", "varde-2"],
    },
    "email": {"subject": ["Two doors, 1.68 kg"], "preheader": ["The Varde 2 sleeps two and stands without stakes."]},
    "sms": {"sender": ["Fjelltind"], "text": ["Fjelltind: 15 % off the Varde 2 in the first week of May. Reply STOP to opt out."]},
    "x": {"post": ["The Varde 2 sleeps two and weighs 1.68 kg. fjelltind.example #tent"]},
    "meta": {
        "title": ["Varde 2: freestanding two-person tent of 1.68 kg | Fjelltind"[:60]],
        "description": [
            "A freestanding tent for two with a fly rated 3000 mm, two doors with vestibules and a weight of 1.68 kg. Warranty of 5 years."
        ],
    },
    "product_description": {"description": ["The Varde 2 is a tent for two people who carry it for days. " * 8]},
    "linkedin": {"introduction": ["A tent for two."], "headline": ["Varde 2"]},
    "push": {"title": ["Varde 2 is here"], "body": ["Two doors and 1.68 kg."]},
    "amazon_bullets": {"bullets": ["Sleeps two people", "Packs to 46 x 14 cm", "Repair patches included"]},
}


def codes(channel: str, field: str, text: str, names: tuple[str, ...] = ()) -> set[str]:
    return {each.code for each in CHANNELS[channel].field(field).check(text, names=names)}


@pytest.mark.parametrize("name", CHANNELS)
def test_a_good_piece_has_no_fault(name: str) -> None:
    assert check_channel(CHANNELS[name], WHOLE[name]) == []


@pytest.mark.parametrize("name", CHANNELS)
def test_every_limit_is_kept_to_the_character(name: str) -> None:
    for field in CHANNELS[name].fields:
        unit = "word " if field.unit == "words" else "a"
        size = field.max * (153 if field.unit == "segments" else 1)
        longest = (unit * size).strip()
        assert field.count(longest) == field.max and field.fits(longest)
        over = [each for each in field.check(f"{longest} {unit}") if each.code == "too_long"]
        assert len(over) == 1 and over[0].span[0] >= len(longest) - 1 and not field.fits(f"{longest} {unit}")
        assert {each.code for each in field.check("  ")} >= {"empty"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Buy now!", "exclamation"),
        ("Tents\uff01", "exclamation"),
        ("Great tents??", "repeated_punctuation"),
        ("Tents...", "repeated_punctuation"),
        ("BUY tents", "capitals"),
        ("AMAZING tents", "capitals"),
        ("Call +49 30 1234567", "phone_number"),
        ("Call (555) 123-4567", "phone_number"),
        ("Tents \u2605 here", "symbol"),
        ("S A L E today", "spaced_letters"),
        ("F.L.O.W.E.R.S", "spaced_letters"),
        ("Tents tents", "repeated_word"),
        ("Tents \u26fa", "emoji"),
        ("\uff83\uff9d\uff84", "single_byte_katakana"),
        ("Ten\u200bts", "hidden_character"),
        ("Tents \ufffd", "broken_character"),
    ],
)
def test_what_google_refuses_in_a_headline(text: str, code: str) -> None:
    assert code in codes("google_rsa", "headlines", text)


@pytest.mark.parametrize(
    "text",
    ["USB-C and HEPA filter", "5* hotel rated", "From 2024-2025", "1,299.50 euros", "18/8 steel, 0.5 l", "What is it?", "Q&A: 3000 mm"],
)
def test_what_google_takes(text: str) -> None:
    assert codes("google_rsa", "headlines", text) == set()


def test_a_brand_in_capitals_is_a_name() -> None:
    assert codes("google_rsa", "headlines", "FJELLTIND tents") == {"capitals"}
    assert codes("google_rsa", "headlines", "FJELLTIND tents", ("FJELLTIND",)) == set()


def test_a_description_has_one_exclamation_mark() -> None:
    assert codes("google_rsa", "descriptions", "See it!") == set()
    assert codes("google_rsa", "descriptions", "See! It!") == {"exclamation"}


def test_rules_over_the_whole_ad() -> None:
    faults = check_channel(CHANNELS["google_rsa"], {"headlines": ["Tents", "tents "], "descriptions": ["A!", "B!"]})
    assert {(each.field, each.index, each.code) for each in faults} == {
        ("headlines", -1, "too_few"),
        ("headlines", 1, "duplicate"),
        ("descriptions", 1, "exclamation_in_two"),
    }


def test_double_width_counts_two_for_google() -> None:
    assert count_google("\u30c6\u30f3\u30c8") == 6 and count_google("\ud150\ud2b8") == 4 and count_google("e\u0301") == 1
    assert CHANNELS["google_rsa"].field("headlines").fits("\u30c6" * 15) and not CHANNELS["google_rsa"].field("headlines").fits(
        "\u30c6" * 16
    )


def test_a_text_message_needs_a_way_out_and_a_name() -> None:
    assert "no_opt_out" in codes("sms", "text", "Fjelltind: 15 % off")
    faults = check_channel(CHANNELS["sms"], {"sender": ["Fjelltind"], "text": ["15 % off. Reply STOP to end."]})
    assert faults == [Violation("text", 0, "sender_not_named", faults[0].words, (0, 0), "warning")]
    assert codes("sms", "sender", "F\u00e4rm!") == {"sender_character"} and codes("sms", "sender", "12345") == {"sender_digits"}


def test_a_curly_quote_that_costs_a_segment_is_pointed_at() -> None:
    plain = "Fjelltind: " + "a" * 100 + " Reply STOP to opt out"
    assert codes("sms", "text", plain) == set()
    assert codes("sms", "text", plain.replace(": ", "\u2019: ")) == {"unicode", "long"}
    assert codes("sms", "text", "Fjelltind\u2019s tent. Reply STOP to opt out") == set()


def test_email_and_page_warnings() -> None:
    assert codes("email", "subject", "A subject of more than forty-five characters, all told") == {"long"}
    assert codes("email", "subject", "Re: your order") == {"fake_reply"}
    assert codes("email", "subject", "one\r\nBcc: all@example.com") >= {"line_break"}
    assert codes("meta", "title", "W" * 55) >= {"pixels"}
    preheader = "Repeats the subject and is long enough for it"
    assert [each.code for each in check_channel(CHANNELS["email"], {"subject": [preheader], "preheader": [preheader]})] == [
        "repeats_subject"
    ]


def test_a_description_is_finished_sentences() -> None:
    assert codes("product_description", "description", "A tent for two people. " * 20 + "It is") == {"unfinished"}
    assert codes("product_description", "description", "word " * 90 + ".") == {"long_sentence"}
    assert codes("product_description", "description", "# Tent\n" + "A tent for two people. " * 20) == {"markup"}


def test_units_of_length() -> None:
    assert count_words("Don't split 18/8 or 1,000.50 or two-person") == 7 and count_words("\u4e8c\u4eba\u7528") == 3
    assert count_sentences("One. Two? 3.5 kg \u2014 three") == 3 and count_sentences("") == 0
    assert count_utf16("a\U0001f600") == 3
    assert pixel_width("iiii", 20) < pixel_width("WWWW", 20) and pixel_width("e\u0301", 20) == pixel_width("e", 20)


def test_an_unknown_channel_or_field() -> None:
    with pytest.raises(NotFound, match="google_rsa"):
        channel_named("billboard")
    with pytest.raises(BadInput, match="subject, preheader"):
        check_channel(CHANNELS["email"], {"body": ["x"]})


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120), st.sampled_from(sorted(CHANNELS)))
def test_any_text_is_checked_and_every_place_is_inside(text: str, name: str) -> None:
    for field in CHANNELS[name].fields:
        for fault in field.check(text):
            assert 0 <= fault.span[0] <= fault.span[1] <= len(text) and fault.words and fault.level in ("error", "warning")


def test_half_a_surrogate_is_named_and_counted() -> None:
    for channel in CHANNELS.values():
        for field in channel.fields:
            assert "broken_character" in {each.code for each in field.check("a\ud800b")}
