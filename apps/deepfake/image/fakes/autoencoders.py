"""Small autoencoders of nine kinds: what one of them does to a real picture is what its decoder would do to a made one.

    network = FAMILIES["kl_f8"].build()
    network(x)          # (n, 3, h, w) in -1..1, h and w multiples of 16, to the same
    network.decode(network.encode(x) + noise)

They differ where decoders of real generators differ: how they go up in size (nearest, transposed, bilinear, pixel shuffle, patches), by how
much, what they were told to minimise, whether the latents are quantised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["FAMILIES", "Family", "Wrapped"]

Role = Literal["train", "calibrate", "test"]


class Codec(nn.Module):
    """An own autoencoder: strided convolutions down, `up` to the size again, a residual block a size.

    levels: each latent becomes one of 2 levels + 1 values; 0: it stays as it is.
    """

    def __init__(self, up: str, sizes: tuple[int, ...], latent: int, kernel: int = 4, levels: int = 0) -> None:
        super().__init__()
        self.levels = levels
        down: list[nn.Module] = [nn.Conv2d(3, sizes[0], 3, 1, 1)]
        for narrow, wide in pairwise(sizes):
            down += [Residual(narrow), nn.Conv2d(narrow, wide, 3, 2, 1)]
        self.down = nn.Sequential(*down, Residual(sizes[-1]), nn.Conv2d(sizes[-1], latent, 3, 1, 1))
        rise: list[nn.Module] = [nn.Conv2d(latent, sizes[-1], 3, 1, 1), Residual(sizes[-1])]
        for wide, narrow in zip(sizes[::-1], sizes[-2::-1], strict=False):
            rise += [*_up(up, wide, narrow, kernel), Residual(narrow)]
        self.rise = nn.Sequential(*rise, nn.Conv2d(sizes[0], 3, 3, 1, 1))

    def encode(self, x: Tensor) -> Tensor:
        z = torch.tanh(self.down(x) / 3)
        if self.levels:  # finite scalar quantisation (Mentzer et al. 2023): gradients go straight through
            z = z + ((z * self.levels).round() / self.levels - z).detach()
        return z * 3

    def decode(self, z: Tensor) -> Tensor:
        picture: Tensor = self.rise(z)
        return picture

    def forward(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x))


class Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.steps = nn.Sequential(nn.SiLU(), nn.Conv2d(width, width, 3, 1, 1), nn.SiLU(), nn.Conv2d(width, width, 3, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.steps(x)
        return out


def _up(kind: str, wide: int, narrow: int, kernel: int) -> list[nn.Module]:
    if kind == "transposed":
        return [nn.ConvTranspose2d(wide, narrow, kernel, 2, 1, output_padding=kernel % 2)]
    if kind == "shuffle":
        return [nn.Conv2d(wide, 4 * narrow, 3, 1, 1), nn.PixelShuffle(2)]
    mode = {"nearest": "nearest", "bilinear": "bilinear"}[kind]
    return [nn.Upsample(scale_factor=2, mode=mode), nn.Conv2d(wide, narrow, 3, 1, 1)]


class Patches(nn.Module):
    """Tokens of 8 x 8 pixels, mixed with their neighbours at that size alone, and one linear map back to pixels (as a ViT decoder)."""

    def __init__(self, width: int = 160, latent: int = 40, side: int = 8) -> None:
        super().__init__()
        self.enter = nn.Sequential(nn.Conv2d(3, width, side, side), Residual(width), nn.Conv2d(width, latent, 1))
        self.leave = nn.Sequential(
            nn.Conv2d(latent, width, 3, 1, 1), Residual(width), Residual(width), nn.ConvTranspose2d(width, 3, side, side)
        )

    def encode(self, x: Tensor) -> Tensor:
        z: Tensor = self.enter(x)
        return z

    def decode(self, z: Tensor) -> Tensor:
        picture: Tensor = self.leave(z)
        return picture

    def forward(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x))


class Wrapped(nn.Module):
    """One of diffusers' autoencoders with the two verbs and no sampling of its latents."""

    def __init__(self, model: Any, kind: str) -> None:
        super().__init__()
        self.model, self.kind = model, kind

    def encode(self, x: Tensor) -> Tensor:
        model: Any = self.model
        if self.kind == "kl":
            z: Tensor = model.encode(x).latent_dist.mean
        else:
            z = model.encode(x).latents
        return z

    def decode(self, z: Tensor) -> Tensor:
        model: Any = self.model
        picture: Tensor = model.decode(z).sample
        return picture

    def forward(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x))


def _kl(channels: tuple[int, ...], latent: int) -> Callable[[], nn.Module]:
    def build() -> nn.Module:
        from diffusers import AutoencoderKL

        count = len(channels)
        return Wrapped(
            AutoencoderKL(
                down_block_types=("DownEncoderBlock2D",) * count,
                up_block_types=("UpDecoderBlock2D",) * count,
                block_out_channels=channels,
                layers_per_block=1,
                latent_channels=latent,
                norm_num_groups=4,
                mid_block_add_attention=False,
            ),
            "kl",
        )

    return build


def _tiny() -> nn.Module:
    from diffusers import AutoencoderTiny

    widths = (16, 16, 16, 16)
    return Wrapped(
        AutoencoderTiny(
            encoder_block_out_channels=widths,
            decoder_block_out_channels=widths,
            num_encoder_blocks=(1, 1, 1, 2),
            num_decoder_blocks=(1, 1, 1, 1),
            latent_channels=12,
        ),
        "tiny",
    )


@dataclass(frozen=True)
class Family:
    """perceptual, adversarial: weights in its loss beside L1."""

    build: Callable[[], nn.Module]
    role: Role
    about: str
    perceptual: float = 0.0
    adversarial: float = 0.0
    steps: int = 500
    bfloat16: bool = True
    """Passes in half precision: twice as fast, but not where there are group norms."""


FAMILIES: dict[str, Family] = {
    "kl_f8": Family(_kl((8, 16, 32, 48), 12), "train", "AutoencoderKL, nearest + convolution, f8, 12 latents", 0.04, 0.01, 700, False),
    "tiny_f8": Family(_tiny, "train", "AutoencoderTiny, nearest + convolution without norms, f8, 12 latents", 0.0, 0.01),
    "transposed_f4": Family(lambda: Codec("transposed", (16, 32, 48), 4), "train", "transposed 4 x 4, f4, 4 latents, L1 alone", steps=700),
    "shuffle_f8": Family(lambda: Codec("shuffle", (12, 24, 48, 64), 16), "train", "pixel shuffle, f8, 16 latents", 0.04),
    "bilinear_f4": Family(lambda: Codec("bilinear", (12, 24, 40), 4), "train", "bilinear + convolution, f4, 4 latents", 0.0, 0.01),
    "bilinear_f8": Family(lambda: Codec("bilinear", (12, 24, 40, 64), 16), "calibrate", "bilinear + convolution, f8, 16", 0.04, 0.01),
    "quantised_f4": Family(
        lambda: Codec("nearest", (12, 24, 48), 5, levels=4), "test", "nearest + convolution, f4, 5 latents of 9 values each", 0.04, 0.01
    ),
    "patch_8": Family(Patches, "test", "tokens of 8 x 8 pixels and a linear way back, as a ViT decoder", 0.04),
    "transposed_f8": Family(lambda: Codec("transposed", (12, 24, 48, 64), 16, kernel=3), "test", "transposed 3 x 3, f8, 16", 0.04, 0.01),
}  # fmt: skip
"""Those of role `test` are never trained on; `fakes/unseen.py` adds two more that are no autoencoders (`refiner`, `sampled`)."""


def padded(x: Tensor, multiple: int = 16) -> tuple[Tensor, int, int]:
    """(n, 3, h, w) mirrored at the right and the bottom to multiples of 16, and h and w."""
    height, width = x.shape[2:]
    return functional.pad(x, (0, -width % multiple, 0, -height % multiple), mode="reflect"), height, width
