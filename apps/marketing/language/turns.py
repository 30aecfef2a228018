"""Who may use a llama.cpp server's slots now: one exact request alone, or several that share the batch.

First come, first served, so that neither kind starves the other. A request waits in the thread that brought it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

__all__ = ["Turns"]

POLL_S = 0.05


@dataclass(eq=False)
class _Ticket:
    alone: bool
    slot: int | None = None


class Turns:
    """shared: slots that requests in company may have, one each. Whoever is alone chooses among the others itself."""

    def __init__(self, shared: Sequence[int]) -> None:
        self._free = list(shared)
        self._queue: list[_Ticket] = []  # in the order of arrival, those that run among them
        self._changed = threading.Condition()

    @contextmanager
    def alone(self, waiting: Callable[[], object]) -> Iterator[None]:
        """Nobody else generates meanwhile. waiting: called while it waits; may raise."""
        with self._ticket(_Ticket(alone=True), waiting):
            yield

    @contextmanager
    def shared(self, waiting: Callable[[], object], choose: Callable[[Sequence[int]], int]) -> Iterator[int]:
        """A slot of its own, beside others; choose: picks one of the free slots."""
        ticket = _Ticket(alone=False)
        with self._ticket(ticket, waiting, choose):
            assert ticket.slot is not None
            yield ticket.slot

    @contextmanager
    def _ticket(
        self, ticket: _Ticket, waiting: Callable[[], object], choose: Callable[[Sequence[int]], int] | None = None
    ) -> Iterator[None]:
        with self._changed:
            self._queue.append(ticket)
        try:
            while not self._enter(ticket, choose):
                waiting()
            yield
        finally:
            with self._changed:
                self._queue.remove(ticket)
                if ticket.slot is not None:
                    self._free.append(ticket.slot)
                self._changed.notify_all()

    def _enter(self, ticket: _Ticket, choose: Callable[[Sequence[int]], int] | None) -> bool:
        """Whether its turn has come, after a moment's waiting if not."""
        with self._changed:
            if not self._may(ticket):
                self._changed.wait(POLL_S)
                if not self._may(ticket):
                    return False
            if choose is not None:
                ticket.slot = choose(tuple(self._free))
                self._free.remove(ticket.slot)
            return True

    def _may(self, ticket: _Ticket) -> bool:
        before = self._queue[: self._queue.index(ticket)]
        if ticket.alone:
            return not before
        return bool(self._free) and not any(each.alone or each.slot is None for each in before)
