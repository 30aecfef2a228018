from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.serving.backlog import Backlog
from shared.serving.item import Item


def item(name: str, key: str = "k", rank: float = 0.0, **fields: Any) -> Item[Any]:
    made: Item[Any] = Item(name, set(), key, **fields)
    made.rank = rank
    return made


def test_the_oldest_head_chooses_the_key() -> None:
    backlog = Backlog(lambda _: None)
    backlog.push([item("b1", "b", 2), item("a1", "a", 1), item("a2", "a", 3)])
    head = backlog.head()
    assert head is not None
    assert (head.request, backlog.keys, backlog.waiting("a")) == ("a1", 2, 2)
    assert [each.request for each in backlog.take("a", 8, 0.0)] == ["a1", "a2"]
    assert [each.request for each in backlog.take("b", 8, 0.0)] == ["b1"]
    assert backlog.empty
    assert backlog.head() is None


def test_equal_ranks_keep_the_order_of_arrival() -> None:
    backlog = Backlog(lambda _: None)
    backlog.push(item(str(n)) for n in range(20))
    assert [each.request for each in backlog.take("k", 20, 0.0)] == [str(n) for n in range(20)]


def test_what_was_cancelled_or_is_late_is_dropped_and_told_of_once() -> None:
    dropped: list[str] = []
    backlog = Backlog(lambda each: dropped.append(each.request))
    cancelled, late, good = item("cancelled"), item("late", deadline_s=0.0), item("good")
    backlog.push([cancelled, late, good])
    cancelled.cancel()
    assert backlog.take("k", 8, late.deadline + 1) == [good]
    assert backlog.head() is None
    assert sorted(dropped) == ["cancelled", "late"]
    assert late.done


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5), st.booleans()), max_size=30), st.integers(1, 5))
def test_every_item_leaves_once_in_batches_of_one_key(plan: list[tuple[str, int, bool]], limit: int) -> None:
    dropped: list[Item[Any]] = []
    backlog = Backlog(dropped.append)
    items = [item(str(n), key, rank) for n, (key, rank, _) in enumerate(plan)]
    backlog.push(items)
    for each, (_, _, cancelled) in zip(items, plan, strict=True):
        if cancelled:
            each.cancel()
    served: list[Item[Any]] = []
    while (head := backlog.head()) is not None:
        batch = backlog.take(head.key, limit, 0.0)
        assert 0 < len(batch) <= limit
        assert {each.key for each in batch} == {head.key}
        served += batch
    assert sorted(map(id, served + dropped)) == sorted(map(id, items))
    assert not any(each.done for each in served)
    assert backlog.empty
