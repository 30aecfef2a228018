"""A small classifier of sounds by their statistics: the judge of the figures, and the guide of the fit."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "Judge"]

MEMBERS, EPOCHS, HIDDEN, DROPOUT = 6, 80, 64, 0.4
BATCH, RATE, DECAY, NOISE = 128, 2e-3, 0.02, np.float32(0.15)
Array: TypeAlias = NDArray[np.float32]


class Judge:
    """Learns the classes of recorded sounds; embeds and classifies others."""

    def __init__(self, features: Array, kinds: NDArray[Any], seed: int = 0) -> None:
        self.kinds = sorted(set(kinds))
        self._mean, self._scale = features.mean(axis=0), features.std(axis=0) + 1e-3
        targets = np.searchsorted(self.kinds, kinds)
        self._members = [_train(self._scaled(features), targets, len(self.kinds), seed + member) for member in range(MEMBERS)]
        self._unit = _hidden(self._members[0], self._scaled(features)).std(axis=0) + 1e-6

    def _scaled(self, features: Array) -> Array:
        return np.clip((features - self._mean) / self._scale, -5, 5).astype(np.float32)

    def embed(self, features: Array) -> Array:
        """(n, 64): the first member's hidden layer, each of unit variance over the clips it learned from."""
        return _hidden(self._members[0], self._scaled(features)) / self._unit

    def chances(self, features: Array) -> Array:
        """(n, classes), in the order of `kinds`, each row of sum 1."""
        x = self._scaled(features)
        return np.mean([_softmax(_hidden(member, x) @ member[2] + member[3]) for member in self._members], axis=0)

    def classify(self, features: Array) -> NDArray[Any]:
        """n class keys."""
        return np.array(self.kinds)[np.argmax(self.chances(features), axis=1)]


def _hidden(weights: list[Array], x: Array) -> Array:
    return np.maximum(x @ weights[0] + weights[1], 0)


def _softmax(scores: Array) -> Array:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _train(x: Array, targets: NDArray[np.intp], count: int, seed: int) -> list[Array]:
    """[w1, b1, w2, b2] of an MLP: cross entropy weighed by class, smoothed labels, dropout, noise, AdamW with a cosine schedule.

    In numpy: it is a second's work, and torch's optimisers take ten to import.
    """
    rng = np.random.default_rng(seed)
    sizes = [(x.shape[1], HIDDEN), (1, HIDDEN), (HIDDEN, count), (1, count)]
    weights = [
        rng.uniform(-1, 1, size).astype(np.float32) / np.sqrt(np.float32(inputs))
        for size, inputs in zip(sizes, (x.shape[1],) * 2 + (HIDDEN,) * 2, strict=True)
    ]
    wanted = np.full((len(x), count), 0.1 / count, np.float32)
    wanted[np.arange(len(x)), targets] += 0.9
    shares = np.bincount(targets, minlength=count)
    wanted *= (shares.mean() / shares)[targets, None]
    first, second = ([np.zeros_like(each) for each in weights] for _ in range(2))
    steps, step = EPOCHS * -(-len(x) // BATCH), 0
    for _ in range(EPOCHS):
        for rows in np.array_split(rng.permutation(len(x)), -(-len(x) // BATCH)):
            step += 1
            rate = RATE * 0.5 * (1 + np.cos(np.pi * step / steps))
            for place, slope in enumerate(_slopes(weights, x[rows], wanted[rows], rng)):
                first[place] = 0.9 * first[place] + 0.1 * slope
                second[place] = 0.999 * second[place] + 0.001 * slope**2
                move = first[place] / (1 - 0.9**step) / (np.sqrt(second[place] / (1 - 0.999**step)) + 1e-8)
                weights[place] -= (rate * (move + DECAY * weights[place])).astype(np.float32)
    return weights


def _slopes(weights: list[Array], x: Array, wanted: Array, rng: np.random.Generator) -> list[Array]:
    """Gradients of the mean weighed cross entropy, with dropout before both layers."""
    keep = np.float32(1 - DROPOUT)
    noisy = x + NOISE * rng.standard_normal(x.shape, np.float32)
    x = np.asarray(noisy * (rng.random(x.shape, np.float32) < keep) / keep, np.float32)
    before = x @ weights[0] + weights[1]
    mask = (before > 0) * (rng.random(before.shape, np.float32) < keep) / keep
    hidden = np.asarray(before * mask, np.float32)
    error = (_softmax(hidden @ weights[2] + weights[3]) * wanted.sum(axis=1, keepdims=True) - wanted) / len(x)
    back = (error @ weights[2].T) * mask
    return [x.T @ back, back.sum(axis=0, keepdims=True), hidden.T @ error, error.sum(axis=0, keepdims=True)]
