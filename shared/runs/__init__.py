"""Runs: what was executed, with what, and what came out of it.

    from shared.runs import History, ArtifactStore, Executor, default_executor

    Run             one execution, as the history knows it
    History         the table of runs (SQLAlchemy Core: SQLite by default, PostgreSQL by URL)
    ArtifactStore   files by their sha256 (a folder by default, any fsspec URL)
    Executor        runs tasks: in the caller's thread (`run`), in the background (`submit`), once more (`repeat`); `drain` makes
                    it a server's, whose queue outlives it
    RunHandle       a run that was submitted

`default_executor()` is the process's own, or with SEXTANT_SERVER=URL a client of that server with the same calls.

Importing this package costs nothing: each name is loaded when first used (SQLAlchemy takes half a second).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.lazy import lazily

if TYPE_CHECKING:
    from shared.runs.artifacts import ArtifactStore
    from shared.runs.default import default_executor
    from shared.runs.executor import Executor
    from shared.runs.history import History
    from shared.runs.job import RunHandle
    from shared.runs.run import ModelUse, Run, RunProgress

__all__ = ["ArtifactStore", "Executor", "History", "ModelUse", "Run", "RunHandle", "RunProgress", "default_executor"]

_HOME = {
    "ArtifactStore": "artifacts",
    "Executor": "executor",
    "RunHandle": "job",
    "History": "history",
    "ModelUse": "run",
    "Run": "run",
    "RunProgress": "run",
    "default_executor": "default",
}

__getattr__ = lazily(__name__, _HOME)
