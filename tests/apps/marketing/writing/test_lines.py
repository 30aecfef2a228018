"""Which of a model's lines are taken: here the model says what the test tells it to."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from apps.marketing.language import Completion, Prompt
from apps.marketing.sheet import Fact, Sheet
from apps.marketing.writing.brief import Brief
from apps.marketing.writing.lines import Lines

WEIGHT, BATTERY = Fact(key="weight", value="254 g"), Fact(key="battery life", value="38 hours", must=True)
SHEET = Sheet(name="Drift 2", brand="Auralin", category="headphones", facts=[WEIGHT, BATTERY], banned=["cheap"])
BRIEF = Brief("sentence", (BATTERY,), 90)


class Model:
    """Answers what it was given, one text a question; a text may come with what the model thinks of it."""

    def __init__(self, *texts: str | tuple[str, float]) -> None:
        self.texts = list(texts)
        self.asked: list[Prompt] = []

    def __call__(self, prompt: Prompt, lines: Sequence[str]) -> Completion:
        self.asked.append(prompt)
        said = self.texts.pop(0) if self.texts else "It"
        text, logprob = said if isinstance(said, tuple) else (said, -0.5)
        return Completion(text=text, tokens=9, seconds=0.1, finish="stop", model="m", logprob=logprob)


def lines(model: Model, **options: object) -> Lines:
    return Lines(SHEET, "plain", model, seed=1, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        "The battery lasts 38 hours and charges wirelessly.",  # the sheet does not say so
        "The battery lasts 30 hours.",  # another number
        "It weighs 254 g.",  # not what was asked for
        "The battery lasts 38 hours, perfect for long days.",  # praise that fills
        "The battery lasts 38 hours and does not get hot.",  # denies what no fact denies
        "The battery lasts 38 hours, so work is a pleasure.",  # a conclusion of its own
        "The battery lasts 38 hours, making it light.",
        "It is 254 g tall and lasts 38 hours.",  # measured with the wrong word
        "The battery of these cheap headphones lasts 38 hours.",  # banned
        "Like the Linnet 3, it runs for 38 hours.",  # of a product that was shown
        "The battery lasts 38 hours for your staff.",  # the same, without its name
        "The battery lasts 38 hours" + " and lasts" * 10 + ".",  # ran into the limit
        ("The battery lasts for the 38 hours.", -1.4),  # the model does not believe it
    ],
)
def test_a_line_that_is_wrong_is_written_again(wrong: str | tuple[str, float]) -> None:
    model = Model(wrong, ("The battery lasts 38 hours.", -0.2))
    assert lines(model).write(BRIEF) == "The battery lasts 38 hours."
    assert len(model.asked) == 2
    assert model.asked[0].seed != model.asked[1].seed


def test_where_nothing_is_right_there_is_no_line() -> None:
    model = Model()
    writer = lines(model)
    assert writer.write(BRIEF) == ""
    assert writer.written == []
    assert len(model.asked) <= 4


def test_the_likeliest_of_those_that_are_right_is_taken() -> None:
    model = Model(("Its battery runs for 38 hours.", -0.8), ("The battery lasts 38 hours.", -0.4))
    assert lines(model).write(BRIEF) == "The battery lasts 38 hours."


def test_a_line_is_not_said_twice_nor_begun_as_the_one_before() -> None:
    model = Model(
        ("It runs for 38 hours.", -0.1), ("It runs for 38 hours.", -0.1), ("It weighs 254 g.", -0.4), ("All that at 254 g.", -0.6)
    )
    writer = lines(model)
    assert writer.write(BRIEF) == "It runs for 38 hours."
    assert writer.write(Brief("sentence", (WEIGHT,), 90)) == "All that at 254 g."
    assert any(prompt.grammar and '"With"' in prompt.grammar.splitlines()[0] for prompt in model.asked)


def test_a_first_sentence_names_the_product() -> None:
    model = Model(("The battery lasts 38 hours.", -0.1), ("drift 2 runs for 38 hours.", -0.2))
    assert lines(model).write(Brief("opener", (BATTERY,), 90)) == "Drift 2 runs for 38 hours."
    assert '"Drift 2"' in (model.asked[1].grammar or "").splitlines()[0]


def test_the_field_has_a_say() -> None:
    model = Model(("The battery lasts 38 hours.", -0.1), ("A battery for 38 hours.", -0.1))
    assert lines(model).write(BRIEF, lambda text: not text.startswith("The")) == "A battery for 38 hours."


def test_what_another_piece_has_or_a_check_turned_down_is_not_wanted() -> None:
    model = Model(("The battery lasts 38 hours.", -0.1), ("It runs for 38 hours.", -0.1), ("38 hours of battery.", -0.1))
    found = lines(model, taken=frozenset({"The battery lasts 38 hours."}), avoid=frozenset({"It runs for 38 hours."})).write(BRIEF)
    assert found == "38 hours of battery."


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("drift 2 is a pair of wireless headphones at 254 g.", "Drift 2 is a pair of wireless headphones at 254 g."),
        ("Drift 2 is a wireless headphones at 254 g.", "Drift 2 are wireless headphones at 254 g."),
    ],
)
def test_the_number_of_the_kind_is_mended(said: str, kept: str) -> None:
    sheet = SHEET.model_copy(update={"facts": [WEIGHT, Fact(key="connection", value="wireless")]})
    assert Lines(sheet, "plain", Model((said, -0.1)), seed=1).write(Brief("opener", (WEIGHT,), 90)) == kept


def test_a_brand_that_is_a_small_word_changes_no_sentence() -> None:
    sheet = SHEET.model_copy(update={"brand": "On"})
    model = Model(("The battery lasts 38 hours on drift 2.", -0.1))
    assert Lines(sheet, "plain", model, seed=1).write(BRIEF) == "The battery lasts 38 hours on Drift 2."


def test_the_number_of_a_name_counts_nothing() -> None:
    """The sheet has a 2, in `Drift 2`: it bears no two headphones."""
    model = Model(("The two headphones last 38 hours.", -0.1), ("Drift 2 lasts 38 hours.", -0.2))
    assert lines(model).write(BRIEF) == "Drift 2 lasts 38 hours."
