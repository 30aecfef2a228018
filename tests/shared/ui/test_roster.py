"""The roster: what it tells the browser, and what it believes of its answer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, get_args

import pytest

from shared.ui import roster as module
from shared.ui.roster import Entry, Tone, roster
from shared.ui.web import read_text

ENTRIES = [Entry("0", "one.jpg", "Inconclusive", "warn"), Entry("1", "two.jpg", "Unsupported", "none", note="PDF")]


@pytest.mark.parametrize(
    ("event", "heard"),
    [({"kind": "open", "id": "1"}, ["1"]), ({"kind": "open", "id": "7"}, []), ({"kind": "pick", "id": "1"}, []), ("1", []), (None, [])],
)
def test_an_answer_is_taken_for_an_entry_that_is_there(monkeypatch: pytest.MonkeyPatch, event: Any, heard: list[str]) -> None:
    given: dict[str, Any] = {}
    opened: list[str] = []
    monkeypatch.setattr(module, "_component", lambda: lambda **fields: given.update(fields))
    monkeypatch.setattr(module, "st", SimpleNamespace(session_state={"files": {"event": event}}))
    roster(ENTRIES, label="Two files", key="files", current="0", on_open=opened.append)
    data = given["data"]
    assert [entry["title"] for entry in data["entries"]] == ["one.jpg", "two.jpg"] and data["entries"][1]["note"] == "PDF"
    assert (data["current"], data["label"]) == ("0", "Two files")
    given["on_event_change"]()
    assert opened == heard


@pytest.mark.parametrize("tone", get_args(Tone))
def test_every_tone_has_a_style(tone: str) -> None:
    assert f".word.{tone} {{" in read_text("roster.css")
