"""A marked picture: what goes to the browser, and what its script may do."""

from __future__ import annotations

from typing import Any

import pytest

from shared.ui import marked as module
from shared.ui.marked import Heard, Mark, Scale, View, marked
from shared.ui.web import FOLDER, read_text

VIEWS = [View("image", "Image", "/a.png", "A face", "I"), View("heat", "Heatmap", "/b.png", "Where", "H")]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found: dict[str, Any] = {}
    monkeypatch.setattr(module, "_component", lambda: lambda **fields: found.update(fields))
    return found


def test_views_marks_and_scales_go_to_the_browser(given: dict[str, Any]) -> None:
    marks = [Mark("1", "Blocks", "10 px", (0.1, 0.2, 0.3, 0.4))]
    marked(VIEWS, size=(4, 3), label="A face", key="one", marks=marks, scales=[Scale("probability", ("#000", "#fff"), "0", "1", "heat")])
    data = given["data"]
    assert given["key"] == data["id"] == "one" and (data["width"], data["height"]) == (4, 3)
    assert [view["id"] for view in data["views"]] == ["image", "heat"]
    assert data["marks"][0]["box"] == (0.1, 0.2, 0.3, 0.4) and data["marks"][0]["start_s"] is None
    assert data["scales"][0]["view"] == "heat" and data["heard"] is None


def test_a_recording_has_its_axis_and_says_why_it_cannot_be_heard(given: dict[str, Any]) -> None:
    marked(VIEWS[:1], size=(4, 1), label="A voice", key="one", heard=Heard("", 16_000, 2.5, [(0.0, "0"), (1.0, "8 kHz")], "Too long."))
    assert given["data"]["heard"] == {
        "url": "",
        "rate_hz": 16_000,
        "seconds": 2.5,
        "axis": [(0.0, "0"), (1.0, "8 kHz")],
        "why": "Too long.",
    }


@pytest.mark.parametrize("name", ["marked", "roster"])
def test_scripts_show_text_as_text_and_fetch_nothing_of_their_own(name: str) -> None:
    text = read_text(f"{name}.js")
    assert "innerHTML" not in text and "insertAdjacentHTML" not in text and "http" not in text
    assert "eval(" not in text and "import(" not in text and (FOLDER / f"{name}.css").is_file()
