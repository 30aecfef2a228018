from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.suite.conftest import Sextant


def test_apps_lists_every_task(sextant: Sextant) -> None:
    done = sextant("apps")
    assert done.status == 0 and "Say a text as often as wanted." in done.out


def test_apps_as_json_has_a_schema_for_each_task(sextant: Sextant) -> None:
    (app,) = sextant("apps", "--json").json
    assert (app["key"], [task["name"] for task in app["tasks"]]) == ("echo", ["say", "copy", "join"])
    assert set(app["tasks"][0]) == {"name", "help", "request"}
    assert app["tasks"][0]["request"]["required"] == ["text"]


def test_a_task_runs_and_its_files_are_saved(sextant: Sextant, tmp_path: Path) -> None:
    done = sextant("echo", "say", "ahoy", "--times", 2, "--out", "here", "--level", 3)
    assert done.status == 0
    lines = (tmp_path / "here" / "sheet.txt").read_text().splitlines()
    assert len(lines) == 2 and lines[0].startswith("AHOY")
    assert "Lines" in done.out and "as asked" in done.out and "here/sheet.txt" in done.out
    assert "warning: loud" in done.err and "run " in done.err


def test_json_is_all_there_is_on_standard_output(sextant: Sextant) -> None:
    run = sextant("echo", "say", "ahoy", "--json", "--seed", 5).json
    assert run["status"] == "done" and run["app"] == "echo" and run["seed"] == 5
    assert run["result"]["lines"][0].startswith("AHOY") and len(run["files"]) == 1


def test_nothing_already_made_is_overwritten(sextant: Sextant, tmp_path: Path) -> None:
    for text in ("a", "b", "b"):
        assert sextant("echo", "say", text, "--out", "x").status == 0
    assert sorted(p.name for p in (tmp_path / "x").iterdir()) == ["sheet-2.txt", "sheet.txt"]


def test_nested_fields_take_json_or_a_file(sextant: Sextant, tmp_path: Path) -> None:
    (tmp_path / "style.yaml").write_text("bold: true\nsize_pt: 12\n")
    for given in ('{"bold": true, "size_pt": 12}', "@style.yaml"):
        request = sextant("echo", "say", "a", "--style", given, "--tags", "x", "--tags", "y", "--quiet", "--json").json["request"]
        assert request["style"] == {"bold": True, "size_pt": 12.0} and request["tags"] == ["x", "y"] and request["quiet"] is True


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["echo", "say", "a", "--style", "{bold"], "style: not JSON"),
        (["echo", "say", "a", "--style", '{"size_pt": -1}'], "style.size_pt"),
        (["echo", "say", "a", "--times", "many"], "times: "),
        (["echo", "say", "a", "--times", "5000"], "less than or equal to 1000"),
        (["echo", "say", "a", "--level", "9"], "level: Input should be 1, 2 or 3"),
        (["echo", "say", "a", "--model", "gpt"], "It has: shout, murmur"),
        (["echo", "say", "a", "--loudness", "9"], "No such option"),
        (["echo", "say", "a", "b"], "unexpected extra argument"),
        (["echo", "say", "refuse"], "Say something else."),
        (["echo", "say", "--times", "2"], "text: Field required"),
        (["echo", "copy", "gone.txt"], "no file at gone.txt"),
        (["echo", "copy", ""], "file: an empty path. Is the variable set"),
        (["echo", "copy", "empty", "--out", "empty"], "is the input folder itself"),
        (["echo", "copy", "empty"], "holds no file that file takes (.txt, no ending)"),
        (["echo", "copy", "bad.txt"], "Give a good one."),
        (["echo", "sing"], "It has: say, copy, join"),
        (["ecco"], "no command or studio 'ecco'"),
        (["runs", "show", "nothing-like-this"], "nothing-like-this"),
        (["echo", "say", "--from", "rows.xlsx"], "not a table"),
    ],
)
def test_bad_input_is_one_line_with_status_2(sextant: Sextant, tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.txt").write_text("bad")
    refused = sextant(*arguments)
    assert refused.status == 2 and said in refused.one_line and refused.out == ""
    as_json = sextant(*arguments, "--json")
    assert as_json.status == 2 and as_json.json["error"]["code"]


def test_a_failure_is_one_line_with_status_1_and_its_run_is_marked(sextant: Sextant) -> None:
    failed = sextant("echo", "say", "explode")
    assert failed.status == 1 and "ZeroDivisionError" in failed.one_line
    (run,) = sextant("runs", "list", "--status", "failed", "--json").json
    assert run["id"] in failed.err and run["error"]["code"] == "run_failed"


def test_help_shows_limits_defaults_and_choices_and_keeps_brackets(sextant: Sextant) -> None:
    shown = sextant("echo", "say", "--help").out
    assert all(part in shown for part in ("TEXT", "how often", ">= 1, <= 1000", "default: 1", "1|2|3", "--no-quiet", "For tests only."))


def test_run_history_list_show_repeat_cancel(sextant: Sextant, tmp_path: Path) -> None:
    run = sextant("echo", "say", "ahoy", "--seed", 9, "--json").json
    (listed,) = sextant("runs", "list", "--json").json
    assert listed["id"] == run["id"] and run["id"] in sextant("runs", "list").out
    assert sextant("runs", "show", run["id"], "--json").json["request"]["text"] == "ahoy"
    assert sextant("runs", "show", run["id"], "--out", "again").status == 0
    repeated = sextant("runs", "repeat", run["id"], "--json").json
    assert repeated["parent"] == run["id"] and repeated["result"] == run["result"]
    assert (tmp_path / "again" / "sheet.txt").read_bytes() == (tmp_path / "repeated" / "sheet.txt").read_bytes()
    over = sextant("runs", "cancel", run["id"])
    assert over.status == 2 and "over already: done" in over.one_line


def test_a_repeat_does_not_need_the_input_any_more(sextant: Sextant, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("hello")
    run = sextant("echo", "copy", "in.txt", "--json").json
    (tmp_path / "in.txt").unlink()
    assert sextant("runs", "repeat", run["id"], "--json").json["result"] == run["result"]


def test_models_says_what_works(sextant: Sextant) -> None:
    models = sextant("models", "--json").json
    assert [model["name"] for model in models] == ["shout", "murmur", "copier"]
    assert all(model["works"] and model["licence"] == "CC0-1.0" for model in models)
    assert "shout" in sextant("models").out


def test_doctor_looks_at_everything(sextant: Sextant) -> None:
    checks = {check["name"]: check for check in sextant("doctor", "--json").json}
    assert {"Python", "torch", "device", "home", "run history", "studio echo"} <= set(checks)
    assert checks["studio echo"]["state"] == "ok"


def test_doctor_names_what_is_broken(sextant: Sextant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEXTANT_APPS", "gone=no_such_module:app")
    done = sextant("doctor")
    assert done.status == 1 and "no_such_module" in done.out


def test_a_home_that_cannot_be_made_is_a_sentence(sextant: Sextant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from shared.settings import settings

    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SEXTANT_HOME", str(tmp_path / "file" / "home"))
    settings.cache_clear()
    failed = sextant("echo", "say", "a")
    assert failed.status == 1 and str(tmp_path / "file") in failed.one_line


def test_help_starts_without_the_heavy_packages() -> None:
    heavy = ("torch", "sqlalchemy", "fastapi", "streamlit", "transformers", "numpy")
    code = f"import sys; from suite.cli import main; main(['--help']); print([m for m in {heavy} if m in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(("name", "value"), [("SEXTANT_WORKERS", "zero"), ("SEXTANT_MEMORY_BUDGET_BYTES", "-5")])
def test_a_wrong_setting_is_named(sextant: Sextant, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    from shared.settings import settings

    monkeypatch.setenv(name, value)
    settings.cache_clear()
    for command in (["runs", "list"], ["echo", "say", "a"], ["serve", "--port", "0"]):
        refused = sextant(*command)
        assert refused.status == 2 and refused.err.splitlines()[-1].startswith(f"sextant: {name}: ") and "Traceback" not in refused.err
    assert sextant("echo", "say", "a", "--json").json["error"]["code"] == "bad_input"


def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.settings import Settings

    monkeypatch.setenv("SEXTANT_HOME", "")
    assert Settings().home.is_absolute()


def test_a_server_without_a_home_says_so_in_one_line(sextant: Sextant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from shared.settings import settings

    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SEXTANT_HOME", str(tmp_path / "file" / "home"))
    settings.cache_clear()
    failed = sextant("serve", "--port", "0")
    assert failed.status == 1 and str(tmp_path / "file") in failed.one_line


def test_a_full_standard_output_is_a_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "suite", "apps", "--json"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1 and done.stderr.splitlines() == ["sextant: Cannot write the output: No space left on device."]


def test_what_belongs_together_is_numbered_alike(tmp_path: Path) -> None:
    from shared.files import Artifact, MemoryStore
    from suite.output import save_artifacts

    def made(*contents: bytes) -> list[Artifact]:
        return [Artifact.make(f"{i}.nii.gz", content, "x/y", MemoryStore()) for i, content in enumerate(contents)]

    save_artifacts(made(b"a", b"b"), tmp_path)
    assert [p.name for p in save_artifacts(made(b"a", b"c"), tmp_path)] == ["0-2.nii.gz", "1-2.nii.gz"]
    assert [p.name for p in save_artifacts(made(b"a", b"c"), tmp_path)] == ["0-2.nii.gz", "1-2.nii.gz"]
    assert [p.name for p in save_artifacts(made(b"a", b"b"), tmp_path)] == ["0.nii.gz", "1.nii.gz"]
