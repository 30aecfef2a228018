"""Marks for tests that need something a plain `make test` may not have: such a test is skipped by name, with the remedy."""

from __future__ import annotations

import shutil

import pytest

__all__ = ["needs_command"]


def needs_command(command: str, *, package: str) -> pytest.MarkDecorator:
    """Skip unless `command` is on the PATH; `package` is the Debian package that has it (add it to scripts/apt.txt)."""
    missing = shutil.which(command) is None
    return pytest.mark.skipif(missing, reason=f"{command} is missing: Debian's {package}, `sudo scripts/apt.sh`")
