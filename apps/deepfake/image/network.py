"""The detector: ImageNet features at stride 16 beside a small branch that sees fine residuals alone; a logit and a weight a patch.

    patches, weights = network(x)           # x (n, 3, h, w) of 0..1, h and w multiples of 16; each (n, h / 16, w / 16)
    image = network.pooled(patches, weights)    # (n,)

The stem and the first five blocks of the backbone are trained on; the others stay ImageNet's, and do not count towards the shipped file.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from apps.deepfake.image import backbone

__all__ = ["STRIDE_PX", "Detector"]

STRIDE_PX = 16
ADAPTED = 5
"""Blocks of the backbone that are trained on (strides 2 to 8)."""
TRUNK = 8
"""Blocks that are run: 80 channels at stride 16."""
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
RESIDUAL_WIDTHS = (12, 24, 32, 48)
TOP_SHARE = 0.1


class Detector(nn.Module):
    """`adapted=False`: the backbone stays as it is, for comparison."""

    def __init__(self, adapted: bool = True, residual: bool = True) -> None:
        super().__init__()
        self.trunk = backbone.build()
        self.trunk._blocks = self.trunk._blocks[:TRUNK]  # type: ignore[index]
        self.adapted = adapted
        self.residual = Residuals() if residual else None
        inputs = 40 + 80 + (RESIDUAL_WIDTHS[-1] if residual else 0)
        self.norm = nn.BatchNorm2d(inputs)
        self.hidden = nn.Conv2d(inputs, 64, 1)
        self.leave = nn.Conv2d(64, 2, 3, 1, 1, padding_mode="replicate")
        self.dropout = nn.Dropout2d(0.1)
        self.pool = nn.Parameter(torch.tensor([1.0, 0.3, 0.0]))
        """Of the weighted mean, of the highest tenth, and an offset."""
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(STD).view(1, 3, 1, 1), persistent=False)
        for name, parameter in self.trunk.named_parameters():
            parameter.requires_grad_(adapted and is_adapted(name))

    def train(self, mode: bool = True) -> Detector:
        """The trunk's batch norms keep ImageNet's statistics: a batch here is pairs, not a sample of pictures."""
        super().train(mode)
        self.trunk.eval()
        return self

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        trunk = self.trunk
        y = trunk._swish(trunk._bn0(trunk._conv_stem((x - self.mean) / self.std)))  # type: ignore[operator]
        for number, block in enumerate(trunk._blocks):  # type: ignore[arg-type]
            y = block(y)
            if number == 4:
                middle = functional.avg_pool2d(y, 2)
        parts = [middle, y] if self.residual is None else [middle, y, self.residual(x)]
        both = self.leave(functional.gelu(self.hidden(self.dropout(self.norm(torch.cat(parts, 1))))))
        return both[:, 0], both[:, 1]

    def evidence(self, patches: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        """(n, rows, columns) each to (n,) twice: the mean by the patches' own weights, and the mean of the highest tenth."""
        flat = patches.flatten(1)
        share = torch.softmax(weights.flatten(1), dim=1)
        return (flat * share).sum(dim=1), flat.topk(max(1, round(flat.shape[1] * TOP_SHARE)), dim=1).values.mean(dim=1)

    def pooled(self, patches: Tensor, weights: Tensor) -> Tensor:
        """(n, rows, columns) each to (n,) logits of the pictures."""
        mean, top = self.evidence(patches, weights)
        return self.pool[0] * mean + self.pool[1] * top + self.pool[2]


class Residuals(nn.Module):
    """Each pixel less its neighbourhood's mean, clipped: what is left of noise, demosaicing and a decoder's last layers."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d = RESIDUAL_WIDTHS
        self.steps = nn.Sequential(
            nn.Conv2d(3, a, 3, 1, 1), nn.BatchNorm2d(a), nn.ReLU(),
            nn.Conv2d(a, b, 3, 2, 1), nn.BatchNorm2d(b), nn.ReLU(),
            nn.Conv2d(b, c, 3, 2, 1), nn.BatchNorm2d(c), nn.ReLU(),
            nn.Conv2d(c, d, 3, 1, 1), nn.BatchNorm2d(d), nn.ReLU(),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        fine = x - functional.avg_pool2d(functional.pad(x, (1, 1, 1, 1), mode="replicate"), 3, 1)
        return functional.avg_pool2d(self.steps((fine * 16).clamp(-2, 2)), 4)


def is_adapted(name: str) -> bool:
    """Whether a parameter of the trunk, by its name there, is trained on and shipped."""
    if name.startswith(("_conv_stem", "_bn0")):
        return True
    return name.startswith("_blocks.") and int(name.split(".")[1]) < ADAPTED
