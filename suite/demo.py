"""`sextant demo`: every task of every studio on its declared examples, with one page that shows what came out."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shared.app import App, Example, Result, Task
from shared.discovery import load_apps
from shared.errors import NotFound, SextantError
from shared.files import Artifact
from suite.output import progress_bar, save_artifacts

if TYPE_CHECKING:
    from shared.runs import Run

__all__ = ["Shown", "demo"]


@dataclass(frozen=True)
class Shown:
    """One example as the page shows it: its run, or why there is none."""

    app: App
    task: Task[Any, Any]
    example: Example
    seconds: float
    run: Run | None = None
    result: Result | None = None
    files: tuple[tuple[Artifact, Path], ...] = ()
    error: SextantError | None = None


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("demo"), show_default=True, help="folder for the artifacts and the page"
)
@click.option("--short", is_flag=True, help="only the examples marked short")
@click.option("--only", default=None, metavar="APP", help="one studio")
def demo(out: Path, short: bool, only: str | None) -> int:
    """Run every studio on real input, on the models that come with it, and show the results on one page."""
    from suite.demo_page import write_page

    apps, broken = load_apps()
    if only is not None:
        apps = [app for app in apps if app.key == only]
    if not apps:
        raise NotFound(f"No studio to show{f' named {only!r}' if only else ''}.", remedy="See `sextant apps`.")
    shown: list[Shown] = []
    for app in apps:
        _fetch(app)
        for task in app.tasks.values():
            shown.extend(_shown(app, task, out, short=short))
    page = write_page(out / "index.html", shown, [f"{b.key}: {b.reason}" for b in broken])
    failed = [entry for entry in shown if entry.error is not None]
    print(f"{len(shown) - len(failed)} of {len(shown)} examples done. Open {page.resolve()}")
    return 1 if failed or broken else 0


def _fetch(app: App) -> None:
    """The studio's light model, once; what hinders it is said, and the studio does without."""
    from shared.serving import mirror

    model = app.light_model()
    if model is None or not isinstance(model.source, mirror.PinnedFile):
        return
    print(f"{app.key}: fetching {model.name}, {model.source.size_bytes / 2**20:.0f} MiB (SEXTANT_LLM=none leaves it out)", flush=True)
    try:
        with progress_bar(model.name, None, quiet=False) as bar:
            mirror.pull(
                model.source, lambda done, total: bar(round(done / 2**20), round(total / 2**20), "MiB"), lambda it: print(f"  {it}")
            )
    except SextantError as error:
        print(f"{app.key}: {model.name} is not here, the next best writes: {' '.join(str(error).split())}", flush=True)


def _shown(app: App, task: Task[Any, Any], out: Path, *, short: bool) -> Iterator[Shown]:
    examples = [example for example in task.examples if example.short or not short]
    if not examples:
        sys.stderr.write(f"{task.key}: declares no example{' for a short demo' if short else ''}.\n")
    for number, example in enumerate(examples, 1):
        entry = _run(app, task, example, out / app.key / f"{task.name}-{number}")
        outcome = str(entry.error) if entry.error else f"{entry.seconds:.1f} s"
        print(f"{task.key}: {example.title}: {' '.join(outcome.split())}", flush=True)
        yield entry


def _run(app: App, task: Task[Any, Any], example: Example, folder: Path) -> Shown:
    from shared.runs import default_executor

    started = time.perf_counter()
    run = None
    try:
        request = task.parse(example.values(), paths=True)
        with progress_bar(f"{task.key}: {example.title}", None, quiet=False) as on_progress:
            run = default_executor().run(task, request, on_progress=on_progress)
        result = run.result_of(task)
        files = tuple(zip(run.artifacts, save_artifacts(run.artifacts, folder), strict=True))
    except SextantError as error:
        return Shown(app, task, example, time.perf_counter() - started, run, error=error)
    return Shown(app, task, example, time.perf_counter() - started, run, result, files)
