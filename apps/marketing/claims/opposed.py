"""Words that the sheet's own words make wrong where both speak of one thing: apply it at night, the sheet says mornings."""

from __future__ import annotations

import re
from functools import cache

from apps.marketing.claims.evidence import EMPTY, Evidence
from apps.marketing.claims.findings import Finding
from apps.marketing.claims.lists import lines_of
from apps.marketing.claims.positions import denied_afar, doubted
from apps.marketing.claims.reading import Reading, Unit, known
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["judge_opposed"]

PREFIXES = ("un", "non", "in")


@cache
def _sides() -> dict[str, list[tuple[int, int]]]:
    """Concept -> (line, side) for every group it belongs to."""
    words = vocabulary()
    result: dict[str, list[tuple[int, int]]] = {}
    for line, text in enumerate(lines_of("antonyms")):
        for side, names in enumerate(text.split(" | ")):
            for name in names.split(", "):
                result.setdefault(words.concept(name), []).append((line, side))
    return result


@cache
def _members(line: int, but: int) -> frozenset[str]:
    return frozenset(name for name, places in _sides().items() for where, side in places if where == line and side != but)


@cache
def _likes(line: int, side: int) -> frozenset[str]:
    return frozenset(name for name, places in _sides().items() if (line, side) in places)


def judge_opposed(reading: Reading, found: Evidence) -> list[Finding]:
    """A reading -> the words of it that a fact contradicts by its opposite."""
    result = []
    for unit in reading.units:
        if unit.negated or unit.name in found.head:
            continue
        fact = _opposing(unit, reading, found)
        if fact and not denied_afar(unit, reading) and not doubted(reading, unit.first):
            why = f"the sheet says {fact}: {found.values.get(fact, '')}"
            result.append(Finding(unit.first, unit.last, "attribute", "contradicted", (fact,), why))
    return result


def _opposing(unit: Unit, reading: Reading, found: Evidence) -> str:
    """The fact that names the opposite of the unit and something else of its sentence, and never the unit's own side."""
    for line, side in _sides().get(unit.name, ()):
        own, others = _likes(line, side), _members(line, side)
        if any(found.of(name, False) for name in own):
            continue
        for fact, names in found.direct.items():
            alone = (
                bool(names & others)
                and not {name for name in names - others - EMPTY if not vocabulary().is_plain(name)}
                and "only" in found.values.get(fact, "")
            )
            if alone:
                return fact
            if names & others and fact not in NAMING and _linked(unit, reading, found, fact, _beside(found, fact, others)):
                return fact
    for prefix in PREFIXES:
        for entry in found.of(prefix + unit.name, False):
            if len(unit.name) > SHORT and not found.of(unit.name, False):
                return entry.fact
    return ""


def _beside(found: Evidence, fact: str, others: frozenset[str]) -> set[str]:
    """What the sheet names in the segment of the opposite; with the key where the fact has one segment."""
    value = found.values.get(fact, "")
    pieces = [piece for piece in re.split(r"[;,]", value) if piece.strip()]
    result: set[str] = set()
    for piece in pieces if len(pieces) > FEW else [f"{fact} {value}"]:
        names = {unit.name for unit in known(piece).units if not unit.negated}
        if names & others:
            result |= names - others
    if not result and len(pieces) > 1:
        result = {unit.name for unit in known(fact).units} - others
    return result | ({unit.name for unit in known(fact).units} - others if len(pieces) <= FEW else set())


FEW = 2
NAMING = frozenset(("name", "brand", "category", "audience"))
SHORT = 3


def _linked(unit: Unit, reading: Reading, found: Evidence, fact: str, names: set[str]) -> bool:
    """Whether the sentence names another content word of the fact beside the unit."""
    keyed = {one.name for one in known(fact).units}
    for other in reading.units:
        if other.sentence != unit.sentence or other is unit or other.name in EMPTY:
            continue
        if other.name in found.head and other.name not in keyed:
            continue
        if other.name in names and abs(other.first - unit.first) <= NEAR:
            return True
    return False


NEAR = 8
