"""Figures of a detector: AUC, EER, TPR at a false positive rate, and their intervals over speakers.

auc(fake, real), eer(fake, real), interval(auc, fake, real, fake_speakers, real_speakers, seed=1)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["auc", "eer", "interval", "tpr_at"]

Floats = NDArray[np.float64]
DRAWS = 500


def auc(fake: Floats, real: Floats) -> float:
    """How often a fake has the higher score of a random pair; equal ones count half (Mann and Whitney 1947)."""
    order = np.sort(real)
    below = np.searchsorted(order, fake, "left") + np.searchsorted(order, fake, "right")
    return float(below.mean() / (2 * len(real)))


def eer(fake: Floats, real: Floats) -> float:
    """The rate at which as many fakes are missed as recordings are accused."""
    thresholds = np.unique(np.concatenate([fake, real]))
    missed = np.searchsorted(np.sort(fake), thresholds) / len(fake)
    accused = 1 - np.searchsorted(np.sort(real), thresholds) / len(real)
    at = int(np.abs(missed - accused).argmin())
    return float((missed[at] + accused[at]) / 2)


def tpr_at(fake: Floats, real: Floats, fpr: float = 0.01) -> float:
    """Share of fakes above the threshold that `fpr` of the recordings are above; with few recordings, above all of them."""
    return float((fake > np.quantile(real, 1 - fpr, method="higher")).mean())


def interval(
    figure: Callable[[Floats, Floats], float],
    fake: Floats,
    real: Floats,
    fake_units: NDArray[np.str_],
    real_units: NDArray[np.str_],
    *,
    seed: int = 1,
    draws: int = DRAWS,
) -> tuple[float, float]:
    """95 % by the bootstrap: whole speakers (or, of a synthesiser, clips) are drawn; a speaker's recordings and fakes come together."""
    rng = np.random.default_rng(seed)
    names = np.unique(np.concatenate([fake_units, real_units]))
    of_fake = {name: np.flatnonzero(fake_units == name) for name in names}
    of_real = {name: np.flatnonzero(real_units == name) for name in names}
    found = []
    for _ in range(draws):
        drawn = rng.choice(names, len(names))
        fakes, reals = (np.concatenate([rows[name] for name in drawn]) for rows in (of_fake, of_real))
        if len(fakes) and len(reals):
            found.append(figure(fake[fakes], real[reals]))
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)
