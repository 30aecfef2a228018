from __future__ import annotations

import pytest

from shared.errors import BadInput, NotFound, TooLarge
from tests.studios.echo import copy, say


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
