"""The sheet as a form: what its fields and rows become, and what it says of what is missing."""

from __future__ import annotations

from typing import Any

import pytest

from apps.marketing.page.sheet_form import assembled
from shared.errors import BadInput

ROW = {"key": " weight ", "value": " 1 kg ", "must": True}
EMPTY: dict[str, Any] = {"key": None, "value": None, "must": None}


def test_empty_rows_are_no_facts() -> None:
    sheet = assembled({"name": "Kettle", "keywords": ["kettle"]}, [ROW, EMPTY, {"key": "", "value": "", "must": True}])
    assert [(fact.key, fact.value, fact.must) for fact in sheet.facts] == [("weight", "1 kg", True)] and sheet.keywords == ["kettle"]


@pytest.mark.parametrize(
    ("fields", "rows", "said"),
    [
        ({"name": "  "}, [ROW], "no name"),
        ({"name": "Kettle"}, [EMPTY], "no fact"),
        ({"name": "Kettle"}, [ROW, {"key": "power", "value": ""}], "Row 2 has no value"),
        ({"name": "Kettle"}, [{"key": "", "value": "2 kW"}], "Row 1 has no name"),
        ({"name": "Kettle", "banned": ["kettle"]}, [ROW], r"^the name 'Kettle' has the banned word 'kettle'.* ban a longer phrase\.$"),
        ({"name": "K" * 200}, [ROW], "name"),
        ({"name": "Kettle"}, [{"key": "k" * 99, "value": "x"}], "facts.0.key"),
    ],
)
def test_what_is_missing_is_said(fields: dict[str, Any], rows: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        assembled(fields, rows)
