"""Living artists and brands are refused, composers long dead and plain words are not."""

from __future__ import annotations

import json

import pytest

from apps.audio.imitation import NAMES, check_style
from tests.checkout import ROOT

REFUSED = (
    "a ballad like Taylor Swift",
    "TAYLOR SWIFT ballad",
    "in the style of Hans Zimmer",
    "techno by björk",
    "a melody in the style of Jane Unknown",
    "narration in the voice of Morgan Freeman",
    "the netflix intro sound",
    "a Super Mario jump",
    "sounds like Xanadu Collective",
)
ALLOWED = (
    "chorale",
    "a chorale in the style of Bach",
    "a fugue in the manner of J. S. Bach",
    "a waltz in the style of Johann Strauss",
    "rain on a tin roof",
    "a sting, brass, short",
    "sounds like a rusty door",
    "a slow march, in the style of the Baroque",
    "an old apple tree creaking in the wind",
    "footsteps on halos of ice",
)


@pytest.mark.parametrize("text", REFUSED)
def test_names_are_refused_with_what_to_say_instead(text: str) -> None:
    with pytest.raises(ValueError, match="genre, instruments"):
        check_style(text)


@pytest.mark.parametrize("text", ALLOWED)
def test_plain_words_and_old_masters_pass(text: str) -> None:
    check_style(text)


def test_every_listed_name_is_refused_in_any_case() -> None:
    lists = json.loads(NAMES.read_text(encoding="utf-8"))
    for name in (*lists["living"], *lists["brands"]):
        for text in (name, name.lower(), name.upper(), f"something by {name}, slower"):
            with pytest.raises(ValueError, match="imitated"):
                check_style(text)


def test_no_description_of_a_sound_is_taken_for_a_name() -> None:
    folder = ROOT / "tests" / "apps" / "audio" / "effects"
    texts = [row["text"] for path in folder.glob("*descriptions*.json") for row in json.loads(path.read_text())["descriptions"]]
    assert len(texts) > 100
    for text in texts:
        check_style(text)
