"""XML read by a parser that forbids entities, and edited in place: every byte that is not meant stays as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from xml.parsers import expat

__all__ = ["MAX_XML_BYTES", "Edit", "Element", "edited", "scan", "xml_text"]

MAX_XML_BYTES = 16 << 20
MAX_ELEMENTS = 100_000
START_TAG = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*+>""")

Edit = tuple[int, int, bytes]
"""Replace bytes from the first number up to the second."""


@dataclass(slots=True)
class Element:
    """name, names of attributes: `namespace local`, or `local`. Bytes: start tag [begin, inside), end tag [outside, end)."""

    name: str
    attributes: dict[str, str]
    begin: int
    inside: int = 0
    outside: int = 0
    end: int = 0
    text: str = ""
    children: list[Element] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Written as one tag, `<like-this/>`, into which nothing can be put."""
        return self.inside == self.end

    def all(self, name: str) -> Iterator[Element]:
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> Element | None:
        return next(self.all(name), None)


def xml_text(text: str) -> bytes:
    """ASCII with character references, the same in every encoding but UTF-16 and UTF-32, which `scan` refuses."""
    return escape(text, quote=True).encode("ascii", "xmlcharrefreplace")


def scan(data: bytes, depth: int, prefixes: dict[str, str] | None = None) -> Element:
    """The root element; elements below `depth` levels are read over. prefixes: filled with {prefix: namespace}.

    Raises `ValueError` for what is not well-formed, declares entities, is in UTF-16 or larger than `MAX_XML_BYTES`.
    """
    if len(data) > MAX_XML_BYTES or b"\0" in data[:8]:
        raise ValueError("too large, or in UTF-16")
    try:
        return _Scanner(data, depth, prefixes).root()
    except expat.ExpatError as reason:
        raise ValueError(str(reason)) from None


class _Scanner:
    def __init__(self, data: bytes, depth: int, prefixes: dict[str, str] | None) -> None:
        self._data, self._depth, self._level, self._count = data, depth, 0, 0
        self._prefixes = {} if prefixes is None else prefixes
        self._open: list[Element] = []
        self._root: Element | None = None
        self._texts: list[str] = []
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._texts.append
        parser.StartNamespaceDeclHandler = self._namespace
        parser.EntityDeclHandler = self._entity

    def root(self) -> Element:
        self._parser.Parse(self._data, True)
        if self._root is None:
            raise ValueError("no element")
        return self._root

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._level += 1
        if self._level > self._depth + 1:
            return
        begin = self._parser.CurrentByteIndex
        tag = START_TAG.match(self._data, begin)
        self._count += 1
        if tag is None or self._count > MAX_ELEMENTS:
            raise ValueError("a tag without an end, or too many")
        element = Element(name, attributes, begin, tag.end())
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)
        self._texts.clear()

    def _end(self, name: str) -> None:
        self._level -= 1
        if self._level > self._depth:
            self._texts.clear()
            return
        element = self._open.pop()
        element.text = "".join(self._texts)
        self._texts.clear()
        if self._data[element.inside - 2 : element.inside] == b"/>":
            element.outside = element.end = element.inside
        else:
            element.outside = self._parser.CurrentByteIndex
            element.end = self._data.index(b">", element.outside) + 1

    def _namespace(self, prefix: str | None, namespace: str) -> None:
        if self._prefixes.setdefault(prefix or "", namespace) != namespace:
            self._prefixes[prefix or ""] = ""  # means two things in two places: of use to nobody

    def _entity(self, *_: object) -> None:
        raise ValueError("entities are declared")


def edited(data: bytes, edits: list[Edit]) -> bytes:
    """All edits made; they do not overlap."""
    parts, at = [], 0
    for begin, end, put in sorted(edits):
        parts += [data[at:begin], put]
        at = end
    return b"".join([*parts, data[at:]])
