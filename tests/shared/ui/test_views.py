"""A page with a view for each task: its states are the house's."""

from __future__ import annotations

import io
import zipfile

import pytest

from shared.files import Artifact, MemoryStore
from shared.ui.views import _packed
from tests.pages import finished, html, opened, press, widget

pytestmark = pytest.mark.filterwarnings("ignore")


def page() -> None:
    from pathlib import Path
    from typing import Any

    import streamlit as st

    from shared.errors import RunFailed
    from shared.ui.views import View, closing, drawn, studio_page
    from tests.studios.echo import app

    def draw(result: Any) -> None:
        if "fail" in str(result).lower():
            raise RunFailed("It cannot be drawn.")
        st.text("heard")

    def show(form: Any, run: Any) -> Any:
        result = drawn(form, run, draw)
        if result is not None:
            closing(form, run, result.figures, [])
        return result

    def view(name: str) -> View:
        return View(
            name=name,
            heading="Words",
            action="Say it",
            inputs=lambda form: form.each(),
            show=show,
            side=lambda form, run, result: st.text("beside"),
            describe=lambda run: ("said", ""),
            nothing="Nothing said.",
            first="Write something",
            awaited="it is heard here.",
        )

    style = Path(__import__("shared.ui", fromlist=["web"]).__file__).parent / "web" / "style.css"
    studio_page(app, {task: view(task.capitalize()) for task in app.tasks}, style=style)


@pytest.fixture(autouse=True)
def echo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEXTANT_APPS", "echo=tests.studios.echo:app")


def said(words: str) -> tuple[str, list[str]]:
    at = opened(page, {"echo/say:text": words})
    press(at, "Say it")
    finished(at)
    return html(at), [one.value for one in at.text]


def test_before_the_first_run_it_says_what_to_do() -> None:
    shown = html(opened(page))
    assert "Nothing said." in shown and "Write something and press “Say it”: it is heard here." in shown


def test_a_result_is_drawn_with_what_stands_beside_it() -> None:
    _, texts = said("ahoy")
    assert texts == ["heard", "beside"]


def test_a_result_that_cannot_be_drawn_is_told_and_nothing_stands_beside_it() -> None:
    shown, texts = said("fail")
    assert "The result cannot be shown" in shown and "It cannot be drawn." in shown and texts == []


def test_several_files_are_packed_whole() -> None:
    store = MemoryStore()
    files = [Artifact.make(name, name.encode(), "text/plain", store) for name in ("a.txt", "b.txt")]
    with zipfile.ZipFile(io.BytesIO(_packed(files))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"a.txt": b"a.txt", "b.txt": b"b.txt"}


def asking() -> None:
    from dataclasses import replace
    from pathlib import Path

    from shared.errors import BadInput
    from shared.ui.form import Form
    from shared.ui.views import View, studio_page
    from tests.studios.echo import app

    def inputs(form: Form) -> None:
        if not form.field("text"):
            form.set("text", "-")
            form.want(BadInput("Write something first."))

    view = View(
        name="Say", heading="Words", action="Say it", inputs=inputs, show=lambda form, run: None, side=lambda form, run, result: None,
        describe=lambda run: ("said", ""), nothing="", awaited="", shortcut="Mod+Enter",
    )  # fmt: skip
    style = Path(__import__("shared.ui", fromlist=["web"]).__file__).parent / "web" / "style.css"
    studio_page(app, {task: replace(view, name=task) for task in app.tasks}, style=style)


def test_what_is_still_wanted_is_said_once_the_button_was_pressed_without_it() -> None:
    at = opened(asking)
    button = widget(at.button, "Say it")
    assert "Write something first." not in html(at) and not button.disabled and button.proto.shortcut
    press(at, "Say it")
    assert "Write something first." in html(at) and "run" not in at.query_params
    widget(at.text_input, "Text").set_value("ahoy")
    press(at, "Say it")
    assert finished(at).request["text"] == "ahoy"


def passing() -> None:
    import streamlit as st

    from shared.ui.host import hold_page, redraw_page, release_page

    st.session_state["passes"] = st.session_state.get("passes", 0) + 1
    release_page()
    if st.session_state["dialog"]:
        hold_page()
    if st.session_state["passes"] == 1:
        redraw_page()


@pytest.mark.parametrize(("dialog", "passes"), [(False, 2), (True, 1)])
def test_a_page_under_a_dialog_is_not_drawn_anew(dialog: bool, passes: int) -> None:
    assert opened(passing, {"dialog": dialog}).session_state["passes"] == passes
