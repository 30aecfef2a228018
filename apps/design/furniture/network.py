"""A conditional variational autoencoder over the parameters of one family (Kingma and Welling 2014; Sohn et al. 2015)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["LATENTS", "Surrogate", "Variational", "decoder"]

LATENTS = 8
WIDTH = 192


def _layers(inputs: int, outputs: int, width: int = WIDTH) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, width),
        nn.SiLU(),
        nn.Linear(width, width),
        nn.SiLU(),
        nn.Linear(width, width),
        nn.SiLU(),
        nn.Linear(width, outputs),
    )


def decoder(parameters: int, conditions: int) -> nn.Sequential:
    """(n, LATENTS + conditions) to (n, parameters): before the sigmoid that makes shares of them."""
    return _layers(LATENTS + conditions, parameters)


class Variational(nn.Module):
    """Shares (n, parameters) under conditions (n, c) to a latent of LATENTS numbers, and back."""

    def __init__(self, parameters: int, conditions: int) -> None:
        super().__init__()
        self.encoder = _layers(parameters + conditions, 2 * LATENTS)
        self.decoder = decoder(parameters, conditions)

    def decode(self, latent: Tensor, condition: Tensor) -> Tensor:
        """(n, parameters), 0 to 1."""
        return torch.sigmoid(self.decoder(torch.cat([latent, condition], 1)))

    def forward(self, share: Tensor, condition: Tensor, noise: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Rebuilt shares, and mean and log variance (n, LATENTS)."""
        mean, spread = self.encoder(torch.cat([share, condition], 1)).chunk(2, 1)
        spread = spread.clamp(-8, 4)
        return self.decode(mean + noise * torch.exp(spread / 2), condition), mean, spread


class Surrogate(nn.Module):
    """What the checker would say of shares and choices, smoothly: used in training alone, never to judge a result."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.body = _layers(inputs, outputs, 128)
        self.straight = nn.Linear(inputs, outputs)

    def forward(self, given: Tensor) -> Tensor:
        out: Tensor = self.body(given) + self.straight(given)
        return out
