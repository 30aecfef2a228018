"""The writer of a run that is taken up again may not be here any more."""

from __future__ import annotations

import pytest

from apps.marketing.page.sheets import sheet_of
from apps.marketing.page.writer import with_writer
from apps.marketing.tasks import app
from shared.ui.form import Form


@pytest.fixture(autouse=True)
def without_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEXTANT_LLM", "none")


def test_a_writer_that_is_served_stays_and_another_gives_way_to_the_best() -> None:
    form = Form(app.find_task("write"))
    assert with_writer(form, {"model": "smollm2-135m", "voice": "warm"}) == {"model": "smollm2-135m", "voice": "warm"}
    assert with_writer(form, {"model": "endpoint", "voice": "warm"}) == {"model": "composer", "voice": "warm"}
    assert with_writer(form, {}) == {"model": "composer"}


def test_the_sheet_of_a_run_outlives_its_writer() -> None:
    found = sheet_of(Form(app.find_task("write")), {"example": "food", "channels": ["x"], "model": "endpoint"})
    assert found is not None and found.facts
