"""The page of the deepfake studio: inspect files of a case, sign what is yours, verify what is signed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from apps.deepfake.page import forms
from apps.deepfake.page import inspect as inspecting
from apps.deepfake.page import sign as signing
from apps.deepfake.page import verify as verifying
from apps.deepfake.tasks import app
from shared.errors import SextantError
from shared.ui.choice import choose_task
from shared.ui.form import Form
from shared.ui.generic import repeat_button, shown_run
from shared.ui.history import history
from shared.ui.host import chosen_run, executor
from shared.ui.page import empty, error_note, frame, heading
from shared.ui.results import downloads, figures, provenance, warnings
from shared.ui.run_panel import run_panel
from shared.ui.source import fill_from

if TYPE_CHECKING:
    from shared.app import Artifact, Figure
    from shared.runs import Run

__all__ = ["page"]

STYLE = Path(__file__).parent / "dashboard.css"
NAMES = {"inspect": "Inspect", "sign": "Sign", "verify": "Verify"}
HEADINGS = {"inspect": "Case", "sign": "Statement", "verify": "File"}
NOTHING = {"inspect": "No file inspected yet.", "sign": "Nothing signed yet.", "verify": "Nothing verified yet."}
FIRST = {"inspect": "Upload files, or take the example,", "sign": "Say how the file was made", "verify": "Upload a file"}
AWAITED = {
    "inspect": "each file appears here with a verdict in words, where the evidence is, and what it cannot tell.",
    "sign": "the signed copy appears here, with its credentials as anybody will read them.",
    "verify": "its credentials appear here, with every status code in words.",
}
NOTES = {
    "inspect": "Everything ran on this machine: nothing was uploaded, and no address in a file was fetched.",
    "sign": "The file that was given is not changed.",
    "verify": "Checked offline, against the trust lists that came with this installation.",
}


def page() -> None:
    """Draw it."""
    st.html(f"<style>{STYLE.read_text(encoding='utf-8')}</style>")
    parts = frame(app)
    with parts.switch:
        task = choose_task(app, NAMES)
    form, run = Form(task), chosen_run(task)
    if run is not None and not form.filled():
        fill_from(form, run.request, executor().store)
    action = forms.ACTIONS[task.name]
    with parts.inputs:
        heading(HEADINGS[task.name])
        forms.INPUTS[task.name](form)
        run_panel(form, action, run)
    with parts.stage:
        shown = shown_run(task, run)
        result = None
        if shown is None and run is not None and not run.finished:
            empty("At work.", f"When the run is done, {AWAITED[task.name]}")
        elif shown is None:
            empty(NOTHING[task.name], f"{FIRST[task.name]} and press “{action}”: {AWAITED[task.name]}")
        else:
            result = _show(form, shown)
    with parts.side:
        if shown is not None and result is not None:
            _show_side(form, shown, result)
        history(task, run or shown, forms.describe, inspecting.show_thumbnail if task.name == "inspect" else None)


def _show(form: Form, run: Run) -> Any:
    """Draw a finished run; returns its result, None when it cannot be read."""
    try:
        result: Any = run.result_of(form.task)
        warnings(result)
        if form.task.name == "inspect":
            inspecting.show(run, result)
            _close(form, run, inspecting.figures_of(run, result), inspecting.files_of(result))
            inspecting.show_details(run, result)
        elif form.task.name == "sign":
            signing.show(run, result)
            _close(form, run, result.figures, signing.files_of(result))
        else:
            verifying.show(result)
            _close(form, run, result.figures, [])
    except SextantError as error:
        error_note("The result cannot be shown", error, "")
        return None
    provenance(run, forms.source(form, run), NOTES[form.task.name])
    return result


def _close(form: Form, run: Run, shown: list[Figure], files: list[tuple[str, Artifact]]) -> None:
    """Figures, files, and the way back into the form."""
    figures(shown)
    with st.container(horizontal=True, key="sx-files-deepfake"):
        downloads(run, files)
        repeat_button(form, run)


def _show_side(form: Form, run: Run, result: Any) -> None:
    if form.task.name == "inspect":
        inspecting.show_side(run, result)
    elif form.task.name == "sign":
        signing.show_side(result)
    else:
        verifying.show_side(result)
