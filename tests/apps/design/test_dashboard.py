"""The design page in Streamlit's own harness: furniture of the shipped generator, patterns and meshes as they are made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from apps.design.tasks import EXAMPLES, Check
from shared.runs import default_executor
from tests import pages
from tests.pages import again, component, finished, html, press, widget

pytestmark = pytest.mark.filterwarnings("ignore")

BROKEN = EXAMPLES / "broken_stool.stl"


@pytest.fixture(autouse=True)
def studio(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SEXTANT_APPS", "design")
    yield
    default_executor().close()


def script() -> None:
    from apps.design.dashboard import page

    page()


def opened(task: str = "product", **query: str) -> Any:
    return pages.opened(script, {"design:task": task}, **query)


def made(name: str, **fields: Any) -> Any:
    from apps.design.tasks import app

    task = app.find_task(name)
    return default_executor().run(task, task.parse(fields, paths=True))


@pytest.mark.parametrize(
    ("task", "words"), [("product", "No furniture yet."), ("garment", "No pattern yet."), ("repair", "No mesh checked yet.")]
)
def test_an_empty_page_says_what_to_press(task: str, words: str) -> None:
    shown = html(opened(task))
    assert words in shown and "Press “" in shown


def test_criteria_in_conflict_are_told_before_the_run_and_mended_by_a_button() -> None:
    at = opened()
    assert "<b>Feasible.</b>" in html(at)
    widget(at.number_input, "Mass").set_value(1.2)
    again(at)
    assert "not 1.2" in html(at) and widget(at.button, "Design furniture").disabled
    press(at, "Use nearest feasible")
    assert "<b>Feasible.</b>" in html(at) and not widget(at.button, "Design furniture").disabled
    assert widget(at.number_input, "Mass").value > 4


def test_a_family_brings_its_own_styles() -> None:
    at = opened()
    assert "Ladder" in widget(at.selectbox, "Style").options
    at.session_state["design/product:family"] = "stool"
    again(at)
    assert "Tripod" not in widget(at.selectbox, "Style").value and "<b>Feasible.</b>" in html(at)


def test_one_person_takes_the_place_of_the_percentiles() -> None:
    at = opened()
    for label, value in (("Popliteal", 430.0), ("Buttock", 500.0), ("Hip", 360.0)):
        widget(at.number_input, label).set_value(value)
    again(at)
    assert "For one person, measured below." in html(at) and "<b>Feasible.</b>" in html(at)


def test_furniture_is_designed_opened_and_moved() -> None:
    at = opened()
    at.session_state["design/product:family"] = "stool"
    again(at)
    widget(at.number_input, "Variants").set_value(2)
    press(again(at), "Design furniture")
    run = finished(at)
    cards = component(at, "grid")["cards"]
    assert len(cards) == 2 and cards[0]["figure"].endswith(" kg") and cards[0]["lines"][0][1].endswith(" EUR")
    assert "checks passed" in html(at) and run.id[:12] in html(at)
    at.session_state[f"design:variant:{run.id}"], at.session_state["design:product-view"] = 1, "3-D view"
    data = component(again(at), "solid")
    assert data["kind"] == "glb" and len(data["measures"]) == 3 and data["ruleUnit"] == "m" and "Stool 02" in data["label"]
    at.session_state["design:product-view"] = "Checks"
    assert "after EN 1022" in html(again(at)) and "passed</span>" in html(at)
    at.session_state["design:product-view"] = "Drawing"
    assert component(again(at), "sheet")["label"].startswith("Drawing of Stool 02")
    at.session_state["design:product-view"] = "Bill"
    assert "Cut size (mm)" in html(again(at)) and "Total" in html(at)
    names = [one.label.replace("\\", "") for one in at.get("download_button")]
    assert names == ["Download GLB", "STL", "Drawing SVG", "Bill CSV", "All variants (ZIP)"]
    slider = widget(at.select_slider, "First direction")
    assert widget(at.button, "Draw this variant").disabled
    slider.set_value(0.0 if slider.value else 0.2)
    again(at)
    press(at, "Draw this variant")
    moved = finished(at)
    assert len(moved.request["near"]) == 8 and moved.request["count"] == 1
    assert component(at, "solid")["label"].startswith("Stool 01") and "moved along two directions" in html(at)


def test_a_pattern_is_drafted_and_seen_from_every_side() -> None:
    at = opened("garment")
    press(at, "Draft pattern")
    run = finished(at)
    assert component(at, "sheet")["mm"] == 1.0 and "Before cutting." in html(at)
    for view, words in (("Lay", "Pieces of the"), ("Pages", "pages of A4")):
        at.session_state["design:garment-view"] = view
        assert words in component(again(at), "sheet")["label"]
    at.session_state["design:garment-view"] = "Checks"
    assert "Seam sides equal" in html(again(at)) and "7 of 7 passed" in html(at)
    names = [one.label.replace("\\", "") for one in at.get("download_button")]
    assert names == ["Download PDF (A4)", "DXF", "SVG", "Lay SVG", "PDF (Letter)"]
    from apps.design.page.pattern import _pdf

    assert _pdf(run.request, "Letter").startswith(b"%PDF")


def test_measurements_stay_the_same_length_in_another_unit() -> None:
    at = opened("garment")
    widget(at.number_input, "Chest girth").set_value(96.5)
    again(at)
    at.session_state["design/garment:unit"] = "inch"
    again(at)
    assert widget(at.number_input, "Chest girth (in)").value == pytest.approx(37.99, abs=0.01)
    press(at, "Draft pattern")
    run = finished(at)
    assert run.request["unit"] == "inch" and run.result["body_mm"]["chest_girth"] == pytest.approx(965, abs=0.3)


def test_measurements_that_no_body_has_are_refused_before_the_run() -> None:
    at = opened("garment")
    widget(at.number_input, "Chest girth").set_value(38.0)
    again(at)
    assert "Was it 38 in = 965 mm?" in html(at) and widget(at.button, "Draft pattern").disabled
    at.session_state["design/garment:unit"] = "inch"
    again(at)
    assert "outside" in html(at)  # the length stays the same in another unit


def test_a_mesh_is_reported_before_and_after() -> None:
    run = made("repair", mesh=BROKEN)
    at = opened(run=run.id)
    assert at.session_state["design:task"] == "repair"
    assert component(at, "solid")["kind"] == "stl" and component(at, "solid")["up"] == "z"
    assert '<span class="dsg-poor">no</span>' in html(at) and '<span class="dsg-good">yes</span>' in html(at)
    at.session_state["design:mesh-view"] = "As given"
    assert "as it was given" in component(again(at), "solid")["label"]
    at.session_state["design:mesh-view"] = "Picture"
    assert "dsg-picture" in html(again(at))


def test_a_run_in_the_address_fills_the_form() -> None:
    run = made("garment", kind="half_circle_skirt", measurements={"waist_girth": 74, "hip_girth": 99}, options={"length_mm": 650})
    at = opened(run=run.id)
    assert at.session_state["design/garment:kind"] == "half_circle_skirt"
    assert widget(at.number_input, "Waist girth").value == 74 and widget(at.number_input, "Length (cm)").value == 65


def test_the_tightest_check_is_the_one_nearest_to_its_bound() -> None:
    from apps.design.page.checks import margin, value_words

    near = Check(key="stress", title="stress", value=0.95, bound=1.0, passed=True, at_least=False)
    far = Check(key="tilt", title="leans", value=29.0, bound=10.0, unit="deg", passed=True)
    assert margin(near) < margin(far) and value_words(far, far.value) == "29°"
    assert value_words(Check(key="finite", title="", value=1, bound=1, passed=True), 1) == "yes"
    assert value_words(Check(key="fit", title="", value=0.7, bound=0.6, passed=True), 0.7) == "70 %"
