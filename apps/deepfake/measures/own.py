"""Is every file that a studio makes recognised, untouched? python -m apps.deepfake.measures.own

Runs the short examples of every installed studio in a home of their own. A file counts as recognised when it says itself how it was
made, or when the origin beside it names it by its hash; where its format takes a signature, that must hold.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from shared.app import Artifact
from shared.discovery import load_apps
from shared.provenance import read
from shared.provenance.credentials import signable
from shared.runs import ArtifactStore, Executor, History, Run
from shared.serving import default_engine

__all__ = ["main", "recognised"]


def recognised(files: list[Artifact]) -> Iterator[tuple[Artifact, bool, bool]]:
    """(file, whether its origin is known, whether it is signed or of a format that is not) of a run's files but the sidecar."""
    beside: set[str] = set()
    for file in files:
        if file.name.endswith(".origin.json"):
            beside |= set(json.loads(file.read())["files"])
    for file in files:
        if file.name.endswith(".origin.json"):
            continue
        data = file.read()
        found = read(data)
        signed = found.credentials is not None and found.credentials.state == "trusted"
        yield file, found.origin is not None or file.sha256 in beside, signed or signable(data) is None


def _runs(folder: Path) -> Iterator[Run]:
    with Executor(History(f"sqlite:///{folder}/runs.sqlite3"), ArtifactStore(str(folder / "files")), engine=default_engine()) as executor:
        for app in load_apps()[0]:
            for task in app.tasks.values():
                for example in (one for one in task.examples if one.short and task.source_type is not None):
                    yield executor.run(task, task.parse(example.values(), paths=True))


def main() -> int:
    made: Counter[str] = Counter()
    known: Counter[str] = Counter()
    unknown = []
    with tempfile.TemporaryDirectory() as folder:
        for run in _runs(Path(folder)):
            run.raise_error()
            for file, by_origin, by_signature in recognised(run.artifacts):
                kind = file.media_type
                made[kind] += 1
                known[kind] += by_origin and by_signature
                if not (by_origin and by_signature):
                    unknown.append(f"{run.app}/{run.task}: {file.name}")
    print("| type | files | recognised |\n| --- | --- | --- |")
    for kind, count in sorted(made.items()):
        print(f"| {kind} | {count} | {known[kind]} |")
    print(f"| all | {made.total()} | {known.total()} |\n\ntarget: all")
    for name in unknown:
        print(f"not recognised: {name}")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
