"""The network that hears which bins of a spectrogram are voice: a stack of dilated convolutions over time.

    masks = MaskNetwork()(log_power(spectrum))      # (n, frames, 257) in, (n, frames, 257) out, 0 noise, 1 voice

It looks `REACH_FRAMES` frames back and ahead and no further, so a long file cut into chunks with that much overlap gives the mask of
the whole file. Convolution over time, channel by channel, then a mixing of the channels: Liu et al. 2022 (ConvNeXt), in one dimension.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from apps.audio.noise.spectra import BINS, REACH_FRAMES

__all__ = ["Block", "MaskNetwork", "log_power"]

WIDTH = 256
KERNEL = 5
DILATIONS = (1, 2, 4, 8, 16, 1, 2, 4, 8, 16)
STEM, STEM_BINS = 8, 33
assert KERNEL // 2 * sum(DILATIONS) + 3 == REACH_FRAMES  # the stem has three layers of three frames
FLOOR = 1e-5
"""Of the power, for a signal of -26 dB RMS: 60 dB below its mean bin."""


def log_power(power: Tensor) -> Tensor:
    """(..., 257) power of a signal of about -26 dB RMS to what the network takes: about -2 ... 3."""
    return (torch.log(power + FLOOR) + 3) / 4


class Block(nn.Module):
    """Each channel over time (five frames, `dilation` apart), then the channels of each frame, added to what came in."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation
        self.taps = nn.Parameter(torch.randn(KERNEL, width) * KERNEL**-0.5)
        self.norm = nn.LayerNorm(width)
        self.expand = nn.Linear(width, width)
        self.merge = nn.Linear(width, width)
        nn.init.normal_(self.merge.weight, std=0.2 * width**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        # shifted sums instead of a grouped convolution: 5 ms against 12 ms (bfloat16, forward and backward, one core)
        frames, reach = x.shape[1], KERNEL // 2 * self.dilation
        padded = functional.pad(x, (0, 0, reach, reach))
        y = padded[:, :frames] * self.taps[0]
        for tap in range(1, KERNEL):
            y = y + padded[:, tap * self.dilation : tap * self.dilation + frames] * self.taps[tap]
        y = self.merge(functional.gelu(self.expand(self.norm(y)), approximate="tanh"))
        return x + y


class MaskNetwork(nn.Module):
    """(n, frames, 257) from `log_power` to (n, frames, 257) gains 0 ... 1, float32."""

    def __init__(self, width: int = WIDTH, dilations: tuple[int, ...] = DILATIONS) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            *(
                layer
                for before in (1, STEM, STEM)
                for layer in (nn.Conv2d(before, STEM, (3, 5), (1, 2), (1, 2)), nn.GELU(approximate="tanh"))
            )
        )
        self.stem.to(memory_format=torch.channels_last)  # type: ignore[call-overload] # four times as fast
        self.local = nn.Linear(STEM * STEM_BINS, width)
        self.enter = nn.Linear(BINS, width)
        self.blocks = nn.ModuleList(Block(width, dilation) for dilation in dilations)
        self.norm = nn.LayerNorm(width)
        self.leave = nn.Linear(width, BINS)

    def forward(self, x: Tensor, on_block: Callable[[float, float], None] | None = None) -> Tensor:
        x = x.to(self.enter.weight.dtype)
        local = self.stem(x[:, None].contiguous(memory_format=torch.channels_last))
        x = self.enter(x) + self.local(local.permute(0, 2, 3, 1).flatten(2))
        for done, block in enumerate(self.blocks):
            if on_block is not None:
                on_block(done, len(self.blocks))
            x = block(x)
        gains: Tensor = torch.sigmoid(self.leave(self.norm(x)).float())
        return gains
