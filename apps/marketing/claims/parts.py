"""Of which part of the product a text says something, and whether the sheet says it of that part."""

from __future__ import annotations

from apps.marketing.claims.evidence import EMPTY, Entry, Evidence
from apps.marketing.claims.lists import listed
from apps.marketing.claims.reading import Reading, Unit
from apps.marketing.claims.stems import stem
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["fits", "part_of", "same_class"]

COPULAS = frozenset(listed("copulas"))
CONTAINERS = frozenset(stem(word) for word in listed("containers"))
BOUND = frozenset(("material", "color", "finish"))


def fits(unit: Unit, entry: Entry, part: str, found: Evidence) -> bool:
    """Whether what the sheet says of something may be said of this part (empty: of the product)."""
    words = vocabulary()
    closed = bool(words.classes.get(unit.name, set()) & BOUND)
    if not part or part in entry.parts or (part in CONTAINERS and entry.parts & CONTAINERS):
        return True
    if part == "*":
        return not (closed and entry.parts and not entry.parts & words.body and not entry.parts & found.head)
    if part in words.body:
        others = [other for name, each in found.entries.items() if same_class(unit.name, name) for other in each if not other.negated]
        alone = not any(other.parts & words.body for other in others)
        return not entry.parts or alone or bool(entry.parts & words.body) or bool(entry.parts & found.head)
    if entry.parts:
        return False
    return not closed or "color" in words.classes.get(unit.name, ()) or "colo" in entry.fact.lower()


def part_of(unit: Unit, at: int, reading: Reading, found: Evidence) -> str:
    """The part of which the text says it; * where it says it of the product; empty where it is not of the kind that binds."""
    words = vocabulary()
    if unit.kind == "word" and unit.name not in found.parts | words.parts:
        follower = next((other for other in reading.units[at + 1 : at + 2] if other.first == unit.last), None)
        return follower.name if follower and follower.name in found.parts - found.head else ""
    if (
        unit.kind == "word"
        or unit.name in words.parts
        or not (words.classes.get(unit.name, set()) & BOUND or (unit.kind == "attribute" and not words.classes.get(unit.name)))
    ):
        return ""
    known = (words.parts | words.body | (found.parts if words.classes.get(unit.name, set()) & BOUND else set())) - found.head
    last = unit.last
    for follower in reading.units[at + 1 : at + 4]:
        if follower.first != last or follower.name in EMPTY or follower.word.endswith(("ing", "ed")):
            break
        if follower.name in found.head and follower.name not in found.entries.get("*", ()):
            return "*"
        tail = reading.tokens[follower.last - 1].stem
        if follower.name in known or tail in known:
            return follower.name if follower.name in known else tail
        last = follower.last
    return _part_before(at, reading, known)


def _part_before(at: int, reading: Reading, known: frozenset[str] | set[str]) -> str:
    """The lid is made of steel; a lid in steel."""
    linked = False
    for earlier in reversed(reading.units[max(0, at - 7) : at]):
        if earlier.sentence != reading.units[at].sentence:
            break
        if earlier.name in known and linked:
            return earlier.name
        if earlier.word in COPULAS or vocabulary().is_puffery(earlier.word) or earlier.kind in ("material", "color", "finish"):
            linked = linked or earlier.word in ("is", "are", "of", "in", "from")
            continue
        break
    return ""


def same_class(one: str, other: str) -> bool:
    words = vocabulary()
    return bool(words.classes.get(one, set()) & words.classes.get(other, set()))
