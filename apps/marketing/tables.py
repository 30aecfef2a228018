"""CSV and TSV: a table of `key, value`, or of one product a row."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from apps.marketing.keyed import Structure
from shared.errors import BadInput, TooLarge

__all__ = ["read_table"]

MAX_ROWS = 500
_KEYS = frozenset({"key", "field", "attribute", "fact", "property", "feature", "specification", "merkmal", "eigenschaft"})
_VALUES = frozenset({"value", "content", "text", "details", "wert"})
_MUST = frozenset({"must", "required", "mandatory"})
_NAMES = frozenset({"name", "product", "product name", "title"})


def read_table(text: str, name: str) -> list[Structure]:
    """Products as mappings. Values with several words (`keywords`) are parted by `;` or `|`; a column `weight*` holds a must fact.

    Raises BadInput for a column or key that stands twice and for a row of another length, each with its line.
    """
    rows = _rows(text, name)
    if not rows:
        return []
    header = [" ".join(cell.casefold().split()) for _, cell_row in rows[:1] for cell in cell_row]
    words = [set(re.findall(r"\w+", cell)) for cell in header]
    if len(header) in (2, 3) and (header[0] in _KEYS or header[1] in _VALUES or (words[0] & _KEYS and words[1] & _VALUES)):
        return [_by_key(rows[1:], name)]
    if _NAMES & {cell.rstrip("*") for cell in header}:
        names = [cell for cell in header if cell in _NAMES]
        if len(header) == 2 and len(names) == 1 and header[0] in _NAMES and _looks_keyed(rows[1:]):
            return [_by_key(rows, name)]
        return _by_row(rows, name)
    if len(header) in (2, 3):
        return [_by_key(rows, name)]
    raise BadInput(
        f"{name}: the first line names neither `key, value` nor a column `name`.",
        remedy="Begin with `key,value` and one fact a line, or with `name,brand,...` and one product a line.",
    )


def _rows(text: str, name: str) -> list[tuple[int, list[str]]]:
    """(line, cells) of every row that is not empty."""
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
    found: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((reader.line_num, [cell.strip() for cell in cells]))
            if len(found) > MAX_ROWS + 1:
                raise TooLarge(f"{name} has more than {MAX_ROWS} rows.", remedy="Split it into several files.")
    except csv.Error as wrong:
        raise BadInput(
            f"{name}, line {reader.line_num}: {wrong}.", remedy="Close every quote; a quote in a cell is written twice."
        ) from None
    return found


def _delimiter(text: str) -> str:
    """The commonest of the four in the first line, outside quotes."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    outside = "".join(first.split('"')[0::2])
    return max("\t;,|", key=outside.count) if any(mark in outside for mark in "\t;,|") else ","


def _looks_keyed(rows: list[tuple[int, list[str]]]) -> bool:
    known = {"brand", "category", "audience", "offer", "url", "keywords", "banned"}
    return any(cells[0].casefold() in known for _, cells in rows)


def _by_key(rows: list[tuple[int, list[str]]], name: str) -> Structure:
    pairs: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for line, cells in rows:
        if len(cells) not in (2, 3) or not cells[0] or not cells[1]:
            raise BadInput(
                f"{name}, line {line}: {len(cells)} cells, expected a key and a value.", remedy="Put a value with commas in quotes."
            )
        folded = " ".join(cells[0].casefold().split())
        if folded in lines:
            message = f"{name} has the key `{cells[0][:60]}` twice, in line {lines[folded]} and in line {line}."
            raise BadInput(message, remedy="Keep one of them; two values of one fact cannot both be claimed.")
        lines[folded] = line
        must = len(cells) == 3 and cells[2].casefold() in ("yes", "true", "1", "x", "must")
        pairs[cells[0] + ("*" if must else "")] = cells[1]
    return pairs


def _by_row(rows: list[tuple[int, list[str]]], name: str) -> list[Structure]:
    _, header = rows[0]
    seen: dict[str, int] = {}
    for at, cell in enumerate(header, 1):
        folded = " ".join(cell.casefold().split())
        if not folded:
            raise BadInput(f"{name}: column {at} has no name.", remedy="Name every column in the first line.")
        if folded in seen:
            raise BadInput(f"{name} has the column `{cell}` twice, as column {seen[folded]} and {at}.", remedy="Keep one of them.")
        seen[folded] = at
    products: list[Structure] = []
    for line, cells in rows[1:]:
        if len(cells) != len(header):
            message = f"{name}, line {line}: {len(cells)} cells under {len(header)} columns."
            raise BadInput(message, remedy="Put a value with the separator in it in quotes.")
        products.append({key: cell for key, cell in zip(header, cells, strict=True) if cell})
    return products
