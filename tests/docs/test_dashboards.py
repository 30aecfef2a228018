"""The page of docs/dashboards.md, run as it stands there on the documented studio."""

from __future__ import annotations

import re
import sys

import pytest

from tests.checkout import ROOT

pytestmark = pytest.mark.filterwarnings("ignore")


def test_the_documented_page_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    from streamlit.testing.v1 import AppTest

    monkeypatch.setenv("SEXTANT_APPS", "namer=namer:app")
    monkeypatch.setattr(sys, "path", [*sys.path, str(ROOT / "docs" / "examples" / "namer")])
    found = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "dashboards.md").read_text(), re.DOTALL)
    assert found
    at = AppTest.from_string(found.group(1).replace("mystudio.tasks", "namer") + "\npage()\n", default_timeout=60).run()
    assert not at.exception, at.exception
    assert [one.label for one in at.number_input][:1] == ["How many"]
    assert "Invent names" in [button.label for button in at.button]
