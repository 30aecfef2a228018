"""Two pictures of the same place under one slider."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from shared.ui.pictures import Picture
from shared.ui.web import read_text

__all__ = ["compare"]


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("sextant.compare", css=read_text("compare.css"), js=read_text("compare.js"))


def compare(
    before: Picture, after: Picture, *, size: tuple[float, float], key: str, ticks: float = 10, scale: str = "", crisp: bool = False
) -> None:
    """Draw the slider; the left part shows `before`. Arrow keys, Page Up/Down, Home and End move it.

    size: (width, height) in one unit, of which only the proportion counts: both pictures are drawn in it. ticks: marks on the
    lower edge; scale: what one is. crisp: show pixels as they are.
    """
    data = {
        "id": key,
        "pictures": [before.url, after.url],
        "names": [before.name, after.name],
        "alts": [before.alt, after.alt],
        "label": f"{before.name} and {after.name}: where one ends and the other begins",
        "width": size[0],
        "height": size[1],
        "ticks": max(ticks, 1),
        "scale": scale,
        "crisp": crisp,
    }
    _component()(data=data, key=key)
