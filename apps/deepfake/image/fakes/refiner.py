"""A very small diffusion model, and what it makes of a picture that was drowned in noise half-way (Meng et al. 2022, SDEdit)."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from apps.deepfake.image.fakes.autoencoders import Residual, padded
from apps.deepfake.image.fakes.fit import BATCH, SEED, SIDE, from_network, to_network
from apps.deepfake.image.photos import Pixels
from shared.training import Plan, Trainer

__all__ = ["Denoiser", "fitted_denoiser", "refined"]

NOISE = (0.02, 0.6)
START, ROUNDS = 0.22, 6
"""Noise that is put on, as standard deviation of -1..1, and the steps in which it is taken off."""
STEPS = 700


class Denoiser(nn.Module):
    """(n, 3, h, w) with noise of known level (n, 1, 1, 1) to the picture without it; two sizes, skip connections."""

    def __init__(self, width: int = 20) -> None:
        super().__init__()
        self.enter = nn.Conv2d(4, width, 3, 1, 1)
        self.fine = Residual(width)
        self.down = nn.Conv2d(width, 3 * width, 4, 4)
        self.coarse = nn.Sequential(Residual(3 * width), Residual(3 * width), Residual(3 * width))
        self.up = nn.Sequential(nn.Conv2d(3 * width, 16 * width, 1), nn.PixelShuffle(4))
        self.leave = nn.Sequential(Residual(width), nn.SiLU(), nn.Conv2d(width, 3, 3, 1, 1))

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        fine = self.fine(self.enter(torch.cat([x, level.log().expand_as(x[:, :1])], 1)))
        out: Tensor = x + self.leave(fine + self.up(self.coarse(self.down(fine))))
        return out


def fitted_denoiser(crops: Pixels, folder: Path) -> nn.Module:
    """Trained on `crops` (n, side, side, 3), or read when it already was."""
    torch.manual_seed(SEED)
    network = Denoiser()

    def loss(network: nn.Module, step: int) -> Tensor:
        rng = np.random.default_rng([SEED, 7, step])
        room = crops.shape[1] - SIDE
        picks = zip(rng.integers(len(crops), size=BATCH), *rng.integers(room, size=(2, BATCH)), strict=True)
        x = to_network(np.stack([crops[i, y : y + SIDE, x : x + SIDE] for i, y, x in picks]))
        level = torch.from_numpy(NOISE[0] * (NOISE[1] / NOISE[0]) ** rng.random((BATCH, 1, 1, 1))).float()
        noisy = x + level * torch.from_numpy(rng.standard_normal(x.shape, np.float32))
        return functional.l1_loss(network(noisy, level), x)

    Trainer(network, Plan(STEPS, 1.5e-3, warmup_steps=40, cooldown=0.4), folder).fit(loss)
    return network.eval().requires_grad_(requires_grad=False)


@torch.inference_mode()
def refined(network: nn.Module, pixels: Pixels, seed: int) -> Pixels:
    """One picture (h, w, 3): noise on, and off again in deterministic steps (DDIM, Song et al. 2021)."""
    x, height, width = padded(to_network(pixels[None]))
    x = x + START * torch.from_numpy(np.random.default_rng(seed).standard_normal(x.shape, np.float32))
    levels = [START * (1 - k / ROUNDS) for k in range(ROUNDS)] + [0.0]
    for level, following in pairwise(levels):
        guess = network(x, torch.full((1, 1, 1, 1), level))
        x = guess + (x - guess) * (following / level)
    return from_network(x[:, :, :height, :width])[0]
