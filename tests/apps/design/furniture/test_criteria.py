"""Criteria that cannot be met are named, and the nearest that can are offered."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from apps.design.furniture.criteria import Criteria, nearest, resolve
from apps.design.furniture.people import Measurements
from shared.errors import BadInput, NotFound

MASSES = {("ladder", "oak", "plain"): (4.0, 6.0, 9.0)}
PLAIN = Criteria("chair", "ladder", "oak", "plain")
PERSON = Measurements(430, 500, 380, 235, 80)


def test_a_plain_brief_is_filled_in() -> None:
    brief = resolve(PLAIN, MASSES)
    assert brief.mass_kg == 6.0
    assert brief.load_kg == pytest.approx(110.7, abs=0.5)  # the 95th percentile of the men
    assert brief.fit_share == pytest.approx(0.9 * brief.best.share)
    assert brief.condition.shape == (9 + 4 + 8 + 2,)
    assert resolve(replace(PLAIN, person=PERSON), MASSES).load_kg == 80


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"process": "fdm-print"}, "is not made by fdm-print"),
        ({"low": 95.0, "high": 5.0}, "hold nobody"),
        ({"fit_share": 0.99}, "no one seat fits 99%"),
        ({"mass_kg": 1.0}, "weighs 4.0 to 9.0 kg"),
        ({"load_kg": 190.0}, "outside 40 to 150 kg"),
        ({"bed_mm": (200.0, 200.0, 200.0)}, "too small for the smallest chair"),
        ({"mass_kg": 1.0, "process": "welded-tube"}, "weighs 4.0 to 9.0 kg"),
    ],
)
def test_conflicts_are_named_and_the_nearest_feasible_is_feasible(change: dict, named: str) -> None:
    asked = replace(PLAIN, **change)
    with pytest.raises(BadInput, match=named) as caught:
        resolve(asked, MASSES)
    assert "Nearest feasible" in caught.value.remedy
    offered, conflicts = nearest(asked, MASSES)
    assert len(conflicts) == len(change) - (1 if {"low", "high"} <= set(change) else 0)
    assert resolve(offered, MASSES).criteria == offered


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (43.0, "43 cm are 430 mm"),
        (17.0, "17 inches are 432 mm"),
        (0.0, "out of range"),
        (-430.0, "out of range"),
        (1e9, "out of range"),
        (math.nan, "not a number"),
    ],
)
def test_a_unit_mixed_up_is_guessed(value: float, hint: str) -> None:
    with pytest.raises(BadInput, match=hint) as caught:
        resolve(replace(PLAIN, person=replace(PERSON, popliteal_height=value)), MASSES)
    assert caught.value.field == "popliteal_height"


@pytest.mark.parametrize(
    "change", [{"mass_kg": math.inf}, {"mass_kg": -1.0}, {"load_kg": 0.0}, {"load_kg": 1e9}, {"bed_mm": (0.0, 1.0, 1.0)}, {"low": -5.0}]
)
def test_numbers_that_mean_nothing_are_refused(change: dict) -> None:
    with pytest.raises(BadInput):
        resolve(replace(PLAIN, **change), MASSES)


@pytest.mark.parametrize("change", [{"style": "baroque"}, {"material": "cheese"}, {"option": "wheels"}, {"family": "sofa"}])
def test_names_that_are_not_there(change: dict) -> None:
    with pytest.raises(NotFound):
        resolve(replace(PLAIN, **change), MASSES)
