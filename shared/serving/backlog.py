"""What waits for one model, in order; owned by the thread that leads the lane, so it needs no lock."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from heapq import heappop, heappush
from itertools import count
from typing import Any

from shared.serving.item import Item

__all__ = ["Backlog"]

_Heap = list[tuple[float, int, Item[Any]]]


class Backlog:
    """Items by rank (time of arrival less priority, seconds), as a whole and for each batch key.

    An item stands in both heaps; whichever serves it first marks it taken, the other drops it when it surfaces.
    `dropped(item)` is told of each that was resolved while it waited.
    """

    def __init__(self, dropped: Callable[[Item[Any]], None]) -> None:
        self._dropped = dropped
        self._ranked: _Heap = []
        self._by_key: dict[Hashable, _Heap] = {}
        self._numbers = count()

    def push(self, items: Iterable[Item[Any]]) -> None:
        for item in items:
            entry = (item.rank, next(self._numbers), item)
            heappush(self._ranked, entry)
            heappush(self._by_key.setdefault(item.key, []), entry)

    def head(self) -> Item[Any] | None:
        """The item that chooses the next batch's key: the oldest, less its priority."""
        ranked = self._ranked
        while ranked:
            item = ranked[0][2]
            if not item.taken:
                if not item.done:
                    return item
                item.taken = True
                self._dropped(item)
            heappop(ranked)
        self._by_key.clear()
        return None

    def waiting(self, key: Hashable) -> int:
        """Items of `key`, those cancelled since included."""
        return len(self._by_key.get(key, ()))

    @property
    def empty(self) -> bool:
        return not self._ranked

    @property
    def keys(self) -> int:
        """Different batch keys that wait."""
        return len(self._by_key)

    def take(self, key: Hashable, limit: int, now: float) -> list[Item[Any]]:
        """Up to `limit` items of `key` in order; those past their deadline are resolved instead."""
        heap = self._by_key.get(key, [])
        batch: list[Item[Any]] = []
        while heap and len(batch) < limit:
            item = heappop(heap)[2]
            if item.taken:
                continue
            item.taken = True
            if item.deadline <= now:
                item.expire()
            if item.done:
                self._dropped(item)
            else:
                batch.append(item)
        if not heap:
            self._by_key.pop(key, None)
        self.head()  # drops what was taken, so that no finished request stays in memory
        return batch
