"""The server as one ASGI app, and `sextant serve`: without a browser."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.served import ask, serve
from tests.checkout import ROOT

IMMEDIATELY_S = 10


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("home"), "--only", "medical") as (url, _):
        yield url


def test_pages_and_api_are_one_server(server: str) -> None:
    assert ask(f"{server}/healthz")[0] == 200
    assert ask(f"{server}/readyz")[0] == 200
    assert ask(f"{server}/_stcore/health")[2] == b"ok"
    assert b"medical" in ask(f"{server}/openapi.json")[2]
    status, headers, body = ask(f"{server}/medical", {"Accept-Encoding": "gzip"})
    assert status == 200 and headers["content-type"].startswith("text/html") and headers["content-encoding"] == "gzip"
    assert len(body) < 5_000


def test_every_answer_has_the_policy_that_lets_streamlits_one_inline_script_through(server: str) -> None:
    for path in ("/", "/medical", "/healthz", "/assets/fonts/ibm-plex-sans.woff2"):
        status, headers, body = ask(server + path)
        policy = headers["content-security-policy"]
        assert status == 200 and "default-src 'self'" in policy and "'unsafe-eval'" not in policy, path
        assert "script-src 'self'" in policy and "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
        for script in re.findall(rb"<script>(.*?)</script>", body, re.DOTALL):
            assert base64.b64encode(hashlib.sha256(script).digest()).decode() in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_fonts_come_with_their_licence(server: str) -> None:
    assert ask(f"{server}/assets/fonts/ibm-plex-sans.woff2")[2][:4] == b"wOF2"
    assert b"SIL Open Font License" in ask(f"{server}/assets/fonts/LICENSE-ibm-plex-sans.txt")[2]


@pytest.mark.parametrize("path", ["/assets/../style.py", "/assets/%2e%2e/style.py", "/assets/..%2f..%2f..%2fpyproject.toml"])
def test_assets_are_no_way_out(server: str, path: str) -> None:
    host, port = server.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert b"import streamlit" not in answer and b"[project]" not in answer


@pytest.mark.parametrize("name", ["host", "origin"])
def test_strangers_are_refused_everywhere(server: str, name: str) -> None:
    value = "evil.example" if name == "host" else "https://evil.example"
    for path in ("/", "/medical", "/healthz", "/_stcore/stream", "/assets/icon.svg"):
        assert ask(server + path, {name: value})[0] in (400, 403), path


def test_a_port_that_is_taken_is_one_line(server: str, tmp_path: Path) -> None:
    port = server.rpartition(":")[2]
    command = [sys.executable, "-m", "suite", "serve", "--port", port, "--no-open"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SEXTANT_HOME": str(tmp_path)}
    refused = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1 and "--port" in refused.stderr and "Traceback" not in refused.stderr


def test_an_unknown_studio_is_bad_input(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "suite", "serve", "--only", "astrology"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SEXTANT_HOME": str(tmp_path)}
    refused = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert refused.returncode == 2 and "astrology" in refused.stderr and "medical" in refused.stderr


def test_it_stops_at_once_when_nothing_runs(tmp_path: Path) -> None:
    with serve(tmp_path, "--only", "medical") as (_, pid):
        started = time.monotonic()
        os.kill(pid, signal.SIGTERM)
        while _lives(pid) and time.monotonic() - started < IMMEDIATELY_S:
            time.sleep(0.05)
        assert time.monotonic() - started < IMMEDIATELY_S


def _lives(pid: int) -> bool:
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] not in "ZX"
