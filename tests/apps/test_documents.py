"""What the documents show is run; what they state about the files is checked. Medical has a test of its own: its pages need a file."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from tests.checkout import ROOT
from tests.documents import pages_of, run_python, unknown_options

WEIGHTS_BYTES = {"audio": 9e6, "deepfake": 1e6, "design": 2e6, "molecules": 8e6}
"""Of all files of a studio together; none is above 10 MB."""
STUDIOS = (*WEIGHTS_BYTES, "marketing")
PAGES = [page for studio in STUDIOS for page in pages_of(studio)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_python_on_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run_python(page)


@pytest.mark.parametrize("studio", STUDIOS)
def test_the_options_on_the_pages_exist(studio: str) -> None:
    assert unknown_options(importlib.import_module(f"apps.{studio}.tasks").app) == set()


@pytest.mark.parametrize("studio", STUDIOS)
def test_pictures_are_small(studio: str) -> None:
    folder = ROOT / "apps" / studio
    assert (folder / "dashboard.png").stat().st_size <= 300_000
    assert (folder / "card.webp").stat().st_size <= 60_000


@pytest.mark.parametrize("studio", WEIGHTS_BYTES)
def test_the_weights_stay_small(studio: str) -> None:
    sizes = [path.stat().st_size for path in (ROOT / "apps" / studio / "weights").iterdir()]
    assert max(sizes) <= 10e6 and sum(sizes) <= WEIGHTS_BYTES[studio]
