"""`sextant ...` in this process, on the echo studio."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from suite.cli import main


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON document and nothing else."""
        return json.loads(self.out)

    @property
    def one_line(self) -> str:
        """Standard error, which must be one line without a traceback."""
        lines = self.err.splitlines()
        assert len(lines) == 1 and "Traceback" not in self.err, self.err
        return lines[0]


Sextant = Callable[..., Outcome]


@pytest.fixture
def sextant(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Sextant:
    """Run a command in an empty folder; only the echo studio is installed."""
    monkeypatch.setenv("SEXTANT_APPS", "echo=tests.studios.echo:app")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Outcome:
        capfd.readouterr()
        status = main([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Outcome(status, captured.out, captured.err)

    return call
