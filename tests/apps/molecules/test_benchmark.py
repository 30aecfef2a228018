from __future__ import annotations

import gzip
import math
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from apps.molecules import benchmark, moses, speeds
from apps.molecules.benchmark import COLUMNS, PUBLISHED, TARGETS, Measure, Row, control, missed, rejections, table
from apps.molecules.metrics import Filters
from shared.errors import Unavailable
from shared.serving import CpuDevice, Engine

TRAIN = ["CC(=O)Nc1ccccc1", "Cc1ccccc1-c1ccccc1F", "CCOC(C)=O", "c1ccc2ncccc2c1"]
TEST = ["CCC(=O)Nc1ccccc1", "Cc1ccccc1-c1ccccc1F", "CCO"]
GOOD = {"Valid": 0.96, "FCD": 0.5, "sampling": 2000.0, "ADMET": 120.0}
EVERY = [target.figure for target in TARGETS]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with a molsets wheel of a few molecules."""
    with zipfile.ZipFile(tmp_path / "molsets-0.3.1-py3-none-any.whl", "w") as wheel:
        for split, molecules in (("train", TRAIN), ("test", TEST), ("test_scaffolds", TRAIN[3:])):
            wheel.writestr(f"moses/dataset/data/{split}.csv.gz", gzip.compress("\n".join(["SMILES", *molecules]).encode()))
        wheel.writestr("moses/metrics/mcf.csv", "names,smarts\nMCF1,[#6]Cl\n")
        wheel.writestr("moses/metrics/wehi_pains.csv", '"[#7]-[#7]","<regId=a(1)>"\n')
    return tmp_path


def test_samples_are_measured_on_the_valid_ones(data: Path) -> None:
    row = Measure(data, with_fcd=False).row("ours", ["CCO", "OCC", "c1ccc", "", "CC(=O)Nc1ccccc1", "CCCl"])
    assert row.title == "ours, 6"
    assert row.figures["Valid"] == pytest.approx(4 / 6)
    assert row.figures["Unique@1k"] == pytest.approx(3 / 4)
    assert row.figures["Novelty"] == pytest.approx(2 / 3)
    assert row.figures["Filters"] == pytest.approx(3 / 4)
    assert 0 < row.figures["SNN"] < 1 and 0 < row.figures["Frag"] < 1
    assert "FCD" not in row.figures
    assert math.isnan(row.figures["Scaf"])  # no sample has a scaffold of two rings


def test_the_test_set_is_like_itself(data: Path) -> None:
    figures = Measure(data, with_fcd=False).row("real", TEST).figures
    assert [figures[name] for name in ("Valid", "Unique@1k", "SNN", "Frag", "Scaf", "Filters")] == pytest.approx([1] * 6)
    assert figures["Scaf SF"] == 0


def test_strings_that_were_drawn_in_vain_count(data: Path) -> None:
    assert Measure(data, with_fcd=False).row("control", ["CCO"], drawn=4).figures["Valid"] == 0.25


def test_the_control_is_worse_and_says_what_it_drew() -> None:
    found, drawn = control(TRAIN * 3, 20)
    assert len(found) == 20 and drawn >= 20


def test_a_table_has_a_dash_for_what_is_not_known() -> None:
    lines = table([Row("ours, 3", {"Valid": 0.9512, "FCD": 0.5}), *PUBLISHED]).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    assert lines[2] == "| ours, 3 | 0.951 | - | 0.500 |" + " - |" * (len(COLUMNS) - 3)
    assert any("CharRNN, published, 30k | 0.975 | 1.000 | 0.073 |" in line for line in lines)


def test_targets_that_are_met() -> None:
    assert missed(GOOD, EVERY) == []


@pytest.mark.parametrize(
    ("figure", "value", "words"),
    [
        ("Valid", 0.949, "Valid: 0.949, at least 0.95 expected"),
        ("FCD", 0.551, "FCD: 0.551, at most 0.55 expected"),
        ("sampling", 1299.0, "sampling: 1299, at least 1300 expected"),
        ("ADMET", float("nan"), "ADMET: nan, at least 100 expected"),
    ],
)
def test_a_missed_target_is_named(figure: str, value: float, words: str) -> None:
    assert missed({**GOOD, figure: value}, EVERY) == [words]


def test_what_was_not_measured_is_missed_unless_it_was_not_to_be() -> None:
    assert missed({**GOOD, "FCD": float("inf")}, [name for name in EVERY if name != "FCD"]) == []
    assert missed({name: value for name, value in GOOD.items() if name != "ADMET"}, EVERY) == ["ADMET: not measured, at least 100 expected"]


def test_rejections_are_counted_by_reason() -> None:
    counts = rejections(["CCO", "c1ccc", "", "CCl", "CCCl", "C[N+](C)(C)C"], Filters({"a": "[#6]Cl"}, {}))
    assert counts == {"invalid: ring not closed": 1, "invalid: empty": 1, "MCF": 2, "charged atom": 1}


def test_missing_wheels_are_downloaded_without_their_dependencies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = []
    (tmp_path / "molsets-0.3.1-py3-none-any.whl").touch()
    monkeypatch.setattr(moses.subprocess, "run", lambda command, **_: commands.append(command) or SimpleNamespace(returncode=0))
    moses.fetch(tmp_path)
    assert [command[-1] for command in commands] == ["fcd-torch==1.0.7"]
    assert "--no-deps" in commands[0] and str(tmp_path) in commands[0]


def test_without_a_network_it_says_what_to_download(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(moses.subprocess, "run", lambda command, **_: SimpleNamespace(returncode=1))
    monkeypatch.setattr(sys, "argv", ["benchmark", "--data", str(tmp_path)])
    assert benchmark.main() == 2
    assert f"pip download --no-deps molsets==0.3.1 --dest {tmp_path}" in capsys.readouterr().err


def test_speeds_leave_out_what_cannot_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fails(count: int) -> None:
        raise Unavailable("no weights")

    monkeypatch.setattr(speeds, "_works", lambda engine, molecules: {"a": (100, lambda count: sum(range(10**5))), "b": (1, fails)})
    with Engine(CpuDevice(slots=1, threads=1)) as engine:
        found = speeds.speeds(engine, [])
    assert list(found) == ["a"] and found["a"] > 0
    assert "b: no weights" in capsys.readouterr().err


def test_a_checkpoint_takes_the_place_of_the_prior(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    from apps.molecules.prior import Prior
    from apps.molecules.tokenizer import SmilesTokenizer

    tokenizer = SmilesTokenizer.train(TRAIN, 40)
    tokenizer.save(tmp_path / "tokenizer.json")
    network = Prior(tokenizer.size, embedding=8, hidden=16)
    tensors = {f"network.{name}": value for name, value in network.state_dict().items()}
    save_file({**tensors, "optimiser.step.head.bias": network.head.bias.detach().clone()}, tmp_path / "checkpoint.safetensors")
    with Engine(CpuDevice(slots=1, threads=1)) as engine:
        engine.add(*speeds.models(tmp_path / "checkpoint.safetensors"))
        found = speeds.sample(engine, 300)
        assert len(found) == 300
        assert found == speeds.sample(engine, 300)
