"""A studio's page as a frame: heading, task switch, notice, and the three parts inputs | stage | side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from shared.app import App
from shared.errors import SextantError
from shared.ui.host import release_page
from shared.ui.text import escape, plain

__all__ = ["Frame", "empty", "error_note", "frame", "heading", "note", "page_of", "put_pages"]

_PAGES = "sextant.pages"


@dataclass(frozen=True)
class Frame:
    """The parts of a studio's page. switch: beside the heading, for what the studio can do."""

    switch: Any
    inputs: Any
    stage: Any
    side: Any


def frame(app: App, *, notice_title: str = "Please note") -> Frame:
    """Draw a studio's heading and notice; returns the places for the rest."""
    release_page()
    with st.container(horizontal=True, key="sx-head", vertical_alignment="bottom"):
        st.html(f'<h1 class="sx-h1">{escape(app.title)}</h1><p class="sx-job">{escape(app.summary)}</p>')
        switch = st.container(width="content", key="sx-switch")
    if app.notice:
        note(notice_title, app.notice, "warn")
    with st.container(horizontal=True, key="studio"):
        inputs = st.container(key="sx-inputs", width=296)
        stage = st.container(key="sx-stage")
        side = st.container(key="sx-side", width=232)
    return Frame(switch, inputs, stage, side)


def heading(text: str, below: str = "") -> None:
    """A section's heading, with a line of small print."""
    small = f'<p class="sx-label">{escape(below)}</p>' if below else ""
    st.html(f'<h2 class="sx-h2">{escape(text)}</h2>{small}')


def note(title: str, text: str, tone: str = "tint") -> None:
    """A line that has to be read. tone: tint, warn or bad."""
    role = ' role="alert"' if tone == "bad" else ""
    dot = "" if title.endswith((".", ":", "?", "!")) else "."
    st.html(f'<p class="sx-note {tone}"{role}><b>{escape(title)}{dot}</b>{escape(text)}</p>')


def error_note(title: str, error: SextantError | Mapping[str, Any], kept: str = "Your input and settings are kept.") -> None:
    """Why something did not work, what to do, and what is left."""
    shape = error.as_dict() if isinstance(error, SextantError) else error
    note(title, " ".join(filter(None, (str(shape.get("message", "")), str(shape.get("remedy", "")), kept))), "bad")


def empty(title: str, text: str) -> None:
    """What to press, and what will then appear here."""
    st.html(f'<div class="sx-empty"><b>{escape(title)}</b>{escape(text)}</div>')


def put_pages(pages: Mapping[str, Any]) -> None:
    """Remember the pages of this session, so that any part can link to a studio."""
    st.session_state[_PAGES] = dict(pages)


def page_of(key: str) -> Any | None:
    """The `st.Page` of a studio; None outside the launcher."""
    return st.session_state.get(_PAGES, {}).get(key)


def switch(label: str, options: Sequence[Any], names: Mapping[Any, str], *, key: str) -> Any:
    """A control with one of a few options chosen, always; the first one at first."""
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0]
    return st.segmented_control(
        label,
        options,
        format_func=lambda option: plain(names.get(option, str(option))),
        key=key,
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
