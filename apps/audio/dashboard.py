"""The page of the audio studio: compose a piece, make a sound effect, clean a recording."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from apps.audio.page import compose as composing
from apps.audio.page import denoise as cleaning
from apps.audio.page import effect as making
from apps.audio.page import forms
from apps.audio.tasks import app
from shared.errors import SextantError
from shared.ui.choice import choose_task
from shared.ui.form import Form
from shared.ui.generic import shown_run, source_of
from shared.ui.history import history
from shared.ui.host import chosen_run, executor
from shared.ui.page import empty, error_note, frame, heading
from shared.ui.results import downloads, figures, provenance, warnings
from shared.ui.run_panel import run_panel
from shared.ui.source import fill_from
from shared.ui.text import plain

if TYPE_CHECKING:
    from shared.app import Artifact, Result
    from shared.runs import Run

__all__ = ["page"]

STYLE = Path(__file__).parent / "dashboard.css"
NAMES = {"compose": "Compose", "effect": "Effect", "denoise": "Denoise"}
HEADINGS = {"compose": "Piece", "effect": "Sound", "denoise": "Recording"}
INPUTS = {"compose": composing.draw_inputs, "effect": making.draw_inputs, "denoise": cleaning.draw_inputs}
DESCRIBE = {"compose": composing.describe, "effect": making.describe_run, "denoise": cleaning.describe}
NOTHING = {"compose": "No piece yet.", "effect": "No sounds yet.", "denoise": "Nothing cleaned yet."}
AWAITED = {
    "compose": "the score appears here and follows the sound, with MIDI, MusicXML and PDF to take along.",
    "effect": "its variations appear here as cards, to be heard, compared and taken further.",
    "denoise": "it can be heard here before and after, and what was removed, with its spectrum.",
}
NOTES = {
    "compose": "The files say that the notes are synthetic, by which model and seed.",
    "effect": "The files say that they are synthetic, by which model and seed.",
    "denoise": "Both files say how they were made of the recording.",
}


def page() -> None:
    """Draw it."""
    st.html(f"<style>{STYLE.read_text(encoding='utf-8')}</style>")
    parts = frame(app)
    with parts.switch:
        task = choose_task(app, NAMES)
    form, run = Form(task), chosen_run(task)
    if run is not None and not form.filled():
        _take_up(form, run)
    action = forms.ACTIONS[task.name]
    with parts.inputs:
        heading(HEADINGS[task.name])
        INPUTS[task.name](form)
        run_panel(form, action, run)
    with parts.stage:
        shown = shown_run(task, run)
        result = None
        if shown is None and run is not None and not run.finished:
            empty("At work.", f"When the run is done, {AWAITED[task.name]}")
        elif shown is None:
            empty(NOTHING[task.name], f"Press “{action}”: {AWAITED[task.name]}")
        else:
            result = _show(form, shown)
    with parts.side:
        if shown is not None and result is not None:
            _show_side(form, shown, result)
        history(task, run or shown, DESCRIBE[task.name])


def _take_up(form: Form, run: Run) -> None:
    """Put a run's request into the form."""
    if form.task.name == "denoise":
        fill_from(form, run.request, executor().store)
    else:
        forms.fill(form, run.request)


def _show(form: Form, run: Run) -> Any:
    """Draw a finished run; returns its result, None when it cannot be read."""
    try:
        result: Any = run.result_of(form.task)
        warnings(result)
        if form.task.name == "compose":
            composing.show(run, result)
            single, many = composing.files_of(result)
        elif form.task.name == "effect":
            making.show(run, result)
            single, many = making.files_of(run, result)
        else:
            cleaning.show(run, result)
            single, many = cleaning.files_of(result)
    except SextantError as error:
        error_note("The result cannot be shown", error, "")
        return None
    figures(result.figures)
    with st.container(horizontal=True, key="sx-files-audio"):
        downloads(run, single)
        for words, artifacts in many:
            _download_all(run, words, artifacts)
        st.button(
            "Repeat with changes",
            type="tertiary",
            key=f"sx-repeat-{run.id}",
            on_click=_take_up,
            args=(form, run),
            help="Puts this run's inputs and settings back into the form.",
        )
    provenance(run, _source(form, run), NOTES[form.task.name])
    return result


def _source(form: Form, run: Run) -> str:
    if form.task.name == "effect" and not run.request.get("library"):
        return f"the words “{run.request.get('description', '')}”"
    return source_of(form.task, run) or ("nothing but its settings" if form.task.name == "compose" else "")


def _show_side(form: Form, run: Run, result: Result) -> None:
    shown: Any = result
    if form.task.name == "compose":
        composing.show_side(shown)
    elif form.task.name == "effect":
        making.show_side(form, run, shown)
    else:
        cleaning.show_side(run, shown)


def _download_all(run: Run, words: str, artifacts: Sequence[Artifact]) -> None:
    """Several files as one, packed when the button is pressed."""
    st.download_button(
        plain(f"{words} (ZIP)"),
        data=lambda: _packed(artifacts),
        file_name=f"{run.id[:6]}-{words.lower().replace(' ', '-')}.zip",
        mime="application/zip",
        on_click="ignore",
        key=f"sx-download-{run.id}-{words}",
        help=plain(", ".join(artifact.name for artifact in artifacts)),
    )


def _packed(artifacts: Sequence[Artifact]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for artifact in artifacts:
            archive.writestr(artifact.name, artifact.read())
    return out.getvalue()
