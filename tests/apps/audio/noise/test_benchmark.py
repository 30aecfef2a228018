"""The benchmark runs on a small corpus without the packages of its rivals, and says what it leaves out."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import soundfile

from apps.audio.noise import benchmark
from apps.audio.noise.benchmark import si_sdr_db
from tests.apps.audio.noise.voices import hiss, voice

RIVALS = ("noisereduce", "pesq", "pyrnnoise", "pystoi")


def test_si_sdr_does_not_see_the_scale() -> None:
    clean = voice(1)
    noisy = clean + hiss(len(clean), 0.01)
    assert si_sdr_db(noisy, clean) == pytest.approx(20, abs=0.5)
    assert si_sdr_db(noisy * np.float32(3), clean) == pytest.approx(si_sdr_db(noisy, clean), abs=1e-3)


def test_it_prints_its_table_without_rivals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(12):
        soundfile.write(tmp_path / f"{number}-1-0000.flac", voice(4, seed=number), 16_000)
    (tmp_path / "rain").mkdir()
    soundfile.write(tmp_path / "rain" / "a.ogg", hiss(32_000, 0.2), 32_000)
    header = "file,class,description,licence,author,source,path,source_id,split,seconds,orig_sr"
    (tmp_path / "index.csv").write_text(f"{header}\nrain/a.ogg,rain,rain,CC0-1.0,me,here,p,1,eval,1,32000\n")
    real = importlib.import_module

    def without_rivals(name: str) -> ModuleType:
        if name in RIVALS:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name)

    monkeypatch.setattr(importlib, "import_module", without_rivals)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["benchmark", "--speech", str(tmp_path), "--effects", str(tmp_path), "--quick"])
    monkeypatch.setattr(benchmark, "SNRS_DB", (5,))
    monkeypatch.setattr(benchmark, "_further", lambda *given: None)
    benchmark.main()
    printed = capsys.readouterr().out
    assert "pesq is not installed: column PESQ-wb left out" in printed
    assert "pyrnnoise is not installed: row RNNoise left out" in printed
    rows = {
        line.split("|")[1].strip(): float(line.split("|")[2]) for line in printed.splitlines() if line.startswith(("| ours", "| noisy"))
    }
    assert rows["ours"] > rows["noisy"] + 3
