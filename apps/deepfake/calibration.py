"""From a head's logit to what may be said of it: a probability with an interval, and two error rates to draw lines by.

Probabilities are Venn-Abers (Vovk and Petej 2014, arXiv 1211.0025): isotonic regression with the new file counted once as captured and
once as made gives two probabilities, of which one is made. Their interval is the 95 % band of a bootstrap over people, whose files are
not independent, widened by those two. Lines are split conformal (Vovk, Gammerman and
Shafer 2005): the share of calibration files of a class that score as extremely.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

from shared.errors import LoadFailed

__all__ = ["CALIBRATION", "Calibration", "calibration_of"]

RESAMPLES = 100
CALIBRATION = Path(__file__).parent / "weights" / "calibration.json"


@dataclass(frozen=True, eq=False)
class Calibration:
    """captured, made: (n,) logits of files that neither trained nor tested the head. false_alarm: rate at which a captured file may be
    called manipulated; missed: rate at which a made one may be called without evidence. captured_units, made_units: (n,) whose file it
    is; each its own when left out."""

    captured: np.ndarray
    made: np.ndarray
    false_alarm: float
    missed: float
    captured_units: np.ndarray | None = None
    made_units: np.ndarray | None = None

    def p_captured(self, logit: float) -> float:
        """Share of captured files that score as high, the new one counted: 1/(n+1) to 1."""
        return float(1 + np.count_nonzero(self.captured >= logit)) / (1 + len(self.captured))

    def p_made(self, logit: float) -> float:
        """Share of made files that score as low, the new one counted."""
        return float(1 + np.count_nonzero(self.made <= logit)) / (1 + len(self.made))

    def probability(self, logit: float) -> tuple[float, float, float]:
        """(probability, low, high) of being made, where captured and made files are equally frequent; low to high: 95 %."""
        every = np.ones(len(self.captured)), np.ones(len(self.made))
        low, high = (self._isotonic(logit, label, *every) for label in (0.0, 1.0))
        probability = high / (1 - low + high)
        rng = np.random.default_rng(0)
        band = []
        for _ in range(RESAMPLES):
            counts = _drawn(rng, self.captured, self.captured_units), _drawn(rng, self.made, self.made_units)
            band.append(self._isotonic(logit, 0.5, *counts))
        return probability, min(low, float(np.quantile(band, 0.025))), max(high, float(np.quantile(band, 0.975)))

    def region(self, logit: float) -> Literal["made", "captured", "between"]:
        """What the lines allow to be said."""
        captured, made = self.p_captured(logit), self.p_made(logit)
        if captured <= self.false_alarm and made > self.missed:
            return "made"
        if made <= self.missed and captured > 2 * self.false_alarm:
            return "captured"
        return "between"

    def _isotonic(self, logit: float, label: float, captured: np.ndarray, made: np.ndarray) -> float:
        """Isotonic regression at `logit`, itself counted as `label`. captured, made: (n,) how often each file counts."""
        from scipy.optimize import isotonic_regression

        logits = np.concatenate([self.captured, self.made, [logit]])
        labels = np.concatenate([np.zeros(len(self.captured)), np.ones(len(self.made)), [label]])
        new = label / (2 * made.sum()) + (1 - label) / (2 * captured.sum())
        weights = np.concatenate([captured / (2 * captured.sum()), made / (2 * made.sum()), [new]])
        logits, labels, weights = logits[weights > 0], labels[weights > 0], weights[weights > 0]
        levels, place = np.unique(logits, return_inverse=True)
        mass = np.bincount(place, weights)
        fitted = isotonic_regression(np.bincount(place, weights * labels) / mass, weights=mass).x
        return float(fitted[np.searchsorted(levels, logit)])


def _drawn(rng: np.random.Generator, logits: np.ndarray, units: np.ndarray | None) -> np.ndarray:
    """(n,) how often each file is there when people are drawn with replacement."""
    names, place = np.unique(np.arange(len(logits)) if units is None else units, return_inverse=True)
    return np.bincount(rng.integers(len(names), size=len(names)), minlength=len(names))[place].astype(np.float64)


@cache
def calibration_of(head: str) -> Calibration:
    """Of the head of this name. Raises `LoadFailed` where the file is missing or says nothing of it."""
    try:
        known = json.loads(CALIBRATION.read_text(encoding="utf-8"))[head]
        return Calibration(
            captured=np.array(known["captured"]["logits"], dtype=np.float64),
            made=np.array(known["made"]["logits"], dtype=np.float64),
            false_alarm=float(known["false_alarm"]),
            missed=float(known["missed"]),
            captured_units=np.array(known["captured"]["units"]),
            made_units=np.array(known["made"]["units"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"The calibration of the head {head!r} cannot be read: {error}."
        raise LoadFailed(message, remedy="Install Sextant again, or make it: python -m apps.deepfake.calibrate") from None
