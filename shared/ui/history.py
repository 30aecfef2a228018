"""The runs of a task, newest first: look at one again, or take its request as a new start."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from shared.app import Task
from shared.ui.host import list_runs, open_run
from shared.ui.page import heading
from shared.ui.text import ago, escape, plain, seconds_text

if TYPE_CHECKING:
    from shared.runs import Run

__all__ = ["history", "last_done"]

_SHOWN = 8
_POLL_S = 5.0

Describe = Callable[["Run"], tuple[str, str]]
"""A run's (title, particulars)."""


def history(task: Task[Any, Any], current: Run | None, describe: Describe, thumbnail: Callable[[Run], str] | None = None) -> None:
    """Draw the list. thumbnail: a run's small picture as a URL, "" for none."""
    heading("Runs")
    _list(task, current.id if current else None, describe, thumbnail)


@st.fragment(run_every=_POLL_S)
def _list(task: Task[Any, Any], current: str | None, describe: Describe, thumbnail: Callable[[Run], str] | None) -> None:
    runs = list_runs(app=task.app.key, task=task.name, limit=_SHOWN)
    if not runs:
        st.html('<p class="sx-sub">No run yet. Each one is kept here with its inputs and its files.</p>')
        return
    for run in runs:
        mark = "-current" if run.id == current else ""
        with st.container(horizontal=True, key=f"sx-run-{run.id}{mark}"):
            if thumbnail is not None:
                url = thumbnail(run)
                st.html(f'<img class="sx-thumb" src="{escape(url)}" alt="">' if url else '<span class="sx-thumb"></span>', width="content")
            with st.container():
                title, particulars = describe(run)
                if st.button(plain(title), type="tertiary", key=f"sx-open-{run.id}"):
                    open_run(run.id)
                    st.rerun()
                st.html(f'<div class="sx-sub">{escape(particulars)}<br>{escape(_when(run))}</div>')


def last_done(task: Task[Any, Any], before: Run | None = None) -> Run | None:
    """The newest run with a result, older than `before`."""
    done = list_runs(app=task.app.key, task=task.name, status="done", limit=50)
    return next((run for run in done if before is None or run.created_at < before.created_at), None)


def _when(run: Run) -> str:
    if run.status in ("queued", "running"):
        return run.status
    taken = f", {seconds_text(run.seconds)}" if run.seconds is not None and run.status == "done" else ""
    state = "" if run.status == "done" else f"{run.status}, "
    return f"{state}{ago(run.created_at)}{taken}"
