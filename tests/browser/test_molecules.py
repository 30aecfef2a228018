"""The molecules page in a real browser, on the models that come with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.needs import needs_command

pytestmark = [pytest.mark.browser, needs_command("chromium", package="chromium")]

Watch = Callable[..., Any]
GRID = ".st-key-sx-stage .open"
COUNT = 30
MARKUP = '<img/src=x/onerror="window.hit=1">'


@pytest.fixture(scope="module")
def done(browser: Any, server: str) -> str:
    """A finished run of 30 molecules with ADMET, as the page makes it."""
    page = browser.new_page()
    page.goto(f"{server}/molecules")
    page.wait_for_selector(".st-key-sx-start button:enabled", timeout=60_000)
    page.get_by_role("spinbutton", name="How many").fill(str(COUNT))
    page.get_by_role("spinbutton", name="How many").press("Enter")
    page.get_by_text("Predict ADMET", exact=True).click()
    page.wait_for_timeout(1_500)
    page.click(".st-key-sx-start button")
    page.wait_for_selector(".sx-figures", timeout=180_000)
    run_id = page.url.rpartition("run=")[2]
    page.close()
    return str(run_id)


def turn(seen: Any, words: str) -> None:
    seen.page.get_by_role("radio", name=words, exact=True).click()
    seen.page.wait_for_timeout(600)
    seen.settle()


def labels(seen: Any) -> list[str]:
    return [str(text) for text in seen.page.locator(f"{GRID} .title").all_inner_texts()]


@pytest.mark.parametrize("size", ["light", "dark", "narrow"])
def test_a_result_and_all_that_belongs_to_it(watch: Watch, done: str, size: str) -> None:
    seen = watch(size)
    seen.open(f"/molecules?run={done}", ".sx-figures")
    page = seen.page
    page.wait_for_selector(GRID)
    text = page.inner_text("[data-testid=stMain]")
    assert text.index("Estimates.") < text.index("Cards")
    assert f"{COUNT} " in text and "drawn, before any filter" in text and f"Run {done[:12]}" in text.replace("\n", " ")
    assert len(labels(seen)) == 24
    assert page.locator(f"{GRID} img").evaluate_all("all => all.every(one => one.complete && one.naturalWidth > 100)")
    assert all(page.get_by_role("button", name=name).count() == 1 for name in ("Download SDF", "CSV of all", "Repeat with changes"))
    filled = page.locator("[data-testid=stBaseButton-primary]")
    assert filled.count() == 1 and filled.inner_text() == "Generate molecules"
    assert seen.overhang() <= 0
    assert seen.violations() == []
    seen.screenshot(f"molecules_{size}")


@pytest.mark.parametrize("size", ["light", "narrow"])
def test_every_view_of_a_result(watch: Watch, done: str, size: str) -> None:
    seen = watch(size)
    seen.open(f"/molecules?run={done}", ".sx-figures")
    page = seen.page
    turn(seen, "Molecule")
    assert page.locator(".mol-admet tbody td .mol-bar").count() == 41
    assert page.locator(".st-key-mol-radar svg .median").count() >= 1
    seen.screenshot(f"molecules_molecule_{size}")
    assert seen.overhang() <= 0 and seen.violations() == []
    turn(seen, "Distributions")
    assert page.locator(".st-key-sx-stage figure svg").count() == 5
    used = page.locator(".st-key-sx-stage figure svg text").first.evaluate("one => getComputedStyle(one).fontFamily")
    assert "IBM Plex Sans" in used
    seen.screenshot(f"molecules_spread_{size}")
    assert seen.overhang() <= 0 and seen.violations() == []
    turn(seen, "Why rejected")
    assert "Drawn" in page.inner_text(".mol-fall") and "Kept" in page.inner_text(".mol-fall")
    assert seen.overhang() <= 0 and seen.violations() == []
    turn(seen, "Table")
    page.wait_for_selector("[data-testid=stDataFrame] canvas")
    assert seen.overhang() <= 0 and seen.violations() == []


def test_a_card_is_opened_and_picked_by_pointer_and_by_key(watch: Watch, done: str) -> None:
    seen = watch()
    seen.open(f"/molecules?run={done}", ".sx-figures")
    page = seen.page
    page.wait_for_selector(GRID)
    name = labels(seen)[4]
    page.locator(GRID).nth(4).click()
    page.wait_for_selector(f".st-key-sx-side h2:text-is('{name}')")
    seen.settle()
    assert page.locator(GRID).nth(4).get_attribute("aria-pressed") == "true"
    assert page.locator(f"{GRID}[aria-pressed=true]").count() == 1
    for place in (1, 4):
        page.get_by_role("button", name=f"Pick {labels(seen)[place]}", exact=True).focus()
        page.keyboard.press("Space")
        page.wait_for_timeout(700)
        seen.settle()
    assert "2 picked" in page.inner_text(".mol-count")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download 2 as SDF").click()
    assert download.value.path().read_text().count("$$$$") == 2
    seen.screenshot("molecules_picked_light")
    assert seen.violations() == []


def test_cards_are_ordered_and_paged(watch: Watch, done: str) -> None:
    seen = watch()
    seen.open(f"/molecules?run={done}", ".sx-figures")
    page = seen.page
    page.get_by_role("combobox", name="Order").click()
    page.get_by_role("option", name="QED, high first").click()
    page.wait_for_timeout(800)
    seen.settle()
    figures = [float(text.split()[-1]) for text in page.locator(f"{GRID} .row:first-child span:last-child").all_inner_texts()]
    assert figures == sorted(figures, reverse=True) and len(figures) == 24
    page.get_by_role("button", name="Next page", exact=True).click()
    page.wait_for_timeout(800)
    seen.settle()
    assert len(labels(seen)) == COUNT - 24


def test_a_molecule_becomes_the_hit_of_a_search(watch: Watch, done: str) -> None:
    seen = watch()
    seen.open(f"/molecules?run={done}", ".sx-figures")
    page = seen.page
    smiles = page.inner_text(".st-key-sx-side code")
    page.get_by_role("button", name="Find analogues").click()
    page.wait_for_selector(".mol-hit")
    seen.settle()
    hit = page.get_by_role("textbox", name="Hit, as SMILES")
    assert hit.input_value().strip() == smiles.strip()
    assert page.inner_text(".st-key-sx-start button") == "Find analogues"
    hit.fill("c1cccc1")
    hit.press("Control+Enter")
    page.wait_for_selector(".st-key-sx-inputs .sx-note.bad")
    assert "no alternating double bonds" in page.inner_text(".st-key-sx-inputs .sx-note.bad")
    assert seen.violations() == []
    seen.screenshot("molecules_hit_light")


def test_names_from_outside_are_shown_as_text(watch: Watch) -> None:
    seen = watch("dark")
    seen.open("/molecules", ".st-key-sx-start button")
    page = seen.page
    turn(seen, "Score")
    rows = page.get_by_role("textbox", name="SMILES, one a line")
    rows.fill(f"CC(=O)Oc1ccccc1C(=O)O {MARKUP}\nC1CC {MARKUP}\nCCO ethanol")
    rows.press("Control+Enter")
    seen.settle()
    turn(seen, "Properties")
    seen.run(120)
    page.wait_for_selector(GRID)
    assert labels(seen)[0].startswith("<img/src=x")
    for view in ("Why rejected", "Molecule", "Table", "Cards"):
        turn(seen, view)
        assert page.locator("img[src='x']").count() == 0 and page.evaluate("window.hit") is None
    turn(seen, "Why rejected")
    assert MARKUP in page.inner_text(".st-key-sx-stage")
    assert seen.violations() == []
    seen.screenshot("molecules_refused_dark")
