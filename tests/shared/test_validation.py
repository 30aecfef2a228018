from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import BaseModel, Field, ValidationError

from shared.errors import BadInput, NotFound, TooLarge
from shared.validation import bad_input
from tests.studios.echo import copy, say


class Basket(BaseModel):
    apples: Annotated[list[str], Field(min_length=1, max_length=2)]


def test_every_wrong_field_is_named_in_one_line() -> None:
    with pytest.raises(BadInput) as caught:
        say(text="x", times=0, ending=";", style={"size_pt": -1})
    message = str(caught.value)
    assert "\n" not in message
    assert all(part in message for part in ("times:", "(given: 0)", "ending:", "style.size_pt:"))


def test_an_unknown_field_names_the_known_ones() -> None:
    with pytest.raises(BadInput, match=r"txet.*Known fields: .*text"):
        say(txet="x")


def test_a_long_value_is_cut() -> None:
    with pytest.raises(BadInput) as caught:
        say(text="x" * 5000)
    assert len(str(caught.value)) < 300


def test_the_kind_of_error_follows_the_kind_of_problem() -> None:
    with pytest.raises(NotFound, match="no file at"):
        copy(file="/nowhere/at/all.txt")
    with pytest.raises(TooLarge, match="at most 1000"):
        copy(file=b"x" * 1001)


@pytest.mark.parametrize(
    ("apples", "said"),
    [([], "apples: at least 1 entry is expected, 0 given."), (["a", "b", "c"], "apples: at most 2 entries are expected, 3 given.")],
)
def test_a_list_of_the_wrong_length_says_how_many_are_expected(apples: list[str], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Basket(apples=apples)
    assert bad_input(caught.value).message == said


def test_a_message_is_a_sentence_that_ends_once() -> None:
    with pytest.raises(BadInput, match=r"ending: .*[^.]\.$"):
        say(text="x", ending=";")
    with pytest.raises(BadInput, match=r"\. Known fields"):
        say(txet="x", text="x")
