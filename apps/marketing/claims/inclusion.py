"""What a text says is in the box, thrown in or free, against what the sheet has there."""

from __future__ import annotations

from apps.marketing.claims.evidence import EMPTY, Evidence
from apps.marketing.claims.findings import Finding
from apps.marketing.claims.lists import listed
from apps.marketing.claims.positions import denied_afar
from apps.marketing.claims.reading import Reading, Unit
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["judge_inclusion"]

INCLUDING = (
    "comes with",
    "come with",
    "includes",
    "include",
    "including",
    "ships with",
    "supplied with",
    "complete with",
    "bundled with",
    "in the box",
    "arrives in",
    "arrives with",
    "come in its own",
    "comes in its own",
    "packed with",
    "thrown in",
    "already inside",
    "already in",
    "in one box",
)
OBJECTS = frozenset(listed("objects"))


def _contents(reading: Reading, found: Evidence) -> list[Finding]:
    text = [token.text for token in reading.tokens]
    result = []
    for at in range(len(text)):
        if not any(" ".join(text[at : at + len(phrase.split())]) == phrase for phrase in INCLUDING):
            continue
        backward = text[at] in ("in", "already", "thrown")
        for unit in reading.units:
            near = (at - 8 <= unit.first < at if backward else at < unit.first <= at + 10) and unit.sentence == reading.sentences[at]
            if near and not unit.negated and not denied_afar(unit, reading) and (excluded := _excluded(unit, found)):
                result.append(
                    Finding(unit.first, unit.last, "included", "contradicted", (excluded,), "the sheet says that it is not included")
                )
            elif (
                near
                and unit.kind == "word"
                and (unit.word in OBJECTS or unit.name in vocabulary().parts)
                and unit.name not in found.entries
                and unit.word not in found.own
            ):
                result.append(Finding(unit.first, unit.last, "included", "unsupported", (), "the sheet does not include it"))
    return result


def _excluded(unit: Unit, found: Evidence) -> str:
    """The fact that names the unit and says `not included`."""
    if (
        unit.name in EMPTY
        or unit.name == "included"
        or (vocabulary().is_plain(unit.word) and any(not entry.negated for entry in found.entries.get(unit.name, ())))
    ):
        return ""
    denying = {(entry.fact, entry.group) for entry in found.of("included", True)}
    entries = found.entries.get(unit.name, [])
    if any(entry.fact not in {fact for fact, _ in denying} and entry.fact in found.boxes and not entry.negated for entry in entries):
        return ""
    lone = {(fact, group - 1) for fact, group in denying if all(_is_lone(name, fact, group, found) for name in found.entries)}
    return next((entry.fact for entry in entries if (entry.fact, entry.group) in denying | lone), "")


def _is_lone(name: str, fact: str, group: int, found: Evidence) -> bool:
    """Whether a concept is not in a segment that says only `not included`, and so speaks of the one before: a bladder (not included)."""
    return name == "included" or all((entry.fact, entry.group) != (fact, group) for entry in found.entries[name])


def _included(reading: Reading, found: Evidence) -> list[Finding]:
    """Bits included: what stands before `included` has to be in a fact that includes it."""
    result = []
    for unit in reading.units:
        if unit.name != "included" or unit.word not in (
            "included",
            "comes included",
            "in the box",
            "inside the box",
            "supplied",
            "bundled",
        ):
            continue
        before = [other for other in reading.units if other.clause == unit.clause and other.first < unit.first and other.name not in EMPTY]
        things = [other for other in before if other.word not in ("always", "come", "comes", "even", "also", "already", "there")]
        if not things:
            continue
        agreeing = {entry.fact for entry in found.of("included", False)} | set(found.boxes)
        denying = {entry.fact for entry in found.of("included", True)}
        stated = {entry.fact for other in things for entry in found.entries.get(other.name, ())}
        if unit.negated and not stated & agreeing:
            continue
        priced = {measure.fact for measure in found.measures if measure.quantity.dimension.startswith("price")} - {"price", "offer"}
        if not unit.negated and stated and stated <= priced - agreeing:
            why = "the sheet names its price"
            result.append(Finding(unit.first, unit.last, "included", "contradicted", tuple(sorted(stated)), why))
            continue
        boxed = not found.boxes or unit.word == "supplied" or any(other.name not in vocabulary().features for other in things)
        if not unit.negated and stated and (stated & agreeing or (boxed and not stated & denying)):
            result.append(Finding(unit.first, unit.last, "included", "supported", tuple(sorted(stated & agreeing or stated)), ""))
        else:
            facts = tuple(sorted(stated & (denying | agreeing)))
            status = "contradicted" if facts else "unsupported"
            result.append(Finding(unit.first, unit.last, "included", status, facts, "the sheet does not include it"))
    return result


def _costless(reading: Reading, found: Evidence) -> list[Finding]:
    """Dogs stay free of charge, where the sheet names their price."""
    result = []
    priced = {measure.fact for measure in found.measures if measure.quantity.dimension.startswith("price")}
    free = {entry.fact for entry in found.of("free", False)}
    for unit in reading.units:
        if unit.name != "free" or unit.negated or any(quantity.first - unit.last in (0, 1) for quantity in reading.quantities):
            continue
        others = [
            other for other in reading.units if other.clause == unit.clause and other.name not in EMPTY | found.head and other is not unit
        ]
        facts = [
            {entry.fact for entry in found.of(other.name, False)}
            for other in others
            if not vocabulary().is_plain(other.word) or other.name in found.parts
        ]
        for named in facts:
            if named and named <= priced - free - {"offer", "price"}:
                fact = min(named)
                why = f"the sheet says {fact}: {found.values.get(fact, '')}"
                result.append(Finding(unit.first, unit.last, "offer", "contradicted", (fact,), why))
                break
    return result


def _apart(reading: Reading, found: Evidence) -> list[Finding]:
    """The charger is sold separately, where the sheet has it in the box."""
    result = []
    for at in range(len(reading.tokens) - 1):
        pair = reading.tokens[at].text, reading.tokens[at + 1].text
        if pair not in (("sold", "separately"), ("bought", "separately"), ("not", "included"), ("costs", "extra")):
            continue
        for unit in reading.units:
            boxed = [entry for entry in found.of(unit.name, False) if entry.fact in found.boxes]
            if unit.clause == reading.clauses[at] and unit.first < at and boxed and unit.name not in EMPTY | found.head:
                why = f"the sheet says {boxed[0].fact}: {found.values.get(boxed[0].fact, '')}"
                result.append(Finding(unit.first, unit.last, "included", "contradicted", (boxed[0].fact,), why))
    return result


def judge_inclusion(reading: Reading, found: Evidence) -> list[Finding]:
    """A reading -> the claims of what is included, and what it costs."""
    return [*_contents(reading, found), *_included(reading, found), *_costless(reading, found), *_apart(reading, found)]
