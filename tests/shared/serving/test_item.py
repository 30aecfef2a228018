from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.errors import Cancelled, DeadlineExceeded
from shared.serving.item import END, Item


def make(**fields: Any) -> tuple[Item[Any], set[Item[Any]]]:
    pending: set[Item[Any]] = set()
    item: Item[Any] = Item("request", pending, **fields)
    pending.add(item)
    return item, pending


def test_only_the_first_outcome_counts() -> None:
    item, pending = make()
    assert item.resolve(1)
    assert not item.resolve(2)
    assert not item.cancel()
    assert (item.result(), item.done, item.error, pending) == (1, True, None, set())


def test_one_of_many_threads_wins_the_claim() -> None:
    for _ in range(200):
        item, _ = make()
        start = threading.Barrier(4)

        def race(value: int, item: Item[Any] = item, start: threading.Barrier = start) -> bool:
            start.wait()
            return item.resolve(value)

        with ThreadPoolExecutor(4) as pool:
            wins = list(pool.map(race, range(4)))
        assert wins.count(True) == 1
        assert item.result() == wins.index(True)


def test_waiting_longer_than_asked_raises_and_leaves_it_running() -> None:
    item, _ = make()
    with pytest.raises(TimeoutError):
        item.result(timeout_s=0.01)
    assert not item.done


def test_at_its_deadline_the_waiter_resolves_it() -> None:
    item, _ = make(deadline_s=0.01)
    with pytest.raises(DeadlineExceeded, match=r"0\.01 s"):
        item.result(timeout_s=10)
    assert not item.resolve(1)


def test_many_waiters_all_get_it() -> None:
    item, _ = make()
    with ThreadPoolExecutor(4) as pool:
        waiters = [pool.submit(item.result, 5) for _ in range(4)]
        item.resolve("there")
        assert [waiter.result() for waiter in waiters] == ["there"] * 4


def test_callbacks_are_called_once_whether_added_before_or_after() -> None:
    item, _ = make()
    called: list[str] = []
    item.add_done_callback(lambda _: called.append("before"))
    item.cancel()
    item.add_done_callback(lambda _: called.append("after"))
    assert called == ["before", "after"]


def test_a_stream_ends_with_its_item() -> None:
    from queue import SimpleQueue

    item, _ = make()
    item.parts = SimpleQueue()
    item.resolve(1)
    assert item.parts.get_nowait() is END


def test_a_resolved_item_forgets_its_token_but_a_cancelled_one_takes_no_lock() -> None:
    forgotten: list[int] = []
    first, _ = make()
    first.forget = lambda: forgotten.append(1)
    first.resolve(1)
    second, _ = make()
    second.forget = lambda: forgotten.append(2)
    second.cancel()
    assert forgotten == [1]
    assert isinstance(second.error, Cancelled)
