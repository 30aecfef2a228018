"""The grid: what it tells the page, and what it believes of the browser's answer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from shared.ui import grid as module
from shared.ui.grid import Card, grid

CARDS = [Card("a", "data:,", "A", "First", "1", [("x", "y")]), Card("b", "data:,", "B", "Second", badge="2 alerts", tone="warn")]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the component was called with, `answer` to be given to it, and `heard` by the page."""
    found: dict[str, Any] = {"heard": [], "state": {}}

    def component(**given: Any) -> None:
        found.update(given)

    monkeypatch.setattr(module, "_component", lambda: component)
    monkeypatch.setattr(module, "st", SimpleNamespace(session_state=found["state"]))
    grid(
        CARDS,
        label="Two",
        key="grid",
        current="b",
        picked=["a"],
        on_open=found["heard"].append,
        on_pick=lambda one, on: found["heard"].append((one, on)),
    )
    return found


def test_cards_go_to_the_browser_as_they_are(drawn: dict[str, Any]) -> None:
    data = drawn["data"]
    assert [card["id"] for card in data["cards"]] == ["a", "b"]
    assert (data["current"], data["picked"], data["pickable"], data["label"]) == ("b", ["a"], True, "Two")
    assert data["cards"][1]["badge"] == "2 alerts" and data["cards"][0]["lines"] == [("x", "y")]


@pytest.mark.parametrize(
    ("event", "heard"),
    [
        ({"kind": "open", "id": "b"}, ["b"]),
        ({"kind": "pick", "id": "a", "on": False}, [("a", False)]),
        ({"kind": "pick", "id": "b", "on": True}, [("b", True)]),
        ({"kind": "open", "id": "nothing"}, []),
        ({"kind": "delete", "id": "a"}, []),
        ({"id": "a"}, []),
        ("a", []),
        (None, []),
    ],
)
def test_an_answer_is_taken_for_a_card_that_is_there(drawn: dict[str, Any], event: Any, heard: list[Any]) -> None:
    drawn["state"]["grid"] = {"event": event}
    drawn["on_event_change"]()
    assert drawn["heard"] == heard
