"""What every test gets: an own SEXTANT_HOME, no hub, no display; and in CI, no silent skip."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

# Before any test module is imported: these are read when torch, matplotlib and huggingface_hub are.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["MPLBACKEND"] = "Agg"
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
for _name in [name for name in os.environ if name.startswith("SEXTANT_") and name not in ("SEXTANT_NO_SKIPS", "SEXTANT_TORCH")]:
    del os.environ[_name]  # a developer's own settings must not decide what a test sees

# No deadline: on a busy machine the first example pays for imports and fails what is right. In CI the same examples each time, so that a
# change is judged by itself; a developer's run draws new ones, and what it finds becomes an @example.
hypothesis.settings.register_profile("sextant", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("sextant")

NO_SKIPS = os.environ.get("SEXTANT_NO_SKIPS") == "1"


@pytest.fixture(autouse=True)
def sextant_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home folder for this test alone, as SEXTANT_HOME; settings are read anew before and after it."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("SEXTANT_HOME", str(home))
    _forget_settings()
    yield home
    _forget_settings()


def _forget_settings() -> None:
    module = sys.modules.get("shared.settings")
    if module is not None:
        module.settings.cache_clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright keeps an event loop running in the main thread, where no other can then start."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("gpu") is not None:
        import torch

        if not torch.accelerator.is_available():
            pytest.skip("no accelerator")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if NO_SKIPS and item.get_closest_marker("gpu") is None:
        _fail_a_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    report = yield
    if NO_SKIPS:
        _fail_a_skip(report)
    return report


def _fail_a_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """SEXTANT_NO_SKIPS=1 (in `.ci/run`): a test that nobody ran counts as failed, unless it is an expected failure."""
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be (SEXTANT_NO_SKIPS=1): {reason}"
