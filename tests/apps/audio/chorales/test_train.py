"""The trainer: what it draws, that it learns, goes on and exports."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch

from apps.audio.chorales.network import ChoraleNetwork
from apps.audio.chorales.train import WEIGHTS, Task, export, random_given
from shared.training import Plan, Trainer
from tests.apps.audio.chorales.examples import made


def small() -> ChoraleNetwork:
    torch.manual_seed(0)
    return ChoraleNetwork(trunk=16, encoder=16, width=32, dropout=0.0, forget=0.1)


def test_everything_a_user_may_fix_is_practised() -> None:
    rng = np.random.default_rng(0)
    position = made(1).position
    drawn = [random_given(rng, position) for _ in range(200)]
    assert any(not given.any() for given in drawn)
    assert any(given[:, 0].all() and not given[:, 1:].any() for given in drawn)
    assert any(given.all(axis=0).sum() == 2 for given in drawn), "two whole voices"
    assert any(given.any() and (given.all(axis=1) | ~given.any(axis=1)).all() and not given.all() for given in drawn), "whole bars"
    for given in drawn:
        changes = np.flatnonzero((given[1:] != given[:-1]).any(axis=1)) + 1
        assert (position[changes] == 0).all(), "bars are given or not"


def test_a_batch_belongs_to_its_step() -> None:
    task = Task([made(seed, bars=3 + seed) for seed in range(4)], [], batch=6, window=32)
    (one, opening), (same, _), (other, _) = task.batch(3), task.batch(3), task.batch(4)
    assert (one.cells == same.cells).all() and (one.given == same.given).all()
    assert one.cells.shape == (6, 32, 4) and (one.cells != other.cells).any()
    assert ((one.age[:, 0].max(axis=1) == 0) & (one.pitch[:, 0].max(axis=1) == 0))[opening].all(), "nothing sounds before the first step"


def test_training_learns_and_goes_on(tmp_path: Path) -> None:
    pieces = [made(1), made(2)]
    task = Task(pieces, pieces, batch=2, window=32)
    plan = Plan(steps=24, learning_rate=1e-2, warmup_steps=2)
    before = task.evaluate(small())["nats"]
    first = Trainer(small(), plan, tmp_path)
    assert not first.fit(task.loss, limit_s=0)
    again = Trainer(small(), plan, tmp_path)
    assert again.step == first.step == 1
    assert again.fit(task.loss)
    assert task.evaluate(again.network)["nats"] < before - 0.1


def test_weights_are_written_with_their_sha256(tmp_path: Path) -> None:
    sha256 = export(small(), 5, tmp_path)
    content = (tmp_path / WEIGHTS).read_bytes()
    assert hashlib.sha256(content).hexdigest() == sha256
    assert b"F16" in content[:20000] and b"F32" not in content[:20000]


def test_the_weights_fit_in_five_megabytes() -> None:
    assert sum(parameter.numel() for parameter in ChoraleNetwork().parameters()) * 2 < 5_000_000
