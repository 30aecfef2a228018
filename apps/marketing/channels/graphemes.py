"""Characters as a reader sees them: extended grapheme clusters (Unicode Standard Annex 29, rules GB3-GB13)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from apps.marketing.channels.unicode_tables import (
    CONJUNCT_CONSONANT,
    CONJUNCT_LINKER,
    EXTEND_NOT_MARK,
    MARK_NOT_SPACING,
    PICTOGRAPHIC,
    PREPEND,
    SPACING_NOT_MARK,
)

__all__ = ["clusters", "count_graphemes"]

_ZWNJ, _ZWJ = 0x200C, 0x200D


def clusters(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each cluster, in code points; they tile the text."""
    start = 0
    for at in range(1, len(text)):
        if _breaks(text, at, start):
            yield start, at
            start = at
    if text:
        yield start, len(text)


def count_graphemes(text: str) -> int:
    return sum(1 for _ in clusters(text))


def _breaks(text: str, at: int, start: int) -> bool:
    left, right = _kind(text[at - 1]), _kind(text[at])
    if left == "CR" and right == "LF":
        return False
    if left in ("CR", "LF", "Control") or right in ("CR", "LF", "Control"):
        return True
    if right in ("Extend", "ZWJ", "SpacingMark") or left == "Prepend" or _hangul(left, right):
        return False
    if left == "ZWJ" and right == "Pictographic" and _pictograph_before(text, at - 1):
        return False
    if right == "Regional" and left == "Regional":
        return sum(_kind(character) == "Regional" for character in text[start:at]) % 2 == 0
    return not _conjunct(text, at)


def _hangul(left: str, right: str) -> bool:
    """GB6-GB8: jamo that form one syllable."""
    return (
        (left == "L" and right in ("L", "V", "LV", "LVT"))
        or (left in ("LV", "V") and right in ("V", "T"))
        or (left in ("LVT", "T") and right == "T")
    )


def _pictograph_before(text: str, joiner: int) -> bool:
    at = joiner - 1
    while at >= 0 and _kind(text[at]) == "Extend":
        at -= 1
    return at >= 0 and _kind(text[at]) == "Pictographic"


def _conjunct(text: str, at: int) -> bool:
    """GB9c: consonant, virama, consonant of one Indic script are one cluster."""
    if ord(text[at]) not in CONJUNCT_CONSONANT:
        return False
    linked = False
    index = at - 1
    while index >= 0 and _kind(text[index]) in ("Extend", "ZWJ") and ord(text[index]) != _ZWNJ:
        linked = linked or ord(text[index]) in CONJUNCT_LINKER
        index -= 1
    return linked and index >= 0 and ord(text[index]) in CONJUNCT_CONSONANT


@lru_cache(maxsize=4096)
def _kind(character: str) -> str:
    code = ord(character)
    kind = _FIXED.get(code) or _kind_of_hangul(code) or _kind_by_table(code)
    return kind or _kind_by_category(character, code)


_FIXED = {0x0D: "CR", 0x0A: "LF", _ZWJ: "ZWJ"} | dict.fromkeys(range(0x1F1E6, 0x1F200), "Regional")


def _kind_by_table(code: int) -> str:
    if code in PREPEND:
        return "Prepend"
    if code in EXTEND_NOT_MARK:
        return "Extend"
    if code in MARK_NOT_SPACING:
        return "Other"
    return "SpacingMark" if code in SPACING_NOT_MARK else ""


def _kind_by_category(character: str, code: int) -> str:
    category = unicodedata.category(character)
    if category in ("Mn", "Me"):
        return "Extend"
    if category == "Mc":
        return "SpacingMark"
    if category in ("Cc", "Cf", "Zl", "Zp", "Cs"):
        return "Control"
    return "Pictographic" if code in PICTOGRAPHIC else "Other"


def _kind_of_hangul(code: int) -> str:
    if 0xAC00 <= code <= 0xD7A3:
        return "LV" if (code - 0xAC00) % 28 == 0 else "LVT"
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C:
        return "L"
    if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return "V"
    return "T" if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB else ""
