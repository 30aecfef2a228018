"""Facts that bear a phrase which they do not have: by its words, by the standard beside it, by how long something lasts."""

from __future__ import annotations

from apps.marketing.claims.evidence import EMPTY, Entry, Evidence
from apps.marketing.claims.reading import Reading, Unit
from apps.marketing.claims.stems import stem
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["compounded", "lasting", "rival_of", "tested", "worded"]

SPELLS = {"all day": 12.0, "overnight": 8.0, "all week": 168.0}


def tested(unit: Unit, reading: Reading, found: Evidence) -> str:
    """The fact of the standard beside `tested` or `approved`, which say no more than it."""
    if unit.name not in ("tested", "approved", "certified"):
        return ""
    for other in reading.units:
        if other is not unit and abs(other.first - unit.first) <= BESIDE and other.sentence == unit.sentence:
            for entry in found.of(other.name, False):
                if (
                    other.word.isalpha()
                    and reading.plain.text[reading.tokens[other.first].start : reading.tokens[other.first].end].isupper()
                ):
                    return entry.fact
                if other.name not in EMPTY and ("certif" in entry.fact or "standard" in entry.fact or "test" in entry.fact):
                    return entry.fact
    return ""


BESIDE = 6


def worded(unit: Unit, reading: Reading, found: Evidence) -> str:
    """The fact that has every telling word of a phrase: widths: standard and wide bears `wide fit`."""
    if unit.last - unit.first < 2 or unit.kind in ("offer", "urgency", "comparison", "proof", "guarantee"):
        return ""
    stems = {token.stem for token in reading.tokens[unit.first : unit.last]} - EMPTY - VAGUE
    facts = [{entry.fact for entry in found.of(name, False)} for name in stems]
    return min(set.intersection(*facts), default="") if facts else ""


VAGUE = frozenset(stem(word) for word in ("fit", "type", "style", "look", "it", "your", "the", "easy", "use"))


def compounded(unit: Unit, reading: Reading, found: Evidence) -> str:
    """The fact that has every word of a compound apart: oils: olive, coconut bears `olive oil`."""
    words = vocabulary()
    if unit.last - unit.first < 2 or not words.classes.get(unit.name):
        return ""
    facts = [{entry.fact for entry in found.of(words.concept(token.text), False)} for token in reading.tokens[unit.first : unit.last]]
    return min(set.intersection(*facts), default="")


def lasting(unit: Unit, found: Evidence) -> str:
    """The fact that bears `all day`: what it says lasts so long, and is no warranty or delivery."""
    hours = SPELLS.get(unit.name)
    for measure in found.measures if hours else ():
        fitting = not measure.roles or measure.roles & {"cold", "hot", "battery", "protect"}
        if fitting and measure.quantity.dimension == "time" and (hours or 0) <= measure.quantity.high <= 1000:
            return measure.fact
    return ""


def rival_of(unit: Unit, found: Evidence) -> Entry | None:
    """What the sheet names of the same closed class instead."""
    words = vocabulary()
    if unit.name.startswith("ip") and unit.name[-1:].isdigit():
        return next((entries[0] for name, entries in found.entries.items() if name.startswith("ip") and name[-1:].isdigit()), None)
    for group in sorted(words.classes.get(unit.name, set()) - {"ingredient", "certification", "allergen"}):
        for name, entries in found.entries.items():
            if group in words.classes.get(name, set()) and not entries[0].negated:
                return entries[0]
    return None
