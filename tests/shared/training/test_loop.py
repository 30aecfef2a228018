"""The shared training loop: it learns, it stops, it goes on as if it had not."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from torch import Tensor, nn

from shared.training import Plan, Trainer

WEIGHTS = torch.tensor([[2.0, -1.0, 0.5]])


def network() -> nn.Module:
    torch.manual_seed(3)
    return nn.Linear(3, 1)


def loss(model: nn.Module, step: int) -> Tensor:
    """Of a batch that depends on the step alone, in the model's own type."""
    given = torch.randn(32, 3, generator=torch.Generator().manual_seed(step))
    found: Tensor = model(given.to(next(model.parameters()).dtype)).float()
    return ((found - given @ WEIGHTS.T) ** 2).mean()


def plan(steps: int) -> Plan:
    return Plan(steps=steps, learning_rate=0.05, warmup_steps=5, weight_decay=0.0)


@pytest.mark.parametrize("bfloat16", [False, True])
def test_it_learns(tmp_path: Path, bfloat16: bool) -> None:
    trainer = Trainer(network(), plan(300), tmp_path, bfloat16=bfloat16)
    assert trainer.fit(loss)
    found = next(trainer.network.parameters())
    assert found.dtype == torch.float32
    assert torch.allclose(found, WEIGHTS, atol=0.05)


def test_a_run_in_two_sittings_is_the_run_in_one(tmp_path: Path) -> None:
    whole = Trainer(network(), plan(40), tmp_path / "whole")
    whole.fit(loss)
    first = Trainer(network(), plan(40), tmp_path / "parts")
    assert not first.fit(loss, limit_s=0.0)
    assert 0 < first.step < 40
    second = Trainer(network(), plan(40), tmp_path / "parts")
    assert second.step == first.step
    assert second.fit(loss)
    for left, right in zip(whole.network.parameters(), second.network.parameters(), strict=True):
        assert torch.equal(left, right)


def test_a_finished_run_stays_finished(tmp_path: Path) -> None:
    Trainer(network(), plan(10), tmp_path).fit(loss)
    again = Trainer(network(), plan(10), tmp_path)
    before = [parameter.clone() for parameter in again.network.parameters()]
    assert again.fit(loss)
    assert all(torch.equal(left, right) for left, right in zip(before, again.network.parameters(), strict=True))


def test_the_log_holds_the_figures_of_the_held_out_data(tmp_path: Path) -> None:
    modes = []

    def evaluate(model: nn.Module) -> dict[str, float]:
        modes.append(model.training)
        return {"nats": 1.5}

    Trainer(network(), plan(10), tmp_path).fit(loss, evaluate=evaluate, evaluate_every=5)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [(line["step"], line["nats"]) for line in lines] == [(5, 1.5), (10, 1.5)]
    assert modes == [False, False]


def test_a_checkpoint_is_whole_or_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(network(), plan(10), tmp_path)
    trainer.fit(loss, limit_s=0.0)
    monkeypatch.setattr("shared.training.loop.os.replace", _killed)
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(loss)
    with safe_open(tmp_path / "checkpoint.safetensors", framework="pt") as file:
        assert file.metadata()["step"] == "1"


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_the_rate_warms_up_stays_and_falls_to_zero() -> None:
    rates = [Plan(steps=100, learning_rate=1.0, warmup_steps=10, cooldown=0.3).rate(step) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9:70] == [1.0] * 61
    assert rates[-1] == pytest.approx(1 / 30)
    assert all(later < earlier for earlier, later in pairwise(rates[70:]))
