"""Whether a number in a text is a number of the sheet: same dimension, same thing measured, and no more than the sheet says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from apps.marketing.claims.counting import counts_other, is_derived, is_loose, named_near, nouns_of, says_nothing
from apps.marketing.claims.derived import follows
from apps.marketing.claims.evidence import Evidence, Measure
from apps.marketing.claims.findings import Finding
from apps.marketing.claims.fitting import fit
from apps.marketing.claims.labels import closest, skipped
from apps.marketing.claims.positions import denies, doubted, may
from apps.marketing.claims.quantities import Quantity
from apps.marketing.claims.reading import Reading
from apps.marketing.claims.roles import roles_near, segment
from apps.marketing.claims.units import NUMBERS
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["judge_quantity"]

PERCENT_ALL = 100.0
APART = 0.35
NOON = 12.0
HOURS_A_YEAR = 8766.0
OUNCE, FLUID_OUNCE, POUND, TINY = 28.349523, 29.57353, 453.59237, 1e-6
TELLING = 100.0
"""From here on a count is rarely right by chance, so that its noun may be another word than the sheet's."""


def judge_quantity(quantity: Quantity, reading: Reading, found: Evidence, before: Quantity | None = None) -> Finding | None:  # noqa: PLR0911
    """A number and its sheet -> what to say of it; none where the number claims nothing. before: the quantity it may share a unit with."""
    if says_nothing(quantity, reading, found):
        return None
    outcome = _compare(quantity, reading, found)
    if outcome.status == "supported":
        return outcome
    for other in _alternatives(quantity, reading, found, before):
        alternative = _compare(other, reading, found)
        if alternative.status == "supported":
            return alternative
        if fact := follows(other, reading, found):
            return Finding(quantity.first, quantity.last, "number", "supported", (fact,), "")
    if fact := _of_scale(quantity, reading, found):
        return Finding(quantity.first, quantity.last, "number", "supported", (fact,), "")
    if fact := follows(quantity, reading, found):
        return Finding(quantity.first, quantity.last, "number", "supported", (fact,), "")
    return None if is_loose(quantity, reading, found) else outcome


def _alternatives(quantity: Quantity, reading: Reading, found: Evidence, before: Quantity | None) -> list[Quantity]:
    """What the number may be besides: with the unit of the one before, years of age, fluid ounces."""
    result = []
    if quantity.dimension == "count" and before is not None and before.dimension != "count":
        result.append(_scaled(quantity, before.dimension, before.factor))
    if quantity.dimension == "count" and quantity.low < quantity.high <= NOON:
        result.append(replace(quantity, low=quantity.high, high=quantity.low + NOON))
    aged = quantity.dimension in ("count", "time") and "age" in roles_near(reading, quantity)
    if aged:
        result.append(
            _scaled(quantity, "time", HOURS_A_YEAR) if quantity.dimension == "count" else _scaled(quantity, "count", 1 / HOURS_A_YEAR)
        )
    if quantity.dimension == "count" and (before is None or before.dimension == "count"):
        result += _bare(quantity, reading, found)
    if quantity.dimension == "mass" and abs(quantity.factor - POUND) < TINY:
        result.append(_scaled(quantity, "price:gbp", 1 / POUND))
    if quantity.dimension in ("price:cent", "price:pence"):
        result += [_scaled(quantity, f"price:{name}", 0.01) for name in ("eur", "usd", "gbp", "aud", "cad")]
    if quantity.dimension == "mass" and abs(quantity.factor - OUNCE) < TINY:
        result.append(_scaled(quantity, "volume", FLUID_OUNCE / OUNCE))
    return result


def _of_scale(quantity: Quantity, reading: Reading, found: Evidence) -> str:
    """The fact that has four out of five as 4 of 5."""
    said = [token.text for token in reading.tokens[quantity.first : quantity.last]]
    if "out" not in said:
        return ""
    digits = [str(int(NUMBERS.get(word, -1))) if word in NUMBERS else word for word in (said[0], said[-1])]
    pattern = re.compile(rf"\b{re.escape(digits[0])} ?(?:of|out of|/) ?{re.escape(digits[1])}\b")
    return next((key for key, value in found.values.items() if pattern.search(value)), "")


def _bare(quantity: Quantity, reading: Reading, found: Evidence) -> list[Quantity]:
    """A number without its unit, as a number of a fact that the sentence speaks of: wash at thirty; 50 by 70."""
    named = named_near(quantity, reading, found)
    after = [token.text for token in reading.tokens[quantity.last : quantity.last + 2]]
    if after == ["below", "zero"] or after[:1] == ["minus"]:
        return [replace(quantity, low=-quantity.low, high=-quantity.high, dimension="celsius")]
    crossed = {
        token.text for token in reading.tokens[quantity.last : quantity.last + 1] + reading.tokens[quantity.first - 1 : quantity.first]
    }
    ends = not after or reading.tokens[quantity.last].kind in ("stop", "clause") or after[0] in ("and", "or", "by", "x", "to")
    result = []
    for measure in found.measures if ends else ():
        one = measure.quantity
        linked = named & measure.context or crossed & {"by", "x", "\u00d7"}
        if (
            one.dimension != "count"
            and linked
            and quantity.low in (one.low / one.factor, one.high / one.factor)
            and one.dimension != "celsius"
        ):
            result.append(_scaled(quantity, one.dimension, one.factor))
        elif one.dimension == "celsius" and linked and quantity.low in (one.low, one.high):
            result.append(replace(quantity, dimension="celsius"))
    return result


def _scaled(quantity: Quantity, dimension: str, factor: float) -> Quantity:
    values = quantity.low * factor, quantity.high * factor
    return Quantity(
        *values,
        dimension,
        quantity.qualifier,
        quantity.first,
        quantity.last,
        quantity.step * factor,
        quantity.factor * factor,
        (),
        quantity.number_at,
    )


def _compare(quantity: Quantity, reading: Reading, found: Evidence) -> Finding:  # noqa: PLR0911, PLR0912 (one return a verdict)
    same = [measure for measure in found.measures if measure.quantity.dimension == quantity.dimension]
    where = quantity.first, quantity.last
    if quantity.dimension == "percent" and quantity.low == PERCENT_ALL and (whole := _all_of_it(quantity, reading, found)):
        return whole
    if not same:
        return Finding(*where, "number", "unsupported", (), "the sheet has no such number")
    roles, nouns, parts = roles_near(reading, quantity), nouns_of(quantity, reading, found), _parts_near(quantity, reading, found)
    for measure in same:
        later = measure.quantity.qualifier == "atleast" and quantity.qualifier == "exact" and measure.quantity.low <= quantity.low
        platform = next((unit.name for unit in reading.units if unit.last == quantity.first), "")
        if later and quantity.dimension == "count" and "platform" in vocabulary().classes.get(platform, ()) and platform in measure.context:
            return Finding(*where, "number", "supported", (measure.fact,), "")
    named = named_near(quantity, reading, found)
    number = reading.sentences[quantity.first]
    alone = sum(other.dimension == quantity.dimension and reading.sentences[other.first] == number for other in reading.quantities) == 1
    bound = [measure for measure in same if _is_bound(measure, roles, nouns, parts, same, quantity.dimension, named, alone)]
    bound = closest(bound, quantity, reading, found)
    bound = [measure for measure in bound if _is_near(quantity, measure, roles, nouns)]
    fitting = [(measure, fit(quantity, measure.quantity)) for measure in same]
    uncounted = False
    for measure, how in fitting:
        if how == "yes" and measure in bound and (other := skipped(measure, quantity, reading, found)):
            return Finding(*where, "number", "contradicted", (other.fact,), f"the sheet says {other.fact}: {other.value}")
        if how == "yes" and measure in bound and counts_other(quantity, reading, measure):
            uncounted = True
            continue
        if how == "yes" and measure in bound and not (measure.denied and not denies(reading, quantity.first)):
            return Finding(*where, "number", "supported", (measure.fact,), "")
    if uncounted and all(counts_other(quantity, reading, measure) for measure in same):
        return Finding(*where, "number", "unsupported", (), "the sheet counts no such thing")
    for measure, how in fitting:
        if how == "more" and measure in bound and (may(reading, quantity.first) or doubted(reading, quantity.first)):
            return Finding(*where, "number", "supported", (measure.fact,), "")
        if how == "more" and measure in bound:
            status = "contradicted" if quantity.qualifier in ("over", "atleast") else "unsupported"
            return Finding(*where, "number", status, (measure.fact,), f"says more than {measure.fact}: {measure.value}")
    strict = [measure for measure in bound if _shares(measure, roles, nouns)] or bound
    for measure, how in fitting:
        if (
            how in ("yes", "more")
            and not is_derived(measure)
            and not (strict and roles and any(measure.roles & roles for measure in strict))
        ):
            return Finding(
                *where, "number", "contradicted", (measure.fact,), f"that number is of something else: {measure.fact}: {measure.value}"
            )
    if strict:
        return Finding(*where, "number", "contradicted", (strict[0].fact,), f"the sheet says {strict[0].fact}: {strict[0].value}")
    return Finding(*where, "number", "unsupported", (), "the sheet has no such number for this")


def _all_of_it(quantity: Quantity, reading: Reading, found: Evidence) -> Finding | None:
    """100 % cotton, where cotton is all that a fact names of its class and no other number stands there."""
    words = vocabulary()
    for unit in reading.units:
        if not 0 <= unit.first - quantity.last <= 1 or not words.classes.get(unit.name, set()) & {"material", "ingredient", "brew"}:
            continue
        for entry in found.of(unit.name, False):
            others = {name for name, entries in found.entries.items() if any(other.fact == entry.fact for other in entries)}
            rivals = {name for name in others if name != unit.name and words.classes.get(name, set()) & words.classes[unit.name]}
            rivals -= set(words.entails.get(unit.name, ()))
            numbers = [measure for measure in found.measures if measure.fact == entry.fact and measure.quantity.dimension == "percent"]
            if not rivals and not numbers:
                return Finding(quantity.first, quantity.last, "number", "supported", (entry.fact,), "")
    return None


def _parts_near(quantity: Quantity, reading: Reading, found: Evidence) -> frozenset[str]:
    first, last = segment(reading, quantity)
    return frozenset(unit.name for unit in reading.units if first <= unit.first < last and unit.name in vocabulary().parts - found.head)


def _is_bound(  # noqa: PLR0917 (what binds, from the narrowest to the widest)
    measure: Measure,
    roles: frozenset[str],
    nouns: frozenset[str],
    parts: frozenset[str],
    same: Sequence[Measure],
    dimension: str,
    named: frozenset[str],
    alone: bool,
) -> bool:
    if roles and measure.roles:
        if not roles & measure.roles:
            return False
    elif roles and any(other.roles & roles for other in same):
        return False
    if parts and measure.parts and not parts & measure.parts and any(parts & other.parts for other in same):
        return False
    if dimension in ("volume", "mass"):
        return True if not nouns or nouns & measure.context else not any(nouns & other.context for other in same)
    telling = measure.quantity.low >= TELLING and not any(nouns & other.context for other in same)
    return not nouns or telling or (alone and bool(named & measure.context)) or bool(nouns & measure.context) or bool(roles & measure.roles)


def _is_near(quantity: Quantity, measure: Measure, roles: frozenset[str], nouns: frozenset[str]) -> bool:
    """Whether a limit (over, at most) is one of this measure: of its kind, or not far from it."""
    if (
        quantity.qualifier not in ("over", "atleast", "under", "atmost")
        or _shares(measure, roles, nouns)
        or quantity.dimension.startswith("price")
    ):
        return True
    size = max(abs(measure.quantity.high), abs(quantity.high))
    return abs(measure.quantity.high - quantity.high) <= APART * size or abs(measure.quantity.low - quantity.low) <= APART * size


def _shares(measure: Measure, roles: frozenset[str], nouns: frozenset[str]) -> bool:
    return bool(measure.roles & roles or measure.context & nouns)
