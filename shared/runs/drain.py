"""What a server does beside its own runs: take over those that wait for anybody, and note whose the files are."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from shared.errors import SextantError
from shared.files import Artifact, Store
from shared.runs.history import History
from shared.runs.job import Job
from shared.runs.outcome import failure
from shared.runs.run import Row

if TYPE_CHECKING:
    from shared.app import App

__all__ = ["hold_artifacts", "unclaimed"]

log = logging.getLogger("sextant.runs")


def unclaimed(history: History, store: Store, apps: Mapping[str, App], known: Collection[str]) -> list[Job]:
    """Jobs of the queued runs that nobody holds and that are not `known`, in their order.

    One that can no longer be run (its task, model or file is gone) is marked failed with the reason.
    """
    jobs = []
    for row in history.unclaimed(list(apps)) if apps else []:
        if row["id"] not in known:
            try:
                jobs.append(_job(history, store, apps[row["app"]], row))
            except SextantError as error:
                if history.claim(row["id"]):
                    history.update(row["id"], failure(error))
    return jobs


def _job(history: History, store: Store, app: App, row: Row) -> Job:
    task = app.find_task(row["task"])
    request: Any = task.parse(json.loads(row["request"]), files=store)
    earlier = None if row["parent"] is None else history.get(row["parent"])
    return Job(task, request, owner=row["owner"], earlier=earlier, row=row)


def hold_artifacts(history: History, job: Job, changes: Row) -> None:
    """Note that the job's owner has the files that it made."""
    made = json.loads(changes.get("artifacts") or "[]")
    if made:
        try:
            history.files.hold(job.row["owner"], [Artifact.model_validate(shape) for shape in made])
        except SextantError as error:  # the run is what it is; its files open through the run
            log.warning("run %s: whose its files are could not be written: %s", job.id, error)
