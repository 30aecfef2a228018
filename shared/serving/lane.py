"""One model's queue: what comes in, in which batches it leaves, and the threads that run them.

Callers touch only the SimpleQueue and, inline, the turn: a KeyboardInterrupt between any two of their instructions
leaves nothing half done. The heaps belong to the thread that holds `_lead`.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

from shared.errors import EngineClosed, Overloaded
from shared.serving.backlog import Backlog
from shared.serving.item import FOREVER, RUNNING, Item
from shared.serving.model import Model
from shared.serving.recovery import execute
from shared.serving.runner import Runner
from shared.serving.site import Site
from shared.serving.step import typed

__all__ = ["Lane"]

MAX_FILL_WAIT_S = 0.004  # longest wait for a fuller batch, and at most a quarter of the last run


class Lane:
    """Takes items from any thread, runs them on its workers. max_queue: unresolved items above which it refuses more."""

    def __init__(self, model: Model[Any, Any], sites: Sequence[Site], max_queue: int) -> None:
        self.model = model
        self.inline = model.inline and model.concurrency == 1
        self.closed = False
        # An inline model's worker gives the turn back before it wakes its caller, whose next call then finds it free.
        self._short = not model.inline and model.concurrency == 1
        self.pending: set[Item[Any]] = set()  # unresolved items; its methods are atomic, so it needs no lock
        self.runner = Runner(model, sites, self.pending)
        self._max_queue = max_queue
        self._arrivals: SimpleQueue[Sequence[Item[Any]] | None] = SimpleQueue()
        self._lead = threading.Lock()
        self._backlog = Backlog(lambda item: self.runner.tally.ended(item.error))
        self._ending = False
        self._starting = threading.Lock()
        self._started = False
        self._threads: list[threading.Thread] = []

    def refuse_if_full(self) -> None:
        """Raises Overloaded while too many items wait, with the time that they will take."""
        waiting = len(self.pending)
        if waiting >= self._max_queue:
            seconds = max(1.0, waiting * self.runner.last_run_s / self.runner.cap)
            raise Overloaded(f"{waiting} requests wait for model {self.model.name!r} already.", retry_after_s=seconds)

    def put(self, items: Sequence[Item[Any]]) -> None:
        """Queue items, already in `pending`; the worker sees them all at once."""
        self._arrivals.put(items)
        if not self._started:
            self._start()
        if self.closed:  # `close` may have failed the pending ones just before these came
            self._fail_pending()

    def run_inline(self, item: Item[Any]) -> bool:
        """Run `item` in the calling thread if the lane is idle and its model loaded; False if a worker has to."""
        runner = self.runner
        if self.pending or self.closed or not runner.turn.acquire(False):
            return False
        ident = threading.get_ident()
        RUNNING.add(ident)
        try:
            return runner.lone(item)
        finally:
            RUNNING.discard(ident)
            runner.turn.release()

    def close(self) -> None:
        """Refuse new items, fail those that wait or run (a running model learns of it at its next step)."""
        self.closed = True
        self._fail_pending()
        self._arrivals.put(None)

    def join(self) -> None:
        """Wait for the workers, and for whoever runs inline."""
        with self._starting:
            threads = list(self._threads)
        for thread in threads:
            if thread is not threading.current_thread() and thread.ident is not None:
                thread.join()
        with self.runner.turn:
            pass

    def _start(self) -> None:
        """Start the workers, one or as many as the model runs at a time; again, if Ctrl-C came in the middle."""
        with self._starting:
            if self._started or self.closed:
                return
            for number in range(self.model.concurrency):
                thread = threading.Thread(target=self._work, name=f"lane {self.model.name} {number}", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._started = True

    def _fail_pending(self) -> None:
        for item in list(self.pending):
            item.resolve(None, EngineClosed("The engine was closed before the request was done."))

    # -- in the workers ----------------------------------------------------------------------------------------------

    def _work(self) -> None:
        ident = threading.get_ident()
        RUNNING.add(ident)
        try:
            while True:
                with self._lead:
                    batch = self._next_batch()
                if batch is None:
                    return
                self._serve(batch)
                batch.clear()  # the next wait may be long: keep no finished request or result alive
        finally:
            RUNNING.discard(ident)

    def _serve(self, batch: list[Item[Any]]) -> None:
        try:
            if not (self._short and len(batch) == 1 and self._lone(batch[0])):
                execute(self.runner, batch)
        except BaseException as error:  # a device or a declaration that raises where it must not: nobody may hang on it
            for item in batch:
                item.resolve(None, typed(error, self.model.name))

    def _lone(self, item: Item[Any]) -> bool:
        with self.runner.turn:
            return self.runner.lone(item)

    def _next_batch(self) -> list[Item[Any]] | None:
        """Wait for the next batch; None once the lane is closed."""
        backlog = self._backlog
        while True:
            if backlog.empty:
                if self._ending:
                    return None
                arrived = self._arrivals.get()
                if arrived is not None and self._goes_at_once(arrived):
                    return list(arrived)
                self._receive(arrived)
            self._receive_all()
            head = backlog.head()
            if head is None:
                continue
            limit = min(head.cap, self.runner.cap)
            if limit > 1 and head.shares:
                self._fill(head, limit)
            batch = backlog.take(head.key, limit, monotonic())
            if batch:
                return batch

    def _goes_at_once(self, items: Sequence[Item[Any]]) -> bool:
        """A lone item with nothing beside it and nothing to wait for passes by the heaps: 4 us less on a busy lane."""
        item = items[0]
        if len(items) > 1 or item.done or item.deadline != FOREVER or not self._arrivals.empty():
            return False
        return min(item.cap, self.runner.expected) <= 1

    def _receive(self, items: Sequence[Item[Any]] | None) -> None:
        if items is None:
            self._ending = True
        else:
            self._backlog.push(items)

    def _receive_all(self) -> None:
        while not self._arrivals.empty():
            self._receive(self._arrivals.get())

    def _fill(self, head: Item[Any], limit: int) -> None:
        """Wait a moment for the callers of the last batch to come back, unless another key would wait with them."""
        runner = self.runner
        target = min(limit, runner.expected)
        until = runner.ended_s + min(MAX_FILL_WAIT_S, runner.last_run_s / 4)
        while self._backlog.waiting(head.key) < target and self._backlog.keys == 1:
            left_s = until - monotonic()
            if left_s <= 0:
                return
            try:
                self._receive(self._arrivals.get(timeout=left_s))
            except Empty:
                return
