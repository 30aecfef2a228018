"""The Range header (RFC 9110, 14): one range of bytes; several at once are answered with the whole file, as they may be."""

from __future__ import annotations

import re
from typing import NamedTuple

from starlette.datastructures import Headers

__all__ = ["Range", "read_range"]

_ONE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*")


class Range(NamedTuple):
    """Bytes from start up to end, not included."""

    start: int
    end: int
    partial: bool

    @property
    def size_bytes(self) -> int:
        return self.end - self.start


def read_range(headers: Headers, size_bytes: int, etag: str) -> Range | None:
    """What to send of a file; None for a range that it does not have."""
    whole = Range(0, size_bytes, False)
    asked = _ONE.fullmatch(headers.get("range", ""))
    if asked is None or headers.get("if-range", etag) != etag:
        return whole
    first, last = asked.groups()
    if not first and not last:
        return whole
    if not first:  # the last so many bytes
        start, end = max(0, size_bytes - int(last)), size_bytes
    else:
        start, end = int(first), min(size_bytes, int(last) + 1 if last else size_bytes)
        if last and int(last) < start:
            return whole
    return Range(start, end, True) if start < end else None
