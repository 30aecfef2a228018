"""Copy buttons: what goes to the browser, and what their script may do."""

from __future__ import annotations

from typing import Any

import pytest

from shared.ui import copying as module
from shared.ui.copying import copying
from shared.ui.web import FOLDER, read_text


def test_each_text_goes_to_the_browser_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(module, "_component", lambda: lambda **fields: given.update(fields))
    copying([("Copy subject", '5 < 6 & "so"'), ("Copy all", "שלום\n😀")], label="Variant 1", key="one")
    assert given["key"] == "one" and given["data"]["label"] == "Variant 1"
    assert given["data"]["texts"] == [{"words": "Copy subject", "text": '5 < 6 & "so"'}, {"words": "Copy all", "text": "שלום\n😀"}]


def test_the_script_shows_text_as_text_and_fetches_nothing() -> None:
    text = read_text("copying.js")
    assert "innerHTML" not in text and "insertAdjacentHTML" not in text and "fetch(" not in text
    assert "eval(" not in text and "import(" not in text and (FOLDER / "copying.css").is_file()
