"""Lists of SMILES and tables with a column of SMILES."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice

from apps.molecules.records import MAX_NAME, Record, is_smiles_column, kept_tags, name_column, one_line, smiles_column
from apps.molecules.smiles import is_smiles
from shared.errors import BadInput

__all__ = ["line_record", "table_records"]

DELIMITERS = "\t;,"
SAMPLE_ROWS = 50
"""Rows by which the delimiter and the column of SMILES are found."""
MAX_SPAN_LINES = 100
"""A quoted cell may go over so many lines; a quote that is not closed by then hurts its own row only."""

SEPARATOR = re.compile(r"sep=.")
"""Excel's own first line."""

FORMULA = re.compile(r"\A'(?=[=+\-@])")
"""How `output.write_csv` keeps a spreadsheet from running a cell: taken off again here."""


def line_record(line: str) -> Record:
    """`SMILES name`, or `SMILES |extension| name`."""
    smiles, _, rest = line.strip().replace("\t", " ").partition(" ")
    if smiles.startswith('"') and smiles.endswith('"'):
        smiles = smiles.strip('"')
    notes: tuple[str, ...] = ()
    rest = rest.strip()
    if rest.startswith("|") and "|" in rest[1:]:
        rest = rest[1:].partition("|")[2]
        notes = ("What CXSMILES says between bars was left out.",)
    return Record(one_line(rest, MAX_NAME), smiles=smiles, notes=notes)


def table_records(text: str, name: str) -> Iterator[Record]:
    """The rows of a list or table, in order; header, comments and blank lines do not count. name: of the file, for messages.

    Raises `BadInput` where no column is one of SMILES, or several are.
    """
    sample = list(islice(_lines(text), SAMPLE_ROWS))
    if not sample:
        raise _no_molecule(name)
    delimiter = _delimiter(sample)
    if delimiter is not None:
        return _table(text, delimiter, name)
    return _list(text, sample[0])


def _no_molecule(name: str) -> BadInput:
    return BadInput(f"{name} holds no molecule.", remedy="Give one SMILES a line, or CSV with a column of SMILES.")


def _lines(text: str) -> Iterator[str]:
    """Without blank lines and comments; `#SMILES` is a header."""
    for match in re.finditer(r"[^\n]+", text):
        line = match.group()
        if line.strip() and _counts(line):
            yield line


def _counts(line: str) -> bool:
    """Whether it is no comment."""
    if SEPARATOR.fullmatch(line):
        return False
    return not line.startswith("#") or is_smiles_column(re.split(r"[\s;,]", line[1:], maxsplit=1)[0])


def _delimiter(sample: Sequence[str]) -> str | None:
    """What separates the columns; None for a list, whose names may hold commas."""
    headers = {delimiter: sample[0].split(delimiter) for delimiter in DELIMITERS}
    named = [delimiter for delimiter, cells in headers.items() if len(cells) > 1 and smiles_column(cells) is not None]
    if named:
        return max(named, key=lambda delimiter: len(headers[delimiter]))
    if is_smiles_column(sample[0].split()[0]) or "\t" in sample[0]:
        return "\t" if "\t" in sample[0] else None
    if any(is_smiles(line.split()[0]) for line in sample):
        return None
    counts = {delimiter: sum(line.count(delimiter) for line in sample) for delimiter in DELIMITERS}
    best = max(counts, key=lambda delimiter: counts[delimiter])
    return best if counts[best] >= len(sample) - 1 and counts[best] else None


def _list(text: str, first: str) -> Iterator[Record]:
    words = first.lstrip("#").split()
    column = None if is_smiles(words[0]) else smiles_column(words)
    for line in islice(_lines(text), int(column is not None), None):
        if column:  # "name smiles"
            cells = line.split()
            yield Record(one_line(cells[0], MAX_NAME), smiles=cells[column] if column < len(cells) else "")
        else:
            yield line_record(line)


def _table(text: str, delimiter: str, name: str) -> Iterator[Record]:
    sample = list(islice(_rows(text, delimiter), SAMPLE_ROWS))
    if not sample:  # nothing but separators
        raise _no_molecule(name)
    has_header = _has_header(sample[0])
    width = max(map(len, sample))
    columns = [one_line(FORMULA.sub("", cell.lstrip("#")), MAX_NAME) for cell in sample[0]] if has_header else []
    columns += [f"column {index + 1}" for index in range(len(columns), width)]
    structures = smiles_column(columns) if has_header else None
    if structures is None:
        structures = _parsing_column(sample[has_header:], columns, name)
    names = name_column(columns, structures)
    if names is None and not has_header and width > 1:
        names = 0 if structures else 1
    return (_row(cells, columns, structures, names) for cells in islice(_rows(text, delimiter), int(has_header), None))


def _row(cells: Sequence[str], columns: Sequence[str], structures: int, names: int | None) -> Record:
    given = {column: cells[index] for index, column in enumerate(columns) if index < len(cells) and index not in (structures, names)}
    tags, notes = kept_tags({column: FORMULA.sub("", cell) for column, cell in given.items()})
    label = one_line(FORMULA.sub("", cells[names]), MAX_NAME) if names is not None and names < len(cells) else ""
    smiles = cells[structures].strip() if structures < len(cells) else ""
    if not smiles:
        return Record(label, reason="The row has no SMILES.", tags=tags)
    return Record(label, smiles=smiles, tags=tags, notes=notes)


def _has_header(first: Sequence[str]) -> bool:
    """A row of names: one says SMILES, or no cell is a molecule and none looks like a broken one."""
    if smiles_column(list(first)) is not None:
        return True
    return not any(is_smiles(cell) or re.search(r"[=#@\\]|\(.*\d|c1|C1|\[", cell) for cell in first)


def _parsing_column(rows: Sequence[Sequence[str]], columns: Sequence[str], name: str) -> int:
    """The only column whose cells are mostly SMILES, of more than a letter or two: "N" and "I" are marks of other things too."""
    found = []
    for index in range(len(columns)):
        cells = [cells[index].strip() for cells in rows if index < len(cells) and cells[index].strip()]
        good = [cell for cell in cells if is_smiles(cell)]
        if good and 2 * len(good) >= len(cells):
            found.append((index, sum(map(len, good)) / len(good)))
    longer = [index for index, length in found if length > 2] or [index for index, _ in found]
    if len(longer) == 1:
        return longer[0]
    listed = ", ".join(columns[:20])
    if not found:
        message = f"{name}: no column holds SMILES. Its columns are: {listed}."
        raise BadInput(message, remedy='Name the column of SMILES "smiles".')
    several = ", ".join(columns[index] for index in longer)
    raise BadInput(f"{name}: the columns {several} all hold SMILES.", remedy='Name the one that is meant "smiles".')


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """RFC 4180, line by line: a row goes over several lines only where its quotes say so and close in time."""
    source = (match.group().rstrip("\n") for match in re.finditer(r"[^\n]*\n|[^\n]+", text))
    ahead: deque[str] = deque()
    while (line := ahead.popleft() if ahead else next(source, None)) is not None:
        if not line.strip() or not _counts(line):
            continue
        try:
            cells = _cells(line, delimiter)
        except csv.Error:
            cells = line.split(delimiter)
        if cells is None:
            ahead.extend(islice(source, MAX_SPAN_LINES - len(ahead)))
            taken, cells = _spanning(line, ahead, delimiter)
            for _ in range(taken):
                ahead.popleft()
        if any(cell.strip() for cell in cells):
            yield cells


def _spanning(line: str, ahead: Sequence[str], delimiter: str) -> tuple[int, list[str]]:
    """(further lines taken, cells) of a row whose quote is open at the end of its line; none are taken where it never closes properly."""
    for span in range(1, len(ahead) + 1):
        if '"' not in ahead[span - 1]:
            continue
        try:
            cells = _cells("\n".join((line, *islice(ahead, span))), delimiter)
        except csv.Error:
            break
        if cells is not None:
            return span, cells
    return 0, line.split(delimiter)


def _cells(row: str, delimiter: str) -> list[str] | None:
    """None where a quote is still open. Raises `csv.Error` where quotes are used against the rules."""
    if '"' not in row:
        return row.split(delimiter)
    try:
        (cells,) = csv.reader([row], delimiter=delimiter, strict=True)
    except csv.Error as error:
        if "unexpected end" in str(error):
            return None
        raise
    return cells
