"""The Makefile: every goal goes through the bootstrap and is listed by `make`."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.checkout import ROOT
from tests.needs import needs_command

pytestmark = needs_command("make", package="make")
GOALS = {
    "demo": "-m suite demo --only medical",
    "run": "-m suite serve --only medical",
    "test": "-m pytest --only medical",
    "bench-engine": "-m tests.benchmarks.engine --only medical",
    "bench-runs": "-m tests.benchmarks.runs --only medical",
    "bench-http": "-m tests.benchmarks.http --only medical",
    "bench-medical": "-m apps.medical.benchmark --only medical",
    "bench-molecules": "-m apps.molecules.benchmark --only medical",
    "bench-audio": "-m apps.audio.benchmark --only medical",
    "bench-design": "-m apps.design.benchmark --only medical",
    "bench-deepfake": "-m apps.deepfake.benchmark --only medical",
    "bench-marketing": "-m apps.marketing.benchmark --only medical",
}


def make(*arguments: str) -> str:
    return subprocess.run(["make", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True).stdout


def test_help_is_the_default_and_lists_every_goal() -> None:
    listed = make()
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    for goal in phony.group(1).split():
        assert re.search(rf"^  make {goal} +\S", listed, re.MULTILINE), goal


@pytest.mark.parametrize(("goal", "command"), GOALS.items(), ids=list(GOALS))
def test_a_goal_runs_its_command_through_the_bootstrap(goal: str, command: str) -> None:
    planned = make("--dry-run", goal, "PYTHON=python3.12", "ARGS=--only medical")
    assert f"python3.12 -m suite.bootstrap {command}" in planned


def test_bench_runs_all_benchmarks() -> None:
    planned = make("--dry-run", "bench")
    goals = re.findall(r"^(bench-\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert len(goals) >= 2
    assert planned.count("suite.bootstrap") == len(goals)
