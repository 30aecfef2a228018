"""Descriptions that were written apart from the synonyms find their class; what is no description is asked back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.audio.effects.describing import ADJECTIVES, SYNONYMS, describe
from apps.audio.effects.parameters import draw
from apps.audio.effects.synthesis import classes

HELD_OUT = json.loads((Path(__file__).parent / "effect_descriptions.json").read_text(encoding="utf-8"))
AXES = {axis for kind in classes().values() for knob in kind.parameters for axis in knob.axes} | {"length"}


def test_held_out_descriptions_find_their_class() -> None:
    pairs = [(each["text"], each["class"]) for each in HELD_OUT["descriptions"]]
    assert len(pairs) >= 60
    right = [describe(text).kind == kind for text, kind in pairs]
    assert sum(right) / len(right) >= 0.9


@pytest.mark.parametrize("text", HELD_OUT["ask"])
def test_what_is_no_description_is_asked_back(text: str) -> None:
    found = describe(text)
    assert found.kind is None and len({each.kind for each in found.nearest}) == 3


def test_every_class_has_words_and_every_word_moves_something() -> None:
    assert set(SYNONYMS) == set(classes())
    moves = {axis for line in ADJECTIVES.values() for axis in line}
    assert moves - {"distance_m", "intensity", "brightness"} <= AXES
    assert AXES - moves - {"wet", "howl"} == set()


def test_adjectives_reach_the_controls_and_the_knobs() -> None:
    far = describe("a distant, very heavy explosion")
    assert far.kind == "explosion" and far.distance_m >= 50 and far.wishes["weight"] > 1.2
    assert describe("a bright bell").brightness > 0 > describe("a muffled bell").brightness
    assert describe("loud thunder").intensity > 0 > describe("gentle rain").intensity
    assert describe("a small dog barking").wishes["size"] < 0 < describe("a huge dog barking").wishes["size"]
    assert "bright" not in describe("a bell").wishes


def test_a_large_dog_barks_lower_than_a_small_one() -> None:
    import numpy as np

    def pitch(text: str) -> float:
        found = describe(text)
        assert found.kind == "dog_bark"
        return float(np.median([draw("dog_bark", np.random.default_rng(s), wishes=found.wishes).values["pitch_hz"] for s in range(30)]))

    assert pitch("a huge dog barking") < 0.7 * pitch("a tiny dog barking")


@pytest.mark.parametrize(("name", "least", "guesses"), [("apart", 0.9, 0), ("second", 0.85, 0), ("third", 0.85, 2)])
def test_descriptions_by_one_who_did_not_know_the_synonyms(name: str, least: float, guesses: int) -> None:
    """Written blind; at first sight .954, .883 and .898 of them were right. Mechanisms changed after the first and the second set."""
    file = json.loads((Path(__file__).parent / f"descriptions_{name}.json").read_text(encoding="utf-8"))
    right = [describe(each["text"]).kind == each["class"] for each in file["descriptions"]]
    assert len(right) >= 64 and sum(right) / len(right) >= least
    assert sum(describe(text).kind is not None for text in file["ask"]) <= guesses


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("DogBARKING.wav", "dog_bark"),
        ("TICKTOCK.wav", "clock"),
        ("babycrying2.mp3", "baby_cry"),
        ("EXPL_Large_03", "explosion"),
        ("EXT. FARM, DAWN - thunder", "thunder"),
        ("INT. CAR - rain", "rain"),
        ("best price for shoes online", None),
    ],
)
def test_file_names_abbreviations_and_headings_of_scripts(text: str, kind: str | None) -> None:
    assert describe(text).kind == kind


def test_a_slip_of_the_pen_is_forgiven() -> None:
    assert describe("explozion").kind == "explosion"
    assert describe("helicoptr hovering").kind == "helicopter"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    found = describe(text)
    assert len(found.nearest) == 3 and (found.kind is None or found.kind in SYNONYMS)
