"""What a text takes for granted and the sheet denies: a sip from the hose whose water is not for drinking, fun in every downpour."""

from __future__ import annotations

from functools import cache

from apps.marketing.claims.evidence import Evidence
from apps.marketing.claims.findings import Finding
from apps.marketing.claims.lists import lines_of
from apps.marketing.claims.positions import denies, doubted
from apps.marketing.claims.reading import Reading
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["judge_implied"]


@cache
def _table() -> tuple[tuple[tuple[str, ...], frozenset[str]], ...]:
    words = vocabulary()
    rows = []
    for line in lines_of("implies"):
        concepts, _, scenes = line.partition(": ")
        rows.append(
            (tuple(words.concept(name) for name in concepts.split(", ")), frozenset(words.concept(name) for name in scenes.split(", ")))
        )
    return tuple(rows)


def judge_implied(reading: Reading, found: Evidence) -> list[Finding]:
    """A reading -> the words that need what the sheet denies. A sentence that denies anything itself is left alone."""
    result = []
    for concepts, scenes in _table():
        denied = [entry for name in concepts for entry in found.of(name, True)]
        if not denied or any(found.of(name, False) for name in concepts):
            continue
        for unit in reading.units:
            borne = [entry for entry in found.of(unit.name, False) if entry.fact != denied[0].fact]
            if unit.name not in scenes or unit.negated or borne or unit.name in found.head:
                continue
            if not denies(reading, unit.first) and not doubted(reading, unit.first):
                fact = denied[0].fact
                why = f"the sheet says {fact}: {found.values.get(fact, '')}"
                result.append(Finding(unit.first, unit.last, "use", "contradicted", (fact,), why))
    return result
