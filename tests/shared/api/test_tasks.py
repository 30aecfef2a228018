"""POST /v1/{app}/{task}, in this process."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from shared.runs import Executor
from tests.shared.api.conftest import Open, open_files, wait_until

SCRIPT = "<script>alert('ahoy')</script><img src=x onerror=alert(1)>"


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The error of a response, in the one shape that there is."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    error: dict[str, Any] = response.json()["error"]
    assert {"code", "message", "remedy"} <= set(error) <= {"code", "message", "remedy", "field"}
    assert error["code"] == code and error["message"]
    return error


def test_a_run_is_answered_as_the_command_line_prints_it(api: TestClient, executor: Executor) -> None:
    response = api.post("/v1/post/stamp", json={"text": "ahoy", "seed": 7, "address": {"number": 3}})
    assert response.status_code == 200
    shape = response.json()
    assert shape["result"]["text"] == "ahoy" and shape["result"]["address"] == {"street": "", "number": 3}
    assert (shape["status"], shape["seed"], shape["model"], shape["owner"]) == ("done", 7, "stamper", "local")
    assert shape == executor.history.get(shape["id"]).as_dict()


def test_fields_have_defaults_so_that_no_body_is_a_body(api: TestClient) -> None:
    assert api.post("/v1/post/stamp").json()["status"] == "done"


def test_later_is_answered_at_once(api: TestClient, executor: Executor) -> None:
    response = api.post("/v1/post/deliver", json={"steps": 2, "wait_s": 0.05}, headers={"Prefer": "wait=5, respond-async"})
    assert response.status_code == 202
    assert response.headers["preference-applied"] == "respond-async"
    shape = response.json()
    assert response.headers["location"] == f"/v1/runs/{shape['id']}"
    assert shape["status"] in ("queued", "running")
    wait_until(lambda: api.get(response.headers["location"]).json()["status"] == "done")


def test_a_form_carries_files_and_every_kind_of_field(api: TestClient, executor: Executor) -> None:
    files = [("letter", ("my letter.txt", b"x" * 1_500_000)), ("enclosures", ("a", b"1")), ("enclosures", ("../../b", b"22"))]
    response = api.post("/v1/post/weigh", files=files, data={"note": "soft", "seed": "5"})
    shape = response.json()
    assert shape["result"] == {"figures": [], "warnings": [], "size_bytes": 1_500_003, "names": ["my letter.txt", "a", "b"]}
    assert shape["seed"] == 5 and shape["request"]["note"] == "soft"
    sha256 = shape["request"]["letter"]["sha256"]
    again = api.post("/v1/post/weigh", json={"letter": {"sha256": sha256, "name": "again"}, "enclosures": []})
    assert again.json()["result"]["names"] == ["again"]
    assert (
        api.post("/v1/post/weigh", data={"letter": sha256}, files={"enclosures": ("c", b"3")}).json()["result"]["size_bytes"] == 1_500_001
    )


def test_a_form_takes_structured_fields_as_json(api: TestClient) -> None:
    form = {"address": (None, '{"street": "Quay"}'), "tags": (None, '["a", "b"]'), "text": (None, "ä")}
    assert api.post("/v1/post/stamp", files=form).json()["result"]["tags"] == ["a", "b"]
    many = [("tags", (None, "a")), ("tags", (None, "@/etc/passwd"))]
    assert api.post("/v1/post/stamp", files=many).json()["result"]["tags"] == ["a", "@/etc/passwd"]
    error = problem(api.post("/v1/post/stamp", files={"address": (None, "@/etc/passwd")}), 422, "bad_input")
    assert error["field"] == "address" and "root" not in error["message"]
    assert api.post("/v1/post/stamp", files={"tags": (None, "@/etc/passwd")}).json()["result"]["tags"] == ["@/etc/passwd"]


def test_what_is_not_the_schema_has_a_line_a_field(api: TestClient) -> None:
    error = problem(api.post("/v1/post/stamp", json={"text": 3, "wait_s": -1, "colour": "red"}), 422, "bad_input")
    lines = error["message"].splitlines()
    assert [line.partition(":")[0] for line in lines] == ["text", "wait_s", "colour"]
    assert "Known fields" in error["remedy"] and error["field"] == "text"


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 422, "bad_input"),
        (b"[1]", "application/json", 422, "bad_input"),
        (b"\xff\xfe", "application/json", 422, "bad_input"),
        (b"[" * 100_000, "application/json", 422, "bad_input"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "unsupported"),
        (b"x", "multipart/form-data", 422, "bad_input"),
        (b"x", "multipart/form-data; boundary=b", 422, "bad_input"),
        (b"--b\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b", 422, "bad_input"),
    ],
)
def test_a_body_that_cannot_be_read(api: TestClient, body: bytes, kind: str, status: int, code: str) -> None:
    problem(api.post("/v1/post/stamp", content=body, headers={"content-type": kind}), status, code)


def test_a_form_without_the_file(api: TestClient) -> None:
    error = problem(api.post("/v1/post/weigh", files={"note": (None, "empty")}), 422, "bad_input")
    assert error["field"] == "letter"


def test_a_form_that_says_a_thing_twice(api: TestClient) -> None:
    twice = [("letter", ("a.txt", b"a")), ("letter", ("b.txt", b"b"))]
    assert problem(api.post("/v1/post/weigh", files=twice), 422, "bad_input")["field"] == "letter"


def test_a_file_for_a_field_that_takes_none(api: TestClient) -> None:
    assert problem(api.post("/v1/post/stamp", files={"text": ("a.txt", b"ahoy")}), 422, "bad_input")["field"] == "text"


def test_a_path_is_no_file_and_tells_nothing(api: TestClient) -> None:
    """Neither whether it is there nor how large it is."""
    there = problem(api.post("/v1/post/weigh", json={"letter": "/etc/passwd"}), 422, "bad_input")
    absent = problem(api.post("/v1/post/weigh", json={"letter": "/etc/nothing"}), 422, "bad_input")
    assert there == absent and "path is not accepted" in there["message"]
    error = problem(api.post("/v1/post/weigh", json={"letter": "a.txt", "enclosures": ["/bin/bash"]}), 422, "bad_input")
    assert "bytes" not in error["message"]


def test_too_large_a_file_leaves_nothing(api: TestClient, executor: Executor) -> None:
    before = open_files()
    error = problem(api.post("/v1/post/weigh", files={"letter": ("a.txt", b"x" * 2_000_001)}), 413, "too_large")
    assert error["field"] == "letter"
    assert open_files() <= before
    assert executor.history.list() == []


def test_too_large_a_body(open_api: Open) -> None:
    api = open_api(max_json_bytes=1_000, max_upload_bytes=5_000)
    assert problem(api.post("/v1/post/stamp", json={"text": "x" * 1_000}), 413, "too_large")["message"].count("1,000") == 1
    problem(api.post("/v1/post/weigh", files={"letter": ("a.txt", b"x" * 5_001)}), 413, "too_large")
    problem(api.post("/v1/post/stamp", files={"text": (None, "x" * 2_000)}), 413, "too_large")

    def stream() -> Any:
        for _ in range(100):
            yield b" " * 100

    problem(api.post("/v1/post/stamp", content=stream(), headers={"content-type": "application/json"}), 413, "too_large")


def test_scripts_stay_text(api: TestClient) -> None:
    response = api.post("/v1/post/stamp", json={"text": SCRIPT, "tags": [SCRIPT], "address": {"street": SCRIPT}})
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"
    result = response.json()["result"]
    assert (result["text"], result["tags"], result["address"]["street"]) == (SCRIPT, [SCRIPT], SCRIPT)
    for bad in (api.post("/v1/post/stamp", json={SCRIPT: SCRIPT}), api.get(f"/v1/{SCRIPT}"), api.post(f"/v1/post/{SCRIPT}")):
        assert bad.status_code in (404, 405, 422)
        assert (bad.headers["content-type"], bad.headers["x-content-type-options"]) == ("application/json", "nosniff")


def test_what_fails_says_why_and_in_which_run(api: TestClient, executor: Executor) -> None:
    response = api.post("/v1/post/lose", json={"how": "bad_input"})
    error = problem(response, 422, "bad_input")
    assert (error["message"], error["remedy"], error["field"]) == ("The letter is lost.", "Write another one.", "how")
    assert executor.history.get(response.json()["run"]).status == "failed"
    problem(api.post("/v1/post/lose", json={"how": "bug"}), 500, "run_failed")


def test_what_is_not_there(api: TestClient) -> None:
    assert "post" in problem(api.post("/v1/nobody/stamp", json={}), 404, "not_found")["remedy"]
    assert "stamp" in problem(api.post("/v1/post/nothing", json={}), 404, "not_found")["remedy"]
    problem(api.post("/v1/post/stamp", json={"model": "other"}), 404, "not_found")
    problem(api.get("/v1/post"), 404, "not_found")
    problem(api.get("/v1/a/b/c/d"), 404, "not_found")
    assert problem(api.get("/v1/post/stamp"), 405, "method_not_allowed") and api.get("/v1/post/stamp").headers["allow"] == "POST"


def test_an_estimate_takes_the_body_of_the_run(api: TestClient) -> None:
    assert api.post("/v1/post/stamp/estimate", json={"text": "a"}).json()["seconds"] == 0.5
    assert api.get("/v1/post/stamp/pace", params={"model": "stamper"}).json() == {"seconds_a_unit": None}
    api.post("/v1/post/stamp", json={})
    assert api.get("/v1/post/stamp/pace", params={"model": "stamper"}).json()["seconds_a_unit"] > 0
    assert json.loads(api.post("/v1/post/stamp/estimate", json={}).content)["basis"] == "earlier runs here"
    problem(api.post("/v1/post/stamp/estimate", json={"wait_s": -1}), 422, "bad_input")
