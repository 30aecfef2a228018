"""What a page works on: the runs of this process, or of the server that `SEXTANT_SERVER` names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from shared.errors import SextantError
from shared.runs import default_executor
from shared.settings import settings

if TYPE_CHECKING:
    from shared.app import Task
    from shared.runs import Executor, Run

__all__ = [
    "chosen_run", "executor", "find_run", "forget_run", "hold_page", "list_runs", "newly_named_run", "open_run", "redraw_page",
    "release_page",
]  # fmt: skip

_PARAMETER = "run"
_HELD = "sextant.held"


def executor() -> Executor:
    """Raises `StorageFailed` and `Unavailable` where there is none to be had."""
    found: Executor = default_executor()
    return found


def find_run(run_id: str) -> Run:
    """A run of the person whose pages these are. Raises `NotFound`, also for another's: keys of the HTTP API have runs of their own."""
    return executor().history.get(run_id, settings().owner)


def list_runs(**which: Any) -> list[Run]:
    """The person's runs, newest first; `which` as in `History.list`."""
    return executor().history.list(owner=settings().owner, **which)


def chosen_run(task: Task[Any, Any]) -> Run | None:
    """The run that the address names, else the one that this session last looked at here: navigation empties the address.

    None for a run of another task; an unknown one leaves the address.
    """
    remembered = f"{task.key}:run"
    run_id = st.query_params.get(_PARAMETER) or st.session_state.get(remembered)
    if not run_id:
        return None
    try:
        run = find_run(run_id)
    except SextantError:
        forget_run()
        st.session_state.pop(remembered, None)
        return None
    if (run.app, run.task) != (task.app.key, task.name):
        return None
    st.session_state[remembered] = run_id
    if st.query_params.get(_PARAMETER) != run_id:
        open_run(run_id)
    return run


def newly_named_run() -> Run | None:
    """The run in the address, the first time that this session sees it there: somebody followed a link to it."""
    run_id = st.query_params.get(_PARAMETER)
    if run_id == st.session_state.get("sextant.named"):
        return None
    st.session_state["sextant.named"] = run_id
    try:
        return find_run(run_id) if run_id else None
    except SextantError:
        return None


def open_run(run_id: str) -> None:
    """Put a run into the address: it is still there after a reload."""
    st.query_params[_PARAMETER] = run_id


def forget_run() -> None:
    st.query_params.pop(_PARAMETER, None)


def hold_page() -> None:
    """Keep this pass of the page until somebody acts: a dialog with a table is open, and a pass under it empties the cell being written.

    Measured with Streamlit 1.67: `data_editor` in `st.dialog` loses the open cell to a whole pass, though not to a fragment's.
    """
    st.session_state[_HELD] = True


def release_page() -> None:
    """A new pass has begun: who still has a dialog holds it again."""
    st.session_state[_HELD] = False


def redraw_page() -> None:
    """Draw the whole page anew, from a fragment that saw a run end; not while it is held."""
    if not st.session_state.get(_HELD):
        st.rerun()
