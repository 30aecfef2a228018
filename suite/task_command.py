"""The command of one task: its required fields by position, all others as options."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from shared.app import Estimate, Task
from shared.errors import BadInput
from shared.params import Param, params
from suite.batch import run_batch
from suite.output import print_json, print_result, progress_bar, save_artifacts
from suite.rows import Row, rows_of

__all__ = ["finish", "task_command"]


def task_command(task: Task[Any, Any]) -> click.Command:
    """`sextant <app> <task>`, made from the task's request."""
    fields = params(task.request_type)
    required = [param for param in fields if param.required]
    # Where nothing is required, files may still be typed by position: `sextant molecules score library.sdf`.
    files = [param for param in fields if param.kind == "file"]
    positional = required or (files if len(files) == 1 else [])
    return click.Command(
        task.name,
        params=[*_arguments(positional), *(_option(param) for param in fields if not param.required), *_common(task)],
        help=_help(task, positional),
        callback=lambda **given: _run(task, fields, given),
        no_args_is_help=bool(required),
    )


def _arguments(positional: list[Param]) -> list[click.Parameter]:
    """Optional to the parser, since `--from` may give them; the first field that can take many takes them all."""
    many = next((p for p in positional if p.kind in ("file", "files", "list")), None)
    return [click.Argument([p.name], nargs=-1 if p is many else 1, required=False, metavar=_place(p, p is many)) for p in positional]


def _place(param: Param, many: bool) -> str:
    return f"{param.name.upper()}{'...' if many else ''}"


def _option(param: Param) -> click.Option:
    name = f"field_{param.name}"
    notes = [param.limits] if param.limits else []
    if param.default not in (None, "", [], (), {}):
        notes.append(f"default: {param.default}")
    text = f"{param.help}  [{'; '.join(notes)}]" if notes else param.help
    if param.kind == "flag":
        return click.Option([f"{param.option}/--no-{param.option[2:]}", name], default=None, help=text)
    return click.Option([param.option, name], multiple=param.kind in ("list", "files"), default=None, metavar=param.metavar, help=text)


def _common(task: Task[Any, Any]) -> list[click.Parameter]:
    folder = Path(f"{task.app.key}-{task.name}")
    return [
        click.Option(["--from", "source"], metavar="FILE", help="one run a row of a .jsonl, .csv or .yaml file"),
        click.Option(["--out"], type=click.Path(path_type=Path), default=folder, help=f"folder for files  [default: {folder}]"),
        click.Option(["--json", "as_json"], is_flag=True, help="print the run as JSON, nothing else"),
    ]


def _help(task: Task[Any, Any], positional: list[Param]) -> str:
    lines = [f"{_place(p, False)}: {p.help}." for p in positional if p.help]
    batch = (
        "Several files or a folder are run one by one, and go on where they stopped." if any(p.kind == "file" for p in positional) else ""
    )
    return "\n\n".join(["\b\n" + task.help, *lines, batch, task.app.notice])


def _run(task: Task[Any, Any], fields: list[Param], given: dict[str, Any]) -> int:
    source, out, as_json = given.pop("source"), given.pop("out"), given.pop("as_json")
    typed = {name.removeprefix("field_"): value for name, value in given.items() if value not in (None, ())}
    rows, batch = rows_of(task, fields, typed, source=source, out=out)
    if batch:
        return run_batch(task, rows, out, as_json=as_json)
    return _run_one(task, next(iter(rows)), out, as_json=as_json)


def _run_one(task: Task[Any, Any], row: Row, out: Path, *, as_json: bool) -> int:
    from shared.runs import default_executor

    request = task.parse(row.fields, paths=True)
    executor = default_executor()
    estimate = _estimate(task, request)
    with progress_bar(task.key, estimate, quiet=as_json) as on_progress:
        run = executor.run(task, request, on_progress=on_progress)
    return finish(run, task, out, as_json=as_json)


def _estimate(task: Task[Any, Any], request: Any) -> Estimate | None:
    """For the bar; a request whose size cannot be told fails in the run itself, where it is recorded."""
    from shared.runs import default_executor

    try:
        return task.estimate(request, history=default_executor().history)
    except BadInput:
        return None


def finish(run: Any, task: Task[Any, Any], out: Path, *, as_json: bool) -> int:
    """Save what a run made and show it; raises the run's own error when it failed."""
    from shared.errors import SextantError

    try:
        result = run.result_of(task)
        files = save_artifacts(run.artifacts, out) if run.artifacts else []
    except SextantError as error:
        error.run_id = run.id  # type: ignore[attr-defined]
        raise
    if as_json:
        print_json(shown(run, files))
    else:
        print_result(result, files)
        click.echo(f"run {run.id}", err=True)
    return 0


def shown(run: Any, files: list[Path]) -> Mapping[str, Any]:
    """The run as the HTTP route answers it, and where its files were saved."""
    return {**run.as_dict(), "files": [str(path) for path in files]}
