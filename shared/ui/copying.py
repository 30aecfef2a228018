"""Buttons that put a text on the clipboard, as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import streamlit as st

from shared.ui.web import read_text

__all__ = ["copying"]


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("sextant.copying", css=read_text("copying.css"), js=read_text("copying.js"))


def copying(texts: Sequence[tuple[str, str]], *, label: str, key: str) -> None:
    """A button for each (words, text): "Copy subject", which says so once it is done. label: of what, for who cannot see it."""
    _component()(data={"label": label, "texts": [{"words": words, "text": text} for words, text in texts]}, key=key)
