"""Which of a fact's numbers a clause speaks of: 2 years, the pump 5; 8 hours on high, 20 on low."""

from __future__ import annotations

from apps.marketing.claims.evidence import EMPTY, Evidence, Measure
from apps.marketing.claims.positions import sentence_of
from apps.marketing.claims.quantities import Quantity
from apps.marketing.claims.reading import Reading, known
from apps.marketing.claims.roles import segment
from apps.marketing.claims.units import UNITS
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["closest", "skipped"]

SPELLED = {"small": "s", "medium": "m", "large": "l"}
NO_LABELS = frozenset(("up", "to", "with", "in", "at", "about", "from", "per", "each", "plu"))


def closest(bound: list[Measure], quantity: Quantity, reading: Reading, found: Evidence) -> list[Measure]:
    """Without those of which another has all that the clause names and more, and those whose label the sentence leaves out."""
    first, last = segment(reading, quantity)
    named = {unit.name for unit in reading.units if first <= unit.first < last and unit.name not in EMPTY | found.head}
    start, end = sentence_of(reading, quantity.number_at)
    spoken = {token.stem for token in reading.tokens[start:end]}
    spoken |= {SPELLED[token.text] for token in reading.tokens[start:end] if token.text in SPELLED}
    spoken |= {unit.name for unit in reading.units if start <= unit.first < end}
    named |= spoken & set(SPELLED.values())
    rivals = {
        other.low
        for other in reading.quantities
        if other != quantity and first <= other.first < last and other.dimension == quantity.dimension
    }

    def displaces(other: Measure, measure: Measure) -> bool:
        label = _label(measure, other)
        if other.fact != measure.fact or label & spoken or other.quantity.low in rivals:
            return False
        heading = not label and other.quantity.first < measure.quantity.first
        return named & measure.context < named & other.context and not heading

    def elsewhere(measure: Measure) -> bool:
        mine = {token.stem for token in known(measure.fact).tokens}
        for other in found.measures:
            theirs = {token.stem for token in known(other.fact).tokens}
            apart = other.fact != measure.fact and other.quantity.dimension == measure.quantity.dimension and mine & theirs
            if apart and mine - theirs and theirs - mine and theirs - mine <= spoken and not (mine - theirs) & spoken:
                return True
        return False

    def unlabelled(measure: Measure) -> bool:
        others = [other for other in bound if other.fact == measure.fact and other.quantity.first < measure.quantity.first]
        return any((label := _label(measure, other)) and not label & spoken and not _label(other, measure) for other in others)

    return [
        measure
        for measure in bound
        if not any(displaces(other, measure) for other in bound) and not unlabelled(measure) and not elsewhere(measure)
    ]


def skipped(measure: Measure, quantity: Quantity, reading: Reading, found: Evidence) -> Measure | None:
    """Another number of the same fact whose label the sentence joins to this one: lid or vacuum, ten years, where the lid has two."""
    start, end = sentence_of(reading, quantity.number_at)
    spoken = {unit.name for unit in reading.units if start <= unit.first < end and not unit.negated}
    said = {other.low / other.factor for other in reading.quantities if start <= other.first < end}
    for other in found.measures:
        if (
            other.fact != measure.fact
            or other.quantity.dimension != quantity.dimension
            or other.quantity.low / other.quantity.factor in said
            or other.denied
        ):
            continue
        label = _label(other, measure) - found.head
        joined = any(token.text in JOINT for token in reading.tokens[start:end])
        if label and label & spoken and joined and other.quantity.high < measure.quantity.low:
            return other
    return None


JOINT = frozenset(("or", "both", "alike", "included", "whole", "everything", "even", "whichever", "whatever"))


def _label(measure: Measure, other: Measure) -> set[str]:
    """The words that one number of a fact has beside it and the other has not."""
    words = vocabulary()
    apart = measure.context - other.context
    return {
        stem
        for stem in apart
        if (len(stem) == 1 and stem.isalpha())
        or (stem[:1].isalpha() and stem not in UNITS and stem not in EMPTY | NO_LABELS and stem not in words.puffery)
    }
