"""The studio's page, drawn from its declaration."""

from __future__ import annotations

import pytest

from tests.pages import finished, opened, press

pytestmark = pytest.mark.filterwarnings("ignore")


def page() -> None:
    from apps.marketing.tasks import app
    from shared.ui.generic import generic_page

    generic_page(app)


def test_it_opens_although_a_field_is_called_as_a_part_of_the_page_is() -> None:
    opened(page)


def test_its_example_is_written_and_shown() -> None:
    at = opened(page)
    press(at, "Run")
    run = finished(at)
    assert run.result is not None and run.result["variants"]
