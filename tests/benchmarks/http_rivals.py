"""The servers that are compared: ours with and without a run record, LitServe and Ray Serve in environments of their own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2 as httpx
import psutil

from tests.checkout import ROOT

__all__ = ["CONTENDERS", "Contender", "Running", "make_rivals"]

_RIVALS = Path(__file__).parent / "rivals"
_START_S = 120.0


@dataclass(frozen=True)
class Contender:
    """A server with a null model. command: what starts it, given a free port; path: where it is asked."""

    name: str
    command: tuple[str, ...]
    path: str


CONTENDERS = (
    Contender("plain", (sys.executable, "-m", "tests.benchmarks.http_server", "plain"), "/v1/post/stamp"),
    Contender("recorded", (sys.executable, "-m", "tests.benchmarks.http_server", "recorded"), "/v1/post/stamp"),
    Contender("litserve", (str(ROOT / ".venv-bench/litserve/bin/python"), str(_RIVALS / "litserve_null.py")), "/predict"),
    Contender("ray", (str(ROOT / ".venv-bench/ray/bin/python"), str(_RIVALS / "ray_null.py")), "/predict"),
)


def make_rivals() -> None:
    """Their environments, where the registry lets them be made; what fails is said and counts as missed."""
    subprocess.run([str(ROOT / "scripts" / "rivals.sh")], check=False)


class Running:
    """A contender that runs; ended with everything it started."""

    def __init__(self, contender: Contender, body: bytes) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        self.name = contender.name
        self.url = f"http://127.0.0.1:{port}{contender.path}"
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen([*contender.command, str(port)], cwd=ROOT, stdin=quiet, stdout=quiet, stderr=quiet)
        self._wait(body)

    @property
    def pid(self) -> int:
        return self._process.pid

    def _wait(self, body: bytes) -> None:
        until = time.monotonic() + _START_S
        while True:
            try:
                if httpx.post(self.url, content=body, headers={"content-type": "application/json"}, timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            if time.monotonic() > until or self._process.poll() is not None:
                self.close()
                raise RuntimeError(f"{self.name} does not start")
            time.sleep(0.2)

    def close(self) -> None:
        """Ray's and LitServe's workers outlive a parent that is merely told to stop."""
        family = [psutil.Process(self.pid), *psutil.Process(self.pid).children(recursive=True)] if psutil.pid_exists(self.pid) else []
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        _, alive = psutil.wait_procs(family, timeout=3)
        for process in alive:
            process.kill()
        self._process.wait(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
