"""What a run record adds to a synchronous call: `python -m tests.benchmarks.runs`.

CPU of the whole process a call, with and without a record, in pairs; then the wall time of a recorded call while eight
threads make them. Exit status 1 where a target is missed.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared.app import App, Context, Request, Result
from shared.files import MemoryStore
from shared.runs import ArtifactStore, Executor, History
from tests.benchmarks.measure import compare, print_table, row

CALLS, PAIRS, THREADS = 1_000, 7, 8
TARGET_CPU_MS = 0.2  # a fifth of what a recorded HTTP request may cost more than one without
TARGET_P99_MS = 20.0

app = App(key="null", title="Null", summary="Does nothing.")


class NullRequest(Request):
    text: str = "ahoy"


class NullResult(Result):
    text: str


@app.task
def say(request: NullRequest, context: Context) -> NullResult:
    """Say it again."""
    return NullResult(text=request.text)


class NoEngine:
    """For a task without a model."""

    def add(self, *models: Any) -> None:
        """Nothing is served."""


def cpu_ms(call: Callable[[], object], settle: Callable[[], object]) -> float:
    """CPU milliseconds of a call, all threads of this process together, what it leaves to them included."""
    started = time.process_time()
    for _ in range(CALLS):
        call()
    settle()
    return (time.process_time() - started) * 1e3 / CALLS


def p99_ms(call: Callable[[], object]) -> float:
    """99th percentile of the milliseconds of a call, while THREADS threads make them."""
    took: list[float] = []

    def make() -> None:
        for _ in range(CALLS // THREADS):
            started = time.perf_counter()
            call()
            took.append((time.perf_counter() - started) * 1e3)

    threads = [threading.Thread(target=make) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(took)[int(len(took) * 0.99)]


def main() -> int:
    started_s = time.monotonic()
    engine: Any = NoEngine()
    request = say.parse({})
    with tempfile.TemporaryDirectory() as folder:
        history = History(f"sqlite:///{folder}/runs.sqlite3")
        with Executor(history, ArtifactStore(Path(folder, "artifacts").as_uri()), engine=engine) as executor:
            added = compare(
                lambda: cpu_ms(lambda: executor.run(say, request), history.flush),
                lambda: cpu_ms(lambda: say.execute(request, Context(engine, store=MemoryStore())), history.flush),
                PAIRS,
                lambda recorded, plain: recorded - plain,
            )
            waits = [p99_ms(lambda: executor.run(say, request)) for _ in range(PAIRS)]
        history.close()
    rows = [
        row("CPU that a run record adds to a call", "ms", added, TARGET_CPU_MS, at_most=True),
        row(f"99th percentile of a recorded call, {THREADS} threads", "ms", waits, TARGET_P99_MS, at_most=True),
    ]
    print_table(rows, started_s)
    return 0 if all(line.met for line in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
