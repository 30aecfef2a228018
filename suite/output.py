"""What the command line shows: JSON alone on standard output, or tables; everything else goes to standard error."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.errors import SextantError, StorageFailed
from shared.files import Artifact, digest
from shared.runs.atomic import write_atomically

if TYPE_CHECKING:
    from shared.app import Estimate, Result
    from shared.context import Progress

__all__ = ["print_error", "print_json", "print_result", "print_table", "progress_bar", "save_artifacts"]

LONG_LINE = 40
"""Characters: a list with longer texts is printed a line each."""


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, default=str) + "\n")


def print_error(error: SextantError, *, as_json: bool, run: str | None = None) -> None:
    """One line on standard error: what was wrong, what to do; with `--json` the same as JSON on standard output."""
    if as_json:
        print_json({"error": error.as_dict(), **({"run": run} if run else {})})
    line = " ".join(str(error).split())
    sys.stderr.write(f"sextant: {line}{f' (run {run})' if run else ''}\n")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, title: str = "") -> None:
    """A table as wide as it needs to be on a pipe, as wide as the window on a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    console = Console()
    if not console.is_terminal:
        console.width = 200
    console.print(table)


def print_result(result: Result, files: Sequence[Path]) -> None:
    """Figures with their units and references, warnings, then where the files are."""
    if result.figures:
        rows = [(f.label, f"{f.value:.6g} {f.unit}".rstrip(), f.reference) for f in result.figures]
        print_table(("figure", "value", "to be read against"), rows)
    shown = result.model_dump(mode="json", exclude={"figures", "warnings"})
    for name, value in shown.items():
        if isinstance(value, list) and value and isinstance(value[0], str) and max(map(len, value)) > LONG_LINE:
            sys.stdout.write(f"{name}:\n" + "".join(f"  {line}\n" for line in value))
        elif isinstance(value, str | int | float | bool) or (isinstance(value, list) and value and not isinstance(value[0], dict)):
            sys.stdout.write(f"{name}: {value}\n")
    for warning in result.warnings:
        sys.stderr.write(f"warning: {' '.join(warning.split())}\n")
    for path in files:
        sys.stdout.write(f"{path}\n")


def save_artifacts(artifacts: Sequence[Artifact], folder: Path) -> list[Path]:
    """Write artifacts into `folder`, whole or not at all; a file of another content is never overwritten.

    Raises `StorageFailed` when the disk is full or the folder cannot be written.
    """
    saved = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for artifact, path in _free_paths(folder, artifacts):
            if not path.exists():
                with artifact.open() as stream:
                    write_atomically(path, stream)
            saved.append(path)
    except OSError as error:
        raise StorageFailed(
            f"Cannot write into {folder}: {error.strerror or error}.", remedy="Free some space or give another --out."
        ) from error
    return saved


def _free_paths(folder: Path, artifacts: Sequence[Artifact]) -> list[tuple[Artifact, Path]]:
    """Their names, all with `-2`, `-3`, ... where one is taken by another content: what belongs together is numbered alike."""
    for number in itertools.count(1):
        paths = [folder / _numbered(artifact.name, number) for artifact in artifacts]
        if all(not path.exists() or _holds(path, artifact) for artifact, path in zip(artifacts, paths, strict=True)):
            return list(zip(artifacts, paths, strict=True))
    raise AssertionError("counting has no end")


def _numbered(name: str, number: int) -> str:
    stem, dot, suffix = name.partition(".")
    return name if number == 1 else f"{stem}-{number}{dot}{suffix}"


def _holds(path: Path, artifact: Artifact) -> bool:
    """Whether the file is just this artifact."""
    if not path.is_file() or path.stat().st_size != artifact.size_bytes:
        return False
    with path.open("rb") as stream:
        return digest(stream)[0] == artifact.sha256


@contextmanager
def progress_bar(title: str, estimate: Estimate | None, *, quiet: bool) -> Iterator[Progress]:
    """A bar with what is left on a terminal; silent in a pipe and with `--json`."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total, note: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    expected = f"about {estimate.seconds:.0f} s" if estimate and estimate.seconds else ""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[where]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        shown = bar.add_task(title, total=None, where=expected)

        def advance(done: float, total: float, note: str) -> None:
            bar.update(shown, completed=done, total=total, where=f"{note} {done:g} of {total:g}".strip())

        yield advance
