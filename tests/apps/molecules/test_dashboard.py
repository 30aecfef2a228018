"""The molecules page in Streamlit's own harness, on results without a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shared.runs import default_executor
from tests import pages
from tests.apps.molecules.made import CELECOXIB, SMILES, fake_pipeline
from tests.apps.molecules.safety_examples import BLOCKED
from tests.pages import again, finished, html

pytestmark = pytest.mark.filterwarnings("ignore")

MARKUP = "<img_src=x_onerror=alert(1)>"


@pytest.fixture(autouse=True)
def studio(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SEXTANT_APPS", "molecules")
    fake_pipeline(monkeypatch)
    yield
    default_executor().close()


def script() -> None:
    from apps.molecules.dashboard import page

    page()


def opened(**query: str) -> Any:
    return pages.opened(script, **query)


def widget(found: Any, label: str) -> Any:
    return next(one for one in found if one.label == label)


def press(at: Any, label: str) -> None:
    widget(at.button, label).click()
    again(at)


def turn(at: Any, key: str, value: str) -> None:
    """Press a part of a control with several."""
    at.session_state[key] = value
    again(at)


def made(task: Any, **fields: Any) -> Any:
    return default_executor().run(task, task.parse(fields))


def test_an_empty_page_says_what_to_press() -> None:
    at = opened()
    assert "No molecules yet." in html(at) and "Estimates." in html(at)
    assert not widget(at.button, "Generate molecules").disabled
    assert widget(at.number_input, "How many").value == 100  # the first example's
    assert at.session_state["molecules/generate:seed"] == 7


def test_generated_molecules_are_shown_with_what_was_rejected() -> None:
    at = opened()
    widget(at.number_input, "How many").set_value(30)
    press(again(at), "Generate molecules")
    run = finished(at)
    assert run.request["count"] == 30 and run.request["filters"] == ["pains"]
    assert "30 kept molecules" in html(at) and "4 of 10 drawn pass everything" in html(at)
    assert "Structure of No. 1" in html(at) and run.id[:12] in html(at)
    turn(at, f"molecules:{run.id}:scope:kept", "all")
    assert "32 molecules" in html(at)
    turn(at, "molecules:view", "Why rejected")
    shown = html(at)
    assert "Rejected by PAINS" in shown and "catechol_A(92)" in shown and "30.0 %" in shown
    turn(at, "molecules:view", "Distributions")
    turn(at, "molecules:view", "Table")
    assert at.dataframe[0].value["Why rejected"].astype(bool).sum() == 2


def test_columns_narrow_and_order_what_is_in_sight() -> None:
    from apps.molecules.tasks import generate

    run = made(generate, count=6)
    at = opened(run=run.id)
    own = f"molecules:{run.id}"
    at.session_state[f"{own}:columns"] = ["MW"]
    again(at)
    assert widget(at.slider, "MW (g/mol)").value == (180.15, 493.62)
    at.session_state[f"{own}:limit:MW"] = (200.0, 400.0)
    again(at)
    assert "4 of 6 kept molecules pass your limits" in html(at)
    turn(at, "molecules:view", "Table")
    turn(at, f"{own}:order", "QED high")
    values = list(at.dataframe[0].value["QED"])
    assert values == sorted(values, reverse=True) and len(values) == 4
    at.session_state[f"{own}:limit:MW"] = (180.15, 180.15)
    at.session_state[f"{own}:columns"] = ["MW", "logP"]
    at.session_state[f"{own}:limit:logP"] = (4.0, 4.5)
    again(at)
    assert "No molecule passes your limits." in html(at)


def test_a_molecule_in_full_offers_what_is_missing() -> None:
    from apps.molecules.tasks import generate

    at = opened(run=made(generate, count=3).id)
    turn(at, "molecules:view", "Molecule")
    shown = html(at)
    assert "1 of 5 in this order" in shown and "phenol ester" in shown and "Percentile among drugs" in shown
    assert [code.value for code in at.code] == ["CC(=O)Oc1ccccc1C(=O)O", "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"]
    press(at, "Next")
    assert "2 of 5 in this order" in html(at)
    press(at, "Predict ADMET of 3 molecules")
    run = finished(at)
    assert run.task == "score" and len(run.request["molecules"]) == 3 and run.request["molecules"][0].endswith(" No 1")
    assert at.session_state["molecules:task"] == "score"
    turn(at, "molecules:view", "Molecule")
    shown = html(at)
    assert "Human Intestinal Absorption" in shown and shown.count('class="mol-bar"') > 41 and "higher is better" in shown
    assert widget(at.text_area, "SMILES, one a line").value.splitlines() == run.request["molecules"]


def test_a_molecule_goes_into_the_other_forms() -> None:
    from apps.molecules.tasks import generate

    at = opened(run=made(generate, count=2).id)
    press(at, "Find analogues")
    assert widget(at.text_area, "Hit, as SMILES").value == "CC(=O)Oc1ccccc1C(=O)O"
    assert "Structure of the hit" in html(at) and "run" not in at.query_params
    assert widget(at.button, "Find analogues").disabled is False
    turn(at, "molecules:task", "generate")
    press(at, "Score")
    assert widget(at.text_area, "SMILES, one a line").value == "CC(=O)Oc1ccccc1C(=O)O No 1"


def test_analogues_stand_beside_their_hit() -> None:
    at = opened()
    turn(at, "molecules:task", "analogs")
    assert widget(at.text_area, "Hit, as SMILES").value == CELECOXIB
    at.session_state["molecules/analogs:window"] = (0.4, 0.9)
    press(again(at), "Find analogues")
    run = finished(at)
    assert run.request["similarity"] == [0.4, 0.9]
    turn(at, "molecules:view", "Table")
    assert list(at.dataframe[0].value["Name"]) == ["Hit", "No. 3", "No. 1"]
    assert list(at.dataframe[0].value["similarity"]) == [1.0, 0.8, 0.6]


@pytest.mark.parametrize(
    ("hit", "said"),
    [
        ("c1cccc1", "no alternating double bonds"),
        ("", "No hit yet."),
        ("CC[Si](C)(C)C", "Cannot be used."),
        (BLOCKED["1.A.4 mustard gas"][0], "controlled family"),
        (MARKUP, "&lt;img_src=x_onerror=alert(1)&gt;"),
    ],
)
def test_a_hit_that_cannot_be_used_is_said_at_once(hit: str, said: str) -> None:
    at = opened()
    turn(at, "molecules:task", "analogs")
    widget(at.text_area, "Hit, as SMILES").set_value(hit)
    again(at)
    assert said in html(at) and MARKUP not in html(at)
    readable = "Structure of the hit" in html(at)
    assert widget(at.button, "Find analogues").disabled is not readable  # what can be read is judged, and recorded, by the run


def test_a_core_that_is_no_part_of_the_hit_is_said() -> None:
    at = opened()
    turn(at, "molecules:task", "analogs")
    widget(at.text_area, "Core to keep, SMILES or SMARTS").set_value("C1CCCCC1")
    again(at)
    assert "does not hold the core" in html(at)
    widget(at.text_area, "Core to keep, SMILES or SMARTS").set_value("c1ccccc1S(N)(=O)=O")
    again(at)
    assert "its core marked" in html(at)


def test_what_came_from_outside_is_shown_as_text() -> None:
    at = opened()
    turn(at, "molecules:task", "score")
    rows = f"{SMILES[0]} {MARKUP}\nC1CC {MARKUP}"
    widget(at.text_area, "SMILES, one a line").set_value(rows)
    press(again(at), "Score molecules")
    finished(at)
    for view in ("Cards", "Molecule", "Why rejected"):
        turn(at, "molecules:view", view)
        assert "&lt;img_src=x_onerror=alert(1)&gt;" in html(at) and MARKUP not in html(at), view
    turn(at, "molecules:view", "Molecule")
    assert "&lt;i&gt;7&lt;/i&gt;" in html(at) and "<i>7</i>" not in html(at)
    assert "This cannot be read." in (turn(at, "molecules:view", "Why rejected"), html(at))[1]


def test_a_condition_that_cannot_be_read_is_said_and_cannot_run() -> None:
    at = opened()
    at.session_state["molecules/generate:where"] = ["QED over 9000"]
    again(at)
    assert "Not a condition." in html(at) and widget(at.button, "Generate molecules").disabled
    at.session_state["molecules/generate:where"] = ["qed >= 0.5"]
    again(at)
    assert not widget(at.button, "Generate molecules").disabled


def test_a_run_is_repeated_with_its_own_settings() -> None:
    from apps.molecules.tasks import analogs, score

    run = made(analogs, hit=SMILES[2], similarity=(0.2, 0.7), filters=[], seed=9)
    at = opened(run=run.id)
    assert at.session_state["molecules:task"] == "analogs"
    assert at.session_state["molecules/analogs:window"] == (0.2, 0.7)
    widget(at.text_area, "Hit, as SMILES").set_value("CCO")
    at.session_state["molecules/analogs:window"] = (0.1, 0.2)
    again(at)
    press(at, "Repeat with changes")
    assert widget(at.text_area, "Hit, as SMILES").value == SMILES[2]
    assert at.session_state["molecules/analogs:window"] == (0.2, 0.7) and at.session_state["molecules/analogs:filters"] == []
    other = opened(run=made(score, file=("drugs.smi", f"{SMILES[0]} aspirin\n".encode()), molecules=[SMILES[1]]).id)
    assert other.session_state["molecules/score:way"] == "File"
    assert "Chosen: drugs.smi" in html(other)
    assert not widget(other.button, "Score molecules").disabled


def test_an_example_fills_the_form_and_is_no_state() -> None:
    at = opened()
    at.selectbox(key="molecules/generate:sx-example").set_value(generate_examples()[1])
    again(at)
    assert widget(at.number_input, "How many").value == 60 and widget(at.checkbox, "Predict ADMET").value
    assert at.selectbox(key="molecules/generate:sx-example").value is None
    turn(at, "molecules:task", "score")
    at.selectbox(key="molecules/score:sx-example").set_value("60 lead-like molecules, ranked for the brain")
    again(at)
    assert at.session_state["molecules/score:way"] == "File" and "Chosen: leads.smi" in html(at)
    assert at.session_state["molecules/score:where"] == ["TPSA<=90", "BBB_Martins>=0.7", "hERG<=0.5"]
    assert not widget(at.button, "Score molecules").disabled


def generate_examples() -> list[str]:
    from apps.molecules.tasks import generate

    return [example.title for example in generate.examples]


def test_picked_molecules_are_gathered() -> None:
    from apps.molecules.tasks import generate

    run = made(generate, count=4)
    at = opened(run=run.id)
    at.session_state[f"molecules:{run.id}:picked"] = ["m3", "m1", "gone"]
    again(at)
    assert "4 kept molecules, 2 picked" in html(at)
    assert html(at).index("<b>No. 5</b>") < html(at).index("<b>No. 1</b>")
    press(at, "Score picked")
    assert len(widget(at.text_area, "SMILES, one a line").value.splitlines()) == 2


def test_a_thumbnail_in_the_dark_is_dark() -> None:
    from PIL import Image

    from apps.molecules.dashboard import darkened

    picture = Image.new("RGB", (4, 1), "white")
    picture.putpixel((1, 0), (26, 26, 26))
    picture.putpixel((2, 0), (185, 28, 28))
    dark = darkened(picture)
    assert dark.getpixel((0, 0)) == (19, 31, 36)
    assert min(dark.getpixel((1, 0))) > 200
    red, green, blue = dark.getpixel((2, 0))
    assert red > green and red > blue
