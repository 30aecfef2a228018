"""What the documents show is run; what they state about the files is checked."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from apps.medical.tasks import enhance

ROOT = Path(__file__).parents[3]
PAGES = (ROOT / "apps" / "medical" / "README.md", ROOT / "docs" / "medical.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_python_on_a_page_runs(page: Path, dicom_file: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(dicom_file("MR_small.dcm"), tmp_path / "slice.dcm")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(), flags=re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, page.name, "exec"), {})


def test_the_options_on_the_pages_exist() -> None:
    shown = {option for page in PAGES for option in re.findall(r"sextant medical enhance.*", page.read_text())}
    used = {name.replace("-", "_") for line in shown for name in re.findall(r"--([a-z-]+)", line)} - {"out", "json"}
    assert used <= set(enhance.request_type.model_fields)


def test_the_picture_is_small() -> None:
    assert (ROOT / "apps" / "medical" / "picture.png").stat().st_size <= 300_000
