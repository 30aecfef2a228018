"""A page whose runs happen on another machine: the same page, with `SEXTANT_SERVER` set."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from shared.runs import default_executor
from shared.settings import settings
from tests.browser.served import ask, install_studios, serve
from tests.shared.ui import pages
from tests.shared.ui.test_pages import html, opened, press, widget

pytestmark = pytest.mark.filterwarnings("ignore")


def test_a_page_runs_against_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(tmp_path, site=install_studios(tmp_path)) as (url, _):
        monkeypatch.setenv("SEXTANT_SERVER", url)
        monkeypatch.setenv("SEXTANT_APPS", "echo=tests.studios.echo:app")
        settings.cache_clear()
        at = opened(pages.echo)
        widget(at.text_input, "Text").set_value("from afar").run()
        press(at, "Run say")
        named = at.query_params["run"]
        run_id = named if isinstance(named, str) else named[0]
        until = time.monotonic() + 30
        while not default_executor().history.get(run_id).finished:
            assert time.monotonic() < until
            time.sleep(0.1)
        at.run()
        assert not at.exception, at.exception
        assert "FROM AFAR" in html(at) and run_id[:12] in html(at)
        assert run_id.encode() in ask(f"{url}/v1/runs/{run_id}")[2]
        launcher = opened(pages.launcher)
        assert f"At {url}" in html(launcher) and "1 run this week" in html(launcher)
