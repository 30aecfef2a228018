from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient

from shared.api import create_api
from shared.runs import ArtifactStore, Executor, History
from shared.serving import CpuDevice, Engine
from shared.settings import Settings
from tests.checkout import ROOT
from tests.shared.api.studio import app

HOST = "http://127.0.0.1"


def ours() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("sextant-")}


def wait_until(holds: Callable[[], Any], *, timeout_s: float = 15.0) -> Any:
    """What `holds` answers once it is true."""
    until = time.monotonic() + timeout_s
    while not (found := holds()):
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.02)
    return found


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.fixture
def executor(tmp_path: Path) -> Iterator[Executor]:
    before = ours()
    store = ArtifactStore((tmp_path / "artifacts").as_uri())
    history = History(f"sqlite:///{tmp_path}/runs.sqlite3", store=store)
    with Engine(CpuDevice(slots=1, threads=1)) as engine:
        with Executor(history, store, engine=engine) as opened:
            yield opened
        history.close()
    wait_until(lambda: ours() <= before)
    assert not list(tmp_path.rglob(".unfinished-*")), "a file was left half written"


Open = Callable[..., TestClient]


@pytest.fixture
def open_api(executor: Executor) -> Iterator[Open]:
    """A function that makes an API with settings of its own, and a client that calls it in this process."""
    opened: list[TestClient] = []

    def open_one(*, key: str = "", **settings: Any) -> TestClient:
        api = create_api(executor, executor._engine, [app], Settings(**settings))
        headers = {"authorization": f"Bearer {key}"} if key else {}
        client = TestClient(api, base_url=HOST, headers=headers, raise_server_exceptions=False)
        client.__enter__()
        opened.append(client)
        wait_until(lambda: client.get("/readyz").status_code == 200)
        return client

    yield open_one
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def api(open_api: Open) -> TestClient:
    return open_api()


class Server:
    """A real server in a process of its own, on a home that outlives it."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.url = ""
        self._environment = {
            **os.environ,
            "SEXTANT_HOME": str(home),
            "SEXTANT_DEVICE": "cpu",
            "SEXTANT_APPS": "post=tests.shared.api.studio:app",
            "SEXTANT_WORKERS": "1",
            **environment,
        }
        self._errors = (home / "errors.txt").open("a+")
        self.start()

    def start(self, port: int = 0) -> None:
        words = [sys.executable, "-W", "error", "-m", "tests.shared.api.child", str(port)]
        self.process = subprocess.Popen(words, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, stderr=self._errors, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url, self.errors()
        self.http = httpx.Client(base_url=self.url, timeout=20)
        wait_until(lambda: self.http.get("/readyz").status_code == 200, timeout_s=30)

    def stop(self, sig: int = signal.SIGTERM, timeout_s: float = 15.0) -> int:
        self.process.send_signal(sig)
        status = self.process.wait(timeout_s)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.http.close()
        return status

    def errors(self) -> str:
        self._errors.seek(0)
        return self._errors.read()

    def close(self) -> None:
        if self.process.poll() is None:
            self.stop(signal.SIGKILL)
        self._errors.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """A function that starts a server; all are ended afterwards."""
    started: list[Server] = []

    def start_one(**environment: str) -> Server:
        started.append(Server(tmp_path, **environment))
        return started[-1]

    yield start_one
    for server in started:
        server.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests of a file."""
    opened = Server(tmp_path_factory.mktemp("server"))
    yield opened
    status = opened.stop()
    errors = opened.errors()
    opened.close()
    assert status == 0
    assert "Traceback" not in errors, errors
