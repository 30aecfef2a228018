from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.runs import ArtifactStore, Executor, History
from shared.serving import CpuDevice, Engine
from tests.checkout import ROOT


def ours() -> set[str]:
    """Threads of the history and the executor."""
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("sextant-")}


def wait_until(holds: Callable[[], Any], *, timeout_s: float = 10.0) -> Any:
    """What `holds` answers once it is true."""
    until = time.monotonic() + timeout_s
    while not (found := holds()):
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.01)
    return found


@pytest.fixture(autouse=True)
def nothing_left_behind(tmp_path: Path) -> Iterator[None]:
    before = ours()
    yield
    left = ours() - before
    assert not left, f"threads are left: {left}"
    assert not list(tmp_path.rglob(".unfinished-*"))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/runs.sqlite3"


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore((tmp_path / "artifacts").as_uri())


@pytest.fixture
def history(url: str, store: ArtifactStore) -> Iterator[History]:
    opened = History(url, store=store)
    yield opened
    opened.close()


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine(CpuDevice(slots=1, threads=1)) as opened:
        yield opened


@pytest.fixture
def executor(history: History, store: ArtifactStore, engine: Engine) -> Iterator[Executor]:
    with Executor(history, store, engine=engine) as opened:
        yield opened


class Child:
    """Another process that runs things: `python -m tests.shared.runs.child COMMAND HOME ...`, one JSON value a line."""

    def __init__(self, command: str, *arguments: object, launcher: tuple[str, ...] = ()) -> None:
        words = [*launcher, sys.executable, "-W", "error", "-m", "tests.shared.runs.child", command, *map(str, arguments)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(words, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    @property
    def pid(self) -> int:
        return self.process.pid

    def line(self) -> Any:
        assert self.process.stdout is not None
        text = self.process.stdout.readline()
        assert text, self.process.communicate()[1]
        return json.loads(text)

    def begin(self) -> None:
        """Let it go on after "ready"."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self, timeout_s: float = 30.0) -> tuple[int, str]:
        """Exit status and standard error."""
        _, stderr = self.process.communicate(timeout=timeout_s)
        return self.process.returncode, stderr

    def kill(self) -> None:
        """SIGKILL, and not looked at: it stays a zombie."""
        os.kill(self.pid, 9)


@pytest.fixture
def start() -> Iterator[Callable[..., Child]]:
    children: list[Child] = []

    def start_one(command: str, *arguments: object, launcher: tuple[str, ...] = ()) -> Child:
        children.append(Child(command, *arguments, launcher=launcher))
        return children[-1]

    yield start_one
    for child in children:
        if child.process.poll() is None:
            child.process.kill()
        child.process.communicate()
