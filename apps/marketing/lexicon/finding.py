"""Finding regulated words in a text. A finding is a claim that needs a fact; it is not a ban, and no legal advice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from apps.marketing.lexicon.entry import Entry
from apps.marketing.lexicon.environment import ENVIRONMENT
from apps.marketing.lexicon.health import COSMETICS, FOOD, HEALTH
from apps.marketing.lexicon.trade import COMPARISON, FINANCE, FREE, GUARANTEE, SECURITY, URGENCY

__all__ = ["CLASSES", "Finding", "regulated"]

_ENTRIES: tuple[Entry, ...] = (*ENVIRONMENT, *HEALTH, *FOOD, *COSMETICS, *COMPARISON, *GUARANTEE, *FREE, *URGENCY, *SECURITY, *FINANCE)
CLASSES: tuple[str, ...] = tuple(dict.fromkeys(entry.kind for entry in _ENTRIES))
_PLAIN = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u00a0": " ", "\u202f": " "}
)


@dataclass(frozen=True)
class Finding:
    """span: where, in code points of the text as given; word: as it stands there; kind: one of `CLASSES`; why: what has to be shown;
    source: the rule that asks for it."""

    span: tuple[int, int]
    word: str
    kind: str
    why: str
    source: str


def regulated(text: str) -> list[Finding]:
    """Every regulated word or phrase, by place. Where two overlap the longer one stands (`carbon neutral delivery`, not `neutral`)."""
    flat = text.translate(_PLAIN)
    found = [
        Finding(match.span(), text[match.start() : match.end()], entry.kind, entry.why, entry.source)
        for entry, pattern in _compiled()
        for match in pattern.finditer(flat)
        if not entry.excused(flat, *match.span())
    ]
    found.sort(key=lambda each: (each.span[0] - each.span[1], each.span[0]))
    kept: list[Finding] = []
    for each in found:
        if not any(each.span[0] < other.span[1] and other.span[0] < each.span[1] for other in kept):
            kept.append(each)
    return sorted(kept, key=lambda each: each.span)


@cache
def _compiled() -> list[tuple[Entry, re.Pattern[str]]]:
    return [(entry, re.compile(rf"(?<!\w)(?:{entry.pattern})(?!\w)", re.IGNORECASE)) for entry in _ENTRIES]
