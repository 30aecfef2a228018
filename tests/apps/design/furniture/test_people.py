"""The survey, and whom a seat fits."""

from __future__ import annotations

import numpy as np
import pytest

from apps.design.furniture.people import FILE, Measurements, People, SeatSize, accommodated, best_share, people


def test_the_survey_is_whole_and_small() -> None:
    assert len(people()) == 6068 and int(people().men.sum()) == 4082
    assert FILE.stat().st_size < 150_000


@pytest.mark.parametrize(
    ("measure", "sex", "percent", "value"),
    [
        ("popliteal_height", "women", 5, 350),
        ("popliteal_height", "men", 95, 471),
        ("buttock_popliteal", "women", 5, 441),
        ("hip_breadth", "women", 95, 456),
        ("weight", "men", 95, 110.7),
    ],
)
def test_percentiles_are_the_surveys(measure: str, sex: str, percent: float, value: float) -> None:
    assert people().percentile(measure, percent, sex) == pytest.approx(value, abs=1)  # type: ignore[arg-type]


def test_a_seat_fits_its_owner_and_not_a_giant() -> None:
    owner = People.of(Measurements(430, 500, 380, 235, 80))
    assert accommodated(owner, SeatSize(430, 440, 440)).all()
    for wrong in (SeatSize(500, 440, 440), SeatSize(330, 440, 440), SeatSize(430, 510, 440), SeatSize(430, 440, 360)):
        assert not accommodated(owner, wrong).any()
    assert not accommodated(owner, SeatSize(430, 440, 440, arm_height=320)).any()


def test_no_fixed_seat_fits_everybody_and_the_best_beats_others() -> None:
    who = people().subset(people().band("all", 5, 95))
    best = best_share(who, (340, 500), (340, 480), 560, None, backrest=True)
    assert 0.6 < best.share < 0.95
    assert accommodated(who, SeatSize(best.seat.height, best.seat.depth, 560)).mean() == pytest.approx(best.share, abs=0.02)
    assert accommodated(who, SeatSize(350, 350, 560)).mean() < 0.3
    low, high = best.windows["height"]
    assert low <= best.seat.height <= high
    assert np.isclose(best_share(people().subset(np.zeros(6068, bool)), (340, 500), (340, 480), 560, None, backrest=True).share, 0)
