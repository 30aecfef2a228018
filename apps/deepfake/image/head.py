"""The trained head on a picture: one logit, and how likely each patch was made by a decoder or put there.

    head = ImageHead.load()
    found = head.score(pixels)          # (h, w, 3) uint8, sRGB
    found.logit, found.heatmap          # above 0: rather made; (rows, columns) of 0..1, a cell for 16 x 16 pixels

The logit is no probability: `apps/deepfake/calibration.py` makes it one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apps.deepfake.image.backbone import BACKBONE_FILE, BACKBONE_PACKAGE, BACKBONE_SHA256, BACKBONE_VERSION
from apps.deepfake.image.tiles import Band, bands, spread
from shared.errors import BadInput, LoadFailed
from shared.serving.model import Source

if TYPE_CHECKING:
    from apps.deepfake.image.network import Detector

__all__ = [
    "BACKBONE_FILE", "BACKBONE_PACKAGE", "BACKBONE_SHA256", "BACKBONE_VERSION", "WEIGHTS", "WEIGHTS_SHA256", "ImageHead", "ImageScore",
]  # fmt: skip

WEIGHTS = Path(__file__).parents[1] / "weights" / "image.safetensors"
WEIGHTS_SHA256 = "e6300d5a8611e5a8d468fd55d51f429658c7a6f8431220635b5c4ccd7f6e2a94"
STRIDE_PX = 16
LEAST_PX = 64
"""A smaller picture is mirrored up to this."""


@dataclass(frozen=True)
class ImageScore:
    """logit: above 0 speaks for made. heatmap: (rows, columns) float32 of 0..1, one a `stride_px` square of pixels from the upper left.

    features: the two figures behind the logit, the patches' weighted mean and the mean of the highest tenth.
    seen_share: of the picture's area that was looked at, below 1 for very large ones.
    """

    logit: float
    heatmap: NDArray[np.float32]
    stride_px: int
    features: tuple[float, float] | None = None
    seen_share: float = 1.0


class ImageHead:
    """The network on a device. Not thread-safe only in that torch's own threads are shared."""

    def __init__(self, network: Detector, device: str = "cpu") -> None:
        self._network, self._device = network, device

    @classmethod
    def load(cls, path: Path | None = None, device: str = "cpu") -> ImageHead:
        """The shipped weights, checked against their sha256, or those of another training, on the pinned backbone.

        Raises Unavailable when a file or the backbone's package is missing, LoadFailed when one is not what it should be.
        """
        import torch
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        from apps.deepfake.image import backbone
        from apps.deepfake.image.network import Detector
        from shared.serving.load import read_weights

        source = Source("embedded", "apps/deepfake/weights/image.safetensors", "1", WEIGHTS_SHA256)
        try:
            own = read_weights(WEIGHTS, source) if path is None else load_file(path)
        except (OSError, SafetensorError) as error:
            raise LoadFailed(f"{path} cannot be read: {error}.", remedy="Train it again.") from error
        network = Detector()
        found = {f"trunk.{name}": value for name, value in backbone.read().items()}
        missing = {name for name in network.state_dict() if not name.endswith("num_batches_tracked")} - found.keys() - own.keys()
        if missing:
            raise LoadFailed(f"{path or WEIGHTS} lacks {min(missing)}.", remedy="Train it again.")
        try:
            network.load_state_dict({**found, **{name: value.float() for name, value in own.items()}}, strict=False)
        except RuntimeError as error:
            raise LoadFailed(f"{path or WEIGHTS} does not fit the network: {error}", remedy="Train it again.") from error
        return cls(network.to(device, memory_format=torch.channels_last).eval().requires_grad_(requires_grad=False), device)  # type: ignore[call-overload]

    def score(self, pixels: NDArray[np.uint8]) -> ImageScore:
        """One picture (h, w, 3) uint8 in sRGB, upright, in its own pixels: never made smaller before it comes here."""
        import torch

        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or 0 in pixels.shape:
            raise BadInput(f"A picture is (height, width, 3) of uint8; this is {pixels.shape} of {pixels.dtype}.")
        rows, columns = (-(-length // STRIDE_PX) for length in pixels.shape[:2])
        whole = _mirrored(pixels)
        shape = (whole.shape[0], whole.shape[1])
        axes = bands(shape, STRIDE_PX)
        seen = [[self._tile(whole, row, column) for column in axes[1]] for row in axes[0]]
        patches, weights = (np.concatenate([np.concatenate([tile[k] for tile in line], axis=1) for line in seen]) for k in (0, 1))
        with torch.inference_mode():
            a, b = (torch.from_numpy(each)[None] for each in (patches, weights))
            mean, top = (float(each) for each in self._network.evidence(a, b))
            logit = float(self._network.pooled(a, b))
        heatmap = spread(1 / (1 + np.exp(-patches)), axes, shape, STRIDE_PX)[:rows, :columns]
        share = patches.size * STRIDE_PX**2 / (shape[0] * shape[1])
        return ImageScore(logit, np.ascontiguousarray(heatmap, np.float32), STRIDE_PX, (mean, top), share)

    def _tile(self, whole: NDArray[np.uint8], row: Band, column: Band) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(patches, weights) of the tile's core."""
        import torch

        cut = whole[row.low : row.high, column.low : column.high].copy()  # torch wants to be able to write
        x = torch.from_numpy(cut).to(self._device).permute(2, 0, 1)[None].float() / 255
        with torch.inference_mode():
            found = self._network(x.contiguous(memory_format=torch.channels_last))
        top, left = (row.start - row.low) // STRIDE_PX, (column.start - column.low) // STRIDE_PX
        height, width = (row.stop - row.start) // STRIDE_PX, (column.stop - column.start) // STRIDE_PX
        patches, weights = (each[0, top : top + height, left : left + width].float().cpu().numpy() for each in found)
        return patches, weights


def _mirrored(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Up to a multiple of the stride, at the right and the bottom."""
    more = [max(LEAST_PX, -(-length // STRIDE_PX) * STRIDE_PX) - length for length in pixels.shape[:2]]
    return np.pad(pixels, ((0, more[0]), (0, more[1]), (0, 0)), mode="symmetric") if any(more) else pixels
