"""Everything that the patterns can say of a sheet, each line already checked against it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from apps.marketing.claims import check_claims
from apps.marketing.composer.english import capital
from apps.marketing.composer.patterns import Block, block_for
from apps.marketing.composer.slots import filled, slots_of
from apps.marketing.composer.subject import Subject
from apps.marketing.sheet import Fact, Sheet, banned_in

__all__ = ["Phrase", "Said", "phrases", "said_of"]

_MUST_INTEREST = 3.0
_SPOKEN = frozenset(
    {"sleeps", "sweetener", "suitable", "made in", "made by hand", "repair kit", "item included", "items included", "included", "price"}
)
"""Blocks whose key is no label (`sleeps: 2 people`): their first fragment says it."""
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Phrase:
    """text: as it stands at the start of a text; form: noun (inside a sentence), fragment or sentence. facts: keys it states. subject: how
    a sentence names the product (name, noun, pronoun, or empty where it does not begin with it); family: its template."""

    text: str
    form: str
    facts: tuple[str, ...]
    must: bool
    order: int
    interest: float
    family: str
    voices: frozenset[str] = frozenset()
    subject: str = ""


@dataclass(frozen=True)
class Said:
    """refused: what a pattern would have said and the sheet does not bear, with the reason."""

    phrases: tuple[Phrase, ...]
    refused: tuple[tuple[str, str], ...]

    def of(self, form: str, voice: str = "") -> list[Phrase]:
        return [each for each in self.phrases if each.form == form and (not voice or voice in each.voices)]


def phrases(sheet: Sheet) -> Said:
    """Deterministic; kept for the sheets seen last."""
    return _phrases(sheet.model_dump_json())


@lru_cache(maxsize=32)
def _phrases(dumped: str) -> Said:
    sheet = Sheet.model_validate_json(dumped)
    subject = Subject.of(sheet)
    kept: dict[tuple[str, str], Phrase] = {}
    refused: list[tuple[str, str]] = []
    for fact in sheet.facts:
        for phrase in said_of(fact, subject):
            if (phrase.text, phrase.form) in kept:
                continue
            if reason := refusal(phrase.text, sheet):
                refused.append((phrase.text, reason))
            else:
                kept[phrase.text, phrase.form] = phrase
    return Said(tuple(kept.values()), tuple(refused))


def refusal(text: str, sheet: Sheet) -> str:
    """Why a line may not be said; empty where it may."""
    if words := banned_in(text, sheet.banned):
        return f"has the banned word {words[0]!r}"
    if flagged := check_claims(text, sheet).flagged:
        return f"{flagged[0].text!r} is {flagged[0].status}: {flagged[0].why}"
    known = set(_DIGITS.findall(sheet.model_dump_json()))
    if invented := [digits for digits in _DIGITS.findall(text) if digits not in known]:
        return f"{invented[0]} stands nowhere in the sheet"
    return ""


def said_of(fact: Fact, subject: Subject) -> Iterable[Phrase]:
    """All that the patterns say of one fact; nothing of it was held against a sheet."""
    fact = fact.model_copy(update={"key": " ".join(fact.key.split()), "value": " ".join(fact.value.split())})
    clauses = [clause.strip().rstrip(".") for clause in re.split(r";\s+", fact.value) if clause.strip(" .;")] or [fact.value]
    block, groups = block_for(fact, clauses[0])
    slots = slots_of(fact.key.strip(), clauses[0], groups)
    tail = "".join(f" {_clause(clause, subject)}." for clause in clauses[1:])
    weight = _MUST_INTEREST if fact.must else block.interest
    made = _Made(fact, block, weight)
    for template in block.nouns:
        if text := filled(template, slots, subject):
            yield made.phrase(text, "noun", template)
    for template in block.fragments:
        if text := filled(template, slots, subject):
            yield made.phrase(capital(text), "fragment", template)
    label = f"{fact.key.strip()}: {fact.value.strip().rstrip('.')}"
    spoken = [filled(template, slots, subject) for template in block.fragments] if block.name in _SPOKEN and len(clauses) == 1 else []
    yield made.phrase(capital(next((text for text in spoken if text), label)), "bullet", "label")
    for voices, template in (*block.sentences, (frozenset(), "{K}: {v}.")):
        begins = subject.subjects() if template.startswith("{It}") else [""]
        for begin in begins:
            if text := filled(template, slots, subject, begin):
                yield made.phrase(capital(text) + tail, "sentence", template, voices, begin)


def _clause(clause: str, subject: Subject) -> str:
    """What follows a semicolon, as a sentence: `may contain traces of almonds` is said of the product."""
    verbal = re.match(r"(?:may|can|contains?|is|has|fits|comes|includes)\b", clause)
    return capital(f"{subject.pronoun} {clause}" if verbal else clause)


@dataclass(frozen=True)
class _Made:
    fact: Fact
    block: Block
    interest: float

    def phrase(self, text: str, form: str, family: str, voices: frozenset[str] = frozenset(), subject: str = "") -> Phrase:
        return Phrase(text, form, (self.fact.key,), self.fact.must, self.block.order, self.interest, family, voices, subject)
