"""What the tests let another process do: `python -m tests.shared.runs.child COMMAND HOME ...`."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

from shared.runs import ArtifactStore, Executor, History
from tests.shared.runs.studio import count, fill


class NoEngine:
    """For tasks without a model."""

    def add(self, *models: Any) -> None:
        """Nothing is served."""


def say(value: Any) -> None:
    print(json.dumps(value), flush=True)


def open_executor(home: str) -> Executor:
    folder = Path(home)
    store = ArtifactStore((folder / "artifacts").as_uri())
    engine: Any = NoEngine()
    return Executor(History(f"sqlite:///{folder}/runs.sqlite3", store=store), store, engine=engine)


def slow(home: str) -> None:
    """Runs that take a minute, one after the other, until killed; says how each ended."""
    executor = open_executor(home)
    say("ready")
    while True:
        run = executor.run(count, count.parse({"steps": 600, "wait_s": 0.1}))
        say([run.id, run.status])


def quick(home: str, runs: str, queued: str) -> None:
    """Many short runs; the process ends without closing anything."""
    executor = open_executor(home)
    say("ready")
    sys.stdin.readline()
    handles = []
    for number in range(int(runs)):
        executor.run(count, count.parse({"seed": number}))
        if number < int(queued):
            handles.append(executor.submit(count, count.parse({"seed": number})))
    say([handle.wait(30).status for handle in handles].count("done"))


def interrupted(home: str) -> None:
    """A run that meets a SIGINT."""
    executor = open_executor(home)
    executor.run(count, count.parse({}))
    say("ready")
    executor.run(count, count.parse({"steps": 600, "wait_s": 0.1}))


def full(home: str, size_bytes: str, limit_bytes: str) -> None:
    """A file that does not fit, and a small one after it. limit_bytes: of any file, as a quota would; 0 = the disk's own."""
    executor = open_executor(home)
    if int(limit_bytes):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit_bytes), resource.RLIM_INFINITY))
    for size in (int(size_bytes), 1_000):
        run = executor.run(fill, fill.parse({"size_bytes": size}))
        executor.history.flush()
        say(executor.history.get(run.id).as_dict())
    say(sorted(str(path.relative_to(home)) for path in Path(home, "artifacts").rglob("*") if path.is_file()))
    executor.close()


if __name__ == "__main__":
    {"slow": slow, "quick": quick, "interrupted": interrupted, "full": full}[sys.argv[1]](*sys.argv[2:])
