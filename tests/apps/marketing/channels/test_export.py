"""Rows that a spreadsheet shows and does not run."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.marketing.channels import to_csv


def cells(rows: list[dict[str, object]]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(to_csv(rows, bom=False).decode("utf-8"), newline="")))


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\uff1d1", "'=1", "|calc", "\u200b=1", "\n=1"]
)
def test_a_formula_becomes_text(text: str) -> None:
    assert cells([{"text": text}])[1][0] == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "+3.5", "-20 %", "1,000.50", "a = b", "Tent", "", "3-in-1"])
def test_everything_else_stays(text: str) -> None:
    assert cells([{"text": text, "more": "x"}])[1][0] == text


def test_a_header_can_be_a_formula_too() -> None:
    assert cells([{"=1": 1}])[0] == ["'=1"]


def test_numbers_lists_and_gaps() -> None:
    assert cells([{"a": -1.5, "b": ["x", "y"]}, {"c": None, "a": True}]) == [["a", "b", "c"], ["-1.5", "x; y", ""], ["True", "", ""]]


def test_the_mark_that_excel_wants_is_optional() -> None:
    assert to_csv([{"a": "\u00e4"}]) == b"\xef\xbb\xbfa\r\n\xc3\xa4\r\n" and to_csv([], bom=False) == b"\r\n"


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_no_cell_ever_begins_a_formula(texts: list[str]) -> None:
    (_, row) = cells([{f"c{at}": text for at, text in enumerate(texts)} | {"last": "x"}])
    assert len(row) == len(texts) + 1
    assert not any(cell.lstrip().startswith(("=", "@", "|")) for cell in row)
