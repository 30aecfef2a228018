"""`suite/bootstrap.py` and `suite/environment.py`: no network, no real venv; the installer's `run` is the seam."""

from __future__ import annotations

import fcntl
import json
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from suite import bootstrap, environment

ROOT = Path(__file__).resolve().parents[2]
Answer = Callable[[Sequence[str]], int]


class FakeMachine:
    """Stands for venv, uv and pip: keeps the commands, makes the files that they would make, fails where told to."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.fails: Answer = lambda command: 0
        self.has_uv = True

    def run(self, installer: environment.Installer, command: Sequence[str], *, capture: bool = False) -> subprocess.CompletedProcess[str]:
        self.commands.append(list(command))
        status = self.fails(command)
        venv = installer.root / ".venv" / "bin"
        if command[1:3] == ["-m", "venv"] and not status:
            venv.mkdir(parents=True)
            # enough of a Python to answer whether it starts and which one it is
            (venv / "python").write_text(f"#!/bin/sh\necho {platform.python_version()}\n")
            (venv / "python").chmod(0o755)
        if command[-1] == "uv" and self.has_uv and not status:
            (venv / "uv").touch(mode=0o755)
        return subprocess.CompletedProcess(list(command), status, stdout=":env:.find-links='/wheels'\n", stderr="it failed\n")

    def installs(self) -> list[str]:
        return [command[-1] for command in self.commands if "install" in command]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> FakeMachine:
    fake = FakeMachine()
    monkeypatch.setattr(environment.Installer, "run", lambda self, command, capture=False: fake.run(self, command, capture=capture))
    monkeypatch.setattr(environment.sys, "platform", "linux")
    return fake


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "constraints.txt").write_text("torch==2.13.0\n")
    return tmp_path


def ensure(checkout: Path, *extras: str, **environ: str) -> str:
    return environment.ensure(checkout, extras or ("all", "test"), {"SEXTANT_TORCH": "cpu", **environ})


def test_first_start_installs_torch_before_the_project(checkout: Path, machine: FakeMachine) -> None:
    assert ensure(checkout) == str(checkout / ".venv/bin/python")
    assert machine.installs() == ["uv", "torch==2.13.0+cpu", ".[all,test]"]
    project = machine.commands[-1]
    assert project[0] == str(checkout / ".venv/bin/uv")
    assert project[project.index("--find-links") + 1] == "/wheels"
    assert project[project.index("-c") + 1] == "constraints.txt"


@pytest.mark.parametrize(("extras", "carried"), [("molecules", True), ("all,test", True), ("medical", False)])
def test_carriers_come_last_and_without_their_dependencies(checkout: Path, machine: FakeMachine, extras: str, carried: bool) -> None:
    (checkout / "pyproject.toml").write_text('[tool.sextant.carriers]\nmolecules = ["weights-inside==1.2"]\n')
    ensure(checkout, *extras.split(","))
    last = machine.commands[-1]
    assert (last[-1] == "weights-inside==1.2") == ("--no-deps" in last) == carried
    machine.fails = lambda command: int("--no-deps" in command)
    if carried:
        with pytest.raises(environment.SetupError, match="carry weights"):
            ensure(checkout, *extras.split(","), "ui")


def test_second_start_runs_nothing(checkout: Path, machine: FakeMachine) -> None:
    ensure(checkout)
    machine.commands.clear()
    ensure(checkout)
    ensure(checkout, "test")  # fewer extras than there are
    assert machine.commands == []


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_file_updates_in_place(checkout: Path, machine: FakeMachine, name: str) -> None:
    ensure(checkout)
    machine.commands.clear()
    (checkout / name).write_text("# changed\n")
    ensure(checkout)
    assert machine.installs()[-1] == ".[all,test]"
    assert not any("venv" in command for command in machine.commands)


def test_an_update_that_cannot_be_had_leaves_the_environment_as_it_was(checkout: Path, machine: FakeMachine) -> None:
    ensure(checkout)
    before = (checkout / "pyproject.toml").read_text()
    (checkout / "pyproject.toml").write_text("# wants what cannot be had\n")
    machine.fails = lambda command: int("--dry-run" in command)
    with pytest.raises(environment.SetupError):
        ensure(checkout)
    (checkout / "pyproject.toml").write_text(before)
    machine.commands.clear()
    ensure(checkout)
    assert machine.commands == []


def test_another_torch_is_installed_when_asked_for(checkout: Path, machine: FakeMachine) -> None:
    ensure(checkout)
    machine.commands.clear()
    ensure(checkout, SEXTANT_TORCH="cuda")
    assert "torch===2.13.0" in machine.installs()


def test_more_extras_keep_those_that_are_there(checkout: Path, machine: FakeMachine) -> None:
    ensure(checkout)
    ensure(checkout, "docs")
    assert machine.installs()[-1] == ".[all,docs,test]"
    machine.commands.clear()
    ensure(checkout, "all", "test")
    assert machine.commands == []


def test_digest_depends_on_all_that_decides(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = {environment.digest(checkout, "cpu"), environment.digest(checkout, "cuda")}
    (checkout / "constraints.txt").write_text("torch==2.14.0\n")
    digests.add(environment.digest(checkout, "cpu"))
    monkeypatch.setattr(platform, "python_version", lambda: "3.12.1")
    digests.add(environment.digest(checkout, "cpu"))
    assert len(digests) == 4


def test_killed_in_the_middle_is_built_anew(checkout: Path, machine: FakeMachine) -> None:
    def killed(command: Sequence[str]) -> int:
        if command[-1] == ".[all,test]":
            raise KeyboardInterrupt
        return 0

    machine.fails = killed
    with pytest.raises(KeyboardInterrupt):
        ensure(checkout)
    half_a_package = checkout / ".venv" / "half-a-package"
    half_a_package.touch()

    machine.fails = lambda command: 0
    ensure(checkout)
    assert not half_a_package.exists()
    assert sum("venv" in command for command in machine.commands) == 2
    assert list(checkout.glob(".venv.old-*")) == []


@pytest.mark.parametrize("damage", ["empty folder", "no python", "dead python", "old python", "broken stamp"])
def test_a_damaged_environment_is_repaired(checkout: Path, machine: FakeMachine, damage: str) -> None:
    ensure(checkout)
    python = checkout / ".venv/bin/python"
    if damage == "broken stamp":
        (checkout / ".venv/sextant-stamp.json").write_text("{")
    else:
        python.unlink()
    if damage == "empty folder":
        (checkout / ".venv").rename(checkout / "elsewhere")
        (checkout / ".venv").mkdir()
    elif damage == "dead python":
        python.symlink_to("/no/such/python")
    elif damage == "old python":
        python.write_text("#!/bin/sh\necho 3.9.2\n")
        python.chmod(0o755)
        (checkout / "pyproject.toml").write_text("# a new Python also changes the digest\n")
    machine.commands.clear()
    ensure(checkout)
    assert machine.installs()[-1] == ".[all,test]"
    assert environment.is_fresh(checkout, environment.digest(checkout, "cpu"), ["all", "test"])


def test_pip_installs_where_uv_cannot_be_had(checkout: Path, machine: FakeMachine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.has_uv = False
    ensure(checkout)
    assert machine.commands[-1][:4] == [str(checkout / ".venv/bin/python"), "-m", "pip", "install"]
    assert machine.installs() == ["uv", "torch==2.13.0+cpu", ".[all,test]"]
    assert "installing with pip" in capsys.readouterr().err


def test_torch_falls_back_to_the_next_source_aloud(checkout: Path, machine: FakeMachine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.fails = lambda command: int(command[-1] == "torch==2.13.0+cpu")
    ensure(checkout)
    assert any("torch==2.13.0" in command for command in machine.commands)
    assert "several GB" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("failing", "message"),
    [("venv", "python3-venv"), ("torch==2.13.0", "torch could not be installed"), (".[all,test]", "run make again")],
)
def test_a_failure_is_one_line_and_leaves_no_stamp(checkout: Path, machine: FakeMachine, failing: str, message: str) -> None:
    machine.fails = lambda command: int(any(word.startswith(failing) for word in command))
    with pytest.raises(environment.SetupError, match=message) as caught:
        ensure(checkout)
    assert "\n" not in str(caught.value)
    assert not (checkout / ".venv/sextant-stamp.json").exists()


def test_two_at_once_install_once(checkout: Path, machine: FakeMachine) -> None:
    def slow(command: Sequence[str]) -> int:
        time.sleep(0.02)
        return 0

    machine.fails = slow
    threads = [threading.Thread(target=ensure, args=(checkout,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert machine.installs() == ["uv", "torch==2.13.0+cpu", ".[all,test]"]


def test_installers_hold_the_lock_after_their_parent_is_killed(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from suite import environment as e\n"
        "root = Path(sys.argv[1])\n"
        "with e._locked(root) as lock:\n"
        "    pid = os.fork()\n"
        "    if pid == 0:\n"
        "        e.Installer(root, os.environ, lock).run(['sleep', '1']); os._exit(0)\n"
        "    os.kill(pid, 0); import time; time.sleep(0.3); os.kill(pid, 9); os.kill(os.getpid(), 9)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    process.wait(timeout=60)
    with open(tmp_path / ".venv.lock") as file:
        with pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(file, fcntl.LOCK_EX)  # comes once the orphan ends


def test_an_old_python_gets_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    assert bootstrap.main(["-m", "pytest"]) == 2
    error = capsys.readouterr().err
    assert "needs Python 3.11 or newer and this is 3.9" in error
    assert error.count("\n") == 1


def test_bootstrap_parses_under_old_pythons() -> None:
    source = (ROOT / "suite" / "bootstrap.py").read_text()
    compile(source, "bootstrap.py", "exec")
    import ast

    ast.parse(source, feature_version=(3, 7))
    assert "annotations" not in source  # Python 3.6 does not know that future


def test_the_command_replaces_the_process_with_a_full_path(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(environment, "ensure", lambda root, extras: "/checkout/.venv/bin/python")
    monkeypatch.setattr(os, "execv", lambda path, arguments: seen.append((path, arguments)))
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.setenv("VIRTUAL_ENV", "")
    bootstrap.main(["--extras", "all", "-m", "suite", "apps"])
    assert seen == [("/checkout/.venv/bin/python", ["/checkout/.venv/bin/python", "-m", "suite", "apps"])]
    assert os.environ["PATH"].startswith("/checkout/.venv/bin:")


def test_a_setup_error_is_printed_without_a_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SEXTANT_TORCH", "rocm")
    assert bootstrap.main(["-m", "pytest"]) == 1
    assert capsys.readouterr().err == "sextant: SEXTANT_TORCH is rocm: it takes auto, cpu or cuda\n"


def test_stamp_lists_what_was_installed(checkout: Path, machine: FakeMachine) -> None:
    ensure(checkout)
    stamp = json.loads((checkout / ".venv/sextant-stamp.json").read_text())
    assert stamp["extras"] == ["all", "test"]
