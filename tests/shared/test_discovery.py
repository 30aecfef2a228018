from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from shared import discovery
from shared.errors import DeclarationError, NotFound

ECHO = "echo=tests.studios.echo:app"


def test_sextant_apps_replaces_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEXTANT_APPS", f"medical, {ECHO}")
    assert discovery.app_keys() == ["echo", "medical"]
    assert discovery.find_app("echo").title == "Echo"
    monkeypatch.setenv("SEXTANT_APPS", "")
    assert discovery.app_keys() == []


def test_an_unknown_studio_names_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEXTANT_APPS", ECHO)
    with pytest.raises(NotFound, match="Installed: echo"):
        discovery.find_app("ecco")


def test_one_broken_studio_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEXTANT_APPS", f"{ECHO},gone=no_such_module:app,wrong=tests.studios.echo:app,odd=shared.errors:BadInput")
    apps, broken = discovery.load_apps()
    assert [app.key for app in apps] == ["echo"]
    reasons = {b.key: b.reason for b in broken}
    assert "no_such_module" in reasons["gone"] and "the app 'echo'" in reasons["wrong"] and "a type" in reasons["odd"]


def test_two_studios_of_one_name_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [EntryPoint("echo", "a:app", discovery.GROUP), EntryPoint("echo", "b:app", discovery.GROUP)]
    monkeypatch.delenv("SEXTANT_APPS", raising=False)
    monkeypatch.setattr(discovery, "entry_points", lambda group: entries)
    discovery._installed.cache_clear()
    try:
        with pytest.raises(DeclarationError, match="Two studios are named 'echo': a:app and b:app"):
            discovery.app_keys()
    finally:
        discovery._installed.cache_clear()


def test_finding_studios_imports_none_of_them() -> None:
    code = "import sys; from shared.discovery import app_keys; app_keys(); print(sorted(m for m in sys.modules if m.startswith('apps')))"
    environment = {"SEXTANT_APPS": f"medical,{ECHO}", "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"
