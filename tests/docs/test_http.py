"""docs/http.md: the routes and settings that it names are there, and its Python example runs."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from shared.api import create_api
from shared.settings import Settings
from tests.checkout import ROOT
from tests.shared.api.conftest import Server

TEXT = (ROOT / "docs" / "http.md").read_text(encoding="utf-8")
NAMER = ROOT / "docs" / "examples" / "namer"


def test_every_route_is_there() -> None:
    paths = {re.sub(r"{\w+}", "{}", path) for path in create_api(apps=[]).openapi()["paths"]} | {"/v1/{}/{}"}
    named = re.findall(r"`(?:GET |POST |DELETE )?(/[^`? ]+)[^`]*`", TEXT[TEXT.index("| route |") : TEXT.index("## Errors")])
    assert len(named) > 12
    assert {re.sub(r"{\w+}", "{}", path) for path in named} <= paths


def test_every_setting_is_there() -> None:
    known = {f"SEXTANT_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"SEXTANT_[A-Z_]+", TEXT)) <= known


def test_the_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    path = os.pathsep.join([str(ROOT), str(NAMER)])
    server = Server(tmp_path, SEXTANT_APPS="namer=namer:app", PYTHONPATH=path)
    monkeypatch.syspath_prepend(str(NAMER))
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    try:
        exec(compile(example.replace("http://127.0.0.1:8501", server.url), "http.md", "exec"), {})
    finally:
        server.close()
        sys.modules.pop("namer", None)
    assert capsys.readouterr().out.count("'") == 6
