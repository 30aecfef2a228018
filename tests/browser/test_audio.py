"""The audio page in a real browser, on the models that come with it: what is heard is followed by what is seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.needs import needs_command

pytestmark = [pytest.mark.browser, needs_command("chromium", package="chromium")]

Watch = Callable[..., Any]
READY = """() => {
  const roots = [...document.querySelectorAll('.st-key-sx-stage *')].map(node => node.shadowRoot).filter(Boolean);
  const told = roots.flatMap(root => [...root.querySelectorAll('.status')]);
  return told.length > 0 && told.every(node => node.hidden);
}"""
FILLED = {"compose": "Compose piece", "effect": "Make sounds", "denoise": "Clean recording"}
FILES = {
    "compose": ("Download WAV", "MIDI", "MusicXML", "PDF", "SVG", "Voices (ZIP)"),
    "effect": ("Download pack", "Variation 1"),
    "denoise": ("Download cleaned", "What was removed"),
}


@pytest.fixture(scope="module")
def done(browser: Any, server: str) -> dict[str, str]:
    """A finished run of each task's first example, as the page makes it."""
    found = {}
    for task, action in FILLED.items():
        page = browser.new_page()
        page.goto(f"{server}/audio")
        page.get_by_role("radio", name=task.capitalize(), exact=True).click(timeout=60_000)
        page.get_by_role("button", name=action).and_(page.locator(":enabled")).click(timeout=60_000)
        page.wait_for_selector(".sx-made, .st-key-sx-stage .sx-note.bad", timeout=180_000)
        assert page.locator(".sx-note.bad").all_inner_texts() == []
        found[task] = str(page.url.rpartition("run=")[2])
        page.close()
    return found


def show(seen: Any, run_id: str) -> Any:
    seen.open(f"/audio?run={run_id}", ".sx-made")
    seen.page.wait_for_function(READY, timeout=60_000)
    seen.settle()
    return seen.page


def seconds(page: Any, selector: str = ".time") -> float:
    minutes, rest = re.match(r"(\d+):([\d.]+)", page.locator(selector).inner_text()).groups()  # type: ignore[union-attr]
    return 60 * int(minutes) + float(rest)


@pytest.mark.parametrize("task", FILLED)
@pytest.mark.parametrize("size", ["light", "dark", "narrow"])
def test_a_result_and_all_that_belongs_to_it(watch: Watch, done: dict[str, str], size: str, task: str) -> None:
    seen = watch(size)
    page = show(seen, done[task])
    assert all(page.get_by_role("button", name=name, exact=True).count() >= 1 for name in FILES[task])
    filled = page.locator("[data-testid=stBaseButton-primary]")
    assert filled.count() == 1 and filled.inner_text() == FILLED[task]
    assert f"Run {done[task][:12]}" in page.inner_text(".sx-made").replace("\n", " ")
    assert seen.overhang() <= 0
    assert seen.violations() == []
    seen.screenshot(f"audio_{task}_{size}")


def test_score_and_roll_follow_the_sound(watch: Watch, done: dict[str, str]) -> None:
    page = show(watch(), done["compose"])
    page.keyboard.press(" ")
    page.wait_for_function("() => true")
    page.locator(".roll .note.now").first.wait_for(timeout=10_000)
    page.wait_for_timeout(1_500)
    assert page.locator(".pages .now").count() >= 1 and seconds(page) > 0.5
    page.keyboard.press(" ")
    at = seconds(page)
    page.wait_for_timeout(600)
    assert seconds(page) == at  # it pauses where it was
    roll = page.get_by_role("slider", name="Place in the piece")
    roll.focus()
    page.keyboard.press("Home")
    assert seconds(page) == 0
    page.keyboard.press("Shift+ArrowRight")
    assert seconds(page) == 5
    page.locator(".pages .heard .notehead").first.click(force=True)
    assert seconds(page) < 1


def test_bars_are_repeated_and_voices_muted(watch: Watch, done: dict[str, str]) -> None:
    page = show(watch(), done["compose"])
    page.get_by_label("First bar of the loop").select_option("2")
    page.get_by_label("Last bar of the loop").select_option("2")
    assert page.get_by_role("button", name="Loop bars").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Mute soprano").click()
    assert page.locator(".roll .note.soprano.silent").count() == page.locator(".roll .note.soprano").count() > 0
    assert page.locator(".roll .note.bass.silent").count() == 0
    start = seconds(page)
    page.get_by_role("button", name="Play the piece").click()
    page.wait_for_timeout(4_500)  # longer than a bar
    assert start <= seconds(page) <= start + 4


def test_variations_are_heard_and_opened(watch: Watch, done: dict[str, str]) -> None:
    seen = watch()
    page = show(seen, done["effect"])
    assert page.get_by_role("button", name="Loop without a seam", exact=True).get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Play Variation 2").click()
    page.get_by_role("button", name="Pause Variation 2").wait_for(timeout=10_000)
    page.get_by_role("button", name="Play Variation 1").click()
    page.get_by_role("button", name="Pause Variation 1").wait_for(timeout=10_000)
    assert page.get_by_role("button", name="Play Variation 2").count() == 1  # one at a time
    page.locator(".takes .open").nth(1).click()
    page.wait_for_selector(".st-key-sx-side h2:text-is('Variation 2')")
    seen.settle()
    assert page.get_by_role("button", name="Pause Variation 1").count() == 1  # a rerun leaves it playing


def test_before_and_after_at_the_same_place(watch: Watch, done: dict[str, str]) -> None:
    page = show(watch(), done["denoise"])
    picture = "() => [...document.querySelectorAll('*')].map(n => n.shadowRoot?.querySelector('.spec')).find(Boolean).toDataURL()"
    before = page.evaluate(picture)
    page.keyboard.press(" ")
    page.get_by_role("button", name="Pause the sound").wait_for(timeout=10_000)
    page.wait_for_timeout(800)
    at = seconds(page)
    page.keyboard.press("b")
    assert page.get_by_role("button", name="After").get_attribute("aria-pressed") == "true"
    assert page.evaluate(picture) != before
    page.wait_for_timeout(400)
    assert at < seconds(page) < at + 3  # it went on
    page.get_by_role("button", name="Linear").click()
    assert page.get_by_text("kHz", exact=True).count() == 1


def test_a_class_is_found_while_one_types(watch: Watch) -> None:
    seen = watch()
    seen.open("/audio")
    page = seen.page
    page.get_by_role("radio", name="Effect", exact=True).click()
    box = page.get_by_role("textbox", name="Sound in words")
    box.fill("rain on a tin roof")
    page.wait_for_selector(".aud-class:has-text('Rain')")
    box.fill("flurbish zork")
    page.wait_for_selector(".aud-class:has-text('Which one?')")
    seen.settle()
    assert page.locator(".st-key-aud-which button").count() == 3
    assert page.locator(".st-key-sx-start button").is_disabled()
    page.locator(".st-key-aud-which button").first.click()
    page.wait_for_selector(".aud-class:has-text('chosen by you')")
    page.wait_for_selector(".st-key-sx-start button:enabled")
