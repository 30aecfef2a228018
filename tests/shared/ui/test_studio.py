"""A studio's page and picture: found beside its tasks, or made from its name."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from xml.etree import ElementTree

import pytest

from shared.discovery import find_app
from shared.ui.chart import chart_svg
from shared.ui.rule import MAX_TICKS, ticks_for
from shared.ui.studio import find_page, picture

STUDIO = """
from shared.app import App, Context, Request, Result
app = App("glass", "Glass", "Looks.", picture="card.png")
class R(Request): ...
class S(Result): ...
@app.task
def look(request: R, context: Context) -> S:
    \"\"\"Look.\"\"\"
    return S()
"""


def test_a_picture_has_a_twin_for_the_dark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "glass_studio"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "tasks.py").write_text(textwrap.dedent(STUDIO))
    (package / "card.png").write_bytes(b"light")
    (package / "card-dark.png").write_bytes(b"dark")
    (package / "dashboard.py").write_text("def page(): ...\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    monkeypatch.setenv("SEXTANT_APPS", "glass=glass_studio.tasks:app")
    app = find_app("glass")
    assert picture(app) == (b"light", "image/png")
    assert picture(app, dark=True) == (b"dark", "image/png")
    page = find_page(app)
    assert page is not None and page.__module__ == "glass_studio.dashboard"


def test_a_studio_without_either_is_drawn_a_chart() -> None:
    from tests.studios.echo import app

    content, media_type = picture(app)
    assert media_type == "image/svg+xml"
    assert len(list(ElementTree.fromstring(content))) == 9
    assert find_page(app) is None
    assert chart_svg("a") == chart_svg("a") != chart_svg("b")
    assert chart_svg("a", dark=True) != chart_svg("a")


@pytest.mark.parametrize(("units", "ticks"), [(0, 10), (0.4, 10), (1, 1), (36, 36), (60, 60), (61, 30), (1_000, 50), (1e9, None)])
def test_ticks_can_be_told_apart(units: float, ticks: int | None) -> None:
    found = ticks_for(units)
    assert found == ticks if ticks else found >= 1
    assert units > 1e8 or found <= MAX_TICKS
