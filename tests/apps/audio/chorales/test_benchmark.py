"""The benchmark reads what the trainer writes."""

from __future__ import annotations

from pathlib import Path

import torch

from apps.audio.chorales.benchmark import likelihoods, load, written
from apps.audio.chorales.network import ChoraleNetwork
from apps.audio.chorales.train import WEIGHTS, export
from tests.apps.audio.chorales.examples import made


def test_exported_weights_are_measured(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = ChoraleNetwork()
    export(network, 1, tmp_path)
    again = load(tmp_path / WEIGHTS)
    assert not again.training
    torch.testing.assert_close(again.range_bias, network.range_bias.half().float())
    found = likelihoods(again, [made(1, bars=2)])
    assert all(figure["nats"] > 0 for figure in found.values())
    pieces, speed = written(again, [made(1, bars=1), made(2, bars=1)], [0], guide=False)
    assert [len(piece) for piece in pieces] == [16, 16] and speed > 0
    assert (pieces[0].cells[:, 0] == made(1, bars=1).cells[:, 0]).all()
