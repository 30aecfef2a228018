"""What an executor looks after while it has jobs: heartbeats, progress, cancels from elsewhere, the dead."""

from __future__ import annotations

import time
from collections.abc import Callable

from shared.runs.history import History
from shared.runs.job import Job
from shared.runs.roster import Roster
from shared.runs.run import as_json

__all__ = ["BEAT_S", "Watch"]

BEAT_S = 0.5
"""Progress is written, and a cancel from another process seen, this often."""

_HEARTBEAT_S = 5.0
_SWEEP_S = 30.0


class Watch:
    """cancel: stops a job, wherever it is. adopt: takes over what waits for anybody."""

    def __init__(self, history: History, jobs: Roster, *, cancel: Callable[[Job], None], adopt: Callable[[], None]) -> None:
        self._history = history
        self._jobs = jobs
        self._cancel = cancel
        self._adopt = adopt
        self._swept_at = time.monotonic()

    def beat(self) -> bool:
        """Write heartbeats and progress, hear of cancels, sweep now and then; False when nothing runs or waits."""
        jobs = self._jobs.all()
        if not jobs:
            return False
        for job in jobs:
            self._write_progress(job)
        self._history.flush()
        requested = self._history.cancel_requests([job.id for job in jobs])
        for job in jobs:
            if job.id in requested:
                self._cancel(job)
        self.look_elsewhere()
        if time.monotonic() - self._swept_at > _SWEEP_S:
            self._swept_at = time.monotonic()
            self._history.sweep()
            self._adopt()
        return True

    def look_elsewhere(self) -> None:
        """Hand over what other servers have finished."""
        for job in self._jobs.elsewhere():
            run = self._history.get(job.id)
            if run.finished:
                self._jobs.forget_elsewhere(job)
                job.finish(run)

    def _write_progress(self, job: Job) -> None:
        if job.row["pid"] is None:  # it is nobody's yet, or another server's
            return
        now, progress = time.monotonic(), job.progress
        if progress != job.progress_written or now - job.beaten_at > _HEARTBEAT_S:
            job.progress_written, job.beaten_at = progress, now
            self._history.update(job.id, {"progress": as_json(progress), "heartbeat_at": time.time()})
