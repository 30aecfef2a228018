"""What the inputs of the three tasks have in common: examples, and numbers that may be left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from apps.design.tasks import app, garment, product, repair
from shared.app import Example, Task
from shared.ui.form import Form
from shared.ui.host import executor
from shared.ui.source import fill_from
from shared.ui.text import plain

__all__ = ["ACTIONS", "DRAWN_KEY", "TASKS", "TASK_KEY", "choose_example", "fill", "optional_number"]

TASK_KEY, DRAWN_KEY = f"{app.key}:task", f"{app.key}:drawn-task"
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


def choose_example(form: Form) -> None:
    """The task's examples; the first one fills an empty form."""
    examples: dict[str, Example] = {example.title: example for example in form.task.examples}
    if not form.filled():
        fill(form, next(iter(examples.values())).values())
    st.selectbox(
        "Examples",
        list(examples),
        key=form.key("example"),
        index=None,
        placeholder="Start from an example",
        label_visibility="collapsed",
        on_change=_take_example,
        args=(form, examples),
    )


def _take_example(form: Form, examples: Mapping[str, Example]) -> None:
    """A menu, not a state: what it put into the form can be changed."""
    title = st.session_state[form.key("example")]
    st.session_state[form.key("example")] = None
    if title:
        fill(form, examples[title].values())


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
