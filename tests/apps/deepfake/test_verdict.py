"""The verdict follows what can be relied on, and never says that a file is genuine."""

from __future__ import annotations

import itertools
import typing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.deepfake.evidence import Direction, Evidence
from apps.deepfake.results import Score, Verdict
from apps.deepfake.verdict import NOT_SAID, STOPS, WORDS, decide


def found(direction: Direction, kind: str = "x.y", strength: float = 1.0) -> Evidence:
    return Evidence(source="x", kind=kind, claim=f"claim of {kind}", direction=direction, strength=strength, reliability="high")


def score(probability: float = 0.5) -> Score:
    return Score(model="m", revision="1", probability=probability, low=0.1, high=0.9, p_captured=0.04, p_made=0.4)


def test_a_signature_outweighs_the_learned_head() -> None:
    assert decide([found("origin-verified"), found("manipulated", "image-head.made")], score(0.99), "made", [])[0] == "provenance-verified"


def test_a_declaration_of_ai_outweighs_the_signature_on_it() -> None:
    assert decide([found("origin-verified"), found("declares-ai")], score(), "captured", [])[0] == "declared-ai"


def test_a_change_after_signing_is_said_even_where_the_head_is_silent() -> None:
    verdict, reasons = decide([found("manipulated", "credentials.content-changed", 0.9)], score(), "captured", [])
    assert verdict == "likely-manipulated" and "content-changed" in reasons[0]


@pytest.mark.parametrize("kind", sorted(STOPS))
def test_poor_quality_forces_inconclusive_whatever_the_score(kind: str) -> None:
    verdict, reasons = decide([found("limits", kind)], score(0.99), "made", [])
    assert verdict == "inconclusive" and reasons == [f"claim of {kind}"]


def test_a_limit_that_only_lowers_reliability_does_not() -> None:
    assert decide([found("limits", "quality.some-noise")], score(0.99), "made", [])[0] == "likely-manipulated"


def test_a_trace_doubts_a_silent_head_and_does_not_overrule_it() -> None:
    assert decide([found("manipulated", "compression.spliced", 0.8)], score(), "captured", [])[0] == "inconclusive"
    assert decide([found("manipulated", "compression.spliced", 0.2)], score(), "captured", [])[0] == "no-evidence-found"


def test_nothing_found_is_said_only_where_every_check_ran() -> None:
    verdict, reasons = decide([], score(), "captured", ["Watermarks: the check could not run."])
    assert verdict == "inconclusive" and reasons == ["Watermarks: the check could not run."]
    assert decide([], score(), "made", ["Watermarks: the check could not run."])[0] == "likely-manipulated"


def test_a_missing_score_is_named() -> None:
    assert decide([], None, None, ["Learned head: the check could not run (LoadFailed)."]) == (
        "inconclusive",
        ["Learned head: the check could not run (LoadFailed)."],
    )


@given(
    st.lists(st.tuples(st.sampled_from(typing.get_args(Direction)), st.sampled_from(["a.b", *sorted(STOPS)]), st.floats(0, 1)), max_size=6),
    st.sampled_from(["made", "captured", "between", None]),
)
def test_there_is_always_a_verdict_of_the_closed_set_with_a_reason(evidence: list[Any], region: str | None) -> None:
    verdict, reasons = decide([found(*one) for one in evidence], None if region is None else score(), region, [])
    assert verdict in typing.get_args(Verdict) and reasons


def test_no_words_call_a_file_genuine_or_fake() -> None:
    for words in itertools.chain(WORDS.values(), NOT_SAID):
        assert not any(word in f" {words.lower()} " for word in (" real ", " fake ", " authentic "))
    assert "not the same as genuine" in WORDS["no-evidence-found"]


def test_half_a_signed_download_is_damaged_and_not_called_manipulated() -> None:
    evidence = [found("manipulated", "credentials.content-changed", 0.9), found("limits", "quality.damage")]
    assert decide(evidence, None, None, []) == ("inconclusive", ["claim of quality.damage", "claim of credentials.content-changed"])


def test_nothing_found_is_not_said_of_a_picture_that_was_seen_in_part() -> None:
    assert decide([found("limits", "image-head.partly-seen")], score(), "captured", [])[0] == "inconclusive"


def test_a_second_opinion_that_is_missing_decides_nothing() -> None:
    assert decide([], score(), "captured", ["Second opinion could not be asked: it was not pulled."])[0] == "no-evidence-found"
