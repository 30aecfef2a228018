"""Which jobs an executor has, and where each of them is."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from shared.runs.job import Job

__all__ = ["Roster"]


class Roster:
    """A job arrives (it is being written), waits, is active, and leaves; or another server was faster, and it is elsewhere.

    Safe to use from many threads; its lock is a leaf.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._arriving: set[str] = set()
        self._waiting: deque[Job] = deque()
        self._active: dict[str, Job] = {}
        self._elsewhere: dict[str, Job] = {}

    @contextmanager
    def arriving(self, job: Job) -> Iterator[None]:
        """While it is written and then put to wait, so that nobody who reads what was written takes it for a stranger's."""
        with self._lock:
            self._arriving.add(job.id)
        try:
            yield
        finally:
            with self._lock:
                self._arriving.discard(job.id)

    def wait(self, job: Job) -> None:
        with self._lock:
            self._waiting.append(job)

    def take(self) -> Job | None:
        """The next that waits, now active."""
        with self._lock:
            if not self._waiting:
                return None
            job = self._waiting.popleft()
            self._active[job.id] = job
            return job

    def begin(self, job: Job) -> None:
        with self._lock:
            self._active[job.id] = job

    def leave(self, job: Job) -> None:
        """It is active here no longer."""
        with self._lock:
            self._active.pop(job.id, None)

    def note_elsewhere(self, job: Job) -> None:
        with self._lock:
            self._elsewhere[job.id] = job

    def forget_elsewhere(self, job: Job) -> None:
        with self._lock:
            self._elsewhere.pop(job.id, None)

    def withdraw(self, job: Job) -> bool:
        """Take it out of those that wait; False if it is not among them."""
        with self._lock:
            if job not in self._waiting:
                return False
            self._waiting.remove(job)
            return True

    def let_go(self) -> list[Job]:
        """Take out what others will go on with: what waits and belongs to no process, and what is elsewhere."""
        with self._lock:
            free = [job for job in self._waiting if job.row["pid"] is None]
            self._waiting = deque(job for job in self._waiting if job.row["pid"] is not None)
            gone = [*free, *self._elsewhere.values()]
            self._elsewhere.clear()
            return gone

    def find(self, run_id: str) -> Job | None:
        """One that waits or is active here."""
        with self._lock:
            return self._active.get(run_id) or next((job for job in self._waiting if job.id == run_id), None)

    def position(self, job: Job) -> int:
        """Place among those that wait: 1 is next, 0 is not among them."""
        with self._lock:
            return self._waiting.index(job) + 1 if job in self._waiting else 0

    def waiting(self) -> int:
        return len(self._waiting)

    def active(self) -> list[Job]:
        with self._lock:
            return list(self._active.values())

    def elsewhere(self) -> list[Job]:
        with self._lock:
            return list(self._elsewhere.values())

    def is_elsewhere(self, job: Job) -> bool:
        return job.id in self._elsewhere

    def all(self) -> list[Job]:
        with self._lock:
            return [*self._active.values(), *self._waiting, *self._elsewhere.values()]

    def ids(self) -> set[str]:
        with self._lock:
            return {*self._arriving, *self._active, *self._elsewhere, *(job.id for job in self._waiting)}
