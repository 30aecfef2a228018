"""What must be as it was for a repeated run to give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shared.errors import BadInput, Unavailable
from shared.runs.run import ModelUse, Run

if TYPE_CHECKING:
    from shared.serving import Engine
    from shared.task import Task

__all__ = ["find_task", "refuse_changes", "refuse_other_models"]

_WHAT = {"revision": "revision", "device": "device", "dtype": "number format"}


def find_task(run: Run) -> Task[Any, Any]:
    """The installed task of a run. Raises `NotFound` when its studio or task is gone."""
    from shared.discovery import find_app

    return find_app(run.app).find_task(run.task)


def refuse_changes(run: Run, task: Task[Any, Any], engine: Engine) -> None:
    """Raise `BadInput` for a run that is not over, `Unavailable` where a model would run otherwise than it was recorded."""
    from shared.serving.device import default_dtype

    if not run.finished:
        raise BadInput(f"The run {run.id} is {run.status}.", remedy="Repeat it once it is over.")
    declared = {model.name: model for model in task.app.models}
    for used in run.models:
        model = declared.get(used["name"])
        if model is None:
            message = f"The run {run.id} used the model {used['name']!r}, which {task.app.title} no longer has."
            raise Unavailable(message, remedy=f"Run it again with another model: {task.key} has {_names(task)}.")
        device = engine.device
        _compare(run, used, {"revision": model.revision, "device": device.name, "dtype": str(default_dtype(device))})


def refuse_other_models(run: Run, used: Sequence[ModelUse]) -> None:
    """Raise `Unavailable` when a repeat of `run` ran elsewhere than recorded after all (out of memory, on to the CPU)."""
    now = {use["name"]: use for use in used}
    for recorded in run.models:
        if recorded["name"] in now:
            _compare(run, recorded, dict(now[recorded["name"]]))


def _compare(run: Run, recorded: ModelUse, now: dict[str, Any]) -> None:
    then = dict(recorded)
    changed = [f"{what} {now[key]!r} instead of {then[key]!r}" for key, what in _WHAT.items() if now[key] != then[key]]
    if changed:
        raise Unavailable(
            f"The run {run.id} cannot be repeated exactly: {recorded['name']} would run with {', '.join(changed)}.",
            remedy="Choose that device (SEXTANT_DEVICE) or install that version; a new run of the same request needs neither.",
        )


def _names(task: Task[Any, Any]) -> str:
    return ", ".join(model.name for model in task.app.models_for(task.name)) or "none"
