"""SRMD: one convolutional network that is told the blur kernel and the noise level of what it enlarges.

K. Zhang, W. Zuo, L. Zhang: Learning a single convolutional super-resolution network for multiple degradations. CVPR 2018.
Twelve 3x3 convolutions at the measured resolution, then a pixel shuffle. The published networks take and give RGB; `convert.py` folds them
to one grey channel, which is exact for grey input: the first layer's three colour columns are summed, the last layer's three rows averaged.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from apps.medical.networks import CODE_SIZE, DEPTH, WIDTH

__all__ = ["Srmd", "load_srmd"]


class Srmd(nn.Module):
    """(n, 1, rows, columns) in [0, 1] -> (n, 1, rows*scale, columns*scale)."""

    def __init__(self, scale: int, *, noise: bool) -> None:
        super().__init__()
        self.scale = scale
        self.noise = noise
        widths = [1 + CODE_SIZE + int(noise)] + [WIDTH] * (DEPTH - 1) + [scale**2]
        self.layers = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in itertools.pairwise(widths))

    def forward(self, image: Tensor, code: Tensor, sigma: Tensor | None = None, *, on_layer: Callable[[int], Any] | None = None) -> Tensor:
        """`code`: (15,) of the blur kernel; `sigma`: (n,) noise as a share of full scale, for networks that take it.

        `on_layer(i)` is called before layer i and may raise: a cancelled request stops within a twelfth of the network."""
        n, _, rows, columns = image.shape
        maps = [image, code.to(image).view(1, CODE_SIZE, 1, 1).expand(n, CODE_SIZE, rows, columns)]
        if self.noise:
            level = torch.zeros(n, device=image.device) if sigma is None else sigma
            maps.append(level.to(image).view(n, 1, 1, 1).expand(n, 1, rows, columns))
        features = torch.cat(maps, dim=1)
        for index, layer in enumerate(self.layers):
            if on_layer is not None:
                on_layer(index)
            features = layer(features)
            if index < DEPTH - 1:
                features = torch.relu_(features) if not torch.is_grad_enabled() else torch.relu(features)
        return nn.functional.pixel_shuffle(features, self.scale)


def load_srmd(weights: Path, scale: int, *, noise: bool, device: str = "cpu", dtype: torch.dtype = torch.float32) -> Srmd:
    """The shipped network, frozen. The file's sha256 is checked by the caller (`networks.Network.check`)."""
    network = Srmd(scale, noise=noise)
    network.load_state_dict(load_file(weights))
    network.to(device=device, dtype=dtype).eval().requires_grad_(False)
    for layer in network.layers.children():
        assert isinstance(layer, nn.Conv2d)
        layer.weight.data = layer.weight.data.contiguous(memory_format=torch.channels_last)
    return network
