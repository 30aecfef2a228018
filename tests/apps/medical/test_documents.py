"""What the documents show is run; what they state about the files is checked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from apps.medical.tasks import app
from tests.checkout import ROOT
from tests.documents import pages_of, run_python, unknown_options

PAGES = pages_of("medical")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_python_on_a_page_runs(page: Path, dicom_file: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(dicom_file("MR_small.dcm"), tmp_path / "slice.dcm")
    monkeypatch.chdir(tmp_path)
    run_python(page)


def test_the_options_on_the_pages_exist() -> None:
    assert unknown_options(app) == set()


def test_the_picture_is_small() -> None:
    assert (ROOT / "apps" / "medical" / "picture.png").stat().st_size <= 300_000
