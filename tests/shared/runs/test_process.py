from __future__ import annotations

import os
import subprocess
from dataclasses import replace

import psutil
import pytest

from shared.runs import process
from shared.runs.process import SILENT_LIMIT_S, Process, this_host, this_process


@pytest.fixture
def sleeper() -> subprocess.Popen[bytes]:
    child = subprocess.Popen(["sleep", "60"])
    yield child
    child.kill()
    child.wait()


def of(child: subprocess.Popen[bytes]) -> Process:
    return Process(this_host(), child.pid, psutil.Process(child.pid).create_time())


def test_this_process_lives() -> None:
    assert this_process().pid == os.getpid()
    assert not this_process().ended(silent_s=1e9), "a process that is there may be silent: it was stopped, or busy"


def test_another_process_lives_until_it_is_killed(sleeper: subprocess.Popen[bytes]) -> None:
    other = of(sleeper)
    assert not other.ended(silent_s=1e9)
    sleeper.kill()
    while psutil.Process(sleeper.pid).status() != psutil.STATUS_ZOMBIE:
        pass
    assert other.ended(silent_s=0), "a zombie is dead"
    sleeper.wait()
    assert other.ended(silent_s=0)


def test_a_pid_taken_by_another_process_is_told_by_its_start(sleeper: subprocess.Popen[bytes]) -> None:
    earlier = replace(of(sleeper), started_at=of(sleeper).started_at - 3600)
    assert earlier.ended(silent_s=SILENT_LIMIT_S + 1)
    assert not earlier.ended(silent_s=1), "setting the clock moves start times: a heartbeat counts more"


def test_a_process_of_another_host_is_judged_by_its_heartbeat() -> None:
    elsewhere = replace(this_process(), host="elsewhere")
    assert not elsewhere.ended(silent_s=SILENT_LIMIT_S - 1)
    assert elsewhere.ended(silent_s=SILENT_LIMIT_S + 1)


def test_a_container_is_a_host_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pid 7 of one container says nothing about pid 7 of another with the same host name."""
    hosts = set()
    for namespace in ("pid:[4026531836]", "pid:[4026532201]", "pid:[4026532202]"):
        monkeypatch.setattr(process.os, "readlink", lambda path, namespace=namespace: namespace)
        this_host.cache_clear()
        hosts.add(this_host())
    monkeypatch.undo()
    this_host.cache_clear()
    assert len(hosts) == 3
