"""The test suite's own rules: which skips CI allows, and that no test sees a developer's home."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.needs import needs_command

ROOT = Path(__file__).resolve().parent.parent
SKIPS = """
import pytest
from tests.needs import needs_command

@needs_command("no-such-command", package="no-such-package")
def test_needs_a_package(): pass

@pytest.mark.gpu
def test_needs_a_gpu(): pytest.skip("no accelerator")

@pytest.mark.xfail(strict=True)
def test_expected_to_fail(): raise AssertionError

def test_passes(): pass
"""


def run_skips(tmp_path: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text())
    (tmp_path / "test_skips.py").write_text(SKIPS)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path)]
    return subprocess.run(
        [*command, str(tmp_path)], cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_missing_package_skips_by_name(tmp_path: Path) -> None:
    result = run_skips(tmp_path, SEXTANT_NO_SKIPS="0")
    assert result.returncode == 0, result.stdout
    assert "no-such-command is missing: Debian's no-such-package" in result.stdout
    assert "1 passed, 2 skipped, 1 xfailed" in result.stdout


def test_ci_fails_on_any_skip_but_a_missing_gpu(tmp_path: Path) -> None:
    result = run_skips(tmp_path, SEXTANT_NO_SKIPS="1")
    assert result.returncode == 1, result.stdout
    assert "skipped where nothing may be (SEXTANT_NO_SKIPS=1)" in result.stdout
    # a skipif acts while the test is set up, which pytest counts as an error
    assert "1 passed, 1 skipped, 1 xfailed, 1 error" in result.stdout


def test_ci_fails_on_a_module_that_skips_itself(tmp_path: Path) -> None:
    (tmp_path / "test_module.py").write_text("import pytest\npytest.importorskip('no_such_package')\n")
    result = run_skips(tmp_path, SEXTANT_NO_SKIPS="1")
    assert result.returncode != 0
    assert "no_such_package" in result.stdout


def test_a_command_that_is_there_is_not_skipped() -> None:
    assert needs_command("sh", package="dash").args == (False,)


def test_home_is_a_fresh_folder(sextant_home: Path) -> None:
    from shared.settings import settings

    assert settings().home == sextant_home
    assert list(sextant_home.iterdir()) == []


def test_no_hub_is_asked() -> None:
    assert os.environ["HF_HUB_OFFLINE"] == "1"
