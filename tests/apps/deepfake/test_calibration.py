"""What a logit may be turned into."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.deepfake import calibration as module
from apps.deepfake.calibration import Calibration, calibration_of
from shared.errors import LoadFailed

DRAW = np.random.default_rng(3)
KNOWN = Calibration(np.sort(DRAW.normal(-1, 1, 400)), np.sort(DRAW.normal(1, 1, 300)), false_alarm=0.05, missed=0.1)


@given(st.floats(-8, 8))
def test_a_probability_lies_within_its_interval(logit: float) -> None:
    probability, low, high = KNOWN.probability(logit)
    assert 0 <= low <= probability <= high <= 1


def test_probabilities_rise_with_the_logit_and_are_right_on_average() -> None:
    grid = [KNOWN.probability(logit)[0] for logit in np.linspace(-4, 4, 41)]
    assert all(b >= a - 1e-9 for a, b in itertools.pairwise(grid))
    fresh = np.concatenate([DRAW.normal(-1, 1, 200), DRAW.normal(1, 1, 200)])
    labels = np.repeat([0, 1], 200)
    told = np.array([KNOWN.probability(float(logit))[0] for logit in fresh])
    high = told > 0.8
    assert labels[high].mean() == pytest.approx(told[high].mean(), abs=0.1)


def test_false_alarms_stay_at_the_rate_that_was_chosen() -> None:
    captured = DRAW.normal(-1, 1, 2000)
    alarms = np.mean([KNOWN.region(float(logit)) == "made" for logit in captured])
    assert alarms == pytest.approx(0.05, abs=0.025)


def test_far_out_the_interval_is_wider_where_nothing_is_known() -> None:
    few = Calibration(KNOWN.captured[::40], KNOWN.made[::30], 0.05, 0.1)
    assert few.probability(0.0)[2] - few.probability(0.0)[1] > KNOWN.probability(0.0)[2] - KNOWN.probability(0.0)[1]


@pytest.mark.parametrize("head", ["aligned-lite0", "matched-voice"])
def test_both_heads_are_calibrated_on_enough_files(head: str) -> None:
    known = calibration_of(head)
    assert min(len(known.captured), len(known.made)) >= 30
    assert known.region(float(known.captured.min()) - 5) == "captured" and known.region(float(known.made.max()) + 5) == "made"


def test_a_broken_file_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "calibration.json").write_text("{}")
    monkeypatch.setattr(module, "CALIBRATION", tmp_path / "calibration.json")
    with pytest.raises(LoadFailed, match="nobody"):
        calibration_of("nobody")
