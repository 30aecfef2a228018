"""Rules and network together: which has the last word on a passage. What the network says is written here by hand."""

from __future__ import annotations

import pytest

from apps.marketing.claims import check_claims, passages_of
from apps.marketing.entailment import Judgement
from apps.marketing.reading import example

DESK = example("furniture")
BORNE, UNHEARD_OF, UNSURE = Judgement(0.99, 0.005, 0.005), Judgement(0.01, 0.01, 0.98), Judgement(0.5, 0.25, 0.25)
LONG = (
    " Two motors raise it, and it remembers four heights, so that whoever comes next at the desk finds it where it was left that very "
    "morning, and on the one before, and on all the others that came in between the two of them."
)


def flagged(text: str, *said: Judgement) -> list[tuple[str, str]]:
    places = passages_of(text)
    judged = {text[start:end]: each for (start, end), each in zip(places, said, strict=True)}
    return [(span.text, span.status) for span in check_claims(text, DESK, judged=judged).flagged]


def test_a_weak_doubt_of_the_rules_goes_where_the_network_finds_the_fact() -> None:
    text = "The quiet one: it keeps below 48 dB and glides."
    assert not flagged(text, BORNE)


def test_what_the_rules_let_pass_is_doubted_where_the_network_finds_no_fact() -> None:
    text = "Your neighbours will thank you for the new floor."
    (found,) = flagged(text, UNHEARD_OF)
    assert found[0] in text and found[1] == "unsupported"
    assert not flagged(text, BORNE)


def test_each_passage_has_its_own_verdict() -> None:
    text = f"Your neighbours will thank you for the new floor they never wanted.{LONG}"
    first, _ = passages_of(text)
    assert text[slice(*first)].endswith("wanted.")
    found = flagged(text, UNHEARD_OF, BORNE)
    assert found and all(words in text[slice(*first)] for words, _ in found)


@pytest.mark.parametrize("text", ["It carries 200 kg.", "One motor raises it.", "The frame is not made of steel."])
def test_what_clashes_stays_wrong_unless_the_network_is_sure(text: str) -> None:
    assert flagged(text, UNSURE)


@pytest.mark.parametrize(
    "text", ["It is clinically proven.", "The desk won an award.", "The frame is not made of steel.", "It is made of glass."]
)
def test_the_rules_have_the_last_word_on_proofs_and_clashes(text: str) -> None:
    assert flagged(text, BORNE)


@pytest.mark.parametrize(
    "text", ["140 x 70 cm solid oak", "anti-collision: stops and moves back when it meets resistance", "100 kg", "Two motors."]
)
def test_a_fact_in_its_own_words_and_a_scrap_are_not_doubted(text: str) -> None:
    assert not flagged(text, UNHEARD_OF)


def test_a_text_that_was_not_read_is_left_to_the_rules() -> None:
    assert check_claims("It carries 200 kg.", DESK, judged={}).flagged
    assert check_claims("It carries 100 kg.", DESK, judged={}).ok


def test_strict_stays_strict() -> None:
    text = "A lovely desk."
    assert not check_claims(text, DESK, strict=True, judged={text: BORNE}).ok
