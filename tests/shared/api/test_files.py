"""/v1/files and /v1/artifacts, in this process."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.shared.api.conftest import Open, open_files
from tests.shared.api.test_tasks import problem

DATA = bytes(range(256)) * 4_000


@pytest.fixture
def sha256(api: TestClient) -> str:
    files: list[dict[str, Any]] = api.post("/v1/files", files={"file": ("naïve q;.bin", DATA, "image/x-odd")}).json()["files"]
    return str(files[0]["sha256"])


def test_files_are_known_by_their_content(api: TestClient) -> None:
    response = api.post("/v1/files", files=[("file", ("a.txt", b"1")), ("more", ("C:\\b.txt", b"22"))])
    assert response.status_code == 201
    assert response.json()["files"] == [
        {"sha256": hashlib.sha256(b"1").hexdigest(), "name": "a.txt", "size_bytes": 1},
        {"sha256": hashlib.sha256(b"22").hexdigest(), "name": "b.txt", "size_bytes": 2},
    ]
    plain = api.post("/v1/files", params={"name": "../x.dcm"}, content=b"333").json()["files"]
    assert plain == [{"sha256": hashlib.sha256(b"333").hexdigest(), "name": "x.dcm", "size_bytes": 3}]


def test_a_file_comes_back_as_it_went_in(api: TestClient, sha256: str) -> None:
    response = api.get(f"/v1/artifacts/{sha256}")
    assert response.content == DATA
    assert response.headers["content-type"] == "image/x-odd"
    disposition = response.headers["content-disposition"]
    assert disposition == "attachment; filename=\"na_ve q_.bin\"; filename*=UTF-8''na%C3%AFve%20q%3B.bin"
    assert "sandbox" in response.headers["content-security-policy"]
    assert api.get(f"/v1/artifacts/{sha256}", headers={"if-none-match": response.headers["etag"]}).status_code == 304
    head = api.head(f"/v1/artifacts/{sha256}")
    assert (head.content, head.headers["content-length"]) == (b"", str(len(DATA)))


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=1023990-", 1_023_990, None),
        ("bytes=-5", -5, None),
        ("bytes=5-99999999", 5, None),
    ],
)
def test_a_range(api: TestClient, sha256: str, asked: str, start: int, end: int | None) -> None:
    response = api.get(f"/v1/artifacts/{sha256}", headers={"range": asked})
    assert (response.status_code, response.content) == (206, DATA[start:end])
    first = start % len(DATA)
    assert response.headers["content-range"] == f"bytes {first}-{first + len(response.content) - 1}/{len(DATA)}"
    assert response.headers["content-length"] == str(len(response.content))


@pytest.mark.parametrize("asked", ["bytes=5-1", "lines=1-2", "bytes=-", "bytes=0-1,5-6", "bytes=a-b", "x" * 1_000])
def test_what_is_no_range_is_the_whole(api: TestClient, sha256: str, asked: str) -> None:
    response = api.get(f"/v1/artifacts/{sha256}", headers={"range": asked})
    assert (response.status_code, len(response.content)) == (200, len(DATA))


def test_a_range_that_is_not_there(api: TestClient, sha256: str) -> None:
    for asked in ("bytes=1024000-", "bytes=99999999-", "bytes=-0"):
        response = api.get(f"/v1/artifacts/{sha256}", headers={"range": asked})
        problem(response, 416, "bad_input")
        assert response.headers["content-range"] == "bytes */1024000"


def test_a_range_of_another_content_is_the_whole(api: TestClient, sha256: str) -> None:
    assert api.get(f"/v1/artifacts/{sha256}", headers={"range": "bytes=0-1", "if-range": '"other"'}).status_code == 200


def test_what_is_not_there(api: TestClient) -> None:
    for name in ("0" * 64, "..", "x", "%2e%2e%2fetc"):
        problem(api.get(f"/v1/artifacts/{name}"), 404, "not_found")


def test_an_upload_over_the_limit_is_refused_while_it_streams(open_api: Open) -> None:
    api = open_api(max_upload_bytes=10_000)
    sent = 0

    def stream() -> Any:
        nonlocal sent
        for _ in range(1_000):
            sent += 1_000
            yield b"x" * 1_000

    before = open_files()
    problem(api.post("/v1/files", content=stream()), 413, "too_large")
    problem(api.post("/v1/files", files={"file": ("a", b"x" * 10_001)}), 413, "too_large")
    assert open_files() <= before


def test_a_form_without_a_file(api: TestClient) -> None:
    problem(api.post("/v1/files", files={"file": (None, "text")}), 422, "bad_input")


def test_odd_types_and_empty_files(api: TestClient) -> None:
    files = {"file": ("a.html", b"<script>alert(1)</script>", "text/html; <b>")}
    (file,) = api.post("/v1/files", files=files).json()["files"]
    response = api.get(f"/v1/artifacts/{file['sha256']}")
    assert response.headers["content-type"] == "text/html; charset=utf-8" and response.headers["content-disposition"].startswith(
        "attachment"
    )
    (empty,) = api.post("/v1/files", content=b"").json()["files"]
    assert api.get(f"/v1/artifacts/{empty['sha256']}").content == b""
    problem(api.get(f"/v1/artifacts/{empty['sha256']}", headers={"range": "bytes=0-"}), 416, "bad_input")
