"""How well scores tell two kinds of picture apart, with intervals that count people, not pictures.

AUC: the share of (fake, real) pairs in which the fake has the higher score, ties half (Hanley and McNeil 1982).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Estimate", "auc", "bootstrap", "mean_of", "share", "tpr_at"]

Floats = NDArray[np.floating]
DRAWS = 400
SEED = 17


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.2f}-{self.high:.2f})"


def auc(real: Floats, fake: Floats) -> float:
    """(n,) and (m,) scores to 0..1."""
    return float(_wins(real, fake).mean())


def bootstrap(real: Floats, fake: Floats, real_people: Sequence[str], fake_people: Sequence[str]) -> Estimate:
    """The AUC with a percentile interval; a draw takes people, and with each the real and the fake pictures of theirs."""
    people = sorted({*real_people, *fake_people})
    number = {person: k for k, person in enumerate(people)}
    of_real, of_fake = (np.array([number[person] for person in each]) for each in (real_people, fake_people))
    wins = _wins(real, fake)
    rng = np.random.default_rng(SEED)
    drawn = []
    for _ in range(DRAWS):
        counts = np.bincount(rng.integers(len(people), size=len(people)), minlength=len(people)).astype(float)
        a, b = counts[of_fake], counts[of_real]
        if a.sum() and b.sum():
            drawn.append(a @ wins @ b / (a.sum() * b.sum()))
    return Estimate(float(wins.mean()), *(float(np.quantile(drawn, q)) for q in (0.025, 0.975)))


def tpr_at(real: Floats, fake: Floats, false_alarms: float = 0.01) -> float:
    """Share of fakes above the threshold that this share of the real ones reaches. With fewer than 100 real ones: that none reaches."""
    allowed = math.floor(false_alarms * len(real))
    threshold = np.sort(real)[::-1][allowed]
    return float((fake > threshold).mean())


def share(hits: NDArray[np.bool_]) -> Estimate:
    """A share with Wilson's interval (1927)."""
    n, p, z = len(hits), float(hits.mean()), 1.96
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Estimate(p, max(0.0, centre - half), min(1.0, centre + half))


def mean_of(values: Floats, statistic: Callable[[Floats], float] = lambda x: float(np.mean(x))) -> Estimate:
    """A mean of independent values with a percentile interval."""
    rng = np.random.default_rng(SEED)
    drawn = [statistic(values[rng.integers(len(values), size=len(values))]) for _ in range(DRAWS)]
    return Estimate(statistic(values), *(float(np.quantile(drawn, q)) for q in (0.025, 0.975)))


def _wins(real: Floats, fake: Floats) -> Floats:
    """(fakes, reals) of 1, 0.5 and 0."""
    above: Floats = (fake[:, None] > real).astype(float) + 0.5 * (fake[:, None] == real)
    return above
