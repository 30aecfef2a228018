"""Solids and sheets: what goes to the browser, and what the browser is given to draw them with."""

from __future__ import annotations

import re
from typing import Any

import pytest

from shared.ui import solid as module
from shared.ui.solid import DARK_INKS, sheet, solid
from shared.ui.web import FOLDER, read_text

MEASURES = ("538 mm", "516 mm", "808 mm")


def test_a_solid_goes_to_the_browser_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(module, "_solid", lambda: lambda **fields: given.update(fields))
    solid("/media/chair.glb", "glb", label="A chair", key="chair", measures=MEASURES, rule=1.0, unit="m")
    assert given["key"] == "chair" and given["data"]["url"] == "/media/chair.glb" and given["data"]["up"] == "y"
    assert given["data"]["measures"] == list(MEASURES) and (given["data"]["rule"], given["data"]["ruleUnit"]) == (1.0, "m")


def test_a_sheet_says_its_scale_and_its_colours_in_the_dark(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(module, "_sheet", lambda: lambda **fields: given.update(fields))
    sheet("/media/pattern.svg", label="A pattern", key="pattern", scale=0)
    assert given["data"]["mm"] == 0 and given["data"]["dark"] == dict(DARK_INKS)


def test_every_colour_in_the_dark_is_written_as_the_browser_looks_for_it() -> None:
    assert all(re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})", colour) for pair in DARK_INKS.items() for colour in pair)


@pytest.mark.parametrize("name", ["tools", "scene", "solid", "sheet"])
def test_scripts_ask_no_other_host_and_evaluate_nothing(name: str) -> None:
    text = read_text(f"{name}.js")
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "") and "eval(" not in text and "new Function" not in text


def test_what_the_scripts_take_from_three_is_in_the_bundle_with_its_licence() -> None:
    bundle = read_text("three.min.js")
    exported = set(re.findall(r"as (\w+)", bundle[bundle.rindex("export{") :]))
    used = set(re.findall(r"\b(?:three|found)\.([A-Z]\w+)", read_text("scene.js") + read_text("solid.js")))
    assert used and used <= exported
    assert "MIT" in bundle[:80] and "The MIT License" in read_text("LICENSE-three.txt")
    assert "eval(" not in bundle and "new Function" not in bundle
    assert (FOLDER / "three.min.js").stat().st_size < 700_000
