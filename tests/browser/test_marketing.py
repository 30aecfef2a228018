"""The marketing page in a real browser: what is typed reaches the run, and a result of another sheet is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.needs import needs_command

pytestmark = [pytest.mark.browser, needs_command("chromium", package="chromium")]

Watch = Callable[..., Any]
FACTS = [("edge", "rounded"), ("legs", "two"), ("drawer", "lockable")]
ROW_PX = 35
ANSWERED = "question => [...document.querySelectorAll('.mkt-turns > .user:has(+ .reply)')].at(-1)?.textContent.includes(question)"


def turn(seen: Any, words: str) -> None:
    seen.page.get_by_role("radio", name=words, exact=True).click()
    seen.page.wait_for_timeout(600)
    seen.settle()


@pytest.mark.parametrize("size", ["light", "dark", "narrow"])
def test_a_question_is_sent_as_it_is_written(watch: Watch, size: str) -> None:
    seen = watch(size)
    seen.open("/marketing", ".st-key-sx-start button:enabled")
    page = seen.page
    turn(seen, "Ask")
    assert page.locator(".st-key-sx-panel .bad").count() == 0
    page.click(".st-key-sx-start button")
    page.wait_for_selector(".st-key-sx-panel .bad")
    assert page.inner_text(".st-key-sx-panel .bad") == "Write a question first." and "run=" not in page.url
    if page.get_by_role("button", name="New conversation").count():
        page.get_by_role("button", name="New conversation").click()
        seen.settle()
    field = page.get_by_role("textbox", name="Question")
    for question, send in (("What does it weigh?", "key"), ("How wide is it?", "button")):
        field.fill(question)
        if send == "key":
            field.press("Control+Enter")
        else:
            page.click(".st-key-sx-start button")
        page.wait_for_function(ANSWERED, arg=question, timeout=30_000)
        page.wait_for_selector(".st-key-sx-start button:enabled", timeout=30_000)
        seen.settle()
        assert field.input_value() == ""
    assert page.locator(".mkt-turns .user").count() == 2
    assert seen.overhang() <= 0 and seen.violations() == []
    seen.screenshot(f"marketing_ask_{size}")


@pytest.mark.parametrize("size", ["light", "dark", "narrow"])
def test_a_verdict_on_another_sheet_is_named(watch: Watch, size: str) -> None:
    first = watch()
    first.open("/marketing", ".st-key-sx-start button:enabled")
    turn(first, "Check")
    assert first.page.get_by_role("textbox", name="Text to check").input_value() == ""
    first.page.get_by_role("textbox", name="Text to check").fill("It weighs 47 kg, and it is the quietest desk there is.")
    first.run()
    said = first.page.inner_text(".st-key-sx-stage")
    assert "Another sheet" not in said and "Earlier text" not in said, said
    seen = watch(size)
    seen.open("/marketing", ".st-key-sx-start button:enabled")
    page = seen.page
    page.get_by_role("combobox", name="Product").click()
    page.get_by_role("option", name="food").click()
    seen.settle()
    turn(seen, "Check")
    note = page.locator(".st-key-sx-stage .sx-note").first.inner_text()
    assert "Another sheet." in note and "Nordholm Alva Desk" in note
    assert page.get_by_role("textbox", name="Text to check").input_value() == ""
    assert seen.overhang() <= 0 and seen.violations() == []
    seen.screenshot(f"marketing_check_{size}")


def test_a_table_of_facts_is_typed_while_a_run_ends_below_it(watch: Watch) -> None:
    seen = watch()
    seen.open("/marketing", ".st-key-sx-start button:enabled")
    page = seen.page
    variants = page.get_by_role("spinbutton", name="Variants of each")
    variants.fill("12")  # some seconds: it ends while a cell is open
    variants.press("Enter")
    seen.settle()
    run_id = seen.start()
    page.get_by_role("button", name="Change this sheet").click()
    table = page.locator("[data-testid=stDialog] [data-testid=stDataFrame] canvas").first
    table.wait_for()
    page.wait_for_timeout(1_000)
    for number, (fact, value) in enumerate(FACTS, 1):
        box = table.bounding_box()
        page.mouse.click(box["x"] + 120, box["y"] + ROW_PX * (number + 0.5))
        for text in (fact, value):
            page.wait_for_timeout(300)
            page.keyboard.type(text, delay=120)
            page.keyboard.press("Tab")
    assert seen.state(run_id)["status"] == "done"
    seen.screenshot("marketing_sheet_light")
    page.get_by_role("button", name="Use this sheet").click()
    page.wait_for_selector(".st-key-sx-start button:enabled")
    seen.settle()
    page.click(".mkt-sheet summary")
    shown = page.inner_text(".mkt-sheet")
    assert all(f"{fact}: {value}" in shown for fact, value in FACTS)
    assert "Another sheet." in page.locator(".st-key-sx-stage .sx-note").first.inner_text()
    assert seen.violations() == []
