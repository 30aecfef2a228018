"""Pages made from a declaration alone: the documented studio and the echo studio."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.needs import needs_command

pytestmark = [pytest.mark.browser, needs_command("chromium", package="chromium")]

Watch = Callable[..., Any]
SCRIPT = '<script>window.hit = 1</script><img src="https://evil.example/a.png" onerror="window.hit = 1">'
MARKDOWN = "![x](https://evil.example/b.png) [link](https://evil.example) **bold**"


def test_the_seventh_studio_has_a_page_that_works(watch: Watch) -> None:
    seen = watch()
    seen.open("/namer", ".st-key-sx-start button")
    page = seen.page
    assert page.inner_text(".sx-h1") == "Names"
    page.locator("input[aria-label='Count']").fill("7")
    page.locator("input[aria-label='Count']").press("Enter")
    seen.settle()
    seen.run()
    assert page.locator(".sx-text li").count() == 7
    assert "letters" in page.inner_text(".sx-figures") and "6.6 for the stars" in page.inner_text(".sx-figures")
    assert re.search(r"run=[a-z2-7]{24}$", page.url)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download names.csv").click()
    assert len(download.value.path().read_text().splitlines()) == 7
    page.mouse.move(5, 500)
    seen.settle()
    assert "count 7" in page.inner_text(".st-key-sx-side")
    assert seen.violations() == []
    seen.screenshot("namer")
    page.locator("input[aria-label='Count']").fill("3")
    page.locator("input[aria-label='Count']").press("Enter")
    seen.settle()
    page.get_by_role("button", name="Repeat with changes").click()
    seen.settle()
    assert page.locator("input[aria-label='Count']").input_value() == "7"


@pytest.mark.parametrize("text", [SCRIPT, MARKDOWN], ids=["markup", "markdown"])
def test_what_is_typed_is_shown_as_text(watch: Watch, text: str) -> None:
    """In the result, in the history and in the launcher's table."""
    seen = watch()
    seen.open("/echo", ".st-key-sx-start button")
    page = seen.page
    field = page.locator("input[aria-label='Text'], textarea[aria-label='Text']").first
    field.fill(text[:100])
    field.press("Tab")
    seen.settle()
    seen.run()
    assert text[:30].upper() in page.inner_text(".st-key-sx-stage")
    assert text[:30] in page.inner_text(".st-key-sx-side")
    assert page.locator("img[src*=evil], a[href*=evil]").count() == 0
    seen.open("/", ".st-key-sx-recent")
    assert text[:30] in page.inner_text(".st-key-sx-recent")
    assert page.locator("img[src*=evil], a[href*=evil]").count() == 0
    assert page.evaluate("window.hit") is None


def test_a_wrong_request_is_said_before_it_runs_and_a_failed_run_afterwards(watch: Watch) -> None:
    seen = watch("narrow")
    seen.open("/echo", ".st-key-sx-start button")
    page = seen.page
    field = page.locator("input[aria-label='Text'], textarea[aria-label='Text']").first
    field.fill("")
    field.press("Tab")
    seen.settle()
    field.fill("refuse")
    field.press("Tab")
    seen.settle()
    seen.run()
    said = page.inner_text(".sx-note.bad")
    assert "The run stopped." in said and "Say something else." in said and "Your input and settings are kept." in said
    assert field.input_value() == "refuse"
    assert seen.overhang() <= 0
    seen.settle()
    assert seen.violations() == []
    seen.screenshot("echo_failed_narrow")
