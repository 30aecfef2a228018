"""The things that a run was about, in rows, each with what was found of it: one of them is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal

import streamlit as st

from shared.ui.web import read_text

__all__ = ["Entry", "Tone", "roster"]

Tone = Literal["good", "plain", "told", "warn", "bad", "none"]
"""Of the word. told: something is said by somebody else; none: nothing could be found out."""


@dataclass(frozen=True)
class Entry:
    """One of them, shown as text. url: of a small picture, "" for none; word: what was found, in its tone; note: beside the word."""

    id: str
    title: str
    word: str
    tone: Tone = "plain"
    url: str = ""
    note: str = ""


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("sextant.roster", css=read_text("roster.css"), js=read_text("roster.js"))


def roster(entries: Sequence[Entry], *, label: str, key: str, current: str, on_open: Callable[[str], None], cell_px: int = 168) -> None:
    """Draw them, as many beside one another as have `cell_px`; long lists scroll. on_open: called with the id of one that was pressed,
    before the page is drawn anew."""

    def take() -> None:
        event = st.session_state[key].get("event")
        known = {entry.id for entry in entries}
        if isinstance(event, dict) and event.get("kind") == "open" and event.get("id") in known:
            on_open(event["id"])

    data = {"label": label, "entries": [asdict(entry) for entry in entries], "current": current, "cell": cell_px}
    _component()(data=data, key=key, on_event_change=take)
