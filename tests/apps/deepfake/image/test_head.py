"""The shipped head on pictures of any size: a map of the right shape, the same twice, higher where a decoder was at work."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from apps.deepfake.image import backbone, head
from apps.deepfake.image.head import WEIGHTS, ImageHead
from apps.deepfake.image.photos import camera, dead_leaves
from shared.errors import BadInput, LoadFailed


@pytest.fixture(scope="module")
def loaded() -> ImageHead:
    torch.set_num_threads(1)
    return ImageHead.load()


def picture(seed: int, side: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return camera(dead_leaves(rng, side), rng)


def decoded(pixels: np.ndarray) -> np.ndarray:
    """What strided layers up and down leave: every fourth pixel's neighbourhood, and the grid of a transposed convolution."""
    x = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float()
    small = torch.nn.functional.avg_pool2d(x, 4)
    taps = torch.tensor([0.25, 0.85, 1.1, 1.0, 0.8, 0.2])
    kernel = torch.outer(taps, taps)[None, None].repeat(3, 1, 1, 1)
    big = torch.nn.functional.conv_transpose2d(small, kernel, stride=4, padding=1, groups=3)
    return big.clamp(0, 255)[0].permute(1, 2, 0).numpy().astype(np.uint8)


@pytest.mark.parametrize("shape", [(1, 1), (15, 200), (64, 64), (131, 77), (600, 530)])
def test_a_cell_for_every_16_pixels(loaded: ImageHead, shape: tuple[int, int]) -> None:
    found = loaded.score(picture(0, 640)[: shape[0], : shape[1]])
    assert found.stride_px == 16
    assert found.heatmap.shape == (-(-shape[0] // 16), -(-shape[1] // 16)) and found.heatmap.dtype == np.float32
    assert ((found.heatmap >= 0) & (found.heatmap <= 1)).all() and np.isfinite(found.logit)
    assert found.seen_share == 1


def test_the_same_twice(loaded: ImageHead) -> None:
    pixels = picture(1, 200)
    first, second = loaded.score(pixels), loaded.score(pixels)
    assert first.logit == second.logit and np.array_equal(first.heatmap, second.heatmap)


def test_a_remade_region_stands_out(loaded: ImageHead) -> None:
    inside, outside = [], []
    for seed in range(4):
        pixels = picture(seed, 320)
        pixels[96:224, 96:224] = decoded(pixels)[96:224, 96:224]
        heatmap = loaded.score(pixels).heatmap
        inside.append(heatmap[7:13, 7:13].mean())
        rim = heatmap.copy()
        rim[5:15, 5:15] = np.nan
        outside.append(np.nanmean(rim))
    assert np.mean(inside) > np.mean(outside) + 0.1


def test_a_remade_picture_scores_above_its_original(loaded: ImageHead) -> None:
    pairs = [(loaded.score(pixels).logit, loaded.score(decoded(pixels)).logit) for pixels in (picture(seed, 256) for seed in range(4))]
    assert all(made > real for real, made in pairs)


def test_a_tile_more_or_less_changes_little(loaded: ImageHead, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = picture(2, 320)
    whole = loaded.score(pixels)
    monkeypatch.setattr("apps.deepfake.image.tiles.CORE_PX", 160)
    parts = loaded.score(pixels)
    assert abs(whole.heatmap - parts.heatmap).mean() < 0.05
    assert whole.logit == pytest.approx(parts.logit, abs=0.5)


@pytest.mark.parametrize("pixels", [np.zeros((8, 8), np.uint8), np.zeros((8, 8, 3), np.float32), np.zeros((0, 8, 3), np.uint8)])
def test_what_is_no_picture_is_refused(loaded: ImageHead, pixels: np.ndarray) -> None:
    with pytest.raises(BadInput, match="uint8"):
        loaded.score(pixels)


def test_weights_are_small_and_no_pickle(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("unpickled")

    monkeypatch.setattr(pickle, "Unpickler", refuse)
    monkeypatch.setattr(torch, "load", refuse)
    ImageHead.load()
    assert WEIGHTS.stat().st_size < 500_000


def test_another_backbone_or_other_weights_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "image.safetensors"
    broken.write_bytes(b"not it")
    with pytest.raises(LoadFailed, match=r"image\.safetensors"):
        ImageHead.load(broken)
    monkeypatch.setattr(head, "WEIGHTS_SHA256", "1" * 64)
    with pytest.raises(LoadFailed):
        ImageHead.load()
    monkeypatch.undo()
    monkeypatch.setattr(backbone, "BACKBONE_SHA256", "1" * 64)
    with pytest.raises(LoadFailed, match="efficientnet"):
        ImageHead.load()
