"""The figures of the model card: unseen people, generators and kinds of photo, clean and as pictures are passed on.

    python -m apps.deepfake.image.benchmark --faces FOLDER --work RUN [--weights FILE] [--baselines] [--calibration FILE]

A row that ends in `*` is of a kind that training had, of people it had not. The work folder is that of `train`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from apps.deepfake.image.augment import compressed, resized
from apps.deepfake.image.fakes.unseen import SEEN, Pictures, fake_sets, real_sets
from apps.deepfake.image.head import ImageHead
from apps.deepfake.image.measures import Estimate, auc, bootstrap, mean_of, share, tpr_at
from apps.deepfake.image.photos import Pixels

__all__ = ["CONDITIONS", "Row", "calibration", "main", "measure"]

Score = Callable[[Pixels], float]
CONDITIONS: dict[str, Callable[[Pixels], Pixels]] = {
    "clean": lambda pixels: pixels,
    "JPEG75": lambda pixels: compressed(pixels, "JPEG", 75),
    "WebP75": lambda pixels: compressed(pixels, "WEBP", 75),
    "half size": lambda pixels: resized(pixels, 0.5, 3),
}
FALSE_ALARMS = 0.05
SEED = 19
HD = (1080, 1920)


@dataclass(frozen=True)
class Row:
    """A figure: `measure` is AUC, TPR@1%FPR, FPR, pixel AUC or seconds; of which set, under which condition."""

    detector: str
    measure: str
    subset: str
    condition: str
    figure: Estimate

    def __str__(self) -> str:
        return f"| {self.detector} | {self.measure} | {self.subset} | {self.condition} | {self.figure} |"


def measure(
    faces: Path, work: Path, weights: Path | None = None, *, baselines: bool = False, conditions: Sequence[str] = tuple(CONDITIONS)
) -> list[Row]:
    """Every row; fakes are made first where the work folder lacks them. Half an hour on a slow core, a third of it without baselines."""
    head = ImageHead.load(weights)
    reals, fakes = _sets(faces, work, "test")
    reals["calibrate"], reals["calibrate_soft"] = real_sets(faces, "calibrate").values()
    scorers: dict[str, Score] = {"head": lambda pixels: head.score(pixels).logit}
    if baselines:
        from apps.deepfake.image.baselines import baseline_scorers

        scorers |= baseline_scorers(faces, work)
    rows = [_seconds(head)]
    for name, score in scorers.items():
        for row in _detector(name, score, reals, fakes, conditions):
            print(row, flush=True)
            rows.append(row)
    return rows + _localisation(head, fakes, [each for each in conditions if each != "half size"])


def _sets(faces: Path, work: Path, split: str) -> tuple[dict[str, Pictures], dict[str, Pictures]]:
    reals = real_sets(faces, split)  # type: ignore[arg-type]
    return reals, fake_sets(reals, faces, work, split)  # type: ignore[arg-type]


def _detector(name: str, score: Score, reals: dict[str, Pictures], fakes: dict[str, Pictures], conditions: Sequence[str]) -> Iterable[Row]:
    """Thresholds are set on the calibration people's real pictures, under the same condition; the soft one on those made soft."""
    for condition in conditions:
        change = CONDITIONS[condition]
        known = {kind: _scores(score, pictures, change) for kind, pictures in reals.items()}
        threshold = float(np.quantile(known.pop("calibrate"), 1 - FALSE_ALARMS))
        higher = float(np.quantile(known.pop("calibrate_soft"), 1 - FALSE_ALARMS))
        for kind, pictures in fakes.items():
            of = _counterparts(kind, reals)
            real, people = (
                np.concatenate([known[each] for each in of]),
                [person for each in of for person in reals[each].people],
            )
            fake = _scores(score, pictures, change)
            label = kind + "*" * (kind in SEEN)
            yield Row(name, "AUC", label, condition, bootstrap(real, fake, people, pictures.people))
            rate = tpr_at(real, fake)
            yield Row(name, "TPR@1%FPR", label, condition, Estimate(rate, rate, rate))
            yield Row(name, "TPR, soft threshold", label, condition, share(fake > higher))
        for kind, found in known.items():
            pictures = reals[kind]
            yield Row(name, "FPR", kind, condition, share(found > threshold))
            yield Row(name, "FPR, soft threshold", kind, condition, share(found > higher))
            for group in sorted(set(pictures.groups) - {""}):
                chosen = np.array([each == group for each in pictures.groups])
                yield Row(name, "FPR", f"{kind} {group}", condition, share(found[chosen] > threshold))


def _counterparts(kind: str, reals: dict[str, Pictures]) -> list[str]:
    """Real pictures of the same people as the fakes."""
    if kind.endswith("_bundled"):
        return ["bundled"]
    if kind in ("self_blended", "alpha_swap", "poisson_swap"):
        return ["london"]
    return [each for each in ("london", "canada") if each in reals]


def _scores(score: Score, pictures: Pictures, change: Callable[[Pixels], Pixels]) -> NDArray[np.float64]:
    return np.array([score(change(np.asarray(pixels))) for pixels in pictures.pixels])


def _localisation(head: ImageHead, fakes: dict[str, Pictures], conditions: Sequence[str]) -> list[Row]:
    """How well a picture's heat map ranks its pixels, fake above real: a picture's AUC, the mean over pictures."""
    rows = []
    for kind, pictures in fakes.items():
        if pictures.masks is None:
            continue
        for condition in conditions:
            found = [
                _pixel_auc(head, CONDITIONS[condition](pixels), mask) for pixels, mask in zip(pictures.pixels, pictures.masks, strict=True)
            ]
            rows.append(Row("head", "pixel AUC", kind, condition, mean_of(np.array(found))))
            print(rows[-1], flush=True)
    return rows


def _pixel_auc(head: ImageHead, pixels: Pixels, mask: NDArray[np.float16]) -> float:
    found = head.score(pixels)
    stride = found.stride_px
    covered = mask.astype(np.float32).reshape(mask.shape[0] // stride, stride, -1, stride).mean(axis=(1, 3))
    return auc(found.heatmap[covered < 0.5], found.heatmap[covered >= 0.5])


def _seconds(head: ImageHead) -> Row:
    """Of a 1080p picture, processor time on one thread; the least of three."""
    pixels = np.random.default_rng(SEED).integers(0, 256, (*HD, 3), dtype=np.uint8)
    spent = []
    for _ in range(3):
        began = time.process_time()
        head.score(pixels)
        spent.append(time.process_time() - began)
    return Row("head", "seconds", "1920 x 1080", "one thread", Estimate(min(spent), min(spent), max(spent)))


def calibration(faces: Path, work: Path, weights: Path | None, out: Path) -> None:
    """Logits to fit a probability and thresholds on: of the calibration people, and of the test people; clean and JPEG 60-95, half each."""
    head = ImageHead.load(weights)
    columns: dict[str, list[object]] = {}
    for split, short in (("calibrate", "cal"), ("test", "test")):
        reals, fakes = _sets(faces, work, split)
        for kind, pictures, label in [*((k, p, 0) for k, p in reals.items()), *((k, p, 1) for k, p in fakes.items())]:
            for number, pixels in enumerate(pictures.pixels):
                rng = np.random.default_rng([SEED, label, number])
                quality = int(rng.integers(60, 96)) if rng.random() < 0.5 else 0
                shown = compressed(np.asarray(pixels), "JPEG", quality) if quality else np.asarray(pixels)
                found = {
                    "logit": head.score(shown).logit,
                    "label": label,
                    "generator": kind if label else f"real_{kind}",
                    "quality": quality,
                    "group": pictures.groups[number],
                    "person": pictures.people[number],
                }
                for key, value in found.items():
                    columns.setdefault(f"{short}_{key}", []).append(value)
    out.parent.mkdir(parents=True, exist_ok=True)
    np.savez(out, **{key: np.array(value) for key, value in columns.items()})  # type: ignore[arg-type]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the image head.")
    parser.add_argument("--faces", type=Path, required=True, help="folder with neutral_front/, smiling_front/ and canada/")
    parser.add_argument("--work", type=Path, required=True, help="the work folder of the training")
    parser.add_argument("--weights", type=Path, help="other weights than the shipped ones")
    parser.add_argument("--conditions", nargs="+", choices=list(CONDITIONS), default=list(CONDITIONS))
    parser.add_argument("--baselines", action="store_true", help="two simpler detectors beside it")
    parser.add_argument("--calibration", type=Path, help="write the logits to calibrate on here, and measure nothing")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.calibration is not None:
        calibration(arguments.faces, arguments.work, arguments.weights, arguments.calibration)
        return
    print("| detector | measure | set | condition | figure (95 %) |\n| --- | --- | --- | --- | --- |")
    rows = measure(arguments.faces, arguments.work, arguments.weights, baselines=arguments.baselines, conditions=arguments.conditions)
    print(rows[0])


if __name__ == "__main__":
    main()
