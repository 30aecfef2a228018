"""What is promised beyond the sheet in plain words: there is a pocket, we plant a tree, delivered tomorrow, does your taxes for you."""

from __future__ import annotations

import re

from apps.marketing.claims.evidence import EMPTY, Evidence
from apps.marketing.claims.findings import Finding
from apps.marketing.claims.lists import lines_of, listed
from apps.marketing.claims.positions import denies, doubted, had, sentence_of
from apps.marketing.claims.reading import Reading, Unit
from apps.marketing.claims.stems import stem
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["judge_promises"]

SERVING = frozenset(listed("serving"))
"""Verbs of what a maker does for a customer."""
PRESENTING = frozenset(("there's", "there", "find", "get"))
PLACING = frozenset(listed("placing"))
DELIVERING = re.compile(r"deliver|ship|arriv|dispatch|doorstep|your door|post it")
SOON = frozenset(("tomorrow", "today", "tonight", "overnight", "instantly", "immediately"))


def judge_promises(reading: Reading, found: Evidence) -> list[Finding]:
    """A reading -> what its plain words promise and the sheet does not."""
    result = []
    for at, unit in enumerate(reading.units):
        if unit.kind in ("word", "thing") and not unit.negated and _is_extra(at, unit, reading, found):
            result.append(Finding(unit.first, unit.last, "included", "unsupported", (), "the sheet names no such part"))
    for at, token in enumerate(reading.tokens):
        if token.text in ("we", "we'll", "we've") and (verb := _service(reading, at)) and not _is_known(reading, at, found):
            result.append(Finding(at, verb + 1, "offer", "unsupported", (), "the sheet promises nothing of the kind"))
        if token.text == "itself" and at and _acts_alone(reading, at, found):
            result.append(Finding(at - 1, at + 1, "effect", "unsupported", (), "the sheet names nothing that it does by itself"))
        if token.text in CLOSED and (fact := _closed(reading, at, found)):
            why = f"the sheet says {fact}: {found.values[fact]}"
            result.append(Finding(at, at + 1, "availability", "contradicted", (fact,), why))
        if token.text == "you" and at > 1 and reading.tokens[at - 1].text == "for" and (opener := _served(reading, at, found)) is not None:
            result.append(Finding(opener, at + 1, "effect", "unsupported", (), "the sheet names nothing that it does for you"))
        if token.text in SOON and _is_delivery(reading, at, found):
            result.append(Finding(at, at + 1, "availability", "unsupported", (), "the sheet names no such delivery"))
    return result


GIVING = frozenset(("plant", "donate", "offset", "clone"))
GROUPS = [frozenset(line.split()) for line in lines_of("services")]
"""Verbs of service, each with the words of the sheet that bear it."""


def _is_extra(at: int, unit: Unit, reading: Reading, found: Evidence) -> bool:
    """Whether the unit is a part or an extra that is said to be there and that the sheet does not name."""
    if unit.name not in vocabulary().features or unit.name in found.entries or unit.name in found.own or doubted(reading, unit.first):
        return False
    if unit.name in found.head or unit.word in found.topic:
        return False
    follower = reading.tokens[unit.last].text if unit.last < len(reading.tokens) else ""
    first, _ = sentence_of(reading, unit.first)
    before = [token.text for token in reading.tokens[max(first, unit.first - 5) : unit.first]]
    if "there's" in before or ("there" in before and ("is" in before or "are" in before)):
        return True
    opening = unit.first - first <= LEAD and reading.tokens[first].text in ("a", "an", "two", "three", "the", "one", "its", "each")
    placed = follower in PLACING
    if opening and placed and before[-1:] not in (["your"], ["my"]) and not (set(before) & {"your", "my"}):
        return reading.tokens[first].text != "the" or follower in ("lets", "tells", "shows")
    return had(unit, reading, found) and "your" not in before and "my" not in before


LEAD = 4


def _service(reading: Reading, at: int) -> int:
    """The verb of what we do for the customer after this `we`; 0 where there is none."""
    for index in range(at + 1, min(at + 5, len(reading.tokens))):
        text = reading.tokens[index].text
        if text in SERVING:
            return index
        if text not in ("will", "also", "even", "always", "gladly", "happily", "then", "can", "to", "all", "just", "simply"):
            return 0
    return 0


def _is_known(reading: Reading, at: int, found: Evidence) -> bool:
    """Whether the sentence has something of the sheet beside the product's own name."""
    number = reading.sentences[at]
    verb = next((token.text for token in reading.tokens[at + 1 : at + 5] if token.text in SERVING), "")
    if verb in GIVING:
        return stem(verb) in found.entries
    if any(
        verb in group and any(stem(word) in found.entries or vocabulary().concept(word) in found.entries for word in group)
        for group in GROUPS
    ):
        return True
    known = {unit.name for unit in reading.units if unit.sentence == number and unit.first > at and not vocabulary().is_plain(unit.word)}
    known = {name for name in known if name in found.entries and name not in EMPTY | found.head}
    return bool(known) or any(reading.sentences[quantity.first] == number for quantity in reading.quantities)


WORKDAYS = re.compile(r"\b(?:mon(?:day)?s? ?(?:-|\u2013|to|through) ?fri(?:day)?s?|weekdays|working days|business days)\b", re.IGNORECASE)
CLOSED = frozenset(("saturday", "saturdays", "sunday", "sundays", "weekend", "weekends"))
REACHING = frozenset(
    ("call", "ring", "phone", "email", "reach", "open", "chat", "support", "visit", "write", "answer", "reply", "ask", "hotline", "us")
)


def _closed(reading: Reading, at: int, found: Evidence) -> str:
    """The fact that names working days only, where the sentence reaches out at a weekend."""
    first, last = sentence_of(reading, at)
    said = {token.text for token in reading.tokens[first:last]}
    shut = next((key for key, value in found.values.items() if WORKDAYS.search(value)), "")
    return shut if said & REACHING and not denies(reading, at) and not doubted(reading, at) else ""


def _served(reading: Reading, at: int, found: Evidence) -> int | None:
    """The verb that opens the sentence of `for you`: runs your marketing for you; none where the sheet bears something of it."""
    first, last = sentence_of(reading, at)
    opener = reading.tokens[first]
    verb = opener.text.endswith("s") and reading.tokens[first + 1].text in ("your", "the", "all", "it")
    known = any(unit.name in found.entries and not vocabulary().is_plain(unit.word) for unit in reading.units if first <= unit.first < last)
    return first if verb and not known and at - first > 1 else None


def _acts_alone(reading: Reading, at: int, found: Evidence) -> bool:
    """It empties itself: not where the sheet says automatic or the like, nor in speaks for itself."""
    verb = reading.tokens[at - 1]
    return (
        verb.text.endswith("s")
        and not found.of("automatic", False)
        and not found.of("auto shut off", False)
        and verb.stem not in found.entries
    )


def _is_delivery(reading: Reading, at: int, found: Evidence) -> bool:
    first, last = sentence_of(reading, at)
    said = " ".join(token.text for token in reading.tokens[first:last])
    soon = any(
        word in value.lower() for value in found.values.values() for word in ("same day", "same-day", "next day", "next-day", "tomorrow")
    )
    return bool(DELIVERING.search(said)) and not soon and not doubted(reading, at)
