"""A page with a view for each of a studio's tasks: what is asked and how a result is drawn is the studio's, the order and the states are
the house's.

    studio_page(app, {"compose": View("Compose", "Compose piece", ...), ...}, style=Path(__file__).parent / "dashboard.css")
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from shared.app import App
from shared.errors import SextantError
from shared.ui.choice import choose_task
from shared.ui.form import Form
from shared.ui.generic import fill_request, repeat_button, shown_run
from shared.ui.history import history
from shared.ui.host import chosen_run
from shared.ui.live import live_text
from shared.ui.page import empty, error_note, frame, heading
from shared.ui.results import downloads, figures, warnings
from shared.ui.run_panel import run_panel
from shared.ui.text import plain

if TYPE_CHECKING:
    from shared.app import Artifact, Figure
    from shared.runs import Run

__all__ = ["Bundle", "Fill", "View", "closing", "drawn", "studio_page"]

Fill = Callable[[Form, Mapping[str, Any]], None]
Bundle = tuple[str, Sequence["Artifact"]]
"""A name for people and the files that are packed under it."""


@dataclass(frozen=True)
class View:
    """One task. name: on the switch; heading: above the inputs. action: on the button; first: what comes before it, "Choose a file";
    shortcut: keys that press it, "Mod+Enter", for what is sent as it is written.

    inputs: draws the fields. show: draws a finished run and returns what `side` draws beside it, None for nothing. describe, thumbnail: of
    a run in the history. nothing, awaited: "No piece yet.", "the score appears here ...". fill: puts a request into the form.
    """

    name: str
    heading: str
    action: str
    inputs: Callable[[Form], None]
    show: Callable[[Form, Run], Any]
    side: Callable[[Form, Run, Any], None]
    describe: Callable[[Run], tuple[str, str]]
    nothing: str
    awaited: str
    first: str = ""
    shortcut: str | None = None
    fill: Fill = fill_request
    thumbnail: Callable[[Run], str] | None = None


def studio_page(app: App, views: Mapping[str, View], *, style: Path, notice_title: str = "Please note") -> None:
    """Draw the view of the chosen task. views: by the tasks' names; style: the studio's own CSS."""
    st.html(f"<style>{style.read_text(encoding='utf-8')}</style>")
    parts = frame(app, notice_title=notice_title)
    with parts.switch:
        task = choose_task(app, {name: view.name for name, view in views.items()})
    view, form, run = views[task.name], Form(task), chosen_run(task)
    if run is not None and not form.filled():
        view.fill(form, run.request)
    with parts.inputs:
        heading(view.heading)
        view.inputs(form)
        run_panel(form, view.action, run, shortcut=view.shortcut)
    beside = None
    with parts.stage:
        shown = shown_run(task, run)
        if run is not None and not run.finished:
            live_text(run, waiting=None if shown else ("At work.", f"When the run is done, {view.awaited}"))
        if shown is not None:
            beside = view.show(form, shown)
        elif run is None or run.finished:
            empty(view.nothing, f"{f'{view.first} and press' if view.first else 'Press'} “{view.action}”: {view.awaited}")
    with parts.side:
        if shown is not None and beside is not None:
            view.side(form, shown, beside)
        history(task, run or shown, view.describe, view.thumbnail)


def drawn(form: Form, run: Run, draw: Callable[[Any], None]) -> Any:
    """The run's result once `draw` has drawn it, its warnings first; None, with the reason on the page, where it cannot be read."""
    try:
        result: Any = run.result_of(form.task)
        warnings(result)
        draw(result)
    except SextantError as error:
        error_note("The result cannot be shown", error, "")
        return None
    return result


def closing(
    form: Form,
    run: Run,
    shown: Sequence[Figure],
    files: Sequence[tuple[str, Artifact]],
    bundles: Sequence[Bundle] = (),
    *,
    fill: Fill = fill_request,
    more: Callable[[], None] | None = None,
) -> None:
    """Below a result: its figures, its files, the way back into the form. more: further buttons of the studio's."""
    figures(shown)
    with st.container(horizontal=True, key=f"sx-files-{form.task.app.key}"):
        downloads(run, files)
        if more is not None:
            more()
        for words, artifacts in bundles:
            _download_all(run, words, artifacts)
        repeat_button(form, run, fill)


def _download_all(run: Run, words: str, artifacts: Sequence[Artifact]) -> None:
    """Several files as one, packed when the button is pressed."""
    st.download_button(
        plain(f"{words} (ZIP)"),
        data=lambda: _packed(artifacts),
        file_name=f"{run.id[:6]}-{words.lower().replace(' ', '-')}.zip",
        mime="application/zip",
        on_click="ignore",
        key=f"sx-download-{run.id}-{words}",
        help=plain(f"{len(artifacts)} files: {', '.join(artifact.name for artifact in artifacts[:6])}"),
    )


def _packed(artifacts: Sequence[Artifact]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for artifact in artifacts:
            archive.writestr(artifact.name, artifact.read())
    return out.getvalue()
