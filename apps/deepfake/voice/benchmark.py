"""The figures of the voice head's card: on families of fakes that it never heard, on matched channels, on phones and codecs.

    python -m apps.deepfake.voice.benchmark --speech FOLDER --fakes FAKES --held RUN/kokoro:kokoro,world --held RUN/flite:flite,festival

Each --held names a run of train.py and what it was trained --without. Scores go to --scores FILE (default: nowhere).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.deepfake.voice.baseline import Baseline
from apps.deepfake.voice.corpus import Corpus, read, sexes
from apps.deepfake.voice.figures import auc, eer, interval, tpr_at
from apps.deepfake.voice.head import VoiceHead
from apps.deepfake.voice.pool import REAL
from apps.deepfake.voice.train import WEIGHTS
from apps.deepfake.voice.trials import CONDITIONS, Trial, trials

__all__ = ["Row", "calibration", "main", "measure", "scores"]

FPR = 0.05


@dataclass(frozen=True)
class Row:
    """A family under a condition, judged by a detector that never heard it. auc_from, auc_to: 95 %; n: clips of the family."""

    detector: str
    family: str
    condition: str
    auc: float
    auc_from: float
    auc_to: float
    eer: float
    tpr_at_1: float
    n: int


Scored = list[tuple[str, str, float]]
"""(family, unit, score)"""


def scores(clips: Iterable[Trial], score: Callable[[NDArray[np.float32]], float | None]) -> Scored:
    """Clips without speech are left out."""
    return [(clip.family, clip.unit, found) for clip in clips if (found := score(clip.samples)) is not None]


def row_of(detector: str, family: str, condition: str, scored: Scored) -> Row:
    """The fakes of `scored` against its recordings."""
    kind, unit, score = (np.array(column) for column in zip(*scored, strict=True))
    real = kind == REAL
    made, recorded = score[~real], score[real]
    low, high = interval(auc, made, recorded, unit[~real], unit[real])
    figures = (auc(made, recorded), low, high, eer(made, recorded), tpr_at(made, recorded))
    return Row(detector, family, condition, *figures, len(made))


def measure(
    corpus: Corpus, held: dict[Path, list[str]], conditions: Iterable[str] = ("plain", "matched"), *, baseline: bool = True
) -> tuple[list[Row], dict[str, Scored]]:
    """Rows of every family judged by the run that was trained without it, and all scores by "detector condition run family"."""
    rows: list[Row] = []
    kept: dict[str, Scored] = {}
    for folder, families in held.items():
        judges: dict[str, Callable[[NDArray[np.float32]], float | None]] = {}
        head = VoiceHead.load(folder / WEIGHTS)
        judges["head"] = lambda samples, head=head: head.score(samples).logit  # type: ignore[misc]
        if baseline:
            judges["baseline"] = _baseline(corpus, [name for name in corpus.families if name not in families]).score
        for condition in conditions:
            # family by family: the recordings beside a narrow family are made narrow too
            clips = {family: list(trials(corpus, [family], condition, spoken="all")) for family in families}
            for detector, judge in judges.items():
                scored = {family: scores(own, judge) for family, own in clips.items()}
                if len(scored) > 1:
                    scored["all"] = [row for own in scored.values() for row in own]
                for family, own in scored.items():
                    rows.append(row_of(detector, family, condition, own))
                    kept[f"{detector} {condition} {folder.name} {family}"] = own
                    print(_line(rows[-1]), flush=True)
    return rows, kept


def _baseline(corpus: Corpus, families: list[str]) -> Baseline:
    """As detectors are often trained: recordings and fakes as they come, nothing matched."""
    clips = [clip for family in families for clip in islice(trials(corpus, [family], "plain", part="train"), 160)]
    return Baseline((clip, clip.family != REAL) for clip in clips)


def accused(corpus: Corpus, head: VoiceHead, others: Path | None = None) -> list[str]:
    """False positives, by sex and on recordings from elsewhere, at the threshold that 5 % of the calibration speakers' clips are above."""
    level = scores(trials(corpus, [], "mixed", part="calibration"), lambda x: head.score(x).logit)
    level += scores(trials(corpus, [], "plain", part="calibration"), lambda x: head.score(x).logit)
    threshold = float(np.quantile([row[2] for row in level], 1 - FPR))
    said = [f"threshold of 5 % on {len(level)} calibration clips: {threshold:.2f}"]
    sex = sexes(corpus.speech)
    for condition in ("plain", "mixed"):
        scored = scores(trials(corpus, [], condition), lambda x: head.score(x).logit)
        for name in ("F", "M"):
            own = [score > threshold for _, speaker, score in scored if sex.get(speaker) == name]
            if own:
                said.append(f"{condition}, {name}: {sum(own)} of {len(own)} accused")
    for folder in sorted(path for path in others.iterdir() if path.is_dir()) if others else []:
        found = [head.score(read(path)).logit for path in sorted(folder.iterdir())]
        own = [score > threshold for score in found if score is not None]
        said.append(f"recordings {folder.name}: {sum(own)} of {len(own)} accused; logits {[round(x, 1) for x in found if x is not None]}")
    return said


def calibration(corpus: Corpus, head: VoiceHead, held: dict[Path, list[str]], path: Path) -> None:
    """An npz: cal_* and test_* (logit, label 1 made, generator, unit) of `head`; the same with _unseen of runs that never heard the family.

    Half the clips are as they are, half went through a channel of their own. Speakers of train, calibration and test are different people.
    """
    columns: dict[str, list[tuple[str, str, float]]] = {"cal": [], "test": [], "cal_unseen": [], "test_unseen": []}
    for prefix, part in (("cal", "calibration"), ("test", "test")):
        for condition in ("plain", "mixed"):
            columns[prefix] += scores(trials(corpus, corpus.families, condition, part=part), lambda x: head.score(x).logit)
            for folder, families in held.items():
                other = VoiceHead.load(folder / WEIGHTS)
                clips = trials(corpus, families, condition, part=part)
                columns[f"{prefix}_unseen"] += scores(clips, lambda x, other=other: other.score(x).logit)  # type: ignore[misc]
    arrays: dict[str, NDArray[np.generic]] = {}
    for prefix, scored in columns.items():
        family, unit, score = (np.array(column) for column in zip(*scored, strict=True)) if scored else (np.array([]),) * 3
        arrays |= {f"{prefix}_logit": score, f"{prefix}_label": (family != REAL).astype(np.int64)}
        arrays |= {f"{prefix}_generator": family, f"{prefix}_unit": unit}
    draft = path.with_suffix(".part")
    with draft.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    draft.replace(path)


def speed(head: VoiceHead) -> float:
    """Seconds that a minute of speech-like sound takes."""
    time_s = np.arange(60 * 16_000) / 16_000
    voice = sum(np.sin(2 * np.pi * 120 * k * time_s) / k for k in range(1, 30)) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time_s))
    samples = (0.05 * voice).astype(np.float32)
    head.logits(samples, np.arange(2.0))
    began = time.perf_counter()
    head.score(samples)
    head.logits(samples, np.arange(0, 58.0))
    return time.perf_counter() - began


def _line(row: Row) -> str:
    figures = f"{row.auc:.3f} ({row.auc_from:.2f}-{row.auc_to:.2f}) | {row.eer:.2f} | {row.tpr_at_1:.2f} | {row.n}"
    return f"| {row.detector} | {row.family} | {row.condition} | {figures} |"


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(description="The figures of the voice head.")
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--fakes", type=Path, required=True)
    parser.add_argument("--held", action="append", default=[], help="RUN:FAMILIES, a run of train.py and what it was trained without")
    parser.add_argument("--conditions", default="plain,matched", help=f"some of {','.join(CONDITIONS)}")
    parser.add_argument("--weights", type=Path, help="the head for speed, false positives and calibration; the shipped one unless given")
    parser.add_argument("--others", type=Path, help="folders of recordings from elsewhere")
    parser.add_argument("--calibration", type=Path, help="where to write logits to fit thresholds on")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    corpus = Corpus(arguments.speech, arguments.fakes)
    held = {Path(run): families.split(",") for run, families in (each.split(":") for each in arguments.held)}
    print("| detector | family, never heard | condition | AUC (95 %) | EER | TPR at 1 % FPR | clips |\n" + "| --- " * 7 + "|")
    measure(corpus, held, arguments.conditions.split(","))
    head = VoiceHead.load(arguments.weights)
    print(f"{speed(head):.2f} s a minute of speech, one thread")
    print("\n".join(accused(corpus, head, arguments.others)))
    if arguments.calibration:
        calibration(corpus, head, held, arguments.calibration)


if __name__ == "__main__":
    main()
