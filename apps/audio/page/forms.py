"""What the inputs of the three tasks have in common: examples, models and their licences, numbers in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from apps.audio.requests import HUB
from apps.audio.tasks import app, compose, denoise, effect
from shared.app import Task
from shared.errors import SextantError
from shared.files import InputFile
from shared.ui.form import Form
from shared.ui.host import executor
from shared.ui.page import note
from shared.ui.source import choose_files
from shared.ui.text import bytes_text, escape

__all__ = [
    "ACTIONS", "FORMATS", "TASKS",
    "choose_file", "fill", "given_file", "is_hub", "last", "show_licence",
]  # fmt: skip

TASKS: dict[str, Task[Any, Any]] = {"compose": compose, "effect": effect, "denoise": denoise}
ACTIONS = {"compose": "Compose piece", "effect": "Make sounds", "denoise": "Clean recording"}
FORMATS = {"wav": "WAV, 16 bits", "wav24": "WAV, 24 bits", "flac": "FLAC", "same": "As the recording", "ogg": "OGG", "mp3": "MP3"}


def fill(form: Form, fields: Mapping[str, Any]) -> None:
    """Put a request into the widgets, the page's own ones included. Call it from a callback, or before they are drawn."""
    form.fill(fields)
    if form.task is compose:
        from apps.audio.page.compose import fill_own

        fill_own(form, fields)
    if form.task is effect:
        from apps.audio.page.effect import fill_own as fill_effect

        fill_effect(form, fields)


def given_file(form: Form, name: str, fields: Mapping[str, Any]) -> None:
    """Keep the file, or the files, of an earlier run's request or of an example, for `choose_file`."""
    given, store = fields.get(name), {"files": executor().store}
    kept: Any = None
    if given:
        try:
            if isinstance(given, list):
                kept = [InputFile.model_validate(one, context=store) for one in given]
            elif isinstance(given, Mapping):
                kept = InputFile.model_validate(given, context=store)
            else:
                kept = getattr(form.task.parse(fields, paths=True), name)
        except (SextantError, ValueError):
            kept = None
    st.session_state[form.key(f"given:{name}")] = kept


def choose_file(form: Form, name: str, label: str) -> Any:
    """An optional file: the last one given, an upload or that of an example or of a run that was taken up again."""
    only = {field: param for field, param in form.params.items() if field == name}
    uploads = Form(replace(form.task, examples=()))  # an uploader alone: examples are chosen above
    uploads.params = only
    choose_files(uploads, executor().store, labels={name: label})
    uploaded = uploads.fields().get(name)
    key, seen = form.key(f"given:{name}"), form.key(f"uploaded-last:{name}")
    if uploaded and uploaded != st.session_state.get(seen):
        st.session_state[seen], st.session_state[key] = uploaded, None
    given = st.session_state.get(key)
    if given:
        files: list[InputFile] = given if isinstance(given, list) else [given]
        words = f"{', '.join(file.name for file in files)}, {bytes_text(sum(file.size_bytes for file in files))}"
        with st.container(horizontal=True, vertical_alignment="center", key=f"aud-given-{name}"):
            st.html(f'<p class="sx-sub">{escape(words)}</p>', width="content")
            st.button("Remove file", type="tertiary", key=form.key(f"remove:{name}"), on_click=lambda: st.session_state.update({key: None}))
    chosen = given or uploaded
    form.set(name, chosen)
    return chosen


def is_hub(form: Form) -> bool:
    """Whether the chosen model is one that was pulled."""
    return str(st.session_state.get(form.key("model")) or "").startswith(HUB)


def show_licence(form: Form) -> None:
    """Before a run: what a pulled model may be used for, and why one that is chosen cannot run."""
    chosen = str(st.session_state.get(form.key("model")) or "")
    model = next((each for each in app.models_for(form.task.name) if each.name == chosen), None)
    if model is None or not is_hub(form):
        return
    note("Licence of the model", f"{model.licence}. It holds for what the model makes, too.", "warn")
    if why_not := model.why_not():
        note("Not installed", str(why_not), "tint")


def last(form: Form, *names: str) -> None:
    """Fields at the end of an expander, with the model."""
    for name in (*names, "model"):
        if name in form.params:
            form.field(name, names=FORMATS, look="menu") if name == "format" else form.field(name)
