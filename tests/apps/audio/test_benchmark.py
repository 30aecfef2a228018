"""Which parts of the benchmark run, and what is left out by name."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from apps.audio.benchmark import PARTS, commands


def arguments(**given: object) -> argparse.Namespace:
    return argparse.Namespace(**{"chorales": None, "effects": None, "speech": None, "only": list(PARTS), "quick": False, **given})


def test_every_part_with_its_data() -> None:
    found = commands(arguments(chorales=Path("c.npz"), effects=Path("clips"), speech=Path("speech")))
    assert list(found) == list(PARTS)
    assert found["denoise"] == ["apps.audio.noise.benchmark", "--speech", "speech", "--effects", "clips"]


def test_a_part_without_data_is_left_out_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(commands(arguments(chorales=Path("c.npz"), effects=Path("clips")))) == ["chorales", "effects"]
    assert "denoise: left out, for want of --speech FOLDER" in capsys.readouterr().out


def test_quick_and_only_reach_the_parts() -> None:
    found = commands(arguments(chorales=Path("c.npz"), only=["chorales"], quick=True))
    assert list(found) == ["chorales"] and "--pieces" in found["chorales"]


def test_derived_chorales_are_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "chorales.npz").touch()
    monkeypatch.setattr("apps.audio.benchmark.cache", lambda: tmp_path)
    assert commands(arguments(only=["chorales"]))["chorales"][-1] == str(tmp_path / "chorales.npz")
