"""A real server: connections that break, many at once, limits on the wire, stops."""

from __future__ import annotations

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx2 as httpx
import psutil
import pytest

from tests.checkout import ROOT
from tests.shared.api.conftest import Server, wait_until

ASYNC = {"Prefer": "respond-async"}
LONG = {"steps": 2_000, "wait_s": 0.02}

Start = Callable[..., Server]


def connect(server: Server) -> socket.socket:
    parts = urlsplit(server.url)
    return socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=20)


def head(path: str, length: int, kind: str = "application/json") -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n".encode()


def running(server: Server, task: str = "deliver") -> list[str]:
    return [run["id"] for run in server.http.get("/v1/runs", params={"status": "running", "task": task}).json()["runs"]]


def test_a_client_that_leaves_cancels_its_run(server: Server) -> None:
    body = json.dumps(LONG).encode()
    with connect(server) as client:
        client.sendall(head("/v1/post/deliver", len(body)) + body)
        (run,) = wait_until(lambda: running(server))
    wait_until(lambda: server.http.get(f"/v1/runs/{run}").json()["status"] == "cancelled")


def test_an_upload_that_stops_half_way_leaves_nothing(server: Server) -> None:
    process = psutil.Process(server.process.pid)
    server.http.get("/healthz")
    before = process.num_fds()
    runs = len(server.http.get("/v1/runs").json()["runs"])
    part = b'--b\r\nContent-Disposition: form-data; name="letter"; filename="a.txt"\r\n\r\n' + b"x" * 1_500_000
    for path in ("/v1/post/weigh", "/v1/files"):
        for _ in range(5):
            with connect(server) as client:
                client.sendall(head(path, 9_000_000, "multipart/form-data; boundary=b") + part)
                time.sleep(0.02)
    wait_until(lambda: process.num_fds() <= before)
    assert len(server.http.get("/v1/runs").json()["runs"]) == runs
    assert not list(server.home.rglob(".unfinished-*"))


def test_a_body_over_the_limit_is_refused_while_it_streams(start: Start) -> None:
    server = start(SEXTANT_MAX_UPLOAD_BYTES="1000000")
    with connect(server) as client:
        client.sendall(head("/v1/files", 10**12, "application/octet-stream"))
        assert client.recv(1_000).startswith(b"HTTP/1.1 413"), "by its length, before a byte of it"
    with connect(server) as client:
        client.sendall(b"POST /v1/files HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n")
        client.setblocking(False)
        sent, answer = 0, b""
        while not answer:
            try:
                client.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
                sent += 65_536
            except BlockingIOError:
                time.sleep(0.005)
            except (BrokenPipeError, ConnectionResetError):
                break
            try:
                answer = client.recv(1_000)
            except BlockingIOError:
                continue
            except ConnectionResetError:
                break
        assert not answer or answer.startswith(b"HTTP/1.1 413")
        assert sent < 20_000_000
    assert server.http.get("/healthz").json() == {"alive": True}


def test_two_hundred_connections_at_once(server: Server) -> None:
    """All are answered, a small question meanwhile soon, and nothing is left of them."""
    process = psutil.Process(server.process.pid)
    body = json.dumps({"steps": 1, "wait_s": 0.3}).encode()
    before = process.num_fds()
    clients = [connect(server) for _ in range(200)]
    for client in clients:
        client.sendall(head("/v1/post/deliver", len(body)) + body)
    started = time.monotonic()
    assert server.http.get("/healthz").status_code == 200
    assert time.monotonic() - started < 2
    answers = [client.recv(100) for client in clients]
    for client in clients:
        client.close()
    assert all(answer.startswith(b"HTTP/1.1 200") for answer in answers)
    wait_until(lambda: process.num_fds() <= before + 5)
    assert process.num_threads() < 100, "a thread for each of 64 runs, not for each connection"


def test_a_keep_alive_post_is_answered_at_once(server: Server) -> None:
    """Without TCP_NODELAY each would wait 40 ms for an acknowledgement."""
    took = []
    for _ in range(50):
        started = time.perf_counter()
        assert server.http.post("/v1/post/stamp", json={"text": "ahoy"}).status_code == 200
        took.append(time.perf_counter() - started)
    assert statistics.median(took) < 0.025, "5 ms on a quiet machine (make bench-http)"


def test_many_runs_delay_no_small_question(server: Server) -> None:
    with ThreadPoolExecutor(60) as pool:
        futures = [
            pool.submit(httpx.post, f"{server.url}/v1/post/deliver", json={"steps": 4, "wait_s": 0.25}, timeout=30) for _ in range(60)
        ]
        wait_until(lambda: len(running(server)) > 20)
        started = time.monotonic()
        server.http.get("/v1/runs")
        assert time.monotonic() - started < 1.5
        assert all(future.result().status_code == 200 for future in futures)


def test_foreign_pages_get_nothing_from_any_route(server: Server) -> None:
    document = server.http.get("/openapi.json").json()
    paths = [path.format(run_id="x", sha256="x", app="post", task="stamp") for path in document["paths"]] + ["/openapi.json", "/nowhere"]
    for path in paths:
        for headers in ({"host": "evil.example"}, {"origin": "http://evil.example"}, {"origin": "null"}):
            for method in ("GET", "POST", "DELETE", "OPTIONS"):
                response = server.http.request(method, path, headers=headers)
                assert (response.status_code, response.json()["error"]["code"]) == (403, "forbidden"), (method, path, headers)
    assert server.http.get("/v1/apps", headers={"origin": server.url}).status_code == 200


def test_figures_for_prometheus(server: Server) -> None:
    server.http.post("/v1/post/stamp", json={})
    text = server.http.get("/metrics").text
    assert 'sextant_http_requests_total{method="POST",route="/v1/post/stamp",status="200"}' in text
    assert "sextant_engine_budget_bytes" in text and "sextant_http_open_requests 1.0" in text


def test_a_stop_ends_streams_and_cancels_within_ten_seconds(start: Start) -> None:
    """A stream of events, a synchronous run, a run of the queue and one that waits; all told how it ended."""
    server = start()
    queued = [server.http.post("/v1/post/deliver", json=LONG, headers=ASYNC).json()["id"] for _ in range(2)]
    told: dict[str, object] = {}

    def follow() -> None:
        with httpx.stream("GET", f"{server.url}/v1/runs/{queued[0]}/events", timeout=30) as response:
            told["stream"] = response.read().decode()

    def run() -> None:
        told["run"] = httpx.post(f"{server.url}/v1/post/deliver", json=LONG, timeout=30)

    threads = [threading.Thread(target=work) for work in (follow, run)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(running(server)) == 2)
    started = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - started < 10
    for thread in threads:
        thread.join(5)
    answer = told["run"]
    assert isinstance(answer, httpx.Response)
    assert (answer.status_code, answer.json()["error"]["code"]) == (499, "cancelled")
    assert "event: progress" in str(told["stream"])
    assert "Traceback" not in server.errors(), server.errors()

    server.start()
    status = {run["id"]: run["status"] for run in server.http.get("/v1/runs").json()["runs"]}
    assert status[queued[0]] == "cancelled"
    assert status[queued[1]] in ("queued", "running"), "what waited goes on with the next server"


def test_what_is_nearly_done_is_let_finish(start: Start) -> None:
    server = start()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(httpx.post, f"{server.url}/v1/post/deliver", json={"steps": 10, "wait_s": 0.1}, timeout=30)
        wait_until(lambda: running(server))
        assert server.stop(signal.SIGINT) == 0
        assert answer.result().json()["status"] == "done"


def test_a_port_that_is_taken(server: Server, tmp_path: Path) -> None:
    port = urlsplit(server.url).port
    words = [sys.executable, "-m", "tests.shared.api.child", str(port)]
    environment = {**os.environ, "SEXTANT_HOME": str(tmp_path), "SEXTANT_APPS": "post=tests.shared.api.studio:app"}
    second = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1 and "Address already in use" in second.stderr and "--port" in second.stderr


@pytest.mark.parametrize("settings", [{"SEXTANT_API_KEYS": "anna"}, {"SEXTANT_MAX_JSON_BYTES": "0"}])
def test_settings_that_cannot_be(tmp_path: Path, settings: dict[str, str]) -> None:
    environment = {**os.environ, "SEXTANT_HOME": str(tmp_path), "SEXTANT_APPS": "post=tests.shared.api.studio:app", **settings}
    words = [sys.executable, "-m", "tests.shared.api.child", "0"]
    refused = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert refused.returncode == 1
    assert next(iter(settings)).removeprefix("SEXTANT_").lower() in refused.stderr.lower()
