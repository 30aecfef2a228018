"""The executor: turns a task and a request into a recorded run."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from shared.cancel import CancelToken
from shared.errors import Cancelled, EngineClosed, Overloaded, SextantError
from shared.files import Store
from shared.runs import watch
from shared.runs.drain import hold_artifacts, unclaimed
from shared.runs.history import History
from shared.runs.inputs import keep_files
from shared.runs.job import Job, RunHandle
from shared.runs.outcome import execute, failure
from shared.runs.pulse import Pulse
from shared.runs.repeat import find_task, refuse_changes
from shared.runs.roster import Roster
from shared.runs.run import Row, Run, RunProgress, as_json
from shared.runs.workers import Workers

if TYPE_CHECKING:
    from shared.app import App
    from shared.context import Progress
    from shared.serving import Engine
    from shared.task import Request, Task

__all__ = ["Executor"]

log = logging.getLogger("sextant.runs")

_CLOSE_TIMEOUT_S = 10.0


class Executor:
    """Runs tasks and keeps their history; safe to use from many threads.

    history, store: where runs and files are kept; both stay open when it is closed. workers: how many submitted runs
    execute at a time, in threads that are there only while something is queued. owner: written into the runs. engine: for
    tasks, the process's default one when not given. queue_limit: submitted runs that may wait.

    It runs its own runs only, those it was asked for; after `drain`, a server's, also those that wait for anybody.
    """

    def __init__(
        self,
        history: History,
        store: Store,
        *,
        workers: int = 2,
        owner: str = "local",
        engine: Engine | None = None,
        queue_limit: int = 1_000,
    ) -> None:
        self.history = history
        self.store = store
        if history.store is None:
            history.store = store
        self._owner = owner
        self._engine = engine
        self._queue_limit = queue_limit
        self._jobs = Roster()
        self._workers = Workers(workers, self._jobs.take, self._work_on)
        self._drained: dict[str, App] = {}
        self._closed = self._leaving = False
        self._watch = watch.Watch(history, self._jobs, cancel=self.cancel, adopt=self._adopt)
        self._pulse = Pulse(self._watch.beat, interval_s=watch.BEAT_S)
        history.sweep()

    def run(
        self,
        task: Task[Any, Any],
        request: Request,
        *,
        engine: Engine | None = None,
        on_progress: Progress | None = None,
        cancel: CancelToken | None = None,
        parent: str | None = None,
        owner: str | None = None,
    ) -> Run:
        """Run `request` in the caller's thread; always returns a finished run: done, failed or cancelled.

        An interrupt (Ctrl-C) is recorded as cancelled and raised again. The record is written behind, within 20 ms.
        """
        owner = owner or self._owner
        return self._run(Job(task, request, owner=owner, parent=parent, engine=engine, on_progress=on_progress, cancel=cancel))

    def submit(
        self,
        task: Task[Any, Any],
        request: Request,
        *,
        engine: Engine | None = None,
        on_progress: Progress | None = None,
        cancel: CancelToken | None = None,
        parent: str | None = None,
        owner: str | None = None,
    ) -> RunHandle:
        """Queue `request`; its run is in the history when this returns.

        Raises `BadInput` for a model that the task lacks or a file that is gone, `Overloaded` for a full queue and
        `StorageFailed`: then there is no run.
        """
        self._refuse_closed()
        self._refuse_full()
        request = keep_files(task.with_model(request), self.store)
        owner = owner or self._owner
        return self._submit(Job(task, request, owner=owner, parent=parent, engine=engine, on_progress=on_progress, cancel=cancel))

    def repeat(
        self,
        run_id: str,
        *,
        task: Task[Any, Any] | None = None,
        engine: Engine | None = None,
        on_progress: Progress | None = None,
        cancel: CancelToken | None = None,
        owner: str | None = None,
    ) -> Run:
        """Run an earlier run's request again, alone and at its recorded batch sizes: the same bytes come out.

        task: when its studio is not an installed one. Returns a run whose parent is the earlier one. Raises `NotFound`;
        `BadInput` for a run that is not over; `Unavailable`, naming what differs, where its models' revisions, device or
        number format are not to be had as recorded.
        """
        return self._run(self._repetition(run_id, task, owner, engine=engine, on_progress=on_progress, cancel=cancel))

    def submit_repeat(self, run_id: str, *, task: Task[Any, Any] | None = None, owner: str | None = None) -> RunHandle:
        """`repeat`, queued; raises what `repeat` raises and what `submit` raises."""
        self._refuse_closed()
        self._refuse_full()
        return self._submit(self._repetition(run_id, task, owner))

    def drain(self, apps: Sequence[App]) -> None:
        """Be the server of these studios: their queued runs outlive this process, and those that wait are taken over.

        A run that is queued from now on belongs to nobody until it begins, so that the next server goes on where this one
        ended, in the same order; each is begun by exactly one.
        """
        self._drained = {app.key: app for app in apps}
        self._adopt()

    def position(self, job: Job) -> int:
        """Place in the queue: 1 is next, 0 is not in it."""
        return self._jobs.position(job)

    def cancel(self, job: Job) -> None:
        """Stop a job of this executor, wherever it is."""
        withdrawn = self._jobs.withdraw(job)
        job.cancel.cancel()
        if self._jobs.is_elsewhere(job):
            self.history.request_cancel(job.id)
        if withdrawn:
            try:
                self.history.cancel_queued(job.id)
                run = self.history.get(job.id)
            except SextantError:  # nobody may wait for ever because the database fails
                self._finish(job, failure(Cancelled("The run was cancelled before it began.")))
                return
            if run.finished:
                job.finish(run)
            else:
                self._leave_elsewhere(job)

    def live(self, run_id: str) -> RunProgress | None:
        """How far a run is that this executor runs now; what others see of it is up to half a second older."""
        job = self._jobs.find(run_id)
        return None if job is None or job.row["pid"] is None else job.progress

    def cancel_here(self, run_id: str) -> None:
        """Stop a run if it is this executor's; what `History.request_cancel` asks for comes about half a second later."""
        if (job := self._jobs.find(run_id)) is not None:
            self.cancel(job)

    def cancel_running(self) -> None:
        """Stop whatever runs, at its next step."""
        for job in self._jobs.active():
            self.cancel(job)

    @property
    def closed(self) -> bool:
        return self._closed

    def hand_over(self) -> None:
        """Begin nothing more that another server can go on with; what runs is not touched."""
        self._leaving = True
        for job in self._jobs.let_go():
            job.finish(Run(job.row, self.store))

    def close(self, timeout_s: float = _CLOSE_TIMEOUT_S) -> None:
        """Cancel what waits and what runs, wait for it (at most `timeout_s`) and write the history.

        What waits for whichever server comes next stays queued.
        """
        self._closed = True
        self.hand_over()
        for job in self._jobs.all():
            self.cancel(job)
        self._workers.join(timeout_s)
        self._pulse.stop()
        self.history.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _repetition(self, run_id: str, task: Task[Any, Any] | None, owner: str | None, **options: Any) -> Job:
        earlier = self.history.get(run_id, owner)
        task = task or find_task(earlier)
        options["engine"] = options.get("engine") or self._chosen_engine()
        refuse_changes(earlier, task, options["engine"])
        request = task.parse(earlier.request, files=self.store)
        return Job(task, request, owner=owner or self._owner, parent=earlier.id, earlier=earlier, **options)

    def _submit(self, job: Job) -> RunHandle:
        job.row.update(status="queued", started_at=None)
        if job.task.app.key in self._drained:
            job.row.update(pid=None)
        with self._jobs.arriving(job):
            self.history.enqueue(job.row)
            self._append(job)
        if self._closed:  # it was closed meanwhile, perhaps before it could see this run
            self.cancel(job)
        return RunHandle(job, self)

    def _append(self, job: Job) -> None:
        if self._leaving and job.row["pid"] is None:
            job.finish(Run(job.row, self.store))
            return
        self._jobs.wait(job)
        self._workers.wake()
        self._pulse.wake()

    def _adopt(self) -> None:
        """Queue what waits for anybody, in its order."""
        for job in unclaimed(self.history, self.store, self._drained, self._jobs.ids()):
            self._append(job)

    def _run(self, job: Job) -> Run:
        self._refuse_closed()
        self.history.insert(job.row)
        return self._carry_out(job)

    def _carry_out(self, job: Job) -> Run:
        try:
            self._jobs.begin(job)
            self._pulse.wake()
            return self._finish(job, execute(job, self._chosen_engine, self.store, self.history))
        except BaseException:  # an interrupt: everything else is an outcome
            job.cancel.cancel()
            self._finish(job, failure(Cancelled("The run was interrupted.")))
            raise
        finally:
            self._jobs.leave(job)

    def _finish(self, job: Job, changes: Row) -> Run:
        # What was written is in the result now; a history of whole texts would be read with every list of runs.
        changes = {"progress": as_json(job.progress._replace(text="")), "heartbeat_at": time.time(), **changes}
        self.history.update(job.id, changes)
        hold_artifacts(self.history, job, changes)
        return job.finish(Run({**job.row, **changes}, self.store))

    def _chosen_engine(self) -> Engine:
        if self._engine is None:
            from shared.serving import default_engine

            return default_engine()
        return self._engine

    def _work_on(self, job: Job) -> None:
        """In a worker."""
        try:
            if self._leaving and job.row["pid"] is None:
                job.finish(Run(job.row, self.store))
                return
            if self.history.claim(job.id):
                job.note_claim()
                self._carry_out(job)
            else:  # cancelled from elsewhere while it waited, or begun by another server
                self._leave_elsewhere(job)
        except SextantError as error:
            self._finish(job, failure(error))
        finally:
            self._jobs.leave(job)

    def _leave_elsewhere(self, job: Job) -> None:
        """Another server was faster: wait for its outcome, and pass on that it is to stop."""
        self._jobs.note_elsewhere(job)
        if job.cancel.cancelled:  # before it was noted, when `cancel` could not know
            self.history.request_cancel(job.id)
        self._pulse.wake()
        self._watch.look_elsewhere()

    def _refuse_full(self) -> None:
        if (waiting := self._jobs.waiting()) >= self._queue_limit:
            raise Overloaded(f"{waiting} runs are waiting already, the limit.", retry_after_s=10)

    def _refuse_closed(self) -> None:
        if self._closed:
            raise EngineClosed("The executor is closed.")
