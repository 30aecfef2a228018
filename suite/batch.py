"""Many requests in one command: resumable, a few at a time, one error row for each that is bad."""

from __future__ import annotations

import re
import sys
from collections import deque
from collections.abc import Iterable, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.app import Task
from shared.errors import SextantError
from suite.journal import Journal
from suite.output import print_json, progress_bar, save_artifacts
from suite.rows import Row

if TYPE_CHECKING:
    from shared.runs import Run, RunHandle

__all__ = ["run_batch"]

_SLUG_CHARACTERS = 40
_STOP_TIMEOUT_S = 10.0


def run_batch(task: Task[Any, Any], rows: Iterable[Row], out: Path, *, as_json: bool) -> int:
    """Run every row that `out` does not hold already; returns the exit status: 0, 1 (some failed) or 2 (only bad input)."""
    batch = Batch(task, out, quiet=as_json)
    batch.run(rows)
    batch.report(as_json=as_json)
    return batch.exit_status


@dataclass(frozen=True)
class Pending:
    """A row whose run is queued or running."""

    label: str
    key: str
    handle: RunHandle


class Batch:
    """One batch on its way: a few rows run at the same time, finished in their order."""

    def __init__(self, task: Task[Any, Any], out: Path, *, quiet: bool) -> None:
        from shared.runs import default_executor
        from shared.settings import settings

        self._task = task
        self._out = out
        self._quiet = quiet
        self._journal = Journal(out, task.key)
        self._executor = default_executor()
        self._in_flight = 2 * settings().workers  # every worker has its next row while the oldest is being written
        self._pending: deque[Pending] = deque()
        self._done = self._skipped = 0
        self._errors: list[SextantError] = []

    @property
    def exit_status(self) -> int:
        return min((error.exit_status for error in self._errors), default=0)

    def run(self, rows: Iterable[Row]) -> None:
        """Run them all; when interrupted, what runs is cancelled and what is done is kept."""
        total = len(rows) if isinstance(rows, Sized) else 0
        with progress_bar(self._task.key, None, quiet=self._quiet) as on_progress:
            try:
                for row in rows:
                    self._start(row)
                    while len(self._pending) > self._in_flight:
                        self._finish_oldest()
                    on_progress(self._done + self._skipped + len(self._errors), total, "done")
                while self._pending:
                    self._finish_oldest()
            except BaseException:
                self._keep_finished()
                raise

    def _start(self, row: Row) -> None:
        try:
            if row.error is not None:
                raise row.error
            request = self._task.parse(row.fields, paths=True)
            key = self._journal.key(request)
            if self._journal.finished(key):
                self._skipped += 1
                return
            self._pending.append(Pending(row.label, key, self._executor.submit(self._task, request)))
        except SextantError as error:
            self._note_error(row.label, error)

    def _keep_finished(self) -> None:
        """Stop what is on its way; what was done before it heard of that is kept."""
        for pending in self._pending:
            pending.handle.cancel()
        for pending in self._pending:
            run = pending.handle.wait(_STOP_TIMEOUT_S)
            if run.status == "done":
                self._record(pending, run)

    def _finish_oldest(self) -> None:
        run = self._pending[0].handle.wait()
        self._record(self._pending.popleft(), run)

    def _record(self, row: Pending, run: Run) -> None:
        try:
            run.result_of(self._task)
            files = save_artifacts(run.artifacts, self._out / _folder_name(row.label, row.key)) if run.artifacts else []
        except SextantError as error:
            self._note_error(row.label, error)
            return
        self._journal.done(row.key, row.label, {**run.as_dict(), "files": [str(path.relative_to(self._out)) for path in files]})
        self._done += 1
        if not self._quiet:
            sys.stdout.write(f"{row.label} -> {files[0].parent if files else run.id}\n")

    def _note_error(self, label: str, error: SextantError) -> None:
        self._errors.append(error)
        self._journal.failed(label, error)
        sys.stderr.write(f"sextant: {label}: {' '.join(str(error).split())}\n")

    def report(self, *, as_json: bool) -> None:
        """How the batch ended, and where its files are."""
        results, errors = self._journal.results_path, self._journal.errors_path if self._errors else None
        counts = {"done": self._done, "skipped": self._skipped, "failed": len(self._errors)}
        if as_json:
            print_json({**counts, "results": str(results), "errors": str(errors) if errors else None})
            return
        sys.stderr.write(f"{self._done} done, {self._skipped} done before, {len(self._errors)} failed; {results}\n")
        if errors:
            sys.stderr.write(f"Reasons: {errors}; the same command tries these again.\n")


def _folder_name(label: str, key: str) -> str:
    """A folder for one row: a readable part of its label, and its key; never a path of the user's."""
    stem = re.split(r"[/\\]", label)[-1].partition(".")[0]
    slug = re.sub(r"[^A-Za-z0-9]+", "-", stem).strip("-")[:_SLUG_CHARACTERS].lower()
    return f"{slug or 'row'}-{key}"
