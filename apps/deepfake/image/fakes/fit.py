"""Train the autoencoders: a few hundred steps each on small crops, a minute or three on one core.

network, step = fitted("kl_f8", crops, Path("work/autoencoders/kl_f8"))     # trained there, or gone on with, or only read
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from apps.deepfake.image import backbone
from apps.deepfake.image.fakes.autoencoders import FAMILIES, Family, padded
from apps.deepfake.image.photos import Pixels
from shared.training import Plan, Trainer

__all__ = ["Fit", "fitted", "from_network", "to_network"]

BATCH, SIDE = 8, 64
LEARNING_RATE = 2e-3
SEED = 5
ADVERSARY_FROM = 0.4
"""Share of the steps before a critic looks on: what does not resemble the picture yet teaches it nothing."""


class Critic(nn.Sequential):
    """Patches of 23 pixels, real or made (Isola et al. 2017)."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(3, 24, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(24, 48, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(48, 1, 3, 1, 1)
        )


class Fit:
    """The loss of a step: L1, and as the family says a distance of features and a critic's verdict."""

    def __init__(self, family: Family, crops: Pixels) -> None:
        self._family, self._crops = family, crops
        self._features = _features() if family.perceptual else None
        self._critic = Critic()
        self._critic_optimiser = torch.optim.AdamW(self._critic.parameters(), lr=LEARNING_RATE, betas=(0.5, 0.95))

    def batch(self, step: int) -> Tensor:
        """(8, 3, 64, 64) of -1..1"""
        rng = np.random.default_rng([SEED, step + 1])
        room = self._crops.shape[1] - SIDE
        picks = [
            self._crops[i, y : y + SIDE, x : x + SIDE]
            for i, y, x in zip(rng.integers(len(self._crops), size=BATCH), *rng.integers(room, size=(2, BATCH)), strict=True)
        ]
        return to_network(np.stack(picks))

    def loss(self, network: nn.Module, step: int) -> Tensor:
        x = self.batch(step)
        low = x.to(next(network.parameters()).dtype, memory_format=torch.channels_last)
        y = network(low).float()
        value = (y - x).abs().mean()
        if self._features is not None:
            value = value + self._family.perceptual * self._distance(x, y)
        if self._family.adversarial and step > ADVERSARY_FROM * self._family.steps:
            self._teach(x, y.detach())
            value = value - self._family.adversarial * self._critic(y).mean()
        return value

    def _distance(self, x: Tensor, y: Tensor) -> Tensor:
        assert self._features is not None
        found, wanted = self._features(y), self._features(x)
        return torch.stack([functional.l1_loss(a, b.detach()) for a, b in zip(found, wanted, strict=True)]).mean()

    def _teach(self, x: Tensor, y: Tensor) -> None:
        hinge = functional.relu(1 - self._critic(x)).mean() + functional.relu(1 + self._critic(y)).mean()
        self._critic_optimiser.zero_grad()
        hinge.backward()
        self._critic_optimiser.step()


class _features(nn.Module):  # a function with weights
    """ImageNet features at strides 2 and 4 of pixels -1..1."""

    def __init__(self) -> None:
        super().__init__()
        self.network = backbone.build()
        self.network.load_state_dict(backbone.read(), strict=False)
        self.eval().requires_grad_(requires_grad=False)

    def forward(self, x: Tensor) -> list[Tensor]:
        network = self.network
        first = network._blocks[0](network._swish(network._bn0(network._conv_stem(x))))  # type: ignore[index, operator]
        return [first, network._blocks[1](first)]  # type: ignore[index, operator]


def fitted(name: str, crops: Pixels, folder: Path, limit_s: float = float("inf")) -> nn.Module:
    """The named family's network, trained on `crops` (n, side, side, 3). A folder with a finished run is read in a moment."""
    family = FAMILIES[name]
    torch.manual_seed(SEED)
    network = family.build().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    trainer = Trainer(network, Plan(family.steps, LEARNING_RATE, warmup_steps=40, cooldown=0.4), folder, bfloat16=family.bfloat16)
    fit = Fit(family, crops)
    trainer.fit(fit.loss, evaluate=lambda network: {"psnr_db": psnr_db(network, fit.batch(-1))}, evaluate_every=200, limit_s=limit_s)
    return network.eval().requires_grad_(requires_grad=False)


def psnr_db(network: nn.Module, x: Tensor) -> float:
    """Of reconstructions, peak 2."""
    return float(10 * torch.log10(4 / ((network(x).clamp(-1, 1) - x) ** 2).mean()))


def to_network(pixels: Pixels) -> Tensor:
    """(n, h, w, 3) uint8 to (n, 3, h, w) of -1..1"""
    return torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float() / 127.5 - 1


def from_network(x: Tensor) -> Pixels:
    """The way back."""
    found: Pixels = ((x.clamp(-1, 1) + 1) * 127.5 + 0.5).to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()
    return found


@torch.inference_mode()
def reconstructed(network: nn.Module, pixels: Pixels, batch: int = 4) -> Pixels:
    """(n, h, w, 3) through the autoencoder."""
    parts = []
    for start in range(0, len(pixels), batch):
        x, height, width = padded(to_network(pixels[start : start + batch]))
        parts.append(from_network(network(x)[:, :, :height, :width]))
    return np.concatenate(parts)
