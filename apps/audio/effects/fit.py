"""Fits the generative model of each effect's parameters to recorded clips, by analysis through synthesis.

    python -m apps.audio.effects.fit --data FOLDER --out RUN [--rounds 160 120 120] [--kinds rain sea]

Only the training split is heard. Each class: its mean spectra give a few principal components; then rounds of draws are rendered and
compared with every clip by the features of `hearing.features` and by the hidden layer of a guide, a classifier trained on the training
split; the draws nearest to any clip, those with and without spectrum match competing, give the Gaussian that the next round draws from.
So every clip pulls at the model: a population search (cross-entropy method, Rubinstein 1999) that keeps the spread of the clips.
A class done is kept in RUN and not done again; the weights are written when all are there. It takes about 9 CPU-minutes.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.audio.effects.blocks import Floats
from apps.audio.effects.classifier import Judge
from apps.audio.effects.hearing import Clip, features, read_clips, read_samples
from apps.audio.effects.judge import hear
from apps.audio.effects.parameters import WEIGHTS, ClassModel, draw, knobs_code, prior_model, render_draw, save_models
from apps.audio.effects.synthesis import BANDS, SAMPLE_RATE_HZ, band_spectrum, find_class, is_usable
from shared.errors import SextantError

__all__ = ["fit_class", "gaussian", "main", "spectrum_model"]

COMPONENTS = 4
ROUNDS = (160, 120, 120)
WIDEN = 1.3
"""Deviations of the first round over the hand-chosen ones."""
NEAREST = (1.0, 0.6, 0.35)
"""Weights of the draws nearest to a clip."""
KEEP_CORRELATION = 0.6
LEAST_DEVIATION, FEW = 0.25, 8
"""No deviation falls below 0.25 (1 + 8 / clips): what two or four clips have in common is not what the class has."""
LONGEST_S = 4.0
GUIDE_WEIGHT = 1.0
BLOCKS = ((0, 64, 1.0), (64, 128, 1.0), (128, 192, 0.7), (192, 216, 1.0), (216, 279, 1.0), (279, 295, 1.0), (295, 304, 1.0))
"""Of the features: mean, deviation and peak of the bands, envelope, modulation, tonality, movement; each counts by its weight alone."""


@dataclass
class Draws:
    """x: (n, d) points of the model; matched: whether with the class's spectrum; features: (n, F)."""

    x: list[Floats]
    matched: list[bool]
    features: list[NDArray[np.float32]]


def spectrum_model(spectra: Floats) -> tuple[Floats, Floats]:
    """Of (n, 64) dB: (1 + k, 64) mean and components, scaled so that coefficients have deviation 1; and the (n, k) coefficients."""
    mean = spectra.mean(axis=0)
    count = min(COMPONENTS, len(spectra) - 1)
    if count < 1:
        return mean[None], np.zeros((len(spectra), 0))
    u, s, v = np.linalg.svd(spectra - mean, full_matrices=False)
    scale = s[:count] / np.sqrt(len(spectra))
    return np.concatenate([mean[None], v[:count] * scale[:, None]]), u[:, :count] * np.sqrt(len(spectra))


def gaussian(x: Floats, weights: Floats, least: float = LEAST_DEVIATION) -> tuple[Floats, Floats]:
    """(mean, lower factor) of weighted points, correlations shrunk to 60 %, no deviation below `least`: no needles."""
    mean = weights @ x / weights.sum()
    centred = x - mean
    covariance = (centred * weights[:, None]).T @ centred / weights.sum()
    diagonal = np.diag(np.maximum(np.diag(covariance), least**2))
    mixed = KEEP_CORRELATION * covariance + (1 - KEEP_CORRELATION) * diagonal
    mixed[np.diag_indices_from(mixed)] = np.diag(diagonal)
    return mean, np.linalg.cholesky(mixed)


def distances(draws: NDArray[np.float32], clips: NDArray[np.float32], scale: NDArray[np.float32]) -> Floats:
    """(draws, clips) squared distances of features, each block weighed as one."""
    total = np.zeros((len(draws), len(clips)))
    for start, end, weight in BLOCKS:
        a, b = (np.clip(rows[:, start:end] / scale[start:end], -1e3, 1e3).astype(np.float64) for rows in (draws, clips))
        total += weight * ((a[:, None] - b[None]) ** 2).mean(axis=2)
    return total


class _Fit:
    """One class: the clips, the guide, and all draws so far."""

    def __init__(self, kind: str, clips: Sequence[Clip], guide: Judge, scale: NDArray[np.float32], seed: int) -> None:
        self.kind, self.guide, self.scale = find_class(kind), guide, scale
        read = [read_samples(clip) for clip in clips]
        self.clips = np.stack([features(samples, rate) for samples, rate in read])
        self.log_seconds = np.log([max(len(samples) / rate, 0.06) for samples, rate in read])
        self.spectrum, _ = spectrum_model(np.stack([band_spectrum(samples, rate) for samples, rate in read]))
        self.rng = np.random.default_rng([seed, len(clips), len(kind)])
        self.draws = Draws([], [], [])

    def round(self, count: int, with_match: ClassModel, without: ClassModel, share: float) -> None:
        """Render `count` draws, the fraction `share` of them with spectrum match."""
        for _ in range(count):
            matched = bool(self.rng.uniform() < share)
            model = with_match if matched else without
            z = self.rng.standard_normal(len(model.mean))
            x = model.mean + model.factor @ z
            exact = ClassModel(x, np.zeros((len(x), len(x))), model.spectrum)
            chosen = draw(self.kind.key, self.rng, model=exact)
            signal = render_draw(self.kind.key, chosen, self.rng, min(chosen.duration_s, LONGEST_S))
            if is_usable(signal):
                self.draws.x.append(x)
                self.draws.matched.append(matched)
                self.draws.features.append(features(signal, SAMPLE_RATE_HZ))

    def nearest(self, matched: bool) -> tuple[Floats, Floats, float]:
        """(points, weights, mean distance of a clip to its nearest) of the draws that stand for the clips."""
        rows = np.flatnonzero(np.array(self.draws.matched) == matched)
        made = np.stack([self.draws.features[row] for row in rows])
        total = distances(made, self.clips, self.scale)
        a, b = self.guide.embed(made).astype(np.float64), self.guide.embed(self.clips).astype(np.float64)
        total += GUIDE_WEIGHT * ((a[:, None] - b[None]) ** 2).mean(axis=2)
        order = np.argsort(total, axis=0)[: len(NEAREST)]
        weights = np.repeat(np.array(NEAREST)[: len(order)], order.shape[1])
        points = np.stack([self.draws.x[rows[row]] for row in order.reshape(-1)])
        return points, weights, float(np.sqrt(np.take_along_axis(total, order[:1], axis=0)).mean())


def fit_class(
    kind: str, clips: Sequence[Clip], guide: Judge, scale: NDArray[np.float32], *, rounds: Sequence[int] = ROUNDS, seed: int = 0
) -> tuple[ClassModel, str]:
    """The fitted model, and a line that says how it went."""
    fit = _Fit(kind, clips, guide, scale, seed)
    prior = prior_model(fit.kind)
    count, extra = len(prior.mean), len(fit.spectrum) - 1
    mean, deviations = prior.mean.copy(), np.diag(prior.factor) * WIDEN
    mean[-1], deviations[-1] = fit.log_seconds.mean(), max(float(fit.log_seconds.std()), 0.1)
    without = ClassModel(mean, np.diag(deviations))
    with_match = ClassModel(np.concatenate([mean, np.zeros(extra)]), np.diag(np.concatenate([deviations, np.ones(extra)])), fit.spectrum)
    share, least = 0.5, LEAST_DEVIATION * (1 + FEW / len(clips))
    note = []
    for size in rounds:
        fit.round(size, with_match, without, share)
        points, weights, far_with = fit.nearest(True)
        with_match = ClassModel(*gaussian(points, weights, least), fit.spectrum)
        points, weights, far_without = fit.nearest(False)
        without = ClassModel(*gaussian(points[:, :count], weights, least))
        share = 0.8 if far_with <= far_without else 0.2
        note.append(f"{far_with:.2f}/{far_without:.2f}")
    chosen = with_match if far_with <= far_without else without
    return chosen, f"{kind}: {len(clips)} clips, distance with/without match {' '.join(note)}"


def _save(path: Path, kind: str, model: ClassModel) -> None:
    spectrum = np.zeros((0, BANDS)) if model.spectrum is None else model.spectrum
    np.savez(path, mean=model.mean, factor=model.factor, spectrum=spectrum, code=knobs_code(find_class(kind)))


def _load(path: Path, kind: str) -> ClassModel | None:
    """What was kept; None where nothing was, or other knobs were fitted."""
    if not path.exists():
        return None
    with np.load(path) as kept:
        if str(kept["code"]) != knobs_code(find_class(kind)):
            return None
        return ClassModel(kept["mean"], kept["factor"], kept["spectrum"] if len(kept["spectrum"]) else None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit what is not done yet, then write the weights."""
    parser = argparse.ArgumentParser(prog="python -m apps.audio.effects.fit", description="Fit the effects' parameters to recorded clips.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="what is done already is kept here")
    parser.add_argument("--rounds", type=int, nargs="+", default=list(ROUNDS), help="draws of each round")
    parser.add_argument("--kinds", nargs="+", help="only these classes; the weights are written when all are there")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    try:
        clips = [clip for clip in read_clips(options.data) if clip.split == "train"]
        kinds = sorted({clip.kind for clip in clips})
        options.out.mkdir(parents=True, exist_ok=True)
        waiting = [kind for kind in options.kinds or kinds if _load(options.out / f"{kind}.npz", kind) is None]
        if waiting:
            _fit_all(waiting, clips, options)
    except SextantError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    models = {kind: model for kind in kinds if (model := _load(options.out / f"{kind}.npz", kind)) is not None}
    if len(models) == len(kinds):
        save_models(models, options.weights)
        print(f"{options.weights}: {options.weights.stat().st_size:,} bytes")
    return 0


def _fit_all(kinds: Sequence[str], clips: Sequence[Clip], options: Any) -> None:
    heard = hear(clips, pieces=4, seed=options.seed)
    guide = Judge(heard.features, heard.kinds, options.seed)
    scale = heard.features.std(axis=0) + 1e-3
    for kind in kinds:
        start = time.process_time()
        model, note = fit_class(kind, [clip for clip in clips if clip.kind == kind], guide, scale, rounds=options.rounds, seed=options.seed)
        _save(options.out / f"{kind}.npz", kind, model)
        print(f"{note}; {time.process_time() - start:.0f} CPU-s", flush=True)
    print(f"{time.process_time():.0f} CPU-seconds in all", flush=True)


if __name__ == "__main__":
    sys.exit(main())
