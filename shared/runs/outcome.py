"""Executing a job: whatever happens becomes the columns of its row."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from shared.context import Context
from shared.errors import Cancelled, RunFailed, SextantError
from shared.files import Store
from shared.provenance.stamp import stamp_for
from shared.runs.inputs import keep_files
from shared.runs.repeat import refuse_other_models
from shared.runs.run import ModelUse, Row, as_json, error_json

if TYPE_CHECKING:
    from shared.runs.history import History
    from shared.runs.job import Job
    from shared.serving import Engine
    from shared.task import Result, Task

__all__ = ["execute", "failure"]

log = logging.getLogger("sextant.runs")


def execute(job: Job, engine: Callable[[], Engine], store: Store, history: History) -> Row:
    """Run the job here and now; the columns that are known afterwards. Only interrupts are raised."""
    started_at = time.time()
    context: Context | None = None
    try:
        request = _prepared(job, store, history)
        job.cancel.raise_if_cancelled()
        context = Context(
            job.engine or engine(),
            seed=request.seed,
            store=store,
            cancel=job.cancel,
            on_progress=job.note_progress,
            on_text=job.note_text,
            stamp=stamp_for(job.task, request, history.made, owner=str(job.row["owner"])),
            replay=None if job.earlier is None else {used["name"]: used["batch_size"] for used in job.earlier.models},
        )
        started_at = time.time()
        result = job.task.execute(request, context)
        context.finish()
        finished_at = time.time()
        if job.earlier is not None:
            refuse_other_models(job.earlier, _models(context))
        changes = {"finished_at": finished_at, **_success(job.task, request, result)}
    except SextantError as error:
        log.info("run %s: %s", job.id, error, exc_info=error.__cause__)
        changes = failure(error)
    except Exception as error:
        log.info("run %s", job.id, exc_info=error)
        changes = failure(RunFailed(f"{job.task.key} could not be run: {type(error).__name__}: {error}"))
    return {"started_at": started_at, **changes, **_made(context)}


def failure(error: SextantError) -> Row:
    """The columns of a run that ended with `error`."""
    status = "cancelled" if isinstance(error, Cancelled) else "failed"
    return {"status": status, "error": error_json(error), "finished_at": time.time()}


def _prepared(job: Job, store: Store, history: History) -> Any:
    """The request with its model named and its files kept; the row says so."""
    request = keep_files(job.task.with_model(job.request), store)
    if request.model != job.row["model"]:
        changes = {"model": request.model, "request": as_json(request.model_dump(mode="json"))}
        job.row.update(changes)
        history.update(job.id, changes)
    return request


def _success(task: Task[Any, Any], request: Any, result: Result) -> Row:
    return {"status": "done", "result": as_json(result.model_dump(mode="json")), "work_units": _units(task, request)}


def _units(task: Task[Any, Any], request: Any) -> float | None:
    """Size of the request for later estimates. A run that is done is not failed by a figure about it."""
    try:
        return float(task.work(request).units) if task.work else 1.0
    except Exception as error:
        log.warning("%s: its `work` failed on a request that it answered: %s", task.key, error)
        return None


def _made(context: Context | None) -> Row:
    """What it ran on and which files it made, also when it failed later."""
    if context is None:
        return {}
    artifacts = [made.model_dump(mode="json") for made in context.artifacts]
    return {"models": as_json(_models(context)), "artifacts": as_json(artifacts)}


def _models(context: Context) -> list[ModelUse]:
    return [
        {"name": name, "revision": used.revision, "device": used.device, "dtype": used.dtype, "batch_size": used.batch_size}
        for name, used in context.used.items()
    ]
