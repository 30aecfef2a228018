"""What models are shown: a line that says more than its facts would teach them to."""

from __future__ import annotations

import pytest

from apps.marketing.claims import check_claims, coverage
from apps.marketing.writing.brief import ASKED
from apps.marketing.writing.shots import shots, shown_words

VOICES = ("plain", "warm", "technical", "playful")


@pytest.mark.parametrize("kind", ASKED)
@pytest.mark.parametrize("voice", VOICES)
def test_every_line_says_its_facts_and_nothing_else(kind: str, voice: str) -> None:
    found = shots(kind, voice)
    assert len(found) >= 5
    assert len({shot.product.name for shot in found}) >= 5
    for shot in found:
        flagged = [(span.text, span.why) for span in check_claims(shot.text, shot.product).flagged]
        assert not flagged, shot.text
        said = coverage(shot.text, shot.product)
        assert any(said.get(fact, fact.key == "offer") for fact in shot.facts), shot.text


@pytest.mark.parametrize("voice", VOICES)
def test_lines_keep_to_what_is_asked(voice: str) -> None:
    assert all(len(shot.text) <= 30 for shot in shots("headline", voice))
    assert all(len(shot.text) <= 60 for shot in shots("subject", voice))
    assert all(shot.text[-1] in ".!?" for kind in ("opener", "sentence") for shot in shots(kind, voice))


def test_the_words_that_must_not_turn_up() -> None:
    assert {"linnet", "pondera", "bramble", "staff", "manager"} <= shown_words()
    assert "with" not in shown_words()
