"""/v1/runs, in this process."""

from __future__ import annotations

import json
from typing import Any

from starlette.testclient import TestClient

from shared.runs import Executor
from tests.shared.api.conftest import Open, wait_until
from tests.shared.api.test_tasks import problem

ASYNC = {"Prefer": "respond-async"}
LONG = {"steps": 500, "wait_s": 0.02}


def events(text: str) -> list[tuple[str, Any]]:
    """(event, data) of a stream."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "event" in lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


def test_the_newest_first_without_their_results(api: TestClient) -> None:
    ids = [api.post("/v1/post/stamp", json={"seed": seed}).json()["id"] for seed in range(3)]
    api.post("/v1/post/lose", json={})
    listed = api.get("/v1/runs").json()["runs"]
    assert [run["id"] for run in listed[1:]] == ids[::-1] and "result" not in listed[0]
    assert [run["id"] for run in api.get("/v1/runs", params={"task": "stamp", "limit": 1}).json()["runs"]] == ids[-1:]
    assert len(api.get("/v1/runs", params={"status": "failed", "app": "post"}).json()["runs"]) == 1
    error = problem(api.get("/v1/runs", params={"status": "odd", "limit": 0}), 422, "bad_input")
    assert len(error["message"].splitlines()) == 2


def test_a_run_is_followed_to_its_end(api: TestClient) -> None:
    run = api.post("/v1/post/deliver", json={"steps": 8, "wait_s": 0.1}, headers=ASYNC).json()
    response = api.get(f"/v1/runs/{run['id']}/events")
    assert response.headers["content-type"].startswith("text/event-stream")
    told = events(response.text)
    assert [event for event, _ in told] == ["progress"] * (len(told) - 1) + ["end"]
    assert len(told) > 3
    doors = [data["progress"]["done"] for _, data in told[:-1]]
    assert doors == sorted(doors)
    assert told[-1][1] == {key: value for key, value in api.get(f"/v1/runs/{run['id']}").json().items() if key != "position"}
    assert events(api.get(f"/v1/runs/{run['id']}/events").text)[0][0] == "end", "one that is over ends at once"


def test_a_text_is_followed_as_it_is_written(api: TestClient) -> None:
    text = "Dear Ada, all is well here."
    run = api.post("/v1/post/dictate", json={"text": text, "wait_s": 0.25}, headers=ASYNC).json()
    wait_until(lambda: api.get(f"/v1/runs/{run['id']}").json()["progress"]["text"])
    told = [data["progress"] for event, data in events(api.get(f"/v1/runs/{run['id']}/events").text) if event == "progress"]
    texts = [progress["text"] for progress in told]
    assert len(set(texts)) > 2 and texts == sorted(texts, key=len) and all(text.startswith(part) for part in texts)
    assert all(set(progress) == {"done", "total", "note", "text"} for progress in told)
    assert api.get(f"/v1/runs/{run['id']}").json()["progress"]["text"] == ""


def test_places_in_the_queue_are_seen(api: TestClient) -> None:
    """Two workers: the fourth and fifth run wait, and each is told its place."""
    ids = [api.post("/v1/post/deliver", json=LONG, headers=ASYNC).json()["id"] for _ in range(2)]
    wait_until(lambda: all(api.get(f"/v1/runs/{run}").json()["status"] == "running" for run in ids))
    ids += [api.post("/v1/post/deliver", json=LONG, headers=ASYNC).json()["id"] for _ in range(3)]
    assert [api.get(f"/v1/runs/{run}").json()["position"] for run in ids] == [0, 0, 1, 2, 3]
    assert api.delete(f"/v1/runs/{ids[2]}").json()["status"] == "cancelled"
    assert [api.get(f"/v1/runs/{run}").json()["position"] for run in ids] == [0, 0, 0, 1, 2]
    assert api.delete(f"/v1/runs/{ids[0]}").json()["id"] == ids[0]
    wait_until(lambda: api.get(f"/v1/runs/{ids[0]}").json()["status"] == "cancelled")
    for run in ids[1:]:
        api.delete(f"/v1/runs/{run}")
    wait_until(lambda: all(api.get(f"/v1/runs/{run}").json()["status"] == "cancelled" for run in ids))
    assert api.get(f"/v1/runs/{ids[0]}").json()["error"]["code"] == "cancelled"


def test_a_run_is_repeated(api: TestClient) -> None:
    first = api.post("/v1/post/sort", json={"count": 2, "seed": 3}).json()
    again = api.post(f"/v1/runs/{first['id']}/repeat").json()
    assert (again["parent"], again["artifacts"], again["seed"]) == (first["id"], first["artifacts"], 3)
    queued = api.post(f"/v1/runs/{first['id']}/repeat", headers=ASYNC)
    assert (queued.status_code, queued.json()["parent"]) == (202, first["id"])
    wait_until(lambda: api.get(queued.headers["location"]).json()["status"] == "done")
    failed = api.post("/v1/post/lose", json={}).json()["run"]
    assert api.post(f"/v1/runs/{failed}/repeat").json()["run"] != failed


def test_a_run_that_is_nobodys(api: TestClient) -> None:
    nobody = "a" * 24
    for response in (
        api.get(f"/v1/runs/{nobody}"),
        api.delete(f"/v1/runs/{nobody}"),
        api.get(f"/v1/runs/{nobody}/events"),
        api.post(f"/v1/runs/{nobody}/repeat"),
        api.post(f"/v1/runs/{nobody}/repeat", headers=ASYNC),
    ):
        problem(response, 404, "not_found")


def test_what_is_anothers_is_as_good_as_absent(open_api: Open, executor: Executor) -> None:
    """Runs, their files, and files that were uploaded."""
    from shared.api.keys import hash_of

    listing = ", ".join(f"{name}={hash_of(f'key-of-{name}')}" for name in ("anna", "ben"))
    anna, ben = (open_api(key=f"key-of-{name}", api_keys=listing) for name in ("anna", "ben"))
    run = anna.post("/v1/post/sort", json={"count": 1, "prefix": "secret"}).json()
    sha256 = run["artifacts"][0]["sha256"]
    uploaded = anna.post("/v1/files", content=b"mine").json()["files"][0]["sha256"]
    assert run["owner"] == "anna" and anna.get(f"/v1/artifacts/{sha256}").content == b"secret 0"
    assert anna.post("/v1/post/weigh", json={"letter": uploaded}).status_code == 200

    assert ben.get("/v1/runs").json()["runs"] == []
    for response in (
        ben.get(f"/v1/runs/{run['id']}"),
        ben.get(f"/v1/runs/{run['id'][:8]}"),
        ben.delete(f"/v1/runs/{run['id']}"),
        ben.get(f"/v1/runs/{run['id']}/events"),
        ben.post(f"/v1/runs/{run['id']}/repeat"),
        ben.get(f"/v1/artifacts/{sha256}"),
        ben.get(f"/v1/artifacts/{uploaded}"),
    ):
        problem(response, 404, "not_found")
    theirs = problem(ben.post("/v1/post/weigh", json={"letter": uploaded}), 404, "not_found")
    assert theirs["message"].replace(uploaded[:12], "") == problem(ben.post("/v1/post/weigh", json={"letter": "0" * 64}), 404, "not_found")[
        "message"
    ].replace("0" * 12, "")
    assert ben.post("/v1/files", content=b"mine").status_code == 201
    assert ben.get(f"/v1/artifacts/{uploaded}").content == b"mine", "who has the bytes has the file"
