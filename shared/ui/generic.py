"""A whole page made from a studio's declaration: for studios that bring none of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from shared.app import App, Task
from shared.errors import SextantError
from shared.params import params
from shared.ui.form import Form
from shared.ui.history import history, last_done
from shared.ui.host import chosen_run, executor, newly_named_run
from shared.ui.page import empty, error_note, frame, heading, switch
from shared.ui.results import downloads, figures, picture_grid, provenance, warnings
from shared.ui.run_panel import refusal_key, run_panel
from shared.ui.source import choose_files, example_of, fill_from
from shared.ui.text import humanised
from shared.ui.values import show_values

if TYPE_CHECKING:
    from shared.runs import Run

__all__ = ["describe", "fill_request", "generic_page", "repeat_button", "shown_run", "source_of"]


def generic_page(app: App) -> None:
    """Form, run panel, result and history of each of the studio's tasks."""
    parts = frame(app)
    with parts.switch:
        task = _choose_task(app)
    run = chosen_run(task)
    form = Form(task)
    if run is not None and not form.filled():
        fill_request(form, run.request)
    action = f"Run {humanised(task.name).lower()}"
    with parts.inputs:
        heading("Input")
        if not any(param.kind in ("file", "files") for param in form.params.values()):
            _offer_examples(form)
        choose_files(form, executor().store)
        form.each()
        run_panel(form, action, run)
    with parts.stage:
        shown = shown_run(task, run)
        if shown is None:
            empty("Nothing here yet.", f"Press “{action}”: what it makes appears here, with its figures and its files.")
        else:
            _show(form, shown)
    with parts.side:
        history(task, run or shown, describe)


def shown_run(task: Task[Any, Any], run: Run | None) -> Run | None:
    """The run whose result is on the stage: the chosen one, or while that has none the last one before it.

    Says why the chosen one has none.
    """
    refused = st.session_state.get(refusal_key(task))
    if refused:
        error_note("The run was not started", refused)
    if run is not None and run.status == "done":
        return run
    if run is not None and run.status == "failed":
        error_note("The run stopped", run.error or {})
    if run is not None and run.status == "cancelled":
        error_note("The run was cancelled", {"message": "What it had made until then is not shown."})
    return last_done(task, run)


def fill_request(form: Form, request: Mapping[str, Any]) -> None:
    """Put a run's request into the form, its files from the store."""
    fill_from(form, request, executor().store)


def repeat_button(form: Form, run: Run, fill: Callable[[Form, Mapping[str, Any]], None] = fill_request) -> None:
    """Take a run's request as a new start."""
    st.button(
        "Repeat with changes",
        type="tertiary",
        key=f"sx-repeat-{run.id}",
        on_click=fill,
        args=(form, run.request),
        help="Puts this run's inputs and settings back into the form.",
    )


def source_of(task: Task[Any, Any], run: Run) -> str:
    """What a run was made from, in words."""
    names = [param.name for param in params(task.request_type) if param.kind in ("file", "files")]
    given = {name: run.request[name] for name in names if run.request.get(name)}
    if not given:
        return ""
    example = example_of(task, given)
    if example is not None:
        return example.source or example.title
    files = [file for value in given.values() for file in (value if isinstance(value, list) else [value])]
    return ", ".join(str(file.get("name", "file")) for file in files)


def describe(run: Run) -> tuple[str, str]:
    """A run by its first settings."""
    given = [
        (name, value)
        for name, value in run.request.items()
        if name not in ("seed", "model") and isinstance(value, str | int | float | bool)
    ]
    words = ", ".join(f"{humanised(name).lower()} {value}" for name, value in given[:2])
    return humanised(run.task), ", ".join(filter(None, (words[:80], f"seed {run.seed}")))


def _choose_task(app: App) -> Task[Any, Any]:
    tasks = list(app.tasks)
    if not tasks:
        raise SextantError(f"{app.title} declares no task.")
    chosen = tasks[0]
    if len(tasks) > 1:
        key = f"{app.key}:task"
        named = newly_named_run()
        if named is not None and named.app == app.key and named.task in tasks:
            st.session_state[key] = named.task
        chosen = switch("Task", tasks, {name: humanised(name) for name in tasks}, key=key)
    return app.find_task(chosen)


def _offer_examples(form: Form) -> None:
    """Examples of a task without files: what they put into the form can be changed."""
    examples = {example.title: example for example in form.task.examples}
    if not examples:
        return
    key = form.key("sx-example")
    if not form.filled():
        form.fill(next(iter(examples.values())).values())
    if len(examples) > 1:
        st.selectbox(
            "Example",
            list(examples),
            key=key,
            persist_state="session",
            on_change=lambda: form.fill(examples[st.session_state[key]].values()),
        )


def _show(form: Form, run: Run) -> None:
    try:
        result = run.result_of(form.task)
    except SextantError as error:
        error_note("The result cannot be shown", error, "")
        return
    warnings(result)
    picture_grid(run.artifacts, form.task.app.title)
    show_values(result)
    figures(result.figures)
    with st.container(horizontal=True, key=f"sx-files-{form.task.app.key}"):
        downloads(run, [(f"Download {artifact.name}", artifact) for artifact in run.artifacts])
        repeat_button(form, run)
    provenance(run, source_of(form.task, run))
