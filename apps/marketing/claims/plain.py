"""Text as a reader sees it, each character with its place in what was written: no markup, no hidden or disguised characters."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

from apps.marketing.claims.lists import listed

__all__ = ["Plain", "plain"]

MARKUP = re.compile(
    r"<(?P<tag>/?[A-Za-z][A-Za-z0-9]*)\b[^<>]{0,300}>|<!--.{0,300}?-->|&(?:#\d{1,6}|#x[0-9A-Fa-f]{1,5}|[A-Za-z]{2,10});", re.DOTALL
)
BLOCKS = frozenset(listed("blocks"))
HIDDEN = frozenset(
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufe0e\ufe0f"
)
LOOKALIKES = dict(
    zip(
        "аеорсухіјѕԁһӏкмтвнАВЕКМНОРСТУХІЈЅοαεικνρτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧɡɑ",
        "aeopcyxijsdhlkmtbhABEKMHOPCTYXIJSoaeikvptuxABEZHIKMNOPTYXga",
        strict=True,
    )
)
"""Cyrillic and Greek letters that look Latin. Read as Latin only in a word that is all lookalikes or mixes the scripts."""
MARKS = {
    "\u2018": "'",
    "\u2019": "'",
    "\u02bc": "'",
    "`": "'",
    "“": '"',
    "”": '"',
    "\u2013": "-",
    "\u2010": "-",
    "\u2011": "-",
    "\u2212": "-",
    "—": "—",
    "\u2044": "/",
    "…": ".",
}
WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Plain:
    """text: what is read; starts, ends: of each of its characters, the range in the source."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def source(self, start: int, end: int) -> tuple[int, int]:
        """A range of the plain text (not empty) -> the range of the source."""
        return self.starts[start], self.ends[end - 1]


def plain(source: str) -> Plain:
    """Any text -> its plain reading: tags gone (a block ends a line), entities decoded, compatibility forms and lookalikes resolved."""
    characters: list[tuple[str, int, int]] = []
    at = 0
    for match in MARKUP.finditer(source):
        _append(characters, source, at, match.start())
        characters.extend((char, *match.span()) for char in _reading(match))
        at = match.end()
    _append(characters, source, at, len(source))
    text = _latin("".join(char for char, _, _ in characters))
    return Plain(text, tuple(start for _, start, _ in characters), tuple(end for _, _, end in characters))


def _reading(match: re.Match[str]) -> str:
    if match["tag"]:
        return "\n" if match["tag"].strip("/").lower() in BLOCKS else ""
    if match[0].startswith("<!--"):
        return " "
    return "".join(folded for char in html.unescape(match[0]) for folded in _fold(char))


def _append(characters: list[tuple[str, int, int]], source: str, start: int, end: int) -> None:
    for at in range(start, end):
        characters.extend((char, at, at + 1) for char in _fold(source[at]))


def _fold(char: str) -> str:
    if char.isascii():
        return "'" if char == "`" else char
    if char in HIDDEN:
        return ""
    if char in MARKS:
        return MARKS[char]
    folded = unicodedata.normalize("NFKC", char)
    if len(folded) == 3 and folded[1] == "\u2044":
        return f" {folded[0]}/{folded[2]}"  # ½ as in 1½, which must not read as 11/2
    stripped = "".join(part for part in unicodedata.normalize("NFD", folded) if unicodedata.category(part) != "Mn")
    return "".join(MARKS.get(part, part) for part in stripped)


def _latin(text: str) -> str:
    def replaced(match: re.Match[str]) -> str:
        word = match[0]
        if word.isascii():
            return word
        mapped = "".join(LOOKALIKES.get(char, char) for char in word)
        return mapped if mapped.isascii() else word

    return WORD.sub(replaced, text)
