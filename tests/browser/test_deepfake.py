"""The deepfake page in a real browser: one tiny picture is inspected, signed and verified, and nothing in its name acts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.apps.deepfake.made import MARKUP, photo
from tests.needs import needs_command

pytestmark = [pytest.mark.browser, needs_command("chromium", package="chromium")]

Watch = Callable[..., Any]
NAME = f"composite {MARKUP.replace('/', '')} **b** [a](javascript:alert(1)) {'long ' * 20}.jpg"
ACTIONS = {"inspect": "Inspect files", "sign": "Sign file", "verify": "Verify file"}
DRAWN = """() => [...document.querySelectorAll('.st-key-sx-stage *')].map(node => node.shadowRoot).filter(Boolean)
  .flatMap(root => [...root.querySelectorAll('img')]).every(picture => picture.complete && picture.naturalWidth > 0)"""


@pytest.fixture(scope="module")
def done(browser: Any, server: str) -> dict[str, str]:
    """A finished run of each task, of files that are dropped on the page; what was signed is then verified."""
    found: dict[str, str] = {}
    given = [{"name": NAME, "mimeType": "image/jpeg", "buffer": photo()}]
    for task, action in ACTIONS.items():
        page = browser.new_page()
        page.goto(f"{server}/deepfake")
        page.get_by_role("radio", name=task.capitalize(), exact=True).click(timeout=60_000)
        page.get_by_role("button", name=action).wait_for(timeout=60_000)
        if page.get_by_role("radio", name="Upload", exact=True).count():
            page.get_by_role("radio", name="Upload", exact=True).click()
        files = [*given, {"name": "text.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}] if task == "inspect" else given
        page.wait_for_selector(".st-key-sx-inputs input[type=file]", state="attached")
        page.locator(".st-key-sx-inputs input[type=file]").first.set_input_files(files)
        page.get_by_role("button", name=action).and_(page.locator(":enabled")).click(timeout=60_000)
        page.wait_for_selector(".sx-made, .st-key-sx-stage .sx-note.bad", timeout=180_000)
        assert page.locator(".st-key-sx-stage .sx-note.bad").all_inner_texts() == []
        found[task] = str(page.url.rpartition("run=")[2])
        if task == "sign":
            with page.expect_download() as signed:
                page.get_by_role("button", name="Download signed file").click()
            given = [{"name": "signed.jpg", "mimeType": "image/jpeg", "buffer": signed.value.path().read_bytes()}]
        page.close()
    return found


def show(seen: Any, run_id: str) -> Any:
    seen.open(f"/deepfake?run={run_id}", ".sx-made")
    seen.page.wait_for_function(DRAWN, timeout=30_000)
    seen.settle()
    return seen.page


@pytest.mark.parametrize(
    ("task", "size"),
    [("inspect", "light"), ("inspect", "dark"), ("inspect", "narrow"), ("sign", "dark"), ("verify", "light"), ("verify", "narrow")],
)
def test_a_result_and_all_that_belongs_to_it(watch: Watch, done: dict[str, str], task: str, size: str) -> None:
    seen = watch(size)
    page = show(seen, done[task])
    filled = page.locator("[data-testid=stBaseButton-primary]")
    assert filled.count() == 1 and filled.inner_text() == ACTIONS[task]
    assert f"Run {done[task][:12]}" in page.inner_text(".sx-made").replace("\n", " ")
    assert "Evidence, not proof" in page.inner_text(".sx-note.warn >> nth=0")
    assert page.locator(".dfk-not-said li").count() >= 3
    assert seen.overhang() <= 0
    assert seen.violations() == []
    seen.screenshot(f"deepfake_{task}_{size}")


def test_a_verdict_a_file_that_is_none_and_a_name_that_does_nothing(watch: Watch, done: dict[str, str]) -> None:
    seen = watch()
    page = show(seen, done["inspect"])
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    assert page.locator("img[src='x'], img[onerror], a[href^='javascript']").count() == 0
    assert MARKUP.replace("/", "") in page.locator(".dfk-verdict h2").get_attribute("title")
    assert not re.search(r"\breal\b", page.inner_text(".dfk-verdict"))
    page.get_by_role("button", name="text.jpg").click()
    page.wait_for_selector(".dfk-verdict h2:has-text('text.jpg')")
    seen.settle()
    assert "Unsupported" in page.inner_text(".dfk-verdict") and page.locator(".dfk-verdict li").count() >= 1
    assert page.get_by_text("Nothing to look at.").count() == 1
    assert dialogs == []


def test_heatmap_and_places_change_at_once(watch: Watch, done: dict[str, str]) -> None:
    page = show(watch(), done["inspect"])
    frames = page.locator(".frame")
    assert frames.locator("visible=true").first.is_visible()
    page.get_by_role("button", name="Heatmap").click()
    assert page.locator(".frame[data-id=heat]").is_visible() and not page.locator(".frame[data-id=image]").is_visible()
    page.keyboard.press("s")
    assert page.locator(".frame[data-id=heat]").is_visible() and page.locator(".frame[data-id=image]").is_visible()
    page.keyboard.press("i")
    assert page.get_by_role("button", name="Image", exact=True).get_attribute("aria-pressed") == "true"
    if page.get_by_role("button", name="Mark regions").count():  # whether the head reacts to this picture is its own affair
        page.locator(".list button").first.click()
        assert page.locator(".list button").first.get_attribute("aria-pressed") == "true"
        page.get_by_role("button", name="Mark regions").click()
        assert page.locator(".mark:visible").count() == 0


def test_every_code_of_a_signed_file_is_said_in_words(watch: Watch, done: dict[str, str]) -> None:
    page = show(watch(), done["verify"])
    codes = page.locator(".dfk-codes li")
    assert codes.count() >= 3
    assert all(len(words.split()) > 4 for words in codes.locator("p").all_inner_texts())
    assert "not tampering" in page.inner_text(".dfk-not-tampered")
