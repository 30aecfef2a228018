"""What the documents show is run; what they state about the files is checked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from apps.design.tasks import app
from tests.checkout import ROOT

PAGES = (ROOT / "apps" / "design" / "README.md", ROOT / "docs" / "design.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_python_on_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(), flags=re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, page.name, "exec"), {})


def test_the_options_on_the_pages_exist() -> None:
    for name, line in (found for page in PAGES for found in re.findall(r"sextant design (\w+)(.*)", page.read_text())):
        used = {option.replace("-", "_") for option in re.findall(r" --([a-z-]+)", line)} - {"out", "json"}
        assert used <= set(app.tasks[name].request_type.model_fields)


def test_pictures_are_small() -> None:
    folder = ROOT / "apps" / "design"
    assert (folder / "dashboard.png").stat().st_size <= 300_000
    assert (folder / "card.webp").stat().st_size <= 60_000


def test_the_weights_stay_small() -> None:
    sizes = [path.stat().st_size for path in (ROOT / "apps" / "design" / "weights").iterdir()]
    assert max(sizes) <= 10e6 and sum(sizes) <= 2e6
