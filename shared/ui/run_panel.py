"""The run panel: cost before, progress and cancel during a run. Idle, queued, running and done share one place of 92 px."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from shared.app import Request, Task
from shared.errors import BadInput, SextantError
from shared.settings import settings
from shared.ui.form import Form
from shared.ui.host import executor, find_run, open_run, redraw_page
from shared.ui.rule import Segment, rule
from shared.ui.text import bytes_text, escape, plain, plural, seconds_text

if TYPE_CHECKING:
    from shared.app import Estimate
    from shared.runs import Run

__all__ = ["run_panel"]

_POLL_S = 0.5
_STOPPING = "sextant.stopping"
_START = "sx-start"


def run_panel(form: Form, action: str, run: Run | None, *, shortcut: str | None = None) -> None:
    """Draw the panel of what `form` asks.

    action: the button's words, a verb and a noun; shortcut: keys that press it, "Mod+Enter". run: the chosen run as the rest of the page
    shows it. Asking anew here could find it over where the stage still shows it running, and nothing would draw the page again.
    """
    with st.container(key="sx-panel"):
        if run is not None and not run.finished:
            _watch(form.task, run.id)
            return
        _offer(form, action, shortcut)


def _offer(form: Form, action: str, shortcut: str | None) -> None:
    missing = form.wanted if st.session_state.get(_START) else None  # pressed, and nothing there
    try:
        request = form.request(executor().store)
        estimate = _estimate(form.task, request)
    except SextantError as error:
        _cost(error.message if isinstance(error, BadInput) else str(error), tone="bad")
        rule("Not ready to run", ticks=10, key="sx-rule")
        st.button(plain(action), type="primary", width="stretch", disabled=True, key=_START, shortcut=shortcut)
        return
    if missing is not None:
        _cost(missing.message, tone="bad")
    else:
        _cost(_cost_text(estimate), title=f"From {estimate.basis}")
    rule(f"Estimated: {_cost_text(estimate)}", ticks=estimate.seconds or 10, key="sx-rule")
    pressed = st.button(plain(action), type="primary", width="stretch", key=_START, shortcut=shortcut)
    if pressed and form.wanted is None:
        _start(form.task, request)


def _start(task: Task[Any, Any], request: Request) -> None:
    try:
        handle = executor().submit(task, request)
    except SextantError as error:
        st.session_state[refusal_key(task)] = error.as_dict()
        return
    st.session_state.pop(refusal_key(task), None)
    open_run(handle.run_id)
    st.rerun()


def refusal_key(task: Task[Any, Any]) -> str:
    """Where the session keeps why a run could not be queued."""
    return f"{task.key}:refused"


@st.fragment(run_every=_POLL_S)
def _watch(task: Task[Any, Any], run_id: str) -> None:
    """Poll until the run is over, then draw the whole page anew."""
    try:
        run = find_run(run_id)
    except SextantError as error:  # a locked database for a moment; the run goes on
        _cost(str(error), tone="bad")
        return
    if run.finished:
        redraw_page()
        _cost(run.status.capitalize(), "shown once the dialog is closed")
        return
    if run.status == "queued":
        ahead = max(executor().history.position(run) - 1, 0)
        _cost("Queued", f"{plural(ahead, 'run')} before it" if ahead else "next")
        rule("Queued", ticks=10, progress=0.0, key="sx-rule")
    else:
        _progress(task, run)
    stopping = run_id in st.session_state.get(_STOPPING, ())
    words = "Stopping" if stopping else "Cancel run"
    st.button(words, width="stretch", disabled=stopping, key="sx-cancel", on_click=_cancel, args=(run_id,))


def _cancel(run_id: str) -> None:
    executor().history.request_cancel(run_id, settings().owner)
    st.session_state[_STOPPING] = {*st.session_state.get(_STOPPING, ()), run_id}


def _progress(task: Task[Any, Any], run: Run) -> None:
    done, total, unit, _ = run.progress
    elapsed_s, expected_s = run.seconds or 0.0, _expected_s(task, run)
    if total > 1:
        share = min(done / total, 1.0)
        left_s = elapsed_s * (1 - share) / share if done else expected_s and expected_s - elapsed_s
        words = f"{(unit or 'step').capitalize()} {done:.0f} of {total:.0f}"
        ticks = total
    else:  # one step: the scale is time
        share = min(elapsed_s / expected_s, 0.99) if expected_s else 0.0
        left_s = expected_s and expected_s - elapsed_s
        words, ticks = f"Running for {seconds_text(elapsed_s)}", expected_s or 10
    left = _left_text(left_s, elapsed_s)
    _cost(words, left)
    rule(f"{words}{', ' if left else ''}{left}", ticks=ticks, segments=[Segment(share, "progress")], progress=share, key="sx-rule")


def _left_text(left_s: float | None, elapsed_s: float) -> str:
    if left_s is None:
        return ""
    if left_s > 0.5:
        return f"{seconds_text(left_s)} left"
    return "nearly done" if left_s > -max(0.5 * elapsed_s, 1) else "longer than expected"


def _expected_s(task: Task[Any, Any], run: Run) -> float | None:
    """The estimate of a run, made once: a reload makes it again."""
    known: dict[str, float | None] = st.session_state.setdefault("sextant.expected", {})
    if run.id not in known:
        try:
            request = task.parse(run.request, files=executor().store)
            known[run.id] = task.estimate(request, history=executor().history).seconds
        except SextantError:
            known[run.id] = None
    return known[run.id]


def _estimate(task: Task[Any, Any], request: Request) -> Estimate:
    """Of the last request the estimate is kept: it reads the files' headers."""
    key, asked = f"{task.key}:estimate", (request.model_dump_json(), st.query_params.get("run"))
    known = st.session_state.get(key)
    if known is None or known[0] != asked:
        known = (asked, task.estimate(request, history=executor().history))
        st.session_state[key] = known
    estimate: Estimate = known[1]
    return estimate


def _cost_text(estimate: Estimate) -> str:
    time = "Duration not known yet" if estimate.seconds is None else f"About {seconds_text(estimate.seconds)}"
    return f"{time}, {bytes_text(estimate.size_bytes)}" if estimate.size_bytes else time


def _cost(left: str, right: str = "", *, tone: str = "", title: str = "") -> None:
    """The line above the rule."""
    st.html(
        f'<div class="sx-cost" title="{escape(title or left)}"><span class="{tone or ("now" if right else "")}">{escape(left)}</span>'
        f"<span>{escape(right)}</span></div>"
    )
