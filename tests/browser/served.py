"""A server of its own for the browser tests: every installed studio, the documented seventh one, and the echo studio."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.checkout import ROOT

__all__ = ["ask", "install_studios", "serve"]

START_S = 90
NAMER = ROOT / "docs" / "examples" / "namer"


def install_studios(folder: Path) -> Path:
    """A folder with the package of docs/examples/namer, and one whose entry point is the tests' echo studio."""
    wheels, site = folder / "wheels", folder / "site"
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)], cwd=NAMER, check=True, capture_output=True
    )
    (wheel,) = wheels.glob("sextant_namer-*.whl")
    install = [sys.executable, "-m", "uv", "pip", "install", "--offline", "--no-deps", "--target", str(site), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    echo = site / "echo_studio-1.0.dist-info"
    echo.mkdir()
    (echo / "METADATA").write_text("Metadata-Version: 2.1\nName: echo-studio\nVersion: 1.0\n")
    (echo / "entry_points.txt").write_text("[sextant.apps]\necho = tests.studios.echo:app\n")
    return site


@contextlib.contextmanager
def serve(home: Path, *arguments: str, site: Path | None = None) -> Iterator[tuple[str, int]]:
    """(URL, process id) of `sextant serve`, ready; stopped afterwards."""
    paths = os.pathsep.join(map(str, filter(None, (ROOT, site))))
    environment = {**os.environ, "PYTHONPATH": paths, "SEXTANT_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    log = (home / "server.log").open("w+")
    command = [sys.executable, "-m", "suite", "serve", "--port", "0", "--no-open", *arguments]
    process = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield _url_of(process, home / "server.log"), process.pid
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _url_of(process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"http://[\d.]+:\d+", log.read_text())
        if found and _is_ready(found.group()):
            return found.group()
        time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")


def _is_ready(url: str) -> bool:
    with contextlib.suppress(OSError):
        return ask(f"{url}/readyz")[0] == 200
    return False


def ask(url: str, headers: Mapping[str, str] | None = None) -> tuple[int, Mapping[str, str], bytes]:
    """(status, headers, body) of a GET."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=dict(headers or {})), timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()
