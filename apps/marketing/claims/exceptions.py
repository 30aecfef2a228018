"""What the sheet says of some, claimed of all: covered, battery included, where the battery has its own term; padded everywhere."""

from __future__ import annotations

import re

from apps.marketing.claims.evidence import EMPTY, Evidence
from apps.marketing.claims.findings import Finding
from apps.marketing.claims.lists import listed
from apps.marketing.claims.positions import denied_afar
from apps.marketing.claims.reading import Reading, Unit, known

__all__ = ["judge_exceptions"]

ALL = frozenset(listed("all of it"))
PHRASES = re.compile(
    r"\b(?:through and through|from \w+ to \w+|right down to|down to the|top to bottom|inside and out|and all|without exception|"
    r"no exceptions|no matter|the lot|as well as|to the last|from start to finish|all over|the very last|included)\b"
)
LIMITING = re.compile(
    r"\b(?:not|no|none|only|except|excluding|without|never|but|apart from|sold separately|extra|optional)\b|n't\b|\d", re.IGNORECASE
)


def judge_exceptions(reading: Reading, found: Evidence) -> list[Finding]:
    """A sentence that says of all what a fact says of some, and names no exception."""
    result = []
    limited = {key: parts for key, value in found.values.items() if (parts := _parts(key, value))}
    for at, token in enumerate(reading.tokens):
        wide = token.text in ALL or any(match.start() == token.start for match in PHRASES.finditer(reading.plain.text.lower()))
        following = reading.tokens[at + 1].text if at + 1 < len(reading.tokens) else ""
        if not wide or following in ("else", "other") or (at and reading.tokens[at - 1].text == "of"):
            continue
        near = [
            unit
            for unit in reading.units
            if unit.sentence == reading.sentences[at] and unit.name not in EMPTY and abs(unit.first - at) <= REACH
        ]
        for key, (general, excepted) in limited.items():
            named = [unit for unit in near if unit.name in general and unit.first != at]
            if not named or any(_denies(unit, reading) for unit in near):
                continue
            exempt = [unit for unit in near if unit.name in excepted]
            after = reading.tokens[at + 1] if at + 1 < len(reading.tokens) else token
            wholly = token.text in ("whole", "entire") and (after.stem in found.head or after.text in ("thing", "lot"))
            if exempt or token.text in EVERYTHING or wholly:
                why = f"the sheet makes an exception, {key}: {found.values[key]}"
                result.append(Finding(at, at + 1, "comparison", "contradicted", (key,), why))
                break
    return result


REACH = 9
EVERYTHING = frozenset(("everything", "everywhere", "throughout", "all-over"))


def _denies(unit: Unit, reading: Reading) -> bool:
    return unit.negated or denied_afar(unit, reading)


def _parts(key: str, value: str) -> tuple[set[str], set[str]] | None:
    """The concepts of a fact that has an exception, and those of the exception; none where it has none."""
    segments = [segment for segment in re.split(r"[;,]", value) if segment.strip()]
    if len(segments) < 2:
        return None
    general = {unit.name for unit in known(f"{key} {segments[0]}").units if unit.name not in EMPTY}
    excepted: set[str] = set()
    for segment in segments[1:]:
        if LIMITING.search(segment):
            excepted |= {unit.name for unit in known(segment).units if unit.name not in EMPTY}
    return (general, excepted - general) if excepted - general else None
