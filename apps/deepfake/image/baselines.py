"""Two simpler detectors for comparison, trained as one first would: on one generator, its fakes of other pictures than the real ones.

`spectrum`: the radial power spectrum and a logistic regression (Durall et al. 2020). `probe`: pooled features of the backbone as it
comes, and a logistic regression (as Ojha et al. 2023, on a smaller network).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from apps.deepfake.image.collection import training
from apps.deepfake.image.photos import Pixels
from apps.deepfake.image.train import detector

__all__ = ["baseline_scorers"]

Floats = NDArray[np.floating]
GENERATOR = "shuffle_f8"
BINS = 48
RIDGE = 1.0
ROUNDS = 12


def baseline_scorers(faces: Path, work: Path) -> dict[str, Callable[[Pixels], float]]:
    """By name, fitted on the spot."""
    pairs = training(faces, work)[GENERATOR]
    half = len(pairs.of) // 2
    others = sorted(set(range(len(pairs.reals))) - set(pairs.of[half:].tolist()))
    pictures = [*(np.asarray(pairs.reals[k]) for k in others), *(np.asarray(each) for each in pairs.fakes[half:])]
    label = np.array([0.0] * len(others) + [1.0] * (len(pictures) - len(others)))
    network = detector(adapted=False, residual=False).eval()
    return {
        name: _fitted(of, np.stack([of(each) for each in pictures]), label)
        for name, of in (("spectrum", _spectrum), ("probe", lambda pixels: _pooled(network.trunk, pixels)))
    }


def _spectrum(pixels: Pixels) -> Floats:
    """(48,) mean log power at each radius of the plane of frequencies."""
    grey = pixels.astype(np.float32).mean(axis=2) / 255
    window = np.hanning(grey.shape[0])[:, None] * np.hanning(grey.shape[1])
    power = np.log(np.abs(np.fft.fft2((grey - grey.mean()) * window)) ** 2 / window.sum() + 1e-8)
    radius = np.hypot(*np.meshgrid(*(np.fft.fftfreq(length) for length in grey.shape), indexing="ij"))
    number = np.minimum((radius / 0.5 * BINS).astype(int), BINS - 1).ravel()
    found: Floats = np.bincount(number, power.ravel(), BINS) / np.maximum(np.bincount(number, minlength=BINS), 1)
    return found


@torch.inference_mode()
def _pooled(trunk: torch.nn.Module, pixels: Pixels) -> Floats:
    """(160,) means and deviations of the 80 channels at stride 16."""
    height, width = (length // 16 * 16 for length in pixels.shape[:2])
    x = torch.from_numpy(pixels[:height, :width].copy()).permute(2, 0, 1)[None].float() / 255
    x = (x - torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)) / torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    y = trunk._swish(trunk._bn0(trunk._conv_stem(x)))  # type: ignore[operator]
    for block in trunk._blocks:  # type: ignore[union-attr]
        y = block(y)
    return torch.cat([y.mean(dim=(0, 2, 3)), y.std(dim=(0, 2, 3))]).numpy()


def _fitted(of: Callable[[Pixels], Floats], features: Floats, label: Floats) -> Callable[[Pixels], float]:
    """A logistic regression with a ridge, by Newton's method."""
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    x = np.hstack([(features - mean) / scale, np.ones((len(features), 1))])
    penalty = np.diag([RIDGE] * features.shape[1] + [1e-6])
    w = np.zeros(x.shape[1])
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        w -= np.linalg.solve(x.T @ (x * (p * (1 - p))[:, None]) + penalty, x.T @ (p - label) + penalty @ w)
    return lambda pixels: float((of(pixels) - mean) / scale @ w[:-1] + w[-1])
