"""Cards in a grid: one of them is looked at, some of them are picked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal

import streamlit as st

from shared.ui.web import read_text

__all__ = ["Card", "Tone", "grid"]

Tone = Literal["plain", "warn", "bad"]
_EVENTS = ("open", "pick")


@dataclass(frozen=True)
class Card:
    """One card. Everything in it is shown as text.

    url: of its picture, within the page (`data:`); alt: what it shows. figure: beside the title; lines: below, each (left, right).
    badge: a word or two on the picture, in its tone; tip: more of it under the pointer.
    """

    id: str
    url: str
    alt: str
    title: str
    figure: str = ""
    lines: Sequence[tuple[str, str]] = ()
    badge: str = ""
    tone: Tone = "plain"
    tip: str = ""


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("sextant.grid", css=read_text("grid.css"), js=read_text("grid.js"))


def grid(
    cards: Sequence[Card],
    *,
    label: str,
    key: str,
    current: str = "",
    picked: Sequence[str] = (),
    on_open: Callable[[str], None],
    on_pick: Callable[[str, bool], None] | None = None,
    ratio: float = 4 / 3,
    cell_px: int = 146,
) -> None:
    """Draw the cards, as many beside one another as have `cell_px`.

    current, picked: ids of cards, kept by the caller. on_open is called with the id of a card that was pressed; on_pick with an id
    and whether it is picked now (None: cards cannot be picked). Both are called before the page is drawn anew. ratio: width by
    height of a picture.
    """

    def take() -> None:
        event = st.session_state[key].get("event")
        known = {card.id for card in cards}
        if not isinstance(event, dict) or event.get("id") not in known or event.get("kind") not in _EVENTS:
            return
        if event["kind"] == "open":
            on_open(event["id"])
        elif on_pick is not None:
            on_pick(event["id"], bool(event.get("on")))

    data = {
        "label": label,
        "cards": [asdict(card) for card in cards],
        "current": current,
        "picked": list(picked),
        "pickable": on_pick is not None,
        "ratio": ratio,
        "cell": cell_px,
    }
    _component()(data=data, key=key, on_event_change=take)
