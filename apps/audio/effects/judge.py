"""How like recordings the effects are: a judge that learned from clips the generator never saw.

    python -m apps.audio.effects.judge --data FOLDER [--count 2] [--seed 1] [--texts FILE ...]

FOLDER: the effect clips with their index.csv. Prints a row each for real clips, random parameters and fitted parameters (as long as the
clips, then as long as the product makes them unasked), the same by class, and exits with 1 where a target is missed. Sounds are made in
the proportions of the training split's classes. The judge is an ensemble of small MLPs on log-mel and modulation statistics, trained on
the evaluation split only (clips and pieces of them); its classes are those with clips in both splits (28, chance 3.6 %). Figures:

    accuracy   share of sounds the judge gives to their own class
    Frechet    distance of Gaussians over the judge's hidden layer (64 dimensions, unit variance over real clips), to the training split
    diversity  mean distance of two sounds of a class in that layer, and its ratio to that of real clips
    copies     share with a log-mel correlation above .9 to a clip of the training split (64 bands x 64 frames)
    x real     seconds of sound per CPU-second, one thread
    silent     unusable draws before and after re-drawing, of 1,000 of half a second over all classes
    texts      share of descriptions (a JSON file: descriptions with text and class; ask) that find their class, are asked back, are wrong
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.audio.effects.classifier import Array, Judge
from apps.audio.effects.describing import describe
from apps.audio.effects.hearing import Clip, features, log_mel, picture, read_clips, read_samples
from apps.audio.effects.making import make
from apps.audio.effects.parameters import ClassModel, draw, prior_model, render_draw
from apps.audio.effects.synthesis import SAMPLE_RATE_HZ, classes, find_class, is_usable
from shared.errors import SextantError

__all__ = ["TARGETS", "Row", "Sounds", "frechet", "main", "measure", "missed"]

PIECES = 6
"""Random pieces of each clip that the judge also learns from."""
COPY = 0.9
TARGETS = {"accuracy": (">=", 0.50), "frechet_ratio": ("<=", 0.51), "copies": ("<=", 0.15), "diversity": (">=", 0.8), "speed": (">=", 50.0)}
TEXTS = tuple(Path(__file__).parents[3] / f"tests/apps/audio/effects/descriptions_{name}.json" for name in ("apart", "second", "third"))
"""The target is asked of the last: the mechanisms of `describing.py` were chosen with the others in view."""
TEXTS_RIGHT = 0.9
"""Of fitted parameters. frechet_ratio: to that of random parameters; an earlier study asked for 30 where random ones had 58.6, and another
layer's distances do not compare."""


@dataclass
class Sounds:
    """features: (n, F); pictures: (n, 4096); kinds: n class keys."""

    features: Array
    pictures: Array
    kinds: NDArray[Any]
    seconds: float = 0.0
    cpu_s: float = 0.0
    unusable: int = 0


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    accuracy: float
    frechet: float
    diversity: float
    diversity_ratio: float
    copies: float
    speed: float
    by_kind: Mapping[str, float] = field(default_factory=dict)


def frechet(one: Array, other: Array) -> float:
    """Distance of two Gaussians fitted to (n, d) and (m, d): |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) (Dowson and Landau 1982)."""
    a, b = np.cov(one.T.astype(np.float64)), np.cov(other.T.astype(np.float64))
    values = np.linalg.eigvals(a @ b)
    gap = float(((one.mean(axis=0) - other.mean(axis=0)) ** 2).sum())
    return gap + float(np.trace(a) + np.trace(b) - 2 * np.sqrt(np.maximum(values.real, 0)).sum())


def diversity(embedded: Array, kinds: NDArray[Any]) -> float:
    """Mean distance of two sounds of a class, mean over classes, over the root of the dimensions."""
    means = []
    for kind in sorted(set(kinds)):
        rows = embedded[kinds == kind]
        if len(rows) > 1:
            distances = np.sqrt(((rows[:, None] - rows[None]) ** 2).sum(-1))
            means.append(distances.sum() / (len(rows) * (len(rows) - 1)))
    return float(np.mean(means) / np.sqrt(embedded.shape[1]))


def hear(clips: Sequence[Clip], pieces: int = 0, seed: int = 0) -> Sounds:
    """Recorded clips, each also as `pieces` random pieces of 50 to 95 % of it."""
    rng = np.random.default_rng(seed)
    rows, pictures, kinds = [], [], []
    for clip in clips:
        samples, rate = read_samples(clip)
        rows.append(features(samples, rate))
        pictures.append(picture(log_mel(samples, rate)))
        kinds.append(clip.kind)
        for _ in range(pieces):
            length = int(len(samples) * rng.uniform(0.5, 0.95))
            start = int(rng.integers(len(samples) - length + 1))
            rows.append(features(samples[start : start + length], rate))
            pictures.append(pictures[-1])
            kinds.append(clip.kind)
    return Sounds(np.stack(rows), np.stack(pictures), np.array(kinds))


def synthesize(kinds: Sequence[str], seed: int, models: Mapping[str, ClassModel] | None, *, usual: bool = False) -> Sounds:
    """One sound for each entry of `kinds`; models None: as the product makes them, re-drawing included, as long as the clips were
    or, with `usual`, as long as the product makes them where no duration is asked for."""
    rows, pictures = [], []
    made = Sounds(np.empty(0, np.float32), np.empty(0, np.float32), np.array(kinds))
    for place, kind in enumerate(kinds):
        start = time.process_time()
        if models is None:
            seconds = draw(kind, np.random.default_rng([seed, place, 0])).duration_s
            effect = make(kind, seed=seed, variation=place, duration_s=None if usual else seconds)
            signal = effect.signal
            made.unusable += effect.redrawn
        else:
            rng = np.random.default_rng([seed, place])
            chosen = draw(kind, rng, model=models[kind])
            signal = render_draw(kind, chosen, rng)
            made.unusable += not is_usable(signal)
        made.cpu_s += time.process_time() - start
        made.seconds += len(signal) / SAMPLE_RATE_HZ
        rows.append(features(signal[: 4 * SAMPLE_RATE_HZ], SAMPLE_RATE_HZ))
        pictures.append(picture(log_mel(signal[: 4 * SAMPLE_RATE_HZ], SAMPLE_RATE_HZ)))
    made.features, made.pictures = np.stack(rows), np.stack(pictures)
    return made


def measure(name: str, judge: Judge, sounds: Sounds, real: Sounds, *, itself: bool = False) -> Row:
    """A row: sounds against the training split's clips; itself: they are those clips."""
    embedded, reference = judge.embed(sounds.features), judge.embed(real.features)
    right = judge.classify(sounds.features) == sounds.kinds
    correlation = sounds.pictures @ real.pictures.T
    if itself:
        np.fill_diagonal(correlation, -1)
    spread = diversity(embedded, sounds.kinds)
    by_kind = {kind: float(right[sounds.kinds == kind].mean()) for kind in sorted(set(sounds.kinds))}
    return Row(
        name,
        float(right.mean()),
        0.0 if itself else frechet(embedded, reference),
        spread,
        spread / diversity(reference, real.kinds),
        float((correlation.max(axis=1) > COPY).mean()),
        sounds.seconds / sounds.cpu_s if sounds.cpu_s else float("nan"),
        by_kind,
    )


def table(rows: Sequence[Row]) -> str:
    """Markdown, the classes below."""
    lines = [
        "| method | class accuracy | Frechet distance | diversity (ratio) | copies (> .9 log-mel correlation) | x real time, 1 core |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        spread = f"{row.diversity:.2f} ({row.diversity_ratio:.2f})"
        speed = "-" if np.isnan(row.speed) else f"{row.speed:.0f}"
        lines.append(f"| {row.name} | {row.accuracy:.2f} | {row.frechet:.1f} | {spread} | {row.copies:.2f} | {speed} |")
    lines += ["", f"| class | {' | '.join(row.name for row in rows)} |", "| --- |" + " --- |" * len(rows)]
    for kind in rows[0].by_kind:
        lines.append(f"| {kind} | " + " | ".join(f"{row.by_kind.get(kind, float('nan')):.2f}" for row in rows) + " |")
    return "\n".join(lines)


def _halves(sounds: Sounds) -> tuple[Sounds, Sounds]:
    """Every second clip of each class: the least Frechet distance that so many sounds can have."""
    odd = np.arange(len(sounds.kinds)) % 2 == 1
    one, other = (Sounds(sounds.features[rows], sounds.pictures[rows], sounds.kinds[rows]) for rows in (odd, ~odd))
    return one, other


def silent_of(count: int, seed: int) -> tuple[int, int]:
    """(draws that had to be repeated, results that are unusable) of `count` short effects over all classes."""
    kinds = list(classes())
    made = [make(kinds[place % len(kinds)], seed=seed, variation=place, duration_s=0.5) for place in range(count)]
    return sum(each.redrawn for each in made), sum(not is_usable(each.signal) for each in made)


def text_shares(path: Path) -> dict[str, float]:
    """{"right", "asked back", "wrong"}: shares of the descriptions of a file; "nonsense asked back": of what is no description."""
    file = json.loads(path.read_text(encoding="utf-8"))
    found = [(describe(each["text"]).kind, each["class"]) for each in file["descriptions"]]
    shares = {
        "right": [kind == wanted for kind, wanted in found],
        "asked back": [kind is None for kind, _ in found],
        "wrong": [kind not in (None, wanted) for kind, wanted in found],
        "nonsense asked back": [describe(text).kind is None for text in file["ask"]],
    }
    return {name: sum(each) / max(len(each), 1) for name, each in shares.items()}


def missed(row: Row, by_chance: Row, *, silent: int, texts: float = 1.0) -> list[str]:
    """Names of the targets that a row misses; by_chance: that of random parameters."""
    values = {**vars(row), "frechet_ratio": row.frechet / max(by_chance.frechet, 1e-9)}
    failed = [name for name, (sign, bound) in TARGETS.items() if not (values[name] >= bound if sign == ">=" else values[name] <= bound)]
    return failed + ["silent"] * (silent > 0) + ["texts"] * (texts < TEXTS_RIGHT)


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m apps.audio.effects.judge", description="How like recordings the effects are.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--count", type=int, default=2, help="sounds made for each clip of the training split")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--texts", type=Path, nargs="+", default=list(TEXTS), help="descriptions and their classes (JSON)")
    options = parser.parse_args(arguments)
    try:
        clips = read_clips(options.data)
    except SextantError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    both = {c.kind for c in clips if c.split == "train"} & {c.kind for c in clips if c.split == "eval"} & set(classes())
    taught = hear([c for c in clips if c.split == "eval" and c.kind in both], PIECES, options.seed)
    judge = Judge(taught.features, taught.kinds, options.seed)
    real = hear([c for c in clips if c.split == "train" and c.kind in both])
    kinds = sorted([*real.kinds] * options.count)
    priors = {kind: replace(prior_model(find_class(kind)), variety=0.0) for kind in both}
    fitted = synthesize(kinds, options.seed, None)
    half, other = _halves(real)
    rows = [
        measure("real clips (training split)", judge, real, real, itself=True),
        measure("real clips, half against half", judge, half, other),
        measure("random parameters", judge, synthesize(kinds, options.seed, priors), real),
        measure("fitted parameters", judge, fitted, real),
        measure("fitted, usual durations", judge, synthesize(kinds, options.seed, None, usual=True), real),
    ]
    print(table(rows))
    redrawn, silent = silent_of(1000, options.seed)
    print(f"\nsilent or clipped of 1,000: {silent} ({redrawn} draws were repeated)")
    texts: dict[str, float] = {}
    for path in options.texts:
        texts = text_shares(path) if path.exists() else {}
        print(f"{path.name}: {', '.join(f'{name} {share:.3f}' for name, share in texts.items()) or 'not there'}")
    failed = missed(rows[-2], rows[-3], silent=silent, texts=texts.get("right", 1.0))
    print(f"targets missed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
