"""The marketing page in Streamlit's own harness; the composer writes, and a stand-in answers questions."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from apps.marketing.channels import CHANNELS
from apps.marketing.reading import example
from apps.marketing.requests import ChatRequest
from apps.marketing.results import ChatResult, Withheld
from apps.marketing.tasks import app
from shared.app import App, Context
from shared.runs import default_executor
from tests import pages
from tests.pages import again, component, finished, html, press, widget

pytestmark = pytest.mark.filterwarnings("ignore")

MARKUP = "<img src=x onerror=alert(1)> **b** [a](javascript:alert(1)) $x$ :red[y]"
HOSTILE = {
    "name": f"K {MARKUP}"[:100], "brand": MARKUP[:70], "category": MARKUP[:70],
    "facts": [{"key": f"weight {MARKUP}"[:70], "value": f"1 kg {MARKUP}", "must": True}], "keywords": ["kettle"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def studio(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SEXTANT_APPS", "marketing")
    monkeypatch.setenv("SEXTANT_LLM", "none")
    yield
    default_executor().close()


@pytest.fixture
def talks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chat task that repeats the facts that the question names."""

    def chat(request: ChatRequest, context: Context) -> ChatResult:
        """Answer."""
        facts = [fact for fact in example("furniture").facts if fact.key in request.messages[-1].content]
        if not facts:
            raise ValueError("nothing to say")
        reply = " ".join(f"The {fact.key} is {fact.value}." for fact in facts)
        transcript = context.artifact("chat.md", reply.encode(), "text/markdown")
        withheld = [Withheld(text="It is the best.", why="not in the sheet")]
        keys = [fact.key for fact in facts]
        return ChatResult(reply=reply, tier="sheet", written_by="Quoted.", facts=keys, spans=[], withheld=withheld, transcript=transcript)

    task = replace(App(key="marketing", title="x", summary="x").task(source_type=None)(chat), app=app)
    monkeypatch.setitem(app.tasks, "chat", task)


def script() -> None:
    from apps.marketing.dashboard import page

    page()


def opened(task: str = "write", **query: str) -> Any:
    return pages.opened(script, {"marketing:task": task}, **query)


def made(name: str, **fields: Any) -> Any:
    task = app.find_task(name)
    run = default_executor().run(task, task.parse(fields))
    assert run.status == "done", run.error
    return run


def texts(at: Any) -> str:
    """What was drawn, as a person reads it."""
    return re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", html(at), flags=re.DOTALL))


@pytest.mark.parametrize(
    ("task", "words"), [("write", "No copy yet."), ("check", "No text checked yet."), ("summarize", "Nothing summarized yet.")]
)
def test_an_empty_page_says_what_to_press(task: str, words: str) -> None:
    at = opened(task)
    assert words in html(at) and "ress “" in html(at)
    if task != "summarize":
        assert "15 facts, 2 must appear" in texts(at) or "facts, " in texts(at)


def test_copy_is_written_from_the_page_and_shown_channel_by_channel() -> None:
    at = opened()
    assert set(at.session_state["marketing/write:channels"]) == {"google_rsa", "email", "sms"}
    assert "3 to 15 headlines of 30" in texts(at)
    press(at, "Write copy")
    run = finished(at)
    assert run.request["example"] == "furniture" and len(run.result["variants"]) == 6
    assert "mkt-google_rsa" in html(at) and "2 of 2 variants ready" in texts(at)
    assert [one.label for one in at.get("download_button")] == ["Download CSV", "JSON", "Markdown"]
    at.session_state["marketing:channel"] = "sms"
    assert "mkt-sms" in html(again(at)) and "mkt-google_rsa" not in html(at)
    assert component(at, "copying")["texts"][1]["words"] == "Copy text"
    assert "in 1 of 2" in texts(at) or "in 2 of 2" in texts(at)


def test_without_a_channel_nothing_can_be_started() -> None:
    at = opened()
    at.session_state["marketing/write:channels"] = []
    assert "Choose a channel first." in html(again(at)) and widget(at.button, "Write copy").disabled


@pytest.mark.parametrize(("channels", "variants"), [(list(CHANNELS), 1), (["x"], 20)])
def test_nine_channels_and_twenty_variants_are_shown(channels: list[str], variants: int) -> None:
    run = made("write", example="food", channels=channels, variants=variants, seed=1)
    at = opened(run=run.id)
    for channel in channels:
        at.session_state["marketing:channel"] = channel
        assert html(again(at)).count('<article class="mkt-piece"') == variants


def test_what_is_not_ready_is_not_copied_but_mended_in_the_check() -> None:
    product = {"name": "Kettle", "facts": [{"key": "weight", "value": "1 kg"}]}
    run = made("write", product=product, channels=["product_description"], variants=1, seed=1)
    assert not run.result["variants"][0]["ready"]
    at = opened(run=run.id)
    assert "Not ready, because" in texts(at) and not at.get("bidi_component")[-1].proto.component_name.endswith("copying")
    press(at, "Mend in Check")
    checked = finished(at)
    assert (
        checked.task == "check" and checked.request["channel"] == "product_description" and checked.request["product"]["name"] == "Kettle"
    )
    assert widget(at.text_area, "Text to check").value == run.result["variants"][0]["fields"]["description"][0]


def test_a_variant_without_a_text_has_nothing_to_mend() -> None:
    product = {"name": "Kettle", "facts": [{"key": "weight", "value": "1 kg"}], "banned": ["weight", "1 kg"]}
    run = made("write", product=product, channels=["x"], variants=1, seed=1)
    assert run.result["variants"][0]["fields"] == {}
    at = opened(run=run.id)
    assert "Not ready, because" in texts(at) and "Mend in Check" not in [button.label for button in at.button]


def test_a_text_is_checked_with_its_marks_and_what_to_change() -> None:
    text = "Alva carries 120 kg, and it is whisper-quiet."
    run = made("check", example="furniture", text=text, channel="push")
    at = opened(run=run.id)
    shown = texts(at)
    assert 'class="contradicted"' in html(at) and "To change" in shown and "45 / 150" in shown
    assert [one.label for one in at.get("download_button")] == ["Download report \\(HTML\\)", "JSON"]
    assert widget(at.text_area, "Text to check").value == text and component(at, "copying")["texts"] == [
        {"words": "Copy text", "text": text}
    ]


def test_the_text_to_check_begins_as_its_sheets_example_or_empty() -> None:
    first = next(iter(app.find_task("check").examples)).values()
    at = opened("check")
    assert at.session_state["marketing:sheet-example"] == first["example"] and widget(at.text_area, "Text to check").value == first["text"]
    at.session_state["marketing:sheet-example"] = "food"
    assert widget(again(at).text_area, "Text to check").value == ""
    widget(at.text_area, "Text to check").set_value("It weighs 250 g.")
    again(at).session_state["marketing:sheet-example"] = "skincare"
    assert widget(again(at).text_area, "Text to check").value == "It weighs 250 g."


def test_beside_a_sheet_chosen_before_the_text_to_check_is_empty_and_is_asked_for_on_the_press_alone() -> None:
    at = opened()
    at.session_state["marketing:task"] = "check"
    assert widget(again(at).text_area, "Text to check").value == ""
    assert "Write or paste a text first." not in html(at) and not widget(at.button, "Check text").disabled
    press(at, "Check text")
    assert "Write or paste a text first." in html(at) and "run" not in at.query_params
    widget(at.text_area, "Text to check").set_value("It weighs 47 kg.")
    press(at, "Check text")
    assert finished(at).request["text"] == "It weighs 47 kg." and "Earlier text" not in html(at)


@pytest.mark.parametrize(
    ("task", "fields"),
    [("write", {"channels": ["push"], "variants": 1}), ("check", {"text": "It weighs 47 kg."}), ("chat", {"messages": ["The weight?"]})],
)
def test_a_result_of_another_sheet_is_named_as_such(talks: None, task: str, fields: dict[str, Any]) -> None:
    made(task, example="outdoor_gear", **fields)
    at = pages.opened(script, {"marketing:task": task, "marketing:sheet": "Example", "marketing:sheet-example": "furniture"})
    assert f"This was made from the sheet of {example('outdoor_gear').name}, not from the one chosen now." in texts(at)
    at.session_state["marketing:sheet-example"] = "outdoor_gear"
    assert "Another sheet" not in texts(again(at))
    at.session_state["marketing:sheet"] = "Form"
    at.session_state["marketing:sheet-form"] = example("outdoor_gear").model_copy(update={"offer": "Now 1 euro"}).model_dump()
    assert f"from another state of the sheet of {example('outdoor_gear').name}" in texts(again(at))
    at.session_state["marketing:sheet-form"] = None
    assert f"from the sheet of {example('outdoor_gear').name}" in texts(again(at))


def test_a_verdict_on_another_text_than_the_one_in_the_field_says_so() -> None:
    run = made("check", example="furniture", text="It weighs 47 kg.")
    at = opened(run=run.id)
    assert "Earlier text" not in texts(at)
    widget(at.text_area, "Text to check").set_value("It weighs 48 kg.")
    assert "This verdict is not on the text that stands in the field now." in texts(again(at))


def test_a_document_is_summarized_from_the_page() -> None:
    at = opened("summarize")
    press(at, "Summarize document")
    run = finished(at)
    assert all(each["text"] in html(at).replace("&#x27;", "'") for each in run.result["sentences"]) and "mkt-rule" in html(at)


def test_an_example_becomes_a_form_and_the_form_a_sheet() -> None:
    at = opened()
    press(at, "Change this sheet")
    assert widget(at.text_input, "Name").value == "Nordholm Alva Desk" and at.session_state["sextant.held"]
    widget(at.text_input, "Name").set_value("My desk")
    press(again(at), "Use this sheet")
    assert not at.session_state["sextant.held"] and not [one for one in at.text_input if one.label == "Name"]
    assert at.session_state["marketing:sheet"] == "Form" and at.session_state["marketing:sheet-form"]["name"] == "My desk"
    press(at, "Write copy")
    assert finished(at).request["product"]["name"] == "My desk"


def test_a_form_without_a_sheet_says_what_to_do() -> None:
    at = opened()
    at.session_state["marketing:sheet"] = "Form"
    assert "Write the sheet first." in html(again(at)) and "start from an example" in texts(at)


def test_a_sheet_that_contradicts_itself_is_refused_before_the_run() -> None:
    at = opened()
    at.session_state["marketing:sheet"] = "Form"
    facts = [{"key": "weight", "value": "1 kg"}, {"key": "weight", "value": "2 kg"}]
    at.session_state["marketing:sheet-form"] = {"name": "Kettle", "facts": facts}
    assert "The sheet cannot be used" in html(again(at)) and widget(at.button, "Write copy").disabled


def test_a_file_comes_back_with_its_run() -> None:
    sheet = ("kettle.txt", b"name: Kettle\nweight: 1.2 kg\npower: 2000 W\n")
    run = made("write", sheet=sheet, channels=["push"], variants=1)
    at = opened(run=run.id)
    assert at.session_state["marketing:sheet"] == "File" and "kettle.txt" in texts(at) and "2 facts" in texts(at)
    press(at, "Write copy")
    assert finished(at).request["sheet"] == run.request["sheet"]


@pytest.mark.parametrize("task", ["write", "check"])
def test_nothing_from_a_sheet_or_a_text_becomes_markup(task: str) -> None:
    fields: dict[str, Any] = {"channels": ["push", "x"], "variants": 1} if task == "write" else {"text": f"It weighs 2 kg. {MARKUP}"}
    run = made(task, product=HOSTILE, **fields)
    at = opened(task, run=run.id)
    drawn = html(at)
    assert "<img" not in drawn and 'javascript:alert(1)"' not in drawn and "href" not in drawn
    labels = [one.label for one in (*at.button, *at.expander, *at.get("download_button"))]
    assert not any(re.search(r"(?<!\\)[<*$:\[]", label) for label in labels)


def test_a_conversation_goes_on_and_begins_anew(talks: None) -> None:
    at = opened("chat")
    assert "No question yet." in html(at)
    widget(at.text_area, "Question").set_value("What is the weight?")
    press(at, "Ask question")
    finished(at)
    assert "The weight is 47 kg." in texts(at) and "1 sentence withheld" in texts(at) and widget(at.text_area, "Question").value == ""
    widget(at.text_area, "Question").set_value("And the load?")
    press(again(at), "Ask question")
    run = finished(at)
    assert [turn["role"] for turn in run.request["messages"]] == ["user", "assistant", "user"]
    assert texts(at).index("What is the weight?") < texts(at).index("The load is 100 kg.")
    assert texts(at).count("1 sentence withheld") == 2  # the first reply's run is found again
    press(at, "New conversation")
    widget(at.text_area, "Question").set_value("The noise?")
    press(again(at), "Ask question")
    assert len(finished(at).request["messages"]) == 1


def test_that_there_is_no_question_is_said_once_it_is_asked(talks: None) -> None:
    at = opened("chat")
    assert "Write a question first." not in html(at) and not widget(at.button, "Ask question").disabled
    press(at, "Ask question")
    assert "Write a question first." in html(at) and "run" not in at.query_params
    assert not widget(at.button, "Ask question").disabled and "Write a question first." not in html(again(at))


def test_a_question_that_failed_is_kept(talks: None) -> None:
    at = opened("chat")
    widget(at.text_area, "Question").set_value("Why?")
    press(again(at), "Ask question")
    named = at.query_params["run"]
    until = time.monotonic() + pages.TIMEOUT_S
    while not default_executor().history.get(named if isinstance(named, str) else named[0]).finished:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert "The run stopped" in html(again(at)) and widget(at.text_area, "Question").value == "Why?"
