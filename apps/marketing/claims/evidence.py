"""The sheet as evidence: which concept each fact states, denies, and of which part; which quantities, of what."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from apps.marketing.claims.lists import listed
from apps.marketing.claims.quantities import Quantity

__all__ = ["AGREEING", "EMPTY", "Entry", "Evidence", "Measure"]

AGREEING = re.compile(r"(?:yes|true|included|✓|✔|✅|y)[.!]?", re.IGNORECASE)
EMPTY = frozenset(listed("empty"))


@dataclass(frozen=True)
class Entry:
    """One concept in one fact. parts: what it is said of; none: of the product. group: which segment of the fact."""

    name: str
    fact: str
    negated: bool
    parts: frozenset[str]
    group: int = 0


@dataclass(frozen=True)
class Measure:
    """One quantity in one fact. context: the stems around it."""

    quantity: Quantity
    fact: str
    value: str
    roles: frozenset[str]
    parts: frozenset[str]
    context: frozenset[str]
    denied: bool = False


@dataclass
class Evidence:
    """entries: concept -> entries; own: words that the sheet itself uses without claiming: name, brand, keywords."""

    entries: dict[str, list[Entry]] = field(default_factory=dict)
    measures: list[Measure] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    topic: frozenset[str] = frozenset()
    head: frozenset[str] = frozenset()
    naming: frozenset[str] = frozenset()
    values: dict[str, str] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)
    direct: dict[str, set[str]] = field(default_factory=dict)
    boxes: set[str] = field(default_factory=set)
    universal: set[str] = field(default_factory=set)

    def add(self, entry: Entry) -> None:
        known = self.entries.setdefault(entry.name, [])
        if entry not in known:
            known.append(entry)

    def of(self, name: str, negated: bool) -> list[Entry]:
        return [entry for entry in self.entries.get(name, ()) if entry.negated == negated]
