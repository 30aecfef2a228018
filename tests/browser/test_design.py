"""The design page in a real browser: a chair is turned, a pattern zoomed, a mesh mended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from apps.design.tasks import EXAMPLES
from tests.needs import needs_command

pytestmark = [pytest.mark.browser, needs_command("chromium", package="chromium")]

Watch = Callable[..., Any]
TASKS = {
    "product": ("Furniture", "Design furniture", "3-D view", ("Download GLB", "STL", "Drawing SVG", "Bill CSV", "All variants (ZIP)")),
    "garment": ("Garment", "Draft pattern", "Pattern", ("Download PDF (A4)", "DXF", "SVG", "Lay SVG", "PDF (Letter)")),
    "repair": ("Mesh", "Check mesh", "Mended", ("Download STL", "Picture PNG")),
}
READY = """() => [...document.querySelectorAll('.st-key-sx-stage *')].some(node => node.shadowRoot?.querySelector('[data-ready]'))"""
SLOW_READ = "GPU stall due to ReadPixels"
"""What software WebGL says of every picture that is taken of it."""


@pytest.fixture(scope="module")
def done(browser: Any, server: str) -> dict[str, str]:
    """A finished run of each task's first example, as the page makes it."""
    found = {}
    for task, (name, action, *_) in TASKS.items():
        page = browser.new_page()
        page.goto(f"{server}/design")
        page.get_by_role("radio", name=name, exact=True).click(timeout=60_000)
        page.get_by_role("button", name=action).and_(page.locator(":enabled")).click(timeout=60_000)
        page.wait_for_selector(".sx-made, .st-key-sx-stage .sx-note.bad", timeout=180_000)
        assert page.locator(".st-key-sx-stage .sx-note.bad").all_inner_texts() == []
        found[task] = str(page.url.rpartition("run=")[2])
        page.close()
    return found


@pytest.fixture
def look(watch: Watch, done: dict[str, str]) -> Iterator[Callable[..., Any]]:
    """Open a task's run in one of its views, its picture drawn."""
    opened = []

    def show(task: str, size: str = "light", view: str = "") -> Any:
        seen = watch(size)
        opened.append(seen)
        seen.open(f"/design?run={done[task]}", ".sx-made")
        if view:
            seen.page.get_by_role("radio", name=view, exact=True).click()
            seen.settle()
        if view != "Variants":
            seen.page.wait_for_function(READY, timeout=60_000)
        seen.settle()
        return seen

    yield show
    for seen in opened:
        seen.complaints[:] = [words for words in seen.complaints if SLOW_READ not in words]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("size", ["light", "dark", "narrow"])
def test_a_result_and_all_that_belongs_to_it(look: Callable[..., Any], done: dict[str, str], size: str, task: str) -> None:
    _, action, view, files = TASKS[task]
    seen = look(task, size, view)
    page = seen.page
    assert all(page.get_by_role("button", name=name, exact=True).count() == 1 for name in files)
    filled = page.locator("[data-testid=stBaseButton-primary]")
    assert filled.count() == 1 and filled.inner_text() == action
    assert f"Run {done[task][:12]}" in page.inner_text(".sx-made").replace("\n", " ")
    assert seen.overhang() <= 0
    assert seen.violations() == []
    seen.screenshot(f"design_{task}_{size}")


def test_a_card_opens_its_chair_which_is_turned_by_keys_and_buttons(look: Callable[..., Any]) -> None:
    seen = look("product", view="Variants")
    page = seen.page
    page.get_by_role("button", name="Chair 02").click()
    page.wait_for_function(READY, timeout=60_000)
    seen.settle()
    canvas = page.get_by_role("application")
    assert "Chair 02 in three dimensions: width" in canvas.get_attribute("aria-label")
    corner = page.get_by_role("button", name="Three-quarter", exact=True)
    assert corner.get_attribute("aria-pressed") == "true"
    before = canvas.screenshot()
    canvas.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert corner.get_attribute("aria-pressed") == "false" and canvas.screenshot() != before
    for name in ("Front", "Side", "Top"):
        page.get_by_role("button", name=name, exact=True).click()
        page.wait_for_timeout(300)
        assert page.get_by_role("button", name=name, exact=True).get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("heading", name="Chair 03").first.wait_for()
    seen.settle()
    assert page.get_by_role("button", name="Top", exact=True).get_attribute("aria-pressed") == "true"  # seen as the last one was
    library = page.evaluate("performance.getEntriesByType('resource').filter(one => one.name.endsWith('/assets/three.min.js'))")
    assert len(library) == 1 and 0 < library[0]["encodedBodySize"] < 250_000  # fetched once, and compressed


def test_a_pattern_is_zoomed_by_wheel_keys_and_buttons(look: Callable[..., Any]) -> None:
    seen = look("garment", view="Pattern")
    page = seen.page
    drawing = page.locator(".pane > svg")

    def width() -> float:
        return float(drawing.get_attribute("viewBox").split()[2])

    whole = width()
    page.get_by_role("button", name="Zoom in").click()
    assert width() == pytest.approx(whole / 1.4, rel=0.01)
    page.locator(".pane").click()
    page.keyboard.press("+")
    assert width() < whole / 1.9
    page.mouse.wheel(0, -100)
    page.wait_for_timeout(200)
    assert width() < whole / 2
    assert page.locator(".rule span").last.inner_text() in ("5 cm", "10 cm")
    page.get_by_role("button", name="Whole sheet").click()
    assert width() == pytest.approx(whole)


def test_a_mesh_of_ones_own_is_uploaded_and_mended(watch: Watch) -> None:
    seen = watch()
    seen.open("/design")
    page = seen.page
    page.get_by_role("radio", name="Mesh", exact=True).click()
    seen.settle()
    page.get_by_role("radio", name="Upload", exact=True).click()
    page.locator("input[type=file]").set_input_files(EXAMPLES / "broken_stool.stl")
    seen.settle()
    run_id = seen.run()
    assert seen.state(run_id)["status"] == "done"
    page.wait_for_function(READY, timeout=60_000)
    seen.complaints[:] = [words for words in seen.complaints if SLOW_READ not in words]
