"""The launcher: every studio as a card, what the engine is doing, and the last runs."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from shared.app import App
from shared.discovery import load_apps
from shared.errors import SextantError
from shared.serving import default_engine
from shared.settings import settings
from shared.ui.host import executor, list_runs
from shared.ui.page import empty, error_note, heading, note, page_of
from shared.ui.rule import Segment, rule
from shared.ui.studio import picture
from shared.ui.text import ago, bytes_text, escape, plain, plural, seconds_text

if TYPE_CHECKING:
    from shared.runs import Run
    from shared.serving import Status

__all__ = ["page"]

_POLL_S = 5.0
_RECENT = 8
_PACED = 20
_COUNTED = 1_000
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")


def page() -> None:
    """Draw it."""
    apps, broken = load_apps()
    count = _NUMBERS[len(apps)] if len(apps) < len(_NUMBERS) else str(len(apps))
    st.html(
        f'<h1 class="sx-h1">{count} {"studio" if len(apps) == 1 else "studios"}, one engine</h1>'
        f'<p class="sx-job">Pick a studio to begin. Everything runs on {"the server" if settings().server else "this machine"}.</p>'
    )
    _engine()
    for studio in broken:
        note(f"The studio {studio.key} is not available", studio.reason, "bad")
    if not apps:
        empty("No studio is installed.", "Install one into this environment, or name one in SEXTANT_APPS, and start again.")
    runs = list_runs(limit=_COUNTED)
    with st.container(key="sx-cards"):
        for app in apps:
            _card(app, [run for run in runs if run.app == app.key])
    heading("Recent runs")
    _recent({app.key: app for app in apps})


@st.fragment(run_every=_POLL_S)
def _engine() -> None:
    """Device, memory and queue; of another machine's engine only the queue is known here."""
    server = settings().server
    waiting = executor().history.list(status="queued", limit=_COUNTED)
    running = executor().history.list(status="running", limit=_COUNTED)
    state = f"{len(running)} running, {len(waiting)} waiting" if running or waiting else "Empty"
    with st.container(horizontal=True, key="sx-engine"):
        status = None if server else default_engine().status()
        _fact("Engine", _device(status) if status else f"At {server}")
        with st.container(key="sx-memory"):
            if status is not None:
                _memory(status)
        _fact("Queue", state)


def _fact(label: str, value: str) -> None:
    st.html(f'<div class="sx-fact"><p class="sx-label">{escape(label)}</p><p class="value">{escape(value)}</p></div>', width="content")


def _memory(status: Status) -> None:
    """The device's budget as a rule, with a segment for each model."""
    total = max(status.budget_bytes, 1)
    used = sum(model.nbytes for model in status.loaded)
    words = f"{bytes_text(used)} of {bytes_text(total)}, {plural(len(status.loaded), 'model')} loaded"
    st.html(f'<div class="sx-both"><span class="sx-label">Model memory</span><span>{escape(words)}</span></div>')
    largest = sorted((model for model in status.loaded if model.nbytes), key=lambda model: -model.nbytes)
    segments = [Segment(model.nbytes / total, "memory", model.name) for model in largest]
    free = Segment(max(1 - used / total, 0), "free", "free")
    rule(f"Model memory: {words}", ticks=total / _tick_bytes(total), key="sx-memory-rule", segments=[*segments, free])


def _tick_bytes(total: int) -> int:
    return 1 << 30 if total >= 2 << 30 else 64 << 20


def _device(status: Status) -> str:
    name = status.device.upper() if len(status.device) < 5 else status.device
    return f"Ready on {name}, {plural(status.slots, 'run')} at a time"


def _card(app: App, runs: list[Run]) -> None:
    content, media_type = picture(app, dark=st.context.theme.type == "dark")
    with st.container(key=f"sx-card-{app.key}"):
        st.html(f'<img class="sx-card-picture" src="data:{media_type};base64,{base64.b64encode(content).decode()}" alt="">')
        target = page_of(app.key)
        if target is not None:
            st.page_link(target, label=plain(app.title))
        else:
            st.html(f'<b class="sx-h2">{escape(app.title)}</b>')
        st.html(
            f'<div class="sx-card-text">{escape(app.summary)}<div class="foot"><span>{escape(_week(runs))}</span>'
            f"<span>{escape(_pace(runs))}</span></div></div>"
        )


def _week(runs: list[Run]) -> str:
    since = datetime.now(UTC) - timedelta(days=7)
    recent = sum(run.created_at > since for run in runs)
    return f"{plural(recent, 'run')} this week" if recent else "No run this week"


def _pace(runs: list[Run]) -> str:
    """What the studio's last runs took, in the middle."""
    done = sorted(run.seconds or 0.0 for run in runs[:_PACED] if run.status == "done")
    return f"~{seconds_text(done[len(done) // 2])}" if done else ""


@st.fragment(run_every=_POLL_S)
def _recent(apps: dict[str, App]) -> None:
    try:
        runs = list_runs(limit=_RECENT)
    except SextantError as error:
        error_note("The history cannot be read", error, "")
        return
    if not runs:
        empty("No run yet.", "Open a studio and start one: it is listed here, whoever starts it.")
        return
    with st.container(key="sx-recent"):
        st.html(
            '<div class="sx-rowhead"><span>Studio</span><span>Run</span><span>State</span><span>Progress</span><span>Started</span></div>'
        )
        for run in runs:
            _row(run, apps.get(run.app))


def _row(run: Run, app: App | None) -> None:
    title = app.title if app else run.app
    with st.container(key=f"sx-row-{run.id}"):
        st.html(f"<span>{escape(title)}</span>")
        target = page_of(run.app)
        if target is not None:
            st.page_link(target, label=plain(_name(run)), query_params={"run": run.id})
        else:
            st.html(f"<span>{escape(_name(run))}</span>")
        st.html(f'<span class="sx-badge {run.status}">{run.status}</span>')
        st.html(_progress(run))
        st.html(f'<div class="sx-when">{escape(ago(run.created_at))}</div>')


def _name(run: Run) -> str:
    """A run by its input's name, else by its first setting."""
    files = [str(value["name"]) for value in run.request.values() if isinstance(value, dict) and "sha256" in value]
    words = [str(value) for name, value in run.request.items() if name not in ("seed", "model") and isinstance(value, str | int | float)]
    return f"{run.task.capitalize()} {', '.join(files) or ', '.join(words[:2])}"[:70].strip()


def _progress(run: Run) -> str:
    if run.status == "failed":
        return f'<div class="sx-why">{escape(str((run.error or {}).get("message", "")))}</div>'
    done, total, *_ = run.progress
    share = 1.0 if run.status == "done" else min(done / total, 1.0) if total else 0.0
    return f'<div class="sx-mini {run.status}"><i style="width:{100 * share:.0f}%"></i></div>'
