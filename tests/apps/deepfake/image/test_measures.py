"""Figures against cases whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from apps.deepfake.image.measures import auc, bootstrap, mean_of, share, tpr_at


def test_auc_of_known_orders() -> None:
    real, fake = np.array([0.0, 1, 2]), np.array([3.0, 4])
    assert auc(real, fake) == 1 and auc(fake, real) == 0
    assert auc(real, real) == 0.5
    assert auc(np.array([0.0, 2]), np.array([1.0, 3])) == 0.75


def test_an_interval_holds_its_figure_and_narrows_with_people() -> None:
    rng = np.random.default_rng(0)
    widths = []
    for people in (20, 200):
        names = [str(k) for k in range(people)]
        found = bootstrap(rng.normal(0, 1, people), rng.normal(1, 1, people), names, names)
        assert found.low <= found.value <= found.high
        widths.append(found.high - found.low)
    assert widths[1] < widths[0] / 2


def test_pictures_of_one_person_are_not_independent() -> None:
    rng = np.random.default_rng(1)
    each = rng.normal(0, 1, 12).repeat(20)
    fake = rng.normal(0.7, 1, 12).repeat(20)
    alone = bootstrap(each, fake, [str(k) for k in range(240)], [str(k) for k in range(240)])
    grouped = [str(k) for k in np.arange(12).repeat(20)]
    together = bootstrap(each, fake, grouped, grouped)
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_true_positives_at_few_false_ones() -> None:
    real = np.arange(100.0)
    assert tpr_at(real, np.array([98.5, 99.5, 50]), 0.01) == pytest.approx(2 / 3)


def test_wilsons_interval() -> None:
    found = share(np.array([True] * 2 + [False] * 38))
    assert (round(found.low, 3), round(found.high, 3)) == (0.014, 0.165)
    assert mean_of(np.ones(5)).low == 1
