"""The OpenAPI document, and the seventh studio in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient

from shared.api import create_api
from shared.app import App
from shared.errors import DeclarationError
from tests.checkout import ROOT
from tests.shared.api.conftest import wait_until
from tests.shared.runs.studio import app as tally

NAMER = ROOT / "docs" / "examples" / "namer"


def references(value: Any) -> Iterator[str]:
    match value:
        case dict():
            if isinstance(found := value.get("$ref"), str):
                yield found
            for inner in value.values():
                yield from references(inner)
        case list():
            for inner in value:
                yield from references(inner)


def test_every_task_is_a_path_with_its_own_schemas(api: TestClient) -> None:
    document = api.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for reference in references(document):
        place = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
    stamp = document["paths"]["/v1/post/stamp"]["post"]
    assert stamp["summary"] == "Stamp a letter." and "Not for real letters." in stamp["description"]
    body = stamp["requestBody"]["content"]["application/json"]
    assert body["examples"]["stamp_1"]["value"] == {"text": "ahoy", "seed": 7}
    assert document["components"]["schemas"]["StampRequest"]["properties"]["text"]["description"] == "what the letter says"
    weigh = document["paths"]["/v1/post/weigh"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert weigh["properties"]["letter"] == {"type": "string", "format": "binary", "description": "the letter"}
    assert weigh["required"] == ["letter"]
    assert {"200", "202", "401", "404", "413", "422", "429", "503"} <= set(stamp["responses"])
    for path in ("/v1/runs/{run_id}/events", "/v1/files", "/v1/artifacts/{sha256}", "/healthz", "/readyz", "/metrics", "/v1/models"):
        assert path in document["paths"]
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(set(names)) == len(names)


def test_what_is_answered_is_what_is_promised(api: TestClient) -> None:
    """Runs and errors, checked against their schemas."""
    from jsonschema import Draft202012Validator

    document = api.get("/openapi.json").json()

    def check(value: Any, name: str) -> None:
        Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": document["components"]}).validate(value)

    run = api.post("/v1/post/sort", json={"count": 1}).json()
    check(run, "RunShape")
    check(run["result"], "SortResult")
    check(api.get(f"/v1/runs/{run['id']}").json(), "RunShape")
    check(api.get("/v1/runs").json(), "RunList")
    check(api.post("/v1/post/lose", json={}).json(), "ErrorShape")
    check(api.post("/v1/files", content=b"1").json(), "FileList")
    for model in api.get("/v1/models").json():
        check(model, "ModelShape")
    for app in api.get("/v1/apps").json():
        check(app, "AppShape")


def test_no_page_that_loads_from_elsewhere(api: TestClient) -> None:
    assert api.get("/docs").status_code == 404 and api.get("/redoc").status_code == 404


def test_a_studio_cannot_take_a_path_of_the_api() -> None:
    with pytest.raises(DeclarationError, match="runs"):
        create_api(apps=[App("runs", "Runs", "Clash.")])


def test_studios_with_classes_of_the_same_name(executor: Any) -> None:
    twin = App("twin", "Twin", "The same again.")
    twin.tasks.update(tally.tasks)
    other = App("other", "Other", "Another ReadRequest.")

    from shared.app import Context, Request, Result

    class ReadRequest(Request):
        page: int = 1

    class ReadResult(Result):
        page: int

    @other.task
    def read(request: ReadRequest, context: Context) -> ReadResult:
        """Read a page."""
        return ReadResult(page=request.page)

    document = create_api(executor, None, [tally, other]).openapi()
    refs = {
        key: document["paths"][f"/v1/{key}/read"]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        for key in ("tally", "other")
    }
    assert refs["tally"] != refs["other"]
    assert set(references(document)) <= {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the documented studio installed in it, as a package."""
    target, wheels = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("wheels")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    subprocess.run(build, cwd=NAMER, check=True, capture_output=True)
    (wheel,) = wheels.glob("sextant_namer-*.whl")
    install = ["uv", "pip", "install", "--offline", "--no-deps", "--target", str(target), str(wheel)]
    subprocess.run([sys.executable, "-m", *install], check=True, capture_output=True)
    return target


def test_the_seventh_studio_is_a_route_and_an_entry(site: Path, tmp_path: Path) -> None:
    """Over real HTTP, without a change here."""
    path = os.pathsep.join([str(ROOT), str(site)])
    environment = {**os.environ, "PYTHONPATH": path, "SEXTANT_HOME": str(tmp_path), "SEXTANT_DEVICE": "cpu"}
    words = [sys.executable, "-m", "tests.shared.api.child", "0"]
    with subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            with httpx.Client(base_url=process.stdout.readline().strip(), timeout=20) as http:
                wait_until(lambda: http.get("/readyz").status_code == 200)
                run = http.post("/v1/namer/invent", json={"count": 4, "seed": 7}).json()
                assert len(run["result"]["names"]) == 4
                table = http.get(f"/v1/artifacts/{run['result']['table']['sha256']}")
                assert table.text.splitlines() == run["result"]["names"]
                assert table.headers["content-type"].startswith("text/csv")
                assert {"namer", "medical"} <= {app["key"] for app in http.get("/v1/apps").json()}
                assert "/v1/namer/invent" in json.loads(http.get("/openapi.json").text)["paths"]
        finally:
            process.terminate()
            assert process.wait(15) == 0
