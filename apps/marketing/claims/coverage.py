"""Which facts of a sheet a text states."""

from __future__ import annotations

from collections import Counter

from apps.marketing.claims.checking import check_claims
from apps.marketing.claims.evidence import AGREEING, EMPTY
from apps.marketing.claims.reading import read
from apps.marketing.claims.vocabulary import vocabulary
from apps.marketing.sheet import Fact, Sheet

__all__ = ["coverage"]

SHARE = 3
"""One in so many of a fact's words has to be said where it has no number: a text that names two of six colours covers the colours."""


def coverage(text: str, sheet: Sheet) -> dict[Fact, bool]:
    """Which facts of the sheet the text states rightly: a number of the fact where it has one, else a third of its words.

    Facts that share a key are judged one by one: a text that states one `feature` of three states that one.
    """
    keys = Counter(fact.key for fact in sheet.facts)
    stated = _stated(text, sheet)
    for fact in sheet.facts:
        if keys[fact.key] > 1:
            others = [other for other in sheet.facts if other.key != fact.key]
            stated[fact] = _stated(text, sheet.model_copy(update={"facts": [*others, fact]}))[fact]
    return stated


def _stated(text: str, sheet: Sheet) -> dict[Fact, bool]:
    said = {fact.key: "" for fact in sheet.facts}
    numbered: set[str] = set()
    for span in check_claims(text, sheet).spans:
        for key in span.facts if span.status == "supported" else ():
            said[key] = f"{said.get(key, '')} {span.text}"
            if span.kind == "number":
                numbered.add(key)
    return {fact: _covers(said[fact.key], fact, fact.key in numbered) or _literally(text, fact) for fact in sheet.facts}


def _covers(said: str, fact: Fact, numbered: bool) -> bool:
    if not said:
        return False
    words = vocabulary()
    wanted = read(fact.value)
    if wanted.quantities:
        return numbered
    names = {unit.name for unit in wanted.units if not words.is_plain(unit.word)} or {unit.name for unit in read(fact.key).units}
    stated = {unit.name for unit in read(said).units}
    hits = sum(1 for name in names if name in stated or any(name in words.entails.get(one, ()) for one in stated))
    return hits >= max(1, (len(names) + SHARE - 1) // SHARE) or (bool(stated) and len(names) <= 2)


def _literally(text: str, fact: Fact) -> bool:
    """A fact of plain words (handle: on the back) makes no claim span; it is stated where all its words are."""
    words = vocabulary()
    wanted = read(fact.key if AGREEING.fullmatch(fact.value.strip()) or fact.value.strip().lower() == "allowed" else fact.value)
    names = {unit.name for unit in wanted.units if unit.name not in EMPTY}
    if not names or wanted.quantities or not all(words.is_plain(unit.word) or unit.name in EMPTY for unit in wanted.units):
        return False
    return names <= {unit.name for unit in read(text).units if not unit.negated}
