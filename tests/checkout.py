"""The repository as the tests see it: its root and the files that git tracks."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

import pytest

__all__ = ["ROOT", "STUDIOS", "tracked_files"]

ROOT = Path(__file__).resolve().parent.parent
STUDIOS = sorted(folder.parent.name for folder in (ROOT / "apps").glob("*/__init__.py"))


@cache
def _listing() -> tuple[str, ...]:
    try:
        answer = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ()
    return tuple(name for name in answer.stdout.split("\0") if name)


def tracked_files(*folders: str) -> list[Path]:
    """Absolute paths of the tracked files, or of those below `folders`; skips the test outside a git checkout."""
    if not _listing():
        pytest.skip("not a git checkout, or git is missing")
    wanted = tuple(f"{folder}/" for folder in folders)
    names = [name for name in _listing() if not wanted or name.startswith(wanted)]
    return [path for path in (ROOT / name for name in names) if path.is_file()]  # a file may be deleted and not yet committed
