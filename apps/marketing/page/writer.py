"""Which tier writes: those that are here first, and why another one is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from shared.ui.form import Form
from shared.ui.page import note

__all__ = ["choose_writer", "with_writer"]

NAMES = {"composer": "composer, no language model"}


def with_writer(form: Form, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A request's fields; one that names no writer, or one that is no longer served, is given the best that is here."""
    served = form.task.app.models_for(form.task.name)
    best = next((model.name for model in served if model.why_not() is None), None)
    kept = best is None or fields.get("model") in {model.name for model in served}
    return dict(fields) if kept else {**fields, "model": best}


def choose_writer(form: Form) -> None:
    """Draw the menu, where there is a choice; one that cannot write here is said before somebody waits for it."""
    if "model" not in form.params:
        return
    served = {model.name: model for model in form.task.app.models_for(form.task.name)}
    missing = {name: why_not for name, model in served.items() if (why_not := model.why_not()) is not None}
    names = {name: f"{NAMES.get(name, name)}{' (not here)' if name in missing else ''}" for name in served}
    form.field("model", label="Writer", names=names)
    chosen = str(st.session_state.get(form.key("model")) or "")
    if chosen in missing:
        note("This writer is not here", str(missing[chosen]), "tint")
