"""The text of a run under way, on a page of a view."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shared.runs import default_executor
from tests.pages import finished, html, opened, press

LIVE = 'class="sx-live"'

pytestmark = pytest.mark.filterwarnings("ignore")


def page() -> None:
    from pathlib import Path

    import streamlit as st

    import shared.ui.web
    from shared.ui.views import View, studio_page
    from tests.shared.ui.writer import app

    def show(form: object, run: object) -> object:
        st.text("the result")
        return None

    view = View(
        name="Write",
        heading="Words",
        action="Write it",
        inputs=lambda form: form.each(),
        show=show,
        side=lambda form, run, result: None,
        describe=lambda run: ("written", ""),
        nothing="Nothing written.",
        awaited="it stands here.",
    )
    studio_page(app, {"write": view}, style=Path(shared.ui.web.__file__).with_name("style.css"))


@pytest.fixture(autouse=True)
def writer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from tests.shared.ui import writer

    monkeypatch.setenv("SEXTANT_APPS", "writer=tests.shared.ui.writer:app")
    for gate in writer.GATES.values():
        gate.clear()
    yield writer
    for gate in writer.GATES.values():
        gate.set()
    default_executor().close()


def drawn(at: Any) -> str:
    at.run()
    assert not at.exception, at.exception
    return html(at)


def test_it_says_at_work_then_the_text_then_the_result(writer: Any) -> None:
    at = opened(page)
    press(at, "Write it")
    assert "At work." in drawn(at) and LIVE not in html(at)
    writer.GATES["begin"].set()
    assert writer.GATES["written"].wait(10)
    shown = drawn(at)
    assert "At work." not in shown and 'aria-live="polite"' in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in shown and "<script>alert" not in shown
    writer.GATES["end"].set()
    finished(at)
    assert LIVE not in html(at) and [one.value for one in at.text] == ["the result"]


def test_above_an_earlier_result_it_stands_once_there_is_text(writer: Any) -> None:
    at = opened(page)
    for gate in writer.GATES.values():
        gate.set()
    press(at, "Write it")
    finished(at)
    for gate in writer.GATES.values():
        gate.clear()
    press(at, "Write it")
    shown = drawn(at)
    assert LIVE not in shown and "At work." not in shown and [one.value for one in at.text] == ["the result"]
    writer.GATES["begin"].set()
    assert writer.GATES["written"].wait(10)
    assert LIVE in drawn(at) and [one.value for one in at.text] == ["the result"]
    writer.GATES["end"].set()
    finished(at)


def test_one_that_nobody_here_runs_is_read_from_the_history(monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.ui import live

    class Elsewhere:
        finished = False
        progress = type("Progress", (), {"text": "so far"})

    monkeypatch.setattr(live, "executor", type("Executor", (), {"live": lambda self, run_id: None}))
    monkeypatch.setattr(live, "find_run", lambda run_id: Elsewhere)
    assert live._text("a") == "so far"


def test_a_history_that_cannot_be_asked_for_a_moment_breaks_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.errors import StorageFailed
    from shared.ui import live

    def locked(run_id: str) -> None:
        raise StorageFailed("The database is locked.")

    monkeypatch.setattr(live, "find_run", locked)
    assert live._text("a" * 24) == ""
