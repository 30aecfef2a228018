"""The wheel: built without a second environment, complete, and enough to start from."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.checkout import ROOT, tracked_files


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr
    (built,) = folder.glob("*.whl")
    return built


def test_every_tracked_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    expected = {str(path.relative_to(ROOT)) for path in tracked_files("suite", "apps", "shared")}
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert expected - packed == set()
    assert {f"{name}/py.typed" for name in ("suite", "apps", "shared")} <= packed


def test_nothing_else_is_in_the_wheel(wheel: Path) -> None:
    top = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert top == {"suite", "apps", "shared", "sextant_suite-0.1.0.dist-info"}
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if "__pycache__" in name or name.endswith(".pyc")]


def test_metadata_names_the_command_the_studios_and_the_licence(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    information = "sextant_suite-0.1.0.dist-info"
    entries = archive.read(f"{information}/entry_points.txt").decode()
    assert "sextant = suite.script:main" in entries
    assert "[sextant.apps]" in entries
    metadata = archive.read(f"{information}/METADATA").decode()
    assert "License-Expression: Apache-2.0" in metadata
    assert f"{information}/licenses/LICENSE" in archive.namelist()


def test_the_wheel_owns_its_names_wherever_it_is_installed(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from suite import ownership; ownership.check(); print(ownership.__file__)"
    result = subprocess.run([sys.executable, "-c", code], cwd="/", capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(str(tmp_path))


def test_the_readme_is_the_description_of_the_package() -> None:
    named = 'readme = "README.md"' in (ROOT / "pyproject.toml").read_text()
    assert named == (ROOT / "README.md" in tracked_files()), 'a README.md and `readme = "README.md"` in pyproject.toml come and go together'
