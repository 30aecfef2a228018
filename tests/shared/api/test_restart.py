"""A server that was killed, and the next one on the same home."""

from __future__ import annotations

import signal
from collections.abc import Callable

from tests.shared.api.conftest import Server, wait_until

ASYNC = {"Prefer": "respond-async"}


def test_the_queue_outlives_a_killed_server(start: Callable[..., Server]) -> None:
    """What waited goes on by itself in its order; what ran says failed and why, and repeats."""
    server = start()
    long = server.http.post("/v1/post/deliver", json={"steps": 30, "wait_s": 0.1}, headers=ASYNC).json()["id"]
    letter = server.http.post("/v1/files", content=b"a letter").json()["files"][0]["sha256"]
    waiting = [
        server.http.post("/v1/post/deliver", json={"steps": 1, "seed": 1}, headers=ASYNC).json()["id"],
        server.http.post("/v1/post/weigh", json={"letter": letter}, headers=ASYNC).json()["id"],
        server.http.post("/v1/post/sort", json={"count": 2}, headers=ASYNC).json()["id"],
    ]
    gone = server.http.post("/v1/post/deliver", json={"steps": 1}, headers=ASYNC).json()["id"]
    server.http.delete(f"/v1/runs/{gone}")
    wait_until(lambda: server.http.get(f"/v1/runs/{long}").json()["progress"]["done"] > 0)
    assert [server.http.get(f"/v1/runs/{run}").json()["position"] for run in waiting] == [1, 2, 3]
    assert server.stop(signal.SIGKILL) == -signal.SIGKILL

    server.start()
    killed = server.http.get(f"/v1/runs/{long}").json()
    assert (killed["status"], killed["error"]["code"]) == ("failed", "run_failed")
    assert "ended before the run did" in killed["error"]["message"] and "repeat" in killed["error"]["remedy"]
    done = wait_until(
        lambda: (
            [r for r in (server.http.get(f"/v1/runs/{run}").json() for run in waiting) if r["status"] == "done"][2:]
            and [server.http.get(f"/v1/runs/{run}").json() for run in waiting]
        )
    )
    assert done[1]["result"]["size_bytes"] == 8
    started = [run["started_at"] for run in done]
    assert started == sorted(started)
    assert server.http.get(f"/v1/runs/{gone}").json()["status"] == "cancelled"

    again = server.http.post(f"/v1/runs/{long}/repeat").json()
    assert (again["status"], again["parent"], again["result"]["steps"]) == ("done", long, 30)


def test_only_a_servers_own_studios_are_taken_over(start: Callable[..., Server]) -> None:
    server = start()
    busy = server.http.post("/v1/post/deliver", json={"steps": 500, "wait_s": 0.1}, headers=ASYNC).json()["id"]
    waiting = server.http.post("/v1/post/stamp", json={}, headers=ASYNC).json()["id"]
    wait_until(lambda: server.http.get(f"/v1/runs/{busy}").json()["status"] == "running")
    server.stop(signal.SIGKILL)
    other = start(SEXTANT_APPS="tally=tests.shared.runs.studio:app")
    assert other.http.get(f"/v1/runs/{waiting}").json()["status"] == "queued"
    server.start()
    wait_until(lambda: server.http.get(f"/v1/runs/{waiting}").json()["status"] == "done")
