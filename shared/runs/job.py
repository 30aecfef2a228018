"""A run on its way through the executor, and the handle that its caller holds."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from shared.cancel import CancelToken
from shared.runs.process import this_process
from shared.runs.run import Row, Run, RunProgress, as_json, new_id

if TYPE_CHECKING:
    from shared.context import Progress
    from shared.runs.executor import Executor
    from shared.serving import Engine
    from shared.task import Request, Task

__all__ = ["Job", "RunHandle"]


class Job:
    """One run: what it was asked, its row as far as it is known, and who waits for it.

    earlier: the run that it repeats. row: of a run that is in the history already.
    """

    def __init__(
        self,
        task: Task[Any, Any],
        request: Request,
        *,
        owner: str,
        parent: str | None = None,
        engine: Engine | None = None,
        on_progress: Progress | None = None,
        cancel: CancelToken | None = None,
        earlier: Run | None = None,
        row: Row | None = None,
    ) -> None:
        self.task = task
        self.request = request
        self.engine = engine
        self.cancel = cancel or CancelToken()
        self.earlier = earlier
        self.on_progress = on_progress
        self.progress = RunProgress()
        self.progress_written = self.progress
        self.beaten_at = time.monotonic()
        self.over = threading.Event()
        self.run: Run | None = None
        self.row = _new_row(task, request, owner, parent) if row is None else row

    @property
    def id(self) -> str:
        return str(self.row["id"])

    def note_progress(self, done: float, total: float, note: str) -> None:
        """Kept here; the heartbeat writes it, at most twice a second."""
        self.progress = self.progress._replace(done=done, total=total, note=note)
        if self.on_progress is not None:
            self.on_progress(done, total, note)

    def note_text(self, text: str) -> None:
        """As `note_progress`."""
        self.progress = self.progress._replace(text=text)

    def note_claim(self) -> None:
        """It is this process's, and runs."""
        me, now = this_process(), time.time()
        life = {"host": me.host, "pid": me.pid, "process_started_at": me.started_at, "heartbeat_at": now, "started_at": now}
        self.row.update(status="running", **life)

    def finish(self, run: Run) -> Run:
        """Hand the finished run to whoever waits."""
        self.run = run
        self.over.set()
        return run


class RunHandle:
    """A run that was submitted."""

    def __init__(self, job: Job, executor: Executor) -> None:
        self._job = job
        self._executor = executor

    @property
    def run_id(self) -> str:
        return self._job.id

    @property
    def position(self) -> int:
        """Its place in this executor's queue: 1 is next, 0 has begun or is over."""
        return self._executor.position(self._job)

    @property
    def progress(self) -> RunProgress:
        return self._job.progress

    @property
    def done(self) -> bool:
        """Whether it is over, in whatever way."""
        return self._job.over.is_set()

    def cancel(self) -> None:
        """Stop it: at once while it is queued, else at the next step of its model."""
        self._executor.cancel(self._job)

    def wait(self, timeout_s: float | None = None) -> Run:
        """The finished run; a queued one where a server closed that leaves it to the next.

        Raises the builtin `TimeoutError` after `timeout_s`, in which case the run goes on.
        """
        if not self._job.over.wait(timeout_s) or self._job.run is None:
            raise TimeoutError(f"The run {self.run_id} is not over after {timeout_s} s; it goes on.")
        return self._job.run


def _new_row(task: Task[Any, Any], request: Request, owner: str, parent: str | None) -> Row:
    me, now = this_process(), time.time()
    return {
        "id": new_id(),
        "app": task.app.key,
        "task": task.name,
        "model": request.model,
        "status": "running",
        "owner": owner,
        "parent": parent,
        "seed": request.seed,
        "request": as_json(request.model_dump(mode="json")),
        "result": None,
        "error": None,
        "models": "[]",
        "artifacts": "[]",
        "progress": '[0,0,""]',
        "work_units": None,
        "host": me.host,
        "pid": me.pid,
        "process_started_at": me.started_at,
        "heartbeat_at": now,
        "created_at": now,
        "started_at": now,
        "finished_at": None,
        "cancel_requested": False,
    }
