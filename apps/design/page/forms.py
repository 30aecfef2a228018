"""What the inputs of the three tasks have in common: examples, and numbers that may be left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from apps.design.tasks import garment, product, repair
from shared.app import Task
from shared.ui.form import Form
from shared.ui.host import executor
from shared.ui.source import fill_from
from shared.ui.text import plain

__all__ = ["ACTIONS", "TASKS", "fill", "optional_number"]

TASKS: dict[str, Task[Any, Any]] = {"product": product, "garment": garment, "repair": repair}
ACTIONS = {"product": "Design furniture", "garment": "Draft pattern", "repair": "Check mesh"}


def fill(form: Form, fields: Mapping[str, Any]) -> None:
    """Put a request into the widgets, the page's own ones included. Call it from a callback, or before they are drawn."""
    if form.task is repair:
        fill_from(form, fields, executor().store)
        return
    form.fill(fields)
    if form.task is product:
        from apps.design.page.furniture import fill_own

        fill_own(form, fields)
    else:
        from apps.design.page.garment import fill_own as fill_garment

        fill_garment(form, fields)


def optional_number(
    form: Form, name: str, label: str, *, help: str = "", placeholder: str = "automatic", step: float = 1.0
) -> float | None:
    """A number that is None while nothing is typed; `name`: of its place in the session."""
    key = form.key(name)
    st.session_state.setdefault(key, None)
    value = st.number_input(
        label,
        key=key,
        value=None,
        step=step,
        format="%g",
        placeholder=placeholder,
        help=plain(help) or None,
        persist_state="session",
    )
    return None if value is None else float(value)
