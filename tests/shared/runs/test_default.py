from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.runs import History, default, default_executor
from shared.settings import settings
from tests.checkout import ROOT
from tests.shared.runs.studio import count


@pytest.fixture(autouse=True)
def close_default() -> object:
    yield
    default._close_at_exit()


def test_the_process_has_one_in_its_home(sextant_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executor = default_executor()
    assert default_executor() is executor
    assert (sextant_home / "runs.sqlite3").is_file()
    assert (sextant_home / "artifacts").is_dir()
    monkeypatch.setenv("SEXTANT_OWNER", "ada")
    settings.cache_clear()
    assert default_executor() is not executor, "settings that were read anew"


def run_python(code: str, home: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SEXTANT_HOME": str(home)}
    words = [sys.executable, "-W", "error", *flags, "-c", code]
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True)


def test_a_script_that_just_ends_loses_nothing(sextant_home: Path) -> None:
    """Its last run is written, what it left in the queue is cancelled, and nothing is said."""
    code = """if True:
        from shared.runs import default_executor
        from tests.shared.runs.child import NoEngine
        from tests.shared.runs.studio import count
        executor = default_executor()
        executor.run(count, count.parse({"steps": 1}), engine=NoEngine())
        for _ in range(3):
            executor.submit(count, count.parse({"steps": 1000, "wait_s": 0.01}), engine=NoEngine())
    """
    assert run_python(code, sextant_home).stderr == ""
    history = History(f"sqlite:///{sextant_home}/runs.sqlite3")
    assert sorted(run.status for run in history.list()) == ["cancelled", "cancelled", "cancelled", "done"]
    assert history.list(status="done")[0].result_of(count).steps == 1
    history.close()


def test_importing_runs_costs_nothing(sextant_home: Path) -> None:
    code = """if True:
        import json, sys
        import shared.runs, shared.app
        from shared.runs import ArtifactStore
        ArtifactStore("file:///tmp")
        print(json.dumps(sorted(sys.modules)))
    """
    loaded = json.loads(run_python(code, sextant_home).stdout)
    heavy = {"sqlalchemy", "fsspec", "psutil", "torch", "fastapi", "pydantic_settings"}
    assert heavy & set(loaded) == set()


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(ImportError):
        from shared.runs import Nonsense  # noqa: F401
