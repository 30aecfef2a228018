"""The text of a run that is under way, as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from shared.errors import SextantError
from shared.ui.host import executor, find_run, redraw_page
from shared.ui.page import empty
from shared.ui.text import escape

if TYPE_CHECKING:
    from shared.runs import Run

__all__ = ["live_text"]

_POLL_S = 0.5


def live_text(run: Run, *, label: str = "Written so far", waiting: tuple[str, str] | None = None, mono: bool = False) -> None:
    """Draw what `run` has written, anew twice a second until it is over: then the whole page is.

    label: what it is, for assistive software. waiting: title and text of what stands here before the first word, None for nothing. mono:
    for what is no prose.
    """
    if not run.finished:
        _watch(run.id, label, waiting, mono)


@st.fragment(run_every=_POLL_S)
def _watch(run_id: str, label: str, waiting: tuple[str, str] | None, mono: bool) -> None:
    if written := _text(run_id):
        kind = "sx-live mono" if mono else "sx-live"
        words = f'aria-live="polite" aria-label="{escape(label)}" tabindex="0"'
        st.html(f'<div class="{kind}" role="region" {words}><p>{escape(written)}</p></div>')
    elif waiting is not None:
        empty(*waiting)


def _text(run_id: str) -> str:
    """Of a run of this process at once; of any other up to half a second late. "" where it cannot be asked for: the panel says why."""
    try:
        if (progress := executor().live(run_id)) is not None:
            return progress.text
        run = find_run(run_id)
    except SextantError:
        return ""
    if run.finished:
        redraw_page()
    return run.progress.text
