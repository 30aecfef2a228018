"""Pictures as they go into a page: within it, so that nothing else has to be fetched."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from shared.ui.text import escape

__all__ = ["Picture", "show_pictures"]


@dataclass(frozen=True)
class Picture:
    """An encoded picture. name: one or two words on it; alt: what it shows, for who cannot see it."""

    data: bytes
    media_type: str
    name: str
    alt: str

    @property
    def url(self) -> str:
        """As a `data:` URL."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.data).decode()}"

    @property
    def html(self) -> str:
        caption = f"<figcaption>{escape(self.name)}</figcaption>" if self.name else ""
        return f'<figure class="sx-scan"><img src="{self.url}" alt="{escape(self.alt)}">{caption}</figure>'


def show_pictures(pictures: Sequence[Picture], *, columns: int | None = None) -> None:
    """One over the whole width, two side by side, more as a grid of cells of at least 146 px."""
    count = columns or len(pictures)
    style = {1: "", 2: "sx-pair"}.get(count, "sx-grid")
    st.html(f'<div class="{style}">{"".join(picture.html for picture in pictures)}</div>')
