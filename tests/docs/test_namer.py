"""The studio of docs/contract.md, built, installed apart from this tree, and run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMER = ROOT / "docs" / "examples" / "namer"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the studio's package installed in it."""
    target = tmp_path_factory.mktemp("site")
    wheels = tmp_path_factory.mktemp("wheels")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    subprocess.run(build, cwd=NAMER, check=True, capture_output=True, text=True)
    (wheel,) = wheels.glob("sextant_namer-*.whl")
    install = ["uv", "pip", "install", "--offline", "--no-deps", "--target", str(target), str(wheel)]
    subprocess.run([sys.executable, "-m", *install], check=True, capture_output=True, text=True)
    return target


def sextant(site: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(site)])}
    command = [sys.executable, "-m", "suite", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_it_is_sixty_lines() -> None:
    assert len((NAMER / "namer.py").read_text().splitlines()) <= 60


def test_it_appears_and_runs(site: Path, tmp_path: Path) -> None:
    listed = sextant(site, tmp_path, "apps", "--json")
    assert listed.returncode == 0, listed.stderr
    assert {"namer", "medical"} <= {app["key"] for app in json.loads(listed.stdout)}
    ran = sextant(site, tmp_path, "namer", "invent", "--count", "12", "--seed", "7", "--out", "names", "--json")
    assert ran.returncode == 0, ran.stderr
    names = json.loads(ran.stdout)["result"]["names"]
    assert len(set(names)) > 6 and all(3 <= len(name) <= 10 and name[0].isupper() for name in names if len(name) > 2)
    assert (tmp_path / "names" / "names.csv").read_text().splitlines() == names


def test_its_limits_hold_on_the_command_line(site: Path, tmp_path: Path) -> None:
    refused = sextant(site, tmp_path, "namer", "invent", "--count", "0")
    assert refused.returncode == 2 and refused.stderr.count("\n") == 1 and "count:" in refused.stderr


def test_its_demo_stands_beside_the_others(site: Path, tmp_path: Path) -> None:
    shown = sextant(site, tmp_path, "demo", "--only", "namer", "--out", "demo")
    assert shown.returncode == 0, shown.stderr
    assert "Five new stars" in (tmp_path / "demo" / "index.html").read_text()
