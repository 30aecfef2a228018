"""A picture in one or two views, or the spectrogram of a recording that can be heard, with the places on it that findings speak of.

Views, marks and places change in the browser, at once: nothing is drawn anew for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import streamlit as st

from shared.ui.sound import bundle

__all__ = ["Heard", "Mark", "Scale", "View", "marked"]


@dataclass(frozen=True)
class View:
    """A picture of the whole. url: within the page's server, or `data:`. key: the letter that chooses it, unless a recording is heard."""

    id: str
    name: str
    url: str
    alt: str
    key: str = ""


@dataclass(frozen=True)
class Mark:
    """A place. tag: its number, as its finding has it; name, where: words for the list below. box: x, y, width, height as shares of the
    picture. start_s: where a recording is heard from when it is chosen."""

    tag: str
    name: str
    where: str
    box: tuple[float, float, float, float]
    start_s: float | None = None


@dataclass(frozen=True)
class Scale:
    """What colours mean. colours: from the low end to the high one; low, high: their values with units. view: shown with it alone."""

    name: str
    colours: Sequence[str]
    low: str
    high: str
    view: str = ""


@dataclass(frozen=True)
class Heard:
    """The recording. url: within the page's server, "" where it cannot be played, and `why`. seconds: what the picture spans.
    axis: (share from the bottom, words), its unit last."""

    url: str
    rate_hz: int
    seconds: float
    axis: Sequence[tuple[float, str]] = ()
    why: str = ""


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("sextant.marked", css=bundle("listen.css", "marked.css"), js=bundle("listen.js", "marked.js"))


def marked(
    views: Sequence[View],
    *,
    size: tuple[float, float],
    label: str,
    key: str,
    marks: Sequence[Mark] = (),
    scales: Sequence[Scale] = (),
    heard: Heard | None = None,
) -> None:
    """Draw it. size: (width, height) of which only the proportion counts. label: what it is, for who cannot see it. Two views can also
    be seen side by side. Everything in it is shown as text.
    """
    data = {
        "id": key,
        "label": label,
        "width": size[0],
        "height": size[1],
        "views": [asdict(view) for view in views],
        "marks": [asdict(mark) for mark in marks],
        "scales": [asdict(scale) for scale in scales],
        "heard": None if heard is None else asdict(heard),
    }
    _component()(data=data, key=key)
