"""What a page with several tasks lets a person choose first: the task, and an example to start from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from shared.app import App, Example, Task
from shared.ui.form import Form
from shared.ui.host import forget_run, newly_named_run
from shared.ui.page import switch

__all__ = ["choose_example", "choose_task", "task_key"]


def task_key(app: App) -> str:
    """Where the session keeps the name of the chosen task: set it to open another one."""
    return f"{app.key}:task"


def choose_task(app: App, names: Mapping[str, str]) -> Task[Any, Any]:
    """One of the studio's tasks, by `names` for people; a run that the address newly names brings its own."""
    key, drawn = task_key(app), f"{app.key}:drawn-task"
    named = newly_named_run()
    if named is not None and named.app == app.key and named.task in app.tasks:
        st.session_state[key] = named.task
    name = switch("Task", list(app.tasks), names, key=key)
    if st.session_state.get(drawn) not in (None, name) and named is None:
        forget_run()  # the address names a run of the task that was left; this one has its own
    st.session_state[drawn] = name
    return app.find_task(name)


def choose_example(form: Form, fill: Callable[[Form, Mapping[str, Any]], None], first: Mapping[str, Any] | None = None) -> None:
    """A menu of the task's examples; the first one fills an empty form. fill: puts fields into it; first: goes with every example."""
    examples: dict[str, Example] = {example.title: example for example in form.task.examples}

    def take() -> None:
        """A menu, not a state: what it put into the form can be changed."""
        title = st.session_state[form.key("sx-example")]
        st.session_state[form.key("sx-example")] = None
        if title:
            fill(form, {**examples[title].values(), **(first or {})})

    if not form.filled():
        fill(form, {**next(iter(examples.values())).values(), **(first or {})})
    st.selectbox(
        "Examples",
        list(examples),
        key=form.key("sx-example"),
        index=None,
        placeholder="Start from an example",
        label_visibility="collapsed",
        on_change=take,
    )
