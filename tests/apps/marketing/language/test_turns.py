"""Alone or in company, first come, first served."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from apps.marketing.language.turns import Turns


def once() -> None:
    """Nothing, while it waits."""


def first(free: tuple[int, ...]) -> int:
    return free[0]


def started(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_company_shares_the_slots_and_whoever_is_alone_waits_for_them() -> None:
    turns = Turns([2, 3])
    order: list[str] = []
    with ExitStack() as stack:
        assert [stack.enter_context(turns.shared(once, first)) for _ in range(2)] == [2, 3]

        def alone() -> None:
            with turns.alone(once):
                order.append("alone")

        def shared() -> None:
            with turns.shared(once, first) as slot:
                order.append(f"slot {slot}")

        threads = [started(alone)]
        while len(turns._queue) < 3:
            pass
        threads.append(started(shared))
        while len(turns._queue) < 4:
            pass
        assert order == []
    for thread in threads:
        thread.join(5)
    assert order[0] == "alone" and order[1] in ("slot 2", "slot 3")


def test_whoever_gives_up_leaves_no_trace() -> None:
    turns = Turns([2])

    def give_up() -> None:
        raise TimeoutError

    with turns.alone(once):
        with pytest.raises(TimeoutError), turns.shared(give_up, first):
            raise AssertionError("entered")
        with pytest.raises(TimeoutError), turns.alone(give_up):
            raise AssertionError("entered")
    with turns.shared(once, first) as slot:
        assert slot == 2
