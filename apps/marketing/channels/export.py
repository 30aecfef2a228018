"""Rows for a spreadsheet that a spreadsheet does not execute."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence

__all__ = ["to_csv"]

_STARTS_FORMULA = re.compile("^[\\s\ufeff\u200b\"']*[=+\\-@\uff1d\uff0b\uff0d\uff20|%]|^[\\t\\r\\n]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d[\d.,\u00a0 ']*%?")
_NOT_IN_A_CELL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def to_csv(rows: Sequence[Mapping[str, object]], *, bom: bool = True) -> bytes:
    """One line a row, CRLF between them (RFC 4180), a header of every key in the order of its first appearance.

    A text that a spreadsheet would run as a formula (`=`, `+`, `-`, `@`, also full-width or after spaces) gets an apostrophe before it; a
    plain negative number stays one. bom: without it Excel reads UTF-8 as the local code page.
    """
    header = list(dict.fromkeys(key for row in rows for key in row))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_cell(key) for key in header])
    for row in rows:
        writer.writerow([_cell(row.get(key)) for key in header])
    return (b"\xef\xbb\xbf" if bom else b"") + out.getvalue().encode("utf-8")


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    text = _NOT_IN_A_CELL.sub("", "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))
    return f"'{text}" if _STARTS_FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text) else text
