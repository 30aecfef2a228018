"""The benchmark reads what the trainer writes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from apps.audio.chorales import classifier
from apps.audio.chorales.benchmark import BACH, EARLIER, Way, likelihoods, load, main, missed, table, written
from apps.audio.chorales.benchmark import WEIGHTS as SHIPPED
from apps.audio.chorales.chorale import Collection
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
    pieces, speed = written(again, [made(1, bars=1), made(2, bars=1)], Way((0,)))
    assert [len(piece) for piece in pieces] == [16, 16] and speed > 0
    assert (pieces[0].cells[:, 0] == made(1, bars=1).cells[:, 0]).all()


def test_the_table_has_a_column_for_each_kind_and_brackets_what_the_guide_forbids() -> None:
    lines = table({BACH: {"parallel_fifths": 0.3}, "free, guide": {"parallel_fifths": 0.0, "js_chords": 0.1}, **EARLIER}).splitlines()
    assert lines[0].startswith("| | held-out Bach | free, guide | earlier: Bach | earlier: Markov a voice |")
    (fifths,) = (line for line in lines if "5ths" in line)
    assert fifths == "| parallel 5ths in 100 beats | 0.30 | (0.00) | 0.13 | 7.40 | 10.90 | (0.17) |"
    assert len({line.count("|") for line in lines}) == 1


def test_the_command_prints_one_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    torch.manual_seed(0)
    export(ChoraleNetwork(), 1, tmp_path)
    monkeypatch.setattr(classifier, "TREES", 3)
    made_up = Collection.of([made(seed, bars=5) for seed in range(40)])
    made_up.save(tmp_path / "chorales.npz")
    command = ["benchmark", "--data", str(tmp_path / "chorales.npz"), "--weights", str(tmp_path / WEIGHTS), "--pieces", "2"]
    monkeypatch.setattr(sys, "argv", [*command, "--out", str(tmp_path / "out"), "--kinds", "soprano given"])
    assert main() == 1, "the free pieces, which have the targets, were left out"
    said = capsys.readouterr()
    assert "| | held-out Bach | soprano given | earlier: Bach |" in said.out and "no classifier: 2 and 2 pieces" in said.err
    assert (tmp_path / "out" / "figures.json").is_file() and (tmp_path / "out" / "soprano-given.npz").is_file()


def test_a_target_is_missed_by_what_is_above_it_and_by_what_was_not_measured() -> None:
    good = {"nats": 0.4, "parallel_fifths": 2.0, "parallel_octaves": 1.0, "js_chords": 0.1}
    assert missed(good) == []
    assert [line.split()[0] for line in missed({**good, "parallel_fifths": 3.5})] == ["parallels"]
    assert len(missed({})) == 3


def test_missing_data_is_said_with_the_way_to_derive_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert SHIPPED.is_file()
    monkeypatch.setattr(sys, "argv", ["benchmark"])
    assert main() == 2
    assert "apps.audio.chorales.derive" in capsys.readouterr().err
