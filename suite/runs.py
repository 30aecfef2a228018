"""`sextant runs`: look at what was run, repeat it, cancel it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shared.discovery import find_app
from shared.errors import BadInput
from suite.output import print_json, print_table, save_artifacts
from suite.task_command import finish, shown

if TYPE_CHECKING:
    from shared.runs import Run

__all__ = ["runs"]

_as_json = click.option("--json", "as_json", is_flag=True, help="print JSON only")


@click.group(no_args_is_help=True)
def runs() -> None:
    """List, show, repeat and cancel runs."""


@runs.command("list")
@click.option("--app", default=None, help="of one studio")
@click.option("--status", type=click.Choice(["queued", "running", "done", "failed", "cancelled"]), default=None)
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@_as_json
def list_runs(app: str | None, status: str | None, limit: int, as_json: bool) -> None:
    """The newest runs first."""
    from shared.runs import default_executor

    found = default_executor().history.list(app=app, status=status, limit=limit)
    if as_json:
        print_json([run.as_dict() for run in found])
        return
    print_table(("run", "task", "state", "started", "took", "model", "seed"), [_line(run) for run in found])


@runs.command("show")
@click.argument("run_id", metavar="RUN")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="save its files here")
@_as_json
def show_run(run_id: str, out: Path | None, as_json: bool) -> None:
    """One run: request, result, figures, files."""
    from shared.runs import default_executor

    run = default_executor().history.get(run_id)
    files = save_artifacts(run.artifacts, out) if out is not None else []
    if as_json:
        print_json(shown(run, files))
        return
    rows = [(name, _short(value)) for name, value in run.as_dict().items() if value not in (None, [], {}, "")]
    print_table(("field", "value"), rows)
    for path in files:
        click.echo(path)


@runs.command("repeat")
@click.argument("run_id", metavar="RUN")
@click.option("--out", type=click.Path(path_type=Path), default=Path("repeated"), show_default=True, help="folder for files")
@_as_json
def repeat_run(run_id: str, out: Path, as_json: bool) -> int:
    """Run it again exactly: same request, seed, model and batch size."""
    from shared.runs import default_executor

    executor = default_executor()
    run = executor.repeat(run_id)
    return finish(run, find_app(run.app).find_task(run.task), out, as_json=as_json)


@runs.command("cancel")
@click.argument("run_id", metavar="RUN")
@_as_json
def cancel_run(run_id: str, as_json: bool) -> None:
    """Stop a run of any process at the next step of its model."""
    from shared.runs import default_executor

    history = default_executor().history
    run = history.get(run_id)
    if run.finished:
        raise BadInput(f"The run {run.id} is over already: {run.status}.", remedy="Only a queued or running one can be cancelled.")
    history.request_cancel(run.id)
    if as_json:
        print_json(history.get(run.id).as_dict())
    else:
        click.echo(f"{run.id}: asked to stop.")


def _line(run: Run) -> tuple[Any, ...]:
    started = run.started_at or run.created_at
    took = f"{(run.finished_at - started).total_seconds():.1f} s" if run.finished_at else ""
    model = ", ".join(str(used["name"]) for used in run.models) or run.request.get("model") or ""
    return run.id, f"{run.app}/{run.task}", run.status, f"{started.astimezone():%Y-%m-%d %H:%M:%S}", took, model, run.seed


def _short(value: Any) -> str:
    import json

    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
