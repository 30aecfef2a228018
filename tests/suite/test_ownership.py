"""`suite`, `apps`, `shared` are ours, here and when another distribution brings the same names."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

from suite import ownership

ROOT = Path(__file__).resolve().parents[2]


def test_good_path_is_silent() -> None:
    ownership.check()


def test_no_other_distribution_owns_our_names() -> None:
    owners = importlib.metadata.packages_distributions()
    for name in ownership.NAMES:
        assert set(owners.get(name, [])) <= {ownership.DISTRIBUTION}


def foreign_environment(tmp_path: Path, *, with_metadata: bool) -> dict[str, str]:
    """A folder on the path with a `shared` of somebody else, as site-packages would have it."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "__init__.py").touch()
    if with_metadata:
        info = tmp_path / "acme_tools-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-tools\nVersion: 1.0\n")
        (info / "top_level.txt").write_text("shared\n")
        (info / "RECORD").write_text("shared/__init__.py,,\nacme_tools-1.0.dist-info/top_level.txt,,\n")
    return {**os.environ, "PYTHONPATH": str(tmp_path)}


def check_in_another_process(tmp_path: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    # loaded by its file: with a foreign package on the path `import suite` itself may not be ours
    load = (
        "import importlib.util as u; s = u.spec_from_file_location('ownership', FILE); m = u.module_from_spec(s); "
        "s.loader.exec_module(m); m.check()"
    ).replace("FILE", repr(str(ROOT / "suite" / "ownership.py")))
    return subprocess.run([sys.executable, "-c", load], env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)


def test_a_foreign_package_is_named_with_its_distribution(tmp_path: Path) -> None:
    result = check_in_another_process(tmp_path, foreign_environment(tmp_path, with_metadata=True))
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "'shared'" in result.stderr
    assert "installed by acme-tools" in result.stderr
    assert "pip uninstall acme-tools" in result.stderr


def test_the_installed_command_says_it_before_it_imports_anything(tmp_path: Path) -> None:
    environ = foreign_environment(tmp_path, with_metadata=True)
    command = [sys.executable, "-c", "import sys; from suite.script import main; sys.exit(main())", "apps"]
    result = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "installed by acme-tools" in result.stderr


def test_a_stray_folder_is_named_by_its_path(tmp_path: Path) -> None:
    result = check_in_another_process(tmp_path, foreign_environment(tmp_path, with_metadata=False))
    assert result.returncode == 1
    assert str(tmp_path / "shared") in result.stderr
    assert "PYTHONPATH" in result.stderr


def test_a_missing_package_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ownership, "NAMES", ("no_such_package_of_ours",))
    with pytest.raises(ownership.ForeignPackage, match="is missing"):
        ownership.check()
