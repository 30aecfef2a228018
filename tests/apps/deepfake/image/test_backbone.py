"""The backbone's numbers come out of a pickle file without anybody unpickling, and only out of the pinned one."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import torch

from apps.deepfake.image import backbone
from apps.deepfake.image.backbone import BACKBONE_FILE, BACKBONE_PACKAGE, BACKBONE_SHA256, BACKBONE_VERSION
from shared.errors import LoadFailed, Unavailable
from shared.serving.carrier import carried_file


def test_nothing_is_unpickled(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("unpickled")

    monkeypatch.setattr(pickle, "Unpickler", refuse)
    monkeypatch.setattr(pickle, "load", refuse)
    monkeypatch.setattr(torch, "load", refuse)
    tensors = backbone.read()
    assert tensors["_conv_stem.weight"].shape == (32, 3, 3, 3)
    assert all(torch.isfinite(tensor).all() for tensor in tensors.values())


def test_every_tensor_of_the_network_is_there() -> None:
    found = backbone.build().load_state_dict(backbone.read(), strict=False)
    assert found.unexpected_keys == []
    assert all(name.endswith("num_batches_tracked") for name in found.missing_keys)


def test_the_layout_is_that_of_a_trusted_read() -> None:
    """Read by torch's own restricted unpickler, the kernels are the same, transposed strides and all."""
    path = carried_file(BACKBONE_PACKAGE, BACKBONE_VERSION, BACKBONE_FILE)
    trusted = torch.load(path, map_location="cpu", weights_only=True)
    assert all(torch.equal(tensor, trusted[name]) for name, tensor in backbone.read().items())


def test_another_file_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "backbone.pth"
    other.write_bytes(b"not it")
    with pytest.raises(LoadFailed, match=r"backbone\.pth"):
        backbone.read(other)
    with pytest.raises(Unavailable):
        backbone.read(tmp_path / "missing.pth")


def test_the_pin_is_a_sha256() -> None:
    assert len(bytes.fromhex(BACKBONE_SHA256)) == 32
