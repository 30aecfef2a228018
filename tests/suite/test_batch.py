from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from suite.batch import Batch
from tests.suite.conftest import Sextant


def rows(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]


def errors(folder: Path) -> list[dict[str, str]]:
    with (folder / "errors.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def make_folder(folder: Path, good: int = 3) -> Path:
    folder.mkdir()
    for i in range(good):
        (folder / f"good {i}.txt").write_text(f"text {i}")
    return folder


def test_a_folder_is_a_batch_with_an_error_row_for_each_bad_file(sextant: Sextant, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "in")
    (folder / "bad.txt").write_text("bad one")
    (folder / "image.png").write_bytes(b"not taken")
    (folder / ".hidden.txt").write_text("not taken")
    done = sextant("echo", "copy", folder, "--out", "out")
    assert done.status == 2 and "3 done, 0 done before, 1 failed" in done.err and "Traceback" not in done.err
    out = tmp_path / "out"
    assert [Path(str(row["input"])).name for row in rows(out)] == ["good 0.txt", "good 1.txt", "good 2.txt"]
    assert all((out / file).read_text().startswith("TEXT") for row in rows(out) for file in row["files"])  # type: ignore[attr-defined]
    (error,) = errors(out)
    assert error["field"] == "file" and error["remedy"] == "Give a good one." and error["input"].endswith("bad.txt")


def test_a_second_start_does_only_what_is_missing(sextant: Sextant, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "in", good=2)
    assert sextant("echo", "copy", folder, "--out", "out").status == 0
    (folder / "new.txt").write_text("new")
    done = sextant("echo", "copy", folder, "--out", "out", "--json")
    assert done.json == {"done": 1, "skipped": 2, "failed": 0, "results": "out/results.jsonl", "errors": None}
    assert len(rows(tmp_path / "out")) == 3
    other = sextant("echo", "copy", folder, "--out", "out", "--suffix", "x", "--json")
    assert other.json["done"] == 3


def test_a_batch_never_takes_its_own_output_for_input(sextant: Sextant, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "in", good=2)
    for _ in range(2):
        sextant("echo", "copy", folder, "--out", folder / "out")
    assert len(rows(folder / "out")) == 2


def test_several_files_and_equal_ones_each_get_a_row(sextant: Sextant, tmp_path: Path) -> None:
    for name in ("a", "b"):
        make_folder(tmp_path / name, good=1)
    files = [tmp_path / name / "good 0.txt" for name in ("a", "b")]
    assert sextant("echo", "copy", *files, "--out", "out", "--json").json["done"] == 2
    assert sextant("echo", "copy", *files, "--out", "out", "--json").json["skipped"] == 2
    assert [row["input"] for row in rows(tmp_path / "out")] == [str(file) for file in files]


def test_one_file_is_no_batch_and_a_list_field_takes_a_folder(sextant: Sextant, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "in")
    assert sextant("echo", "copy", folder / "good 0.txt", "--json").json["status"] == "done"
    assert sextant("echo", "join", folder, "--json").json["result"]["text"] == "text 0text 1text 2"


def test_rows_come_from_json_lines(sextant: Sextant, tmp_path: Path) -> None:
    lines = ['{"text": "a"}', "", "{broken", '{"text": "b", "times": 0}', "[1]", '{"text": "c", "seed": 3}', '{"txet": "d"}']
    (tmp_path / "rows.jsonl").write_text("\ufeff" + "\n".join(lines))
    done = sextant("echo", "say", "--from", "rows.jsonl", "--times", 2, "--out", "out")
    assert done.status == 2
    assert [row["input"] for row in rows(tmp_path / "out")] == ["rows.jsonl:1", "rows.jsonl:6"]
    assert [len(row["result"]["lines"]) for row in rows(tmp_path / "out")] == [2, 2]  # type: ignore[index]
    assert [error["input"] for error in errors(tmp_path / "out")] == [f"rows.jsonl:{n}" for n in (3, 4, 5, 7)]


def test_rows_come_from_csv_with_files_beside_it(sextant: Sextant, tmp_path: Path) -> None:
    make_folder(tmp_path / "in", good=1)
    (tmp_path / "in" / "rows.csv").write_text("file,suffix\ngood 0.txt,one\ngood 0.txt,\nmissing.txt,x\n")
    done = sextant("echo", "copy", "--from", tmp_path / "in" / "rows.csv", "--out", "out")
    assert done.status == 2 and len(rows(tmp_path / "out")) == 2
    assert "no file at" in errors(tmp_path / "out")[0]["message"]


def test_rows_come_from_yaml(sextant: Sextant, tmp_path: Path) -> None:
    (tmp_path / "rows.yaml").write_text("- text: a\n- {text: b, style: {bold: true}}\n")
    assert sextant("echo", "say", "--from", "rows.yaml", "--json").json["done"] == 2
    (tmp_path / "rows.yaml").write_text("text: a\n")
    assert "a list of requests" in sextant("echo", "say", "--from", "rows.yaml").one_line


def test_a_torn_line_is_cut_off_and_done_again(sextant: Sextant, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "in")
    sextant("echo", "copy", folder, "--out", "out")
    results = tmp_path / "out" / "results.jsonl"
    results.write_bytes(results.read_bytes()[:-20])
    assert sextant("echo", "copy", folder, "--out", "out", "--json").json["done"] == 1
    assert len(rows(tmp_path / "out")) == 3


def test_a_killed_batch_goes_on_without_a_row_twice(sextant: Sextant, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps({"text": f"t{i}"}) + "\n" for i in range(200)))
    command = [sys.executable, "-m", "suite", "echo", "say", "--from", "rows.jsonl", "--out", "out"]
    root = str(Path(__file__).resolve().parents[2])
    with subprocess.Popen(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": root}, stdout=subprocess.DEVNULL) as batch:
        results, patience = tmp_path / "out" / "results.jsonl", time.monotonic() + 60
        while not (results.exists() and results.stat().st_size > 2000) and time.monotonic() < patience:
            time.sleep(0.01)
        batch.send_signal(signal.SIGKILL)
    before = results.read_bytes().count(b"\n")
    assert 0 < before < 200
    assert sextant("echo", "say", "--from", "rows.jsonl", "--out", "out", "--json").json["skipped"] == before
    assert [row["input"] for row in rows(tmp_path / "out")] == [f"rows.jsonl:{i}" for i in range(1, 201)]


def test_a_name_that_is_no_text_is_a_row_like_any_other(sextant: Sextant, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "in", good=1)
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\x1b[31m.txt")).write_text("odd")
    done = sextant("echo", "copy", folder, "--out", "out")
    assert done.status == 0 and "\x1b" not in done.out + done.err
    assert sorted(Path(str(row["input"])).name for row in rows(tmp_path / "out")) == ["\\udcff\\x1b[31m.txt", "good 0.txt"]


def test_what_was_done_when_it_was_interrupted_is_not_done_again(sextant: Sextant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_folder(tmp_path / "in", good=3)

    class Interrupted(Batch):
        def _finish_oldest(self) -> None:
            for pending in self._pending:
                pending.handle.wait()
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("suite.batch.Batch", Interrupted)
        stopped = sextant("echo", "copy", folder, "--out", "out", "--json")
    assert stopped.status == 130 and stopped.json["error"]["code"] == "cancelled"
    assert sextant("echo", "copy", folder, "--out", "out", "--json").json["skipped"] == 3
