"""As much of PDF's syntax as it takes to find the catalog and its entries (ISO 32000-1, 7.2 to 7.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Table", "entries", "joined", "object_at", "table_of"]

TAIL_BYTES = 2048
MAX_DEPTH, MAX_REVISIONS, MAX_OBJECT_BYTES, MAX_OBJECTS = 40, 64, 1 << 20, 1_000_000
SPACE = re.compile(rb"(?:[\0\t\n\f\r ]|%[^\r\n]*)*+")
REFERENCE = re.compile(rb"\d+\s+\d+\s+R(?![^\s/<>\[\]()%])")
REGULAR = re.compile(rb"/?[^\0\t\n\f\r /<>\[\]()%{}]+|/")
STRING_PART = re.compile(rb"[^()\\]*+(?:\\.[^()\\]*+)*+", re.DOTALL)
SECTION = re.compile(rb"\s*(\d{1,10}) (\d{1,10})\s*?(?:\r\n|\n|\r)")
STARTXREF = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF")


@dataclass(frozen=True)
class Table:
    """begin: offset of the newest cross-reference table. places: {(number, generation): offset}. trailer: {/Key: value}."""

    begin: int
    places: Mapping[tuple[int, int], int]
    trailer: Mapping[bytes, bytes]
    size: int
    root: tuple[int, int]


def skipped(data: bytes, at: int) -> int:
    found = SPACE.match(data, at)
    return found.end() if found else at


def value_end(data: bytes, at: int, depth: int = 0) -> int:
    """Where the value that begins at `at` ends. Raises `ValueError`."""
    if depth > MAX_DEPTH:
        raise ValueError("values within values")
    first = data[at : at + 1]
    if data[at : at + 2] == b"<<" or first == b"[":
        closing = b"]" if first == b"[" else b">>"
        at = skipped(data, at + len(closing))
        while not data.startswith(closing, at):
            at = skipped(data, value_end(data, at, depth + 1))
        return at + len(closing)
    if first == b"<":
        return data.index(b">", at) + 1
    if first == b"(":
        return string_end(data, at)
    found = REFERENCE.match(data, at) or REGULAR.match(data, at)
    if found is None:
        raise ValueError("no value")
    return found.end()


def string_end(data: bytes, at: int) -> int:
    level = 0
    while True:
        level += {b"(": 1, b")": -1}.get(data[at : at + 1], 0)
        at += 1
        if level == 0:
            return at
        part = STRING_PART.match(data, at)
        at = part.end() if part else at
        if data[at : at + 1] not in (b"(", b")"):
            raise ValueError("a string without an end")


def entries(text: bytes) -> dict[bytes, bytes]:
    """{/Key: value as it is written} of a dictionary. Raises `ValueError`."""
    if not text.startswith(b"<<"):
        raise ValueError("no dictionary")
    found: dict[bytes, bytes] = {}
    at = skipped(text, 2)
    while not text.startswith(b">>", at):
        key_end = value_end(text, at)
        begin = skipped(text, key_end)
        end = value_end(text, begin)
        if not text.startswith(b"/", at):
            raise ValueError("no key")
        found[text[at:key_end]] = text[begin:end]
        at = skipped(text, end)
    return found


def joined(pairs: Mapping[bytes, bytes]) -> bytes:
    return b"<< %b >>" % b" ".join(b"%b %b" % pair for pair in pairs.items())


def object_at(data: bytes, table: Table, number: int, generation: int) -> tuple[bytes, int]:
    """(a dictionary's text, where it ends). Raises `ValueError`, `KeyError`."""
    at = table.places[number, generation]
    head = re.compile(rb"\s*%d\s+%d\s+obj\b" % (number, generation)).match(data, at)
    if head is None:
        raise ValueError("not where the table says")
    begin = skipped(data, head.end())
    window = data[begin : begin + MAX_OBJECT_BYTES]
    end = value_end(window, 0)
    return window[:end], begin + end


def table_of(data: bytes) -> Table:
    """Raises `ValueError` where there is no classic table, or the file is encrypted."""
    tail = STARTXREF.findall(data[-TAIL_BYTES:])
    if not tail:
        raise ValueError("no table")
    newest = at = int(tail[-1])
    places: dict[tuple[int, int], int] = {}
    freed: set[int] = set()
    tables: set[int] = set()
    newest_trailer: dict[bytes, bytes] = {}
    for _ in range(MAX_REVISIONS):
        trailer = revision(data, at, places, freed)
        newest_trailer = newest_trailer or trailer
        if b"/Encrypt" in trailer or b"/XRefStm" in trailer:
            raise ValueError("encrypted or hybrid")
        if b"/Prev" not in trailer:
            break
        at, tables = int(trailer[b"/Prev"]), {*tables, at}
        if at in tables:
            raise ValueError("tables in a circle")
    else:
        raise ValueError("too many revisions")
    root = newest_trailer[b"/Root"].split()
    return Table(newest, places, newest_trailer, int(newest_trailer[b"/Size"]), (int(root[0]), int(root[1])))


def revision(data: bytes, at: int, places: dict[tuple[int, int], int], freed: set[int]) -> dict[bytes, bytes]:
    """Adds the objects of one table that no newer one has; returns its trailer. Raises `ValueError`."""
    if not data.startswith(b"xref", at):
        raise ValueError("no classic table")
    at += 4
    seen = {number for number, _ in places} | freed
    while (head := SECTION.match(data, at)) is not None:
        first, count, at = int(head[1]), int(head[2]), head.end()
        if at + 20 * count > len(data) or len(seen) + count > MAX_OBJECTS:
            raise ValueError("cut off")
        for number in range(first, first + count):
            line = data[at : at + 20]
            if number not in seen:
                if line[17:18] == b"n":
                    places[number, int(line[11:16])] = int(line[:10])
                else:
                    freed.add(number)
            at += 20
    at = skipped(data, at)
    if not data.startswith(b"trailer", at):
        raise ValueError("no trailer")
    begin = skipped(data, at + 7)
    window = data[begin : begin + MAX_OBJECT_BYTES]
    return entries(window[: value_end(window, 0)])
