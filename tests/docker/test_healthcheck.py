"""docker/healthcheck.py: well only when the server says so in JSON."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.checkout import ROOT
from tests.docker.files import DOCKER


class Answering(BaseHTTPRequestHandler):
    status, body = 200, b""

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/healthz" else 404)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def check(port: int) -> subprocess.CompletedProcess[str]:
    """As in the image, on another port."""
    command = [sys.executable, "-I", "-S", str(DOCKER / "healthcheck.py"), str(port)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b'{"alive":true}', None),
        (200, b"<!doctype html><title>Streamlit</title>", "not JSON"),  # what an unknown path of the dashboards answers
        (200, b'{"alive": "no"}', "the server says"),
        (200, b'["alive"]', "the server says"),
        (200, b"\xff\xfe", "not JSON"),
        (200, b"", "not JSON"),
        (503, b'{"alive":true}', "status 503"),
    ],
)
def test_the_body_decides(port: int, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes, said: str | None) -> None:
    monkeypatch.setattr(Answering, "status", status)
    monkeypatch.setattr(Answering, "body", body)
    result = check(port)
    assert result.returncode == (0 if said is None else 1)
    assert (said or "") in result.stderr and result.stderr.count("\n") <= 1


def test_no_server_is_not_well() -> None:
    result = check(1)  # tcpmux: nothing listens there
    assert result.returncode == 1 and "no answer" in result.stderr


@pytest.mark.timeout(120)
def test_the_real_server_is_well() -> None:
    command = [sys.executable, "-m", "suite", "serve", "--only", "medical", "--port", "0", "--no-open"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            bound = next(found for line in server.stdout if (found := re.search(r"http://[\w.]+:(\d+)", line)))
            deadline = time.monotonic() + 60
            while (result := check(int(bound[1]))).returncode and time.monotonic() < deadline:
                time.sleep(0.2)
            assert result.returncode == 0, result.stderr
        finally:
            server.terminate()
            server.wait(timeout=30)
