"""Line charts, radars and other drawings as SVG, in the page's own letters and colours.

`st.html` takes SVG away, and a picture knows neither the page's fonts nor its theme: a component draws it. `web/drawing.css` has the
classes that a drawing may use.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal

import streamlit as st

from shared.ui.web import read_text

__all__ = ["Drawing", "Key", "Look", "drawings"]


Look = Literal["bar", "outline", "mark", "rug", "area", "median"]


@dataclass(frozen=True)
class Drawing:
    """svg: made by our own code, its texts escaped. title: above it; words: below it, both as text."""

    svg: str
    title: str = ""
    words: str = ""


@dataclass(frozen=True)
class Key:
    """A line of the legend. look: class of the mark that it explains."""

    look: Look
    words: str


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("sextant.drawing", css=read_text("drawing.css"), js=read_text("drawing.js"))


def drawings(shown: Sequence[Drawing], *, key: str, legend: Sequence[Key] = (), cell_px: int = 300) -> None:
    """Draw them beside one another, as many as have `cell_px`, below one legend."""
    data = {"drawings": [asdict(one) for one in shown], "legend": [asdict(one) for one in legend], "cell": cell_px}
    _component()(data=data, key=key)
