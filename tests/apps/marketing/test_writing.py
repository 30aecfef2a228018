"""The write task end to end, on the composer: limits, claims, determinism, files."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest

from apps.marketing import write
from apps.marketing.channels import CHANNELS, check_channel
from apps.marketing.claims import check_claims
from apps.marketing.composer import Commission, Draft, compose
from apps.marketing.reading import EXAMPLES, example
from apps.marketing.results import Variant
from apps.marketing.sheet import Fact, Sheet

VOICES = ("plain", "warm", "technical", "playful")
MANY_SEEDS = 20


def bytes_of(artifact: Any) -> bytes:
    with artifact.open() as stream:
        return bytes(stream.read())


@pytest.mark.parametrize("name", EXAMPLES)
def test_keeps_every_limit_and_claims_only_what_the_sheet_bears(name: str) -> None:
    sheet = example(name)
    known = set(re.findall(r"\d+", sheet.model_dump_json()))
    for channel in CHANNELS.values():
        for seed in range(MANY_SEEDS):
            (draft,) = compose(Commission(sheet, channel.name, VOICES[seed % len(VOICES)], seed, 1))
            errors = [each for each in check_channel(channel, draft.fields, (sheet.name, sheet.brand)) if each.level == "error"]
            assert not errors, (channel.name, seed, draft.fields, errors)
            texts = [text for given in draft.fields.values() for text in given]
            assert check_claims("\n".join(texts), sheet).ok, (channel.name, seed, texts)
            assert set(re.findall(r"\d+", " ".join(texts))) <= known
            assert not re.search(r"  | [.,;:?!](?:\s|$)|\.\.|[{}]|\b(?:a a|an an|the the)\b", " ".join(texts)), texts


def test_says_who_wrote_it_and_traces_every_claim() -> None:
    result = write(example="furniture", channels=["product_description", "google_rsa"], variants=2)
    assert result.tier == "composer"
    assert "no language model" in result.written_by
    assert [(variant.channel, variant.number) for variant in result.variants] == [
        ("product_description", 1),
        ("product_description", 2),
        ("google_rsa", 1),
        ("google_rsa", 2),
    ]
    keys = {fact.key for fact in example("furniture").facts} | {"category", "audience", "offer", "name", "brand"}
    for variant in result.variants:
        assert variant.ready, variant.reasons
        assert variant.tier == "composer"
        assert variant.coverage.must_missing == []
        for span in variant.spans:
            text = variant.fields[span.field][span.index]
            assert text[span.start : span.end] == span.text
            assert span.status in ("supported", "no-claim")
            assert set(span.facts) <= keys
    shown = {figure.label: figure.value for figure in result.figures}
    assert shown["ready"] == 4
    assert shown["limits of the channel kept"] == 4
    assert shown["must facts covered"] == 1.0
    claims = next(figure for figure in result.figures if figure.label == "claims traced to a fact")
    assert claims.unit == f"of {claims.value:.0f} claims"


def test_counts_name_the_limit() -> None:
    (variant,) = write(example="skincare", channels=["sms"], variants=1).variants
    sizes = {count.field: (count.size, count.max, count.unit) for count in variant.counts}
    assert sizes["sender"] == (7, 11, "characters")
    assert sizes["text"][1:] == (2, "segments")
    assert "STOP" in variant.fields["text"][0]


def texts_of(variants: list[Variant]) -> list[dict[str, list[str]]]:
    return [variant.fields for variant in variants]


def test_the_same_seed_gives_the_same_bytes() -> None:
    asked: dict[str, Any] = {"example": "outdoor_gear", "channels": ["x", "email"], "variants": 2, "voice": "warm"}
    one, same, other = write(**asked, seed=4), write(**asked, seed=4), write(**asked, seed=5)
    assert bytes_of(one.data) == bytes_of(same.data)
    assert bytes_of(one.csv) == bytes_of(same.csv)
    assert texts_of(one.variants) != texts_of(other.variants)


def test_twenty_variants_differ() -> None:
    variants = write(example="software", channels=["x"], variants=20, voice="playful").variants
    assert len({variant.fields["post"][0] for variant in variants}) == 20
    assert all(variant.ready for variant in variants)


def test_voices_speak_differently() -> None:
    said = {
        voice: write(example="consumer_electronics", channels=["product_description"], variants=1, voice=voice).variants[0]
        for voice in VOICES
    }
    assert len({variant.fields["description"][0] for variant in said.values()}) == 4
    assert re.search(r"\byou\b", said["warm"].fields["description"][0], re.IGNORECASE)
    assert "?" in said["playful"].fields["description"][0]


def test_a_sheet_of_two_facts_is_refused_a_page_and_says_why() -> None:
    sheet = Sheet(name="Tarn Mug", category="mug", facts=[Fact(key="volume", value="350 ml"), Fact(key="material", value="stoneware")])
    result = write(product=sheet, channels=["product_description"], variants=1)
    (variant,) = result.variants
    assert not variant.ready
    assert any("at least 80" in reason for reason in variant.reasons)
    assert any("not ready" in warning for warning in result.warnings)
    assert "350 ml" not in bytes_of(result.text).decode().split("not ready")[1]


def test_a_banned_word_never_appears() -> None:
    banned = ["warranty", "oak"]
    sheet = example("furniture")
    sheet = sheet.model_copy(update={"banned": banned, "keywords": ["standing desk"], "facts": [*sheet.facts[1:8], *sheet.facts[9:]]})
    for variant in write(product=sheet, channels=["x", "amazon_bullets"], variants=3).variants:
        assert not re.search(r"\b(?:warranty|oak)\b", str(variant.fields), re.IGNORECASE)


def test_files_are_safe_and_complete() -> None:
    sheet = Sheet(
        name="=SUM Lamp", brand="@Lux", category="lamp", facts=[Fact(key="power", value="10 W"), Fact(key="cable", value="1.8 m")],
        url="https://lux.example/lamp",
    )  # fmt: skip
    result = write(product=sheet, channels=["email"], variants=2)
    table = list(csv.DictReader(io.StringIO(bytes_of(result.csv).decode("utf-8-sig"))))
    assert {row["field"] for row in table} <= {"subject", "preheader"}
    assert not any(row["text"].startswith(("=", "+", "-", "@")) for row in table)
    body = json.loads(bytes_of(result.data))
    assert body["sheet"]["name"] == "=SUM Lamp"
    assert len(body["variants"]) == len(result.variants)


def test_estimates_before_it_starts() -> None:
    estimate = write.estimate(example="food", channels=["x", "sms"], variants=10)
    assert estimate.seconds is not None
    assert 0 < estimate.seconds < 60
    assert estimate.model == "composer"


def test_another_writer_is_judged_the_same_and_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seam of the language models: what it makes up is turned down, and it is told which sentences."""
    asked: list[frozenset[str]] = []

    def writer(commission: Commission) -> list[Draft]:
        asked.append(commission.avoid)
        said = "The desk carries 100 kg." if commission.avoid else "The desk carries 100 kg. It is whisper-quiet."
        return [Draft(commission.first, {"title": ["Nordholm Alva Desk"], "body": [said]})]

    monkeypatch.setattr("apps.marketing.models.compose", writer)
    (variant,) = write(example="furniture", channels=["push"], variants=1).variants
    assert variant.ready
    assert variant.fields["body"] == ["The desk carries 100 kg."]
    assert asked == [frozenset(), frozenset({"It is whisper-quiet."})]


def test_what_stays_wrong_is_refused_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def stubborn(commission: Commission) -> list[Draft]:
        return [Draft(commission.first, {"title": ["Nordholm Alva Desk"], "body": ["It carries 200 kg, for life."]})]

    monkeypatch.setattr("apps.marketing.models.compose", stubborn)
    result = write(example="furniture", channels=["push"], variants=1)
    assert not result.variants[0].ready
    assert any("200" in reason for reason in result.variants[0].reasons)
    assert "200 kg" not in bytes_of(result.text).decode().split("not ready")[0]
    assert {figure.label: figure.value for figure in result.figures}["ready"] == 0
