from __future__ import annotations

from queue import SimpleQueue
from typing import Any

import pytest

from shared.errors import BadInput, Cancelled, DeadlineExceeded, ModelFailed, Overloaded
from shared.serving.item import Item
from shared.serving.step import MAX_PARTS, BatchStep, fresh, typed


def items(number: int, **fields: Any) -> list[Item[Any]]:
    return [Item(n, set(), **fields) for n in range(number)]


def test_progress_reaches_those_who_still_wait() -> None:
    seen: list[tuple[float, float]] = []
    batch = items(2, on_step=lambda done, total: seen.append((done, total)))
    batch[0].cancel()
    BatchStep(batch, "m")(3, 10)
    assert seen == [(3, 10)]


def test_it_raises_once_nobody_waits() -> None:
    batch = items(2)
    step = BatchStep(batch, "m")
    batch[0].cancel()
    step(1, 2)
    assert [step.live(0), step.live(1)] == [False, True]
    batch[1].cancel()
    with pytest.raises(Cancelled):
        step(2, 2)


def test_a_passed_deadline_ends_an_item_at_a_step() -> None:
    batch = items(1, deadline_s=0.0)
    with pytest.raises(Cancelled):
        BatchStep(batch, "m")(1, 2)
    assert isinstance(batch[0].error, DeadlineExceeded)


def test_a_listener_that_raises_ends_its_own_item_only() -> None:
    def refuse(done: float, total: float) -> None:
        raise BadInput("enough")

    batch = [*items(1, on_step=refuse), *items(1)]
    BatchStep(batch, "m")(1, 2)
    assert isinstance(batch[0].error, BadInput)
    assert not batch[1].done


def test_emit_without_a_reader_does_nothing() -> None:
    batch = items(1)
    BatchStep(batch, "m").emit(0, "part")
    assert not batch[0].emitted


def test_a_reader_too_slow_is_cancelled() -> None:
    batch = items(1)
    batch[0].parts = SimpleQueue()
    step = BatchStep(batch, "m")
    for part in range(MAX_PARTS):
        step.emit(0, part)
    assert step.live(0)
    step.emit(0, "one more")
    step.emit(0, "and another")
    assert isinstance(batch[0].error, Overloaded)


def test_our_own_errors_pass_and_others_are_wrapped_with_their_cause() -> None:
    ours, theirs = BadInput("no"), KeyError("k")
    assert typed(ours, "m") is ours
    wrapped = typed(theirs, "m")
    assert isinstance(wrapped, ModelFailed)
    assert wrapped.__cause__ is theirs
    assert "'m' failed: KeyError" in wrapped.message


def test_a_fresh_error_is_another_object_with_the_same_words_and_cause() -> None:
    error = Overloaded("full", retry_after_s=3)
    error.__cause__ = KeyError("k")
    twin = fresh(error)
    assert twin is not error
    assert (str(twin), twin.__cause__) == (str(error), error.__cause__)


def test_an_error_that_cannot_be_copied_is_used_as_it_is() -> None:
    class Odd(BadInput):
        def __init__(self, a: int, b: int) -> None:
            super().__init__(f"{a}{b}")

    error = Odd(1, 2)
    assert fresh(error) is error
