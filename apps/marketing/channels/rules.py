"""What a channel forbids in a text besides its length: each rule has a code, a sentence, and finds its places."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from apps.marketing.channels.emoji import emoji_spans

__all__ = ["BROKEN", "HIDDEN", "Level", "Rule", "Span", "emoji_rule", "pattern_rule", "shouting_rule", "too_many_rule"]

Span = tuple[int, int]
Level = Literal["error", "warning"]
Find = Callable[[str, Collection[str]], list[Span]]

_CAPITALS = re.compile(r"\b[A-Z][A-Z&']+\b")
_SHOUTED = frozenset(
    {
        "ALL",
        "AMAZING",
        "BEST",
        "BIG",
        "BUY",
        "CALL",
        "CHEAP",
        "CLICK",
        "DEAL",
        "DEALS",
        "EASY",
        "FAST",
        "FREE",
        "GET",
        "HOT",
        "HUGE",
        "HURRY",
        "NEW",
        "NOW",
        "OFF",
        "ONLY",
        "ORDER",
        "SALE",
        "SAVE",
        "SHOP",
        "SUPER",
        "TODAY",
        "TOP",
        "TRY",
        "WIN",
        "WOW",
        "YES",
        "YOU",
        "YOUR",
    }
)
_ACRONYM_LETTERS = 4


@dataclass(frozen=True)
class Rule:
    """find(text, names): the places that break the rule; names are written as their owner writes them and never a fault."""

    code: str
    words: str
    find: Find
    level: Level = "error"


def pattern_rule(code: str, words: str, pattern: str, *, level: Level = "error", flags: re.RegexFlag = re.IGNORECASE) -> Rule:
    compiled = re.compile(pattern, flags)
    return Rule(code, words, lambda text, names: _outside(names, text, [match.span() for match in compiled.finditer(text)]), level)


def too_many_rule(code: str, words: str, pattern: str, most: int, *, level: Level = "error") -> Rule:
    """At most so many matches; the ones above are the places."""
    compiled = re.compile(pattern)
    return Rule(code, words, lambda text, names: [match.span() for match in compiled.finditer(text)][most:], level)


def emoji_rule(code: str, words: str, *, most: int = 0, level: Level = "error") -> Rule:
    return Rule(code, words, lambda text, names: emoji_spans(text)[most:], level)


def shouting_rule(code: str, *, level: Level = "error") -> Rule:
    """Capitals for their own sake: `BUY NOW`, `AMAZING`. Acronyms of up to four letters (`USB`, `HEPA`) and names pass."""
    return Rule(code, "Words in capitals read as shouting: write them in ordinary letters.", _shouted, level)


def _shouted(text: str, names: Collection[str]) -> list[Span]:
    found = [match.span() for match in _CAPITALS.finditer(text) if len(match.group()) > _ACRONYM_LETTERS or match.group() in _SHOUTED]
    return _outside(names, text, found)


def _outside(names: Collection[str], text: str, spans: list[Span]) -> list[Span]:
    if not spans or not names:
        return spans
    kept = [match.span() for name in names if name for match in re.finditer(re.escape(name), text)]
    return [span for span in spans if not any(start <= span[0] and span[1] <= end for start, end in kept)]


HIDDEN = pattern_rule(
    "hidden_character",
    "A control, zero-width or direction character that nobody sees: delete it.",
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\u00ad\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\u202d\u202e]",
)
BROKEN = pattern_rule("broken_character", "Half a character or U+FFFD: the text was damaged on its way.", "[\ud800-\udfff\ufffd-\uffff]")
