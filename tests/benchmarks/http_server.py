"""Our server for the benchmark: `python -m tests.benchmarks.http_server recorded|plain PORT`.

plain: every run as always, but its record goes nowhere.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from shared.api import create_api, serve, site_of
from shared.runs import ArtifactStore, Executor, History
from shared.serving import CpuDevice, Engine
from tests.shared.api.studio import app


class Forgetful(History):
    """Writes nothing down."""

    def insert(self, row: Any) -> None:
        """Nothing."""

    def update(self, run_id: str, changes: Any) -> None:
        """Nothing."""


def main() -> None:
    with tempfile.TemporaryDirectory() as home, Engine(CpuDevice(slots=2, threads=1)) as engine:
        store = ArtifactStore(Path(home, "artifacts").as_uri())
        kind = {"recorded": History, "plain": Forgetful}[sys.argv[1]]
        history = kind(f"sqlite:///{home}/runs.sqlite3", store=store)
        with Executor(history, store, engine=engine) as executor:
            api = create_api(executor, engine, [app])
            serve(api, port=int(sys.argv[2]), on_stop=site_of(api).begin_stop)
        history.close()


if __name__ == "__main__":
    main()
