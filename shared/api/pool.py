"""Threads that requests run in: apart from those that serve files, so that many long runs delay no small question.

45 synchronous runs fill anyio's 40 threads and delay a GET to 2.3 s (`facts/contract.md`).
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from shared.errors import EngineClosed, Overloaded

__all__ = ["Pool"]

T = TypeVar("T")

_IDLE_S = 5.0
_PATIENCE_S = 0.005


class Pool:
    """At most `threads` daemon threads, there only while they are used; `waiting` calls may wait for one.

    A further thread starts when a call has waited 5 ms: short calls share a thread or two, since more would only pass
    Python's lock among themselves, which costs them half of their CPU again; long ones soon have one each.
    Daemons: a task that never looks at its cancel token must not keep a stopped server alive.
    """

    def __init__(self, threads: int, waiting: int) -> None:
        self._limit = threads
        self._waiting_limit = waiting
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self._idle = 0
        self._waiting = 0
        self._put = 0  # calls ever
        self._growing: asyncio.AbstractEventLoop | None = None
        self._closed = False

    def submit(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """What `work` answers or raises, from one of the threads. A future that is cancelled drops it if it has not begun.

        Raises `Overloaded` when very many wait, `EngineClosed` after `close`.
        """
        loop = asyncio.get_running_loop()
        call = _Call(work, loop, loop.create_future())
        with self._lock:
            if self._closed:
                raise EngineClosed("The server is stopping.", remedy="Try again in a few seconds.")
            if self._waiting >= self._idle + self._waiting_limit and len(self._threads) >= self._limit:
                raise Overloaded(f"{self._waiting} requests are waiting already, the limit.", retry_after_s=5)
            self._waiting += 1
            self._put += 1
            self._calls.put(call)
            if not self._threads:
                self._start()
            elif self._waiting > self._idle and self._growing is not loop and len(self._threads) < self._limit:
                self._growing = loop
                loop.call_later(_PATIENCE_S, self._grow, self._put)
        return call.future

    def close(self, timeout_s: float) -> None:
        """Take no more; fail what waits; let the threads end, waiting at most `timeout_s` for them."""
        with self._lock:
            self._closed = True
            threads = list(self._threads)
            for call in self._drain():
                call.fail(EngineClosed("The server is stopping.", remedy="Try again in a few seconds."))
            for _ in threads:
                self._calls.put(None)
        for thread in threads:
            thread.join(timeout_s / len(threads))

    def _drain(self) -> list[_Call]:
        waiting: list[_Call] = []
        while True:
            try:
                call = self._calls.get_nowait()
            except Empty:
                return waiting
            if call is not None:
                waiting.append(call)

    def _grow(self, mark: int) -> None:
        """One more thread for each call that waits, if the one put at `mark` waits still."""
        with self._lock:
            loop, self._growing = self._growing, None
            short = min(self._waiting - self._idle, self._limit - len(self._threads))
            if short <= 0 or self._closed:
                return
            if self._put - self._waiting < mark:
                for _ in range(short):
                    self._start()
            elif loop is not None:
                self._growing = loop
                loop.call_later(_PATIENCE_S, self._grow, self._put)

    def _start(self) -> None:
        thread = threading.Thread(target=self._work, name="sextant-http", daemon=True)
        self._threads.add(thread)
        thread.start()

    def _work(self) -> None:
        while (call := self._next()) is not None:
            call.carry_out()
            del call  # an idle thread keeps nobody's request

    def _next(self) -> _Call | None:
        """None when this thread is to end."""
        with self._lock:
            self._idle += 1
        try:
            call = self._calls.get(timeout=_IDLE_S)
        except Empty:
            call = None
        with self._lock:
            self._idle -= 1
            if call is None and self._waiting and not self._closed:  # it came just now, perhaps counting on this thread
                with contextlib.suppress(Empty):
                    call = self._calls.get_nowait()
            if call is None:
                self._threads.discard(threading.current_thread())
            else:
                self._waiting -= 1
        return call


class _Call:
    """Work, and the event loop that waits for it."""

    def __init__(self, work: Callable[[], Any], loop: asyncio.AbstractEventLoop, future: asyncio.Future[Any]) -> None:
        self._work = work
        self._loop = loop
        self.future = future

    def carry_out(self) -> None:
        if self.future.cancelled():
            return
        try:
            result = self._work()
        except BaseException as error:
            self.fail(error)
        else:
            self._tell(self.future.set_result, result)

    def fail(self, error: BaseException) -> None:
        self._tell(self.future.set_exception, error)

    def _tell(self, answer: Callable[[Any], None], value: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(self._settle, answer, value)
        except RuntimeError:  # the loop was closed before its work was done
            return

    def _settle(self, answer: Callable[[Any], None], value: Any) -> None:
        if not self.future.done():  # nobody waits for it any more
            answer(value)
