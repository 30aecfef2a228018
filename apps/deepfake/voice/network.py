"""The network that hears whether two seconds of speech were recorded or made: a small residual network over three planes of a spectrogram.

    logit = VoiceNetwork()(planes(windows))         # (n, 3, 160, 248) in, (n,) out, > 0: made

Residual blocks with squeeze and excitation (Hu et al. 2018; for anti-spoofing: Li et al. 2021, "Channel-wise gated Res2Net"), then mean and
deviation over time of each channel in four bands: what is judged is texture, wherever in the window it is.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from apps.deepfake.voice.features import BINS

__all__ = ["VoiceNetwork"]

PLANES = 3
WIDTHS = (12, 24, 40, 56)
BANDS = 4


class Block(nn.Module):
    """Half the frames and bands, other channels; each channel weighed by what all channels are on average."""

    def __init__(self, before: int, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, width, 3, 2, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(width)
        self.second = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(width)
        self.past = nn.Conv2d(before, width, 1, bias=False)
        self.squeeze = nn.Linear(width, width // 4)
        self.excite = nn.Linear(width // 4, width)

    def forward(self, x: Tensor) -> Tensor:
        y = functional.relu(self.first_norm(self.first(x)))
        y = self.second_norm(self.second(y))
        weight = torch.sigmoid(self.excite(functional.relu(self.squeeze(y.mean(dim=(2, 3))))))
        past = self.past(functional.avg_pool2d(x, 2, ceil_mode=True))
        return functional.relu(past + y * weight[:, :, None, None])


class VoiceNetwork(nn.Module):
    """(n, 3, frames, 248) from `features.planes` to (n,) logits."""

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        # bands are not all alike: a plane that says how high each is
        self.stem = nn.Conv2d(PLANES + 1, widths[0], 5, 2, 2, bias=False)
        self.stem_norm = nn.BatchNorm2d(widths[0])
        self.blocks = nn.ModuleList(Block(before, width) for before, width in pairwise(widths))
        self.drop = nn.Dropout(0.3)
        self.leave = nn.Linear(2 * BANDS * widths[-1], 1)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload] # the convolutions of a CPU are faster so

    def forward(self, x: Tensor) -> Tensor:
        height = torch.linspace(-1, 1, BINS, device=x.device, dtype=x.dtype).expand(len(x), 1, x.shape[2], BINS)
        x = torch.cat([x, height], dim=1).contiguous(memory_format=torch.channels_last)
        x = functional.relu(self.stem_norm(self.stem(x)))
        for block in self.blocks:
            x = block(x)
        bands = functional.adaptive_avg_pool2d(x, (x.shape[2], BANDS))
        spread = torch.sqrt(bands.var(dim=2, correction=0) + 1e-4)
        pooled = torch.cat([bands.mean(dim=2), spread], dim=1).flatten(1)
        logit: Tensor = self.leave(self.drop(pooled)).squeeze(1)
        return logit
