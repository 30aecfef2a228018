"""Threads that are there only while there is something to do."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["Workers"]

J = TypeVar("J")

log = logging.getLogger("sextant.runs")


class Workers(Generic[J]):
    """At most `limit` threads. take: the next job, None when there is none. work: does it; what it raises ends nothing."""

    def __init__(self, limit: int, take: Callable[[], J | None], work: Callable[[J], None]) -> None:
        self._limit = limit
        self._take = take
        self._work = work
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()

    def wake(self) -> None:
        """There is a job; call it after `take` can see it."""
        with self._lock:
            if len(self._threads) < self._limit:
                thread = threading.Thread(target=self._loop, name="sextant-run", daemon=True)
                self._threads.add(thread)
                thread.start()

    def join(self, timeout_s: float) -> None:
        """Wait for the threads, at most so long."""
        with self._lock:
            threads = list(self._threads)
        until = time.monotonic() + timeout_s
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _loop(self) -> None:
        while True:
            with self._lock:
                job = self._take()
                if job is None:
                    self._threads.discard(threading.current_thread())
                    return
            try:
                self._work(job)
            except BaseException as error:  # recorded already, and the next job is somebody else's
                log.info("a worker goes on after %s", type(error).__name__, exc_info=error)
