"""Drawings go to the browser with the classes that it knows."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest

from shared.ui import drawing as module
from shared.ui.drawing import Drawing, Key, Look, drawings
from shared.ui.web import read_text


def test_drawings_and_their_legend_go_to_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(module, "_component", lambda: lambda **fields: given.update(fields))
    drawings([Drawing("<svg/>", "Title", "Words")], key="one", legend=[Key("bar", "Share")], cell_px=200)
    assert given["key"] == "one"
    assert given["data"] == {
        "drawings": [{"svg": "<svg/>", "title": "Title", "words": "Words"}],
        "legend": [{"look": "bar", "words": "Share"}],
        "cell": 200,
    }


@pytest.mark.parametrize("look", get_args(Look))
def test_every_mark_of_a_legend_has_a_sample_and_a_style(look: str) -> None:
    assert re.search(rf"^  {look}: '", read_text("drawing.js"), re.MULTILINE)
    assert f".{look} {{" in read_text("drawing.css")
