"""Every page in Streamlit's own harness: no browser, a real run."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shared.runs import default_executor
from tests.shared.ui import pages

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from streamlit.testing.v1 import AppTest

pytestmark = pytest.mark.filterwarnings("ignore")

TIMEOUT_S = 60


@pytest.fixture(autouse=True)
def studios(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SEXTANT_APPS", "echo=tests.studios.echo:app,medical")
    yield
    default_executor().close()


def opened(script: Callable[[], None], **query: str) -> Any:
    at = AppTest.from_function(script, default_timeout=TIMEOUT_S)
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception, at.exception
    return at


def widget(found: Any, label: str) -> Any:
    return next(one for one in found if one.label == label)


def press(at: Any, label: str) -> None:
    widget(at.button, label).click().run()
    assert not at.exception, at.exception


def finished(at: Any) -> Any:
    """Run the script until the run in its address is over."""
    named = at.query_params["run"]
    run_id = named if isinstance(named, str) else named[0]
    until = time.monotonic() + TIMEOUT_S
    while not default_executor().history.get(run_id).finished:
        assert time.monotonic() < until
        time.sleep(0.05)
    at.run()
    assert not at.exception, at.exception
    return default_executor().history.get(run_id)


def html(at: Any) -> str:
    return " ".join(str(element.proto.body) for element in at.get("html"))


def test_a_page_from_a_declaration_runs_and_repeats() -> None:
    at = opened(pages.echo)
    assert "For tests only." in html(at) and "Nothing here yet." in html(at)
    assert widget(at.text_input, "Text").value == "ahoy"  # the first example's
    widget(at.text_input, "Text").set_value("land").run()
    widget(at.number_input, "Times").set_value(3).run()
    press(at, "Run say")
    run = finished(at)
    assert run.status == "done" and run.request["text"] == "land" and run.request["times"] == 3
    shown = html(at)
    assert shown.count("LAND") == 3 and "as asked" in shown and "shout 1, float32 on CPU, seed 3" in shown
    widget(at.text_input, "Text").set_value("other").run()
    press(at, "Repeat with changes")
    assert widget(at.text_input, "Text").value == "land"


def test_a_session_that_begins_with_a_run_has_its_inputs() -> None:
    from tests.studios.echo import say

    run = default_executor().run(say, say.parse({"text": "kept", "times": 2, "tags": ["a"]}))
    at = opened(pages.echo, run=run.id)
    assert widget(at.text_input, "Text").value == "kept"
    assert widget(at.multiselect, "Tags").value == ["a"]
    assert html(at).count("KEPT") == 2


def test_runs_of_an_api_key_are_not_shown() -> None:
    from tests.studios.echo import say

    run = default_executor().run(say, say.parse({"text": "secret"}), owner="alice")
    at = opened(pages.echo, run=run.id)
    assert "SECRET" not in html(at) and "secret" not in html(at) and "run" not in at.query_params
    assert "secret" not in html(opened(pages.launcher))


@pytest.mark.parametrize("run_id", ["nothing", "a" * 24, "../../etc/passwd", "<script>"])
def test_an_unknown_run_in_the_address_is_forgotten(run_id: str) -> None:
    at = opened(pages.echo, run=run_id)
    assert "Nothing here yet." in html(at)
    assert "run" not in at.query_params


def test_a_run_of_another_task_opens_its_task() -> None:
    from tests.studios.echo import copy

    executor = default_executor()
    run = executor.run(copy, copy.parse({"file": ("a.txt", b"words")}))
    at = opened(pages.echo, run=run.id)
    assert widget(at.button, "Run copy")
    assert run.id[:12] in html(at)


def test_a_request_that_is_wrong_cannot_be_started() -> None:
    at = opened(pages.echo)
    at.text_area[0].set_value("{not json").run()
    assert not at.exception
    assert widget(at.button, "Run say").disabled
    assert "not JSON" in html(at)
    at.text_area[0].set_value("@/etc/passwd").run()
    assert widget(at.button, "Run say").disabled
    assert "JSON is expected" in html(at)


def test_a_failed_run_says_why_and_leaves_the_last_result() -> None:
    at = opened(pages.echo)
    press(at, "Run say")
    finished(at)
    widget(at.text_input, "Text").set_value("refuse").run()
    press(at, "Run say")
    assert finished(at).status == "failed"
    shown = html(at)
    assert "The run stopped" in shown and "Say something else." in shown and "AHOY" in shown


def test_a_full_queue_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.errors import Overloaded

    at = opened(pages.echo)

    def full(*_: Any, **__: Any) -> None:
        raise Overloaded("1000 runs are waiting already, the limit.", retry_after_s=10)

    monkeypatch.setattr(type(default_executor()), "submit", full)
    press(at, "Run say")
    assert "The run was not started" in html(at) and "Try again in 10 s." in html(at)


def test_the_form_is_checked_by_the_request() -> None:
    at = opened(pages.form)
    assert at.text[0].value.startswith("refused: ") or '"text":""' in at.text[0].value
    widget(at.text_input, "Words").set_value("hello").run()
    assert '"text":"hello"' in at.text[0].value and '"level":1' in at.text[0].value
    assert widget(at.number_input, "Times").max == 1000
    assert {one.label for one in at.checkbox} == set()


def test_the_medical_page_enhances_its_first_example() -> None:
    at = opened(pages.medical)
    assert "Not for diagnosis." in html(at)
    widget(at.selectbox, "Model").set_value("bicubic-ibp").run()
    press(at, "Enlarge image")
    run = finished(at)
    assert run.status == "done", run.error
    shown = html(at)
    assert "Enhanced minus interpolated" in shown and "HU" in shown and "dB" in shown and "NOT FOR DIAGNOSIS" in shown
    assert "Window: bone" in widget(at.selectbox, "Window").options
    at.selectbox(key="medical/enhance:sx-example").set_value("CT of a vertebra, noise of 14 HU removed").run()
    assert widget(at.button, "Denoise image")


def test_the_launcher_lists_studios_and_runs() -> None:
    from tests.studios.echo import say

    default_executor().run(say, say.parse({"text": "<b>bold</b>"}))
    at = opened(pages.launcher)
    shown = html(at)
    assert "Two studios, one engine" in shown and "1 run this week" in shown
    assert "&lt;b&gt;bold&lt;/b&gt;" in shown and "<b>bold</b>" not in shown
