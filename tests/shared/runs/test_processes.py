"""Several real processes on one history."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from shared.errors import RunFailed, StorageFailed
from shared.runs import ArtifactStore, Executor, History
from tests.shared.runs.conftest import Child, wait_until
from tests.shared.runs.studio import count

Start = Callable[..., Child]


def test_a_process_beside_another_sees_cancels_and_outlives_it(tmp_path: Path, url: str, store: ArtifactStore, start: Start) -> None:
    """One process runs; this one sweeps, cancels, and at last sees that the other was killed."""
    child = start("slow", tmp_path)
    assert child.line() == "ready"
    with Executor(History(url), store) as beside:
        history = beside.history
        first = wait_until(lambda: history.list(status="running"))[0]
        assert (first.pid, first.host) == (child.pid, history.list()[0].host)
        assert history.sweep() == 0
        wait_until(lambda: history.get(first.id).progress.done > 0)
        assert history.get(first.id).status == "running", "a neighbour that is alive is left alone"

        history.request_cancel(first.id)
        assert child.line() == [first.id, "cancelled"]
        wait_until(lambda: history.get(first.id).status == "cancelled")

        second = wait_until(lambda: history.list(status="running"))[0]
        child.kill()
        wait_until(lambda: psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE)
        assert history.sweep() == 1
        run = history.get(second.id)
        assert run.status == "failed"
        with pytest.raises(RunFailed, match=r"process that held it ended.*sextant runs repeat"):
            run.result_of(count)
        assert history.get(first.id).status == "cancelled"
        history.close()


def test_two_processes_write_at_once_and_lose_nothing(tmp_path: Path, url: str, start: Start) -> None:
    """Both open the new database at the same moment, then write behind and directly."""
    children = [start("quick", tmp_path, 200, 40) for _ in range(2)]
    assert [child.line() for child in children] == ["ready", "ready"]
    for child in children:
        child.begin()
    for child in children:
        assert child.line() == 40
        assert child.end() == (0, "")
    history = History(url)
    runs = history.list(limit=1000)
    assert len(runs) == 480
    assert {run.status for run in runs} == {"done"}
    assert len({run.pid for run in runs}) == 2
    history.close()


def test_ctrl_c_is_recorded_as_cancelled(tmp_path: Path, url: str, start: Start) -> None:
    child = start("interrupted", tmp_path)
    assert child.line() == "ready"
    history = History(url)
    wait_until(lambda: history.list(status="running"))
    os.kill(child.pid, signal.SIGINT)
    status, stderr = child.end()
    assert status in (-signal.SIGINT, 130)
    assert "KeyboardInterrupt" in stderr
    assert [run.status for run in history.list()] == ["cancelled", "done"]
    history.close()


@pytest.mark.parametrize("use", [lambda executor: executor.history.list(), lambda executor: executor.run(count, count.parse({}))])
def test_after_a_fork_the_history_is_refused(executor: Executor, use: Callable[[Executor], object]) -> None:
    """A connection shared by two processes corrupts what they write."""
    child = os.fork()
    if child == 0:
        try:
            use(executor)
        except StorageFailed as error:
            os._exit(0 if "fork" in str(error) else 2)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert executor.history.list() == []


def _tmpfs_allowed() -> bool:
    """Whether a user namespace may mount one; many containers forbid it."""
    try:
        tried = ["unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
        return subprocess.run(tried, capture_output=True, timeout=10, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, start: Start) -> None:
    """On a file system of 2 MiB where one can be mounted, else under a limit on the size of a file."""
    home = tmp_path / "home"
    home.mkdir()
    if _tmpfs_allowed():
        mount = f'mount -t tmpfs -o size=2m none "{home}" && exec "$@"'
        launcher = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh")
        _check_full(start("full", home, 4 << 20, 0, launcher=launcher), "No space left on device")
    else:
        _check_full(start("full", home, 4 << 20, 1 << 20), "File too large")


def test_a_quota_leaves_no_half_file(tmp_path: Path, start: Start) -> None:
    _check_full(start("full", tmp_path, 4 << 20, 1 << 20), "File too large")


def _check_full(child: Child, reason: str) -> None:
    failed, done, files = child.line(), child.line(), child.line()
    assert child.end() == (0, "")
    assert failed["status"] == "failed"
    assert failed["error"]["code"] == "storage_failed"
    assert reason in failed["error"]["message"]
    assert "SEXTANT_HOME" in failed["error"]["remedy"]
    assert failed["artifacts"] == []
    assert done["status"] == "done", "the next run finds its room again"
    sha256 = done["artifacts"][0]["sha256"]
    assert files == [f"artifacts/{sha256[:2]}/{sha256[2:4]}/{sha256}"]
