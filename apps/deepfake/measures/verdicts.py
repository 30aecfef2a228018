"""What the calibrated heads come to: python -m apps.deepfake.measures.verdicts --image LOGITS --voice LOGITS

The files hold `test_logit`, `test_label`, `test_generator` of people that calibration has not seen. Coverage stands beside accuracy: a
head that says "inconclusive" of everything makes no mistake.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.deepfake.calibration import Calibration, calibration_of
from apps.deepfake.models import IMAGE_HEAD, VOICE_HEAD

__all__ = ["Outcome", "calibration_error", "main", "outcome"]

BINS = 10
TARGET_ECE = 0.10
LEAST_COVERAGE = 0.5


@dataclass(frozen=True)
class Outcome:
    """Shares of a set of files: called manipulated, called without evidence, inconclusive."""

    files: int
    made: float
    captured: float
    between: float

    def __str__(self) -> str:
        return f"{self.files} | {self.made:.2f} | {self.captured:.2f} | {self.between:.2f}"


def outcome(logits: NDArray[np.float64], calibration: Calibration) -> Outcome:
    regions = [calibration.region(float(logit)) for logit in logits]
    shares = {name: regions.count(name) / len(regions) for name in ("made", "captured", "between")}
    return Outcome(len(regions), shares["made"], shares["captured"], shares["between"])


def calibration_error(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Expected calibration error over ten equally filled bins (Naeini et al. 2015), both classes of equal weight."""
    weights = np.where(labels == 1, 0.5 / max(1, (labels == 1).sum()), 0.5 / max(1, (labels == 0).sum()))
    order = np.argsort(probabilities, kind="stable")
    bins = np.minimum((np.cumsum(weights[order]) - 1e-12) * BINS, BINS - 1).astype(int)
    error = 0.0
    for number in range(BINS):
        chosen = order[bins == number]
        mass = weights[chosen].sum()
        if mass > 0:
            error += abs((weights[chosen] * (probabilities[chosen] - labels[chosen])).sum())
    return float(error)


def _test_files(path: Path) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.str_]]:
    """(logits, labels, generators). Generators that were held out of a training stand with that training's scores, as in calibration."""
    with np.load(path, allow_pickle=False) as file:
        known = {name: file[name] for name in file.files if name.startswith("test_")}
    logits, labels, kinds = known["test_logit"], known["test_label"].astype(np.int64), known["test_generator"]
    if "test_unseen_logit" in known:
        unseen = known["test_unseen_label"] == 1
        names = known["test_unseen_generator"][unseen]
        kept = (labels == 0) | ~np.isin(kinds, names)
        logits = np.concatenate([logits[kept], known["test_unseen_logit"][unseen]])
        labels = np.concatenate([labels[kept], np.ones(len(names), np.int64)])
        kinds = np.concatenate([kinds[kept], names])
    return logits, labels, kinds


def _report(name: str, path: Path) -> bool:
    calibration = calibration_of(name)
    logits, labels, kinds = _test_files(path)
    print(f"\n### {name}\n\n| set | files | called manipulated | no evidence | inconclusive |\n| --- | --- | --- | --- | --- |")
    for kind in sorted(set(kinds.tolist())):
        print(f"| {kind} | {outcome(logits[kinds == kind], calibration)} |")
    captured, made = outcome(logits[labels == 0], calibration), outcome(logits[labels == 1], calibration)
    decided = 1 - (captured.between + made.between) / 2
    right = (captured.captured + made.made) / 2
    error = calibration_error(np.array([calibration.probability(float(logit))[0] for logit in logits]), labels)
    print(f"| all captured | {captured} |\n| all made | {made} |")
    print(f"\nclasses of equal weight: coverage {decided:.2f}, accuracy where it decides {right / max(decided, 1e-9):.3f}, ECE {error:.3f}")
    print(f"targets: ECE <= {TARGET_ECE}, inconclusive on at most half of the captured files")
    return error <= TARGET_ECE and captured.between <= LEAST_COVERAGE


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", type=Path)
    parser.add_argument("--voice", type=Path)
    given = parser.parse_args()
    met = [_report(head.name, path) for head, path in ((IMAGE_HEAD, given.image), (VOICE_HEAD, given.voice)) if path is not None]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
