from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from shared.errors import DeadlineExceeded, ModelFailed
from shared.serving import Engine, Step
from tests.shared.serving.fakes import Gate, declare


def spell(requests: Sequence[str], step: Step) -> list[str]:
    for i, word in enumerate(requests):
        for letter in word:
            step.emit(i, letter)
    return [word.upper() for word in requests]


def test_parts_come_in_order_and_then_the_whole(engine: Engine) -> None:
    model, _ = declare(run=spell)
    with engine.stream(model, "sextant") as stream:
        assert "".join(stream) == "sextant"
        assert stream.result() == "SEXTANT"
        assert list(stream) == []


def test_what_was_emitted_before_an_error_is_read_before_the_error(engine: Engine) -> None:
    def fail(requests: Sequence[str], step: Step) -> list[str]:
        spell(requests, step)
        raise ValueError("lost the thread")

    stream = engine.stream(declare(run=fail)[0], "ab")
    assert [next(stream), next(stream)] == ["a", "b"]
    with pytest.raises(ModelFailed, match="lost the thread"):
        next(stream)


def test_its_deadline_ends_it(engine: Engine) -> None:
    gate = Gate()
    stream = engine.stream(declare(run=gate)[0], 1, deadline_s=0.05)
    with pytest.raises(DeadlineExceeded):
        next(stream)


def test_each_of_a_batch_has_its_own_parts(engine: Engine) -> None:
    gate = Gate()
    slow, _ = declare("slow", gate)
    blocker: Any = engine.submit(slow, 1)
    assert gate.reached.wait(5)
    model, log = declare(run=spell, max_batch=4)
    streams = [engine.stream(model, word) for word in ("ab", "cd")]
    gate.open.set()
    assert ["".join(stream) for stream in streams] == ["ab", "cd"]
    assert blocker.result() == 2
    assert sum(map(len, log.batches)) == 2
