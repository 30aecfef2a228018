"""HTML: `<meta name="sextant-origin">` in the head."""

from __future__ import annotations

import re
from html import escape, unescape

from shared.provenance.formats.kind import Format
from shared.provenance.formats.marks import from_json, to_json
from shared.provenance.origin import Origin

__all__ = ["HTML"]

HEAD_BYTES = 65_536
SKIPPED = rb"(?:\s|<!--(?:(?!-->).)*+-->|<!doctype[^<>]*>)*+"
HEAD = re.compile(
    rb"(?:\xef\xbb\xbf)?" + SKIPPED + rb"<html(?:\s[^<>]*)?>" + SKIPPED + rb"<head(?:\s[^<>]*)?>(\s*<meta\s[^<>]*charset[^<>]*>)?",
    re.IGNORECASE | re.DOTALL,
)
OWN = re.compile(rb'<meta name="sextant-origin" content="([^"<>]*)">')


def head_of(data: bytes) -> re.Match[bytes] | None:
    """Up to the head's start tag, and the character set where it follows at once: that has to be among the first 1024 bytes."""
    return HEAD.match(data[:HEAD_BYTES])


def write(data: bytes, origin: Origin) -> bytes | None:
    head = head_of(data)
    if head is None:
        return None
    found = OWN.match(data, head.end())
    end = found.end() if found else head.end()
    return data[: head.end()] + b'<meta name="sextant-origin" content="%b">' % escape(to_json(origin)).encode() + data[end:]


def read(data: bytes) -> Origin | None:
    head = head_of(data)
    found = OWN.match(data, head.end()) if head else None
    return from_json(unescape(found[1].decode("ascii"))) if found else None


HTML = Format("meta element", lambda data, hint: head_of(data) is not None, write, read)
