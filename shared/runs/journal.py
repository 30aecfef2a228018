"""Writes that nobody waits for: gathered for 20 ms and put down in one transaction.

A record written at once costs its run .9 ms of CPU and, with many callers, 106 ms at the 99th percentile; gathered, .1 ms
and 7-10 (`facts/contract.md`). A killed process loses at most what was gathered and not put down.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import weakref
from collections.abc import Callable, Sequence

from shared.errors import StorageFailed
from shared.runs.run import Row

__all__ = ["Change", "Journal"]

log = logging.getLogger("sextant.runs")

Change = tuple[bool, Row]
"""(whether the row is new, its columns with `id`)."""

_DELAY_S = 0.02
_LINGER_S = 1.0  # an idle thread that waits this long for more saves starting the next one
_RETRY_S = 1.0
_PENDING_LIMIT = 2_000  # runs; beyond it callers wait for the database, since memory is no place for a history


class Journal:
    """Changes by run, the later laid over the earlier: a short run is written once, as it ended.

    Lock order: flush -> pending. `write` is called under the flush lock only.
    """

    def __init__(self, write: Callable[[Sequence[Change]], None]) -> None:
        self._write = write
        self._pid = os.getpid()
        self._pending: dict[str, Change] = {}
        self._pending_lock = threading.Condition(threading.Lock())
        self._flush_lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        _OPEN.add(self)

    def insert(self, row: Row) -> None:
        """Note a new run; `row` has every column. Raises `StorageFailed` once very many wait for a database that fails."""
        if os.getpid() != self._pid:
            raise StorageFailed("The run history was opened before a fork.", remedy="Open one of its own in the child process.")
        if len(self._pending) >= _PENDING_LIMIT:
            self.flush()
        self._note(True, row)

    def update(self, run_id: str, changes: Row) -> None:
        """Note changed columns of a run."""
        self._note(False, {"id": run_id, **changes})

    def flush(self) -> None:
        """Put down everything noted before this call. Raises `StorageFailed` and keeps it for the next try."""
        if os.getpid() != self._pid:
            return  # what the parent noted is the parent's to write
        with self._flush_lock:
            with self._pending_lock:
                batch, self._pending = self._pending, {}
            if not batch:
                return
            try:
                self._write(list(batch.values()))
            except BaseException:
                with self._pending_lock:
                    newer, self._pending = self._pending, batch
                    for is_new, row in newer.values():
                        self._lay(is_new, row)
                raise

    def close(self) -> None:
        """Put down what is left and end the thread."""
        self._closing.set()
        with self._pending_lock:
            thread = self._thread
            self._pending_lock.notify_all()
        if thread is not None:
            thread.join()
        self.flush()
        _OPEN.discard(self)

    def _note(self, is_new: bool, row: Row) -> None:
        with self._pending_lock:
            self._lay(is_new, row)
            waiting = len(self._pending)
            if self._thread is None and not self._closing.is_set():
                self._thread = threading.Thread(target=self._put_down, name="sextant-history", daemon=True)
                self._thread.start()
            elif waiting == 1:
                self._pending_lock.notify_all()

    def _lay(self, is_new: bool, row: Row) -> None:
        known_new, known = self._pending.get(row["id"], (False, {}))
        self._pending[row["id"]] = (is_new or known_new, {**known, **row})

    def _put_down(self) -> None:
        """The thread: there only while there is something to write."""
        while True:
            with self._pending_lock:
                if not self._pending and not self._closing.is_set():
                    self._pending_lock.wait(_LINGER_S)
                if not self._pending or self._closing.is_set():
                    self._thread = None
                    return
            self._closing.wait(_DELAY_S)
            try:
                self.flush()
            except StorageFailed as error:
                log.warning("runs are not written yet: %s", error)
                self._closing.wait(_RETRY_S)


_OPEN: weakref.WeakSet[Journal] = weakref.WeakSet()


@atexit.register
def _flush_all() -> None:
    """A run whose caller returned is on disk once the process ends normally."""
    for journal in list(_OPEN):
        try:
            journal.flush()
        except StorageFailed as error:
            log.error("the last runs could not be written: %s", error)
