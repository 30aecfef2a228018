"""A batch is pairs; a patch is called fake only where its picture is; training writes weights that the head reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from apps.deepfake.image.collection import Pairs
from apps.deepfake.image.head import ImageHead
from apps.deepfake.image.photos import dead_leaves
from apps.deepfake.image.sampling import SIDE, Sampler
from apps.deepfake.image.train import Task, detector, export


@pytest.fixture(scope="module")
def families() -> dict[str, Pairs]:
    reals = np.stack([dead_leaves(np.random.default_rng(seed), 256) for seed in range(2)])
    masks = np.zeros((2, 256, 256), np.float16)
    masks[:, 64:192, 64:192] = 1
    fakes = np.where(masks[..., None] > 0, 255 - reals, reals).astype(np.uint8)
    return {"all": Pairs(reals, np.array([0, 1]), 255 - reals, soft=reals), "part": Pairs(reals, np.array([0, 1]), fakes, masks)}


def test_a_batch_is_real_ones_and_then_their_fakes(families: dict[str, Pairs]) -> None:
    batch = Sampler(families, 4, seed=1).batch(0)
    assert batch.x.shape == (8, 3, SIDE, SIDE) and batch.patches.shape == (8, SIDE // 16, SIDE // 16)
    assert batch.x.min() >= 0 and batch.x.max() <= 1
    assert (batch.patches[:4] == 0).all() and (batch.patches[4:] == 1).any()


def test_a_batch_is_the_same_whenever_it_is_asked_for(families: dict[str, Pairs]) -> None:
    first, second = Sampler(families, 4, seed=1), Sampler(families, 4, seed=1)
    first.batch(3)
    assert torch.equal(first.batch(4).x, second.batch(4).x)
    assert not torch.equal(first.batch(5).x, first.batch(6).x)


def test_a_step_of_training_and_its_weights(families: dict[str, Pairs], tmp_path: Path) -> None:
    network, task = detector(), Task(Sampler(families, 2, seed=1))
    loss = task.loss(network.train(), 0)
    loss.backward()  # type: ignore[no-untyped-call]
    moved = {name for name, parameter in network.named_parameters() if parameter.grad is not None}
    assert "trunk._conv_stem.weight" in moved and "trunk._blocks.4._project_conv.weight" in moved
    assert not any(name.startswith(("trunk._blocks.5", "trunk._blocks.7")) for name in moved)
    export(network, 1, tmp_path)
    found = ImageHead.load(tmp_path / "image.safetensors").score(dead_leaves(np.random.default_rng(0), 96))
    assert found.heatmap.shape == (6, 6)
