"""Whether a number in a text is a number of the sheet: same dimension, same thing measured, and no more than the sheet says."""

from __future__ import annotations

from collections.abc import Sequence

from apps.marketing.claims.evidence import EMPTY, Evidence, Measure
from apps.marketing.claims.findings import Finding
from apps.marketing.claims.quantities import Quantity
from apps.marketing.claims.reading import Reading, Unit
from apps.marketing.claims.roles import roles_near, segment
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["judge_quantity"]

HONEST = 0.04
"""Most that rounding after a conversion may change: 1.2 kg is 2.6 lb, and not 3."""
LIMITING = frozenset(("time", "percent", "sound"))
"""Dimensions in which "up to 24 h" in the sheet makes a plain "24 h" say too much."""
COUNTED = frozenset(("count", "percent", "star", "times", "volume", "mass", "angle", "iu"))
"""Dimensions whose number says little without the noun beside it."""
GENERIC_TIMES = frozenset(("day", "daily"))
PERCENT_ALL = 100.0
HOURS_A_YEAR = 8766.0
TELLING = 100.0
"""From here on a count is rarely right by chance, so that its noun may be another word than the sheet's."""


def judge_quantity(quantity: Quantity, reading: Reading, found: Evidence, before: Quantity | None = None) -> Finding | None:
    """A number and its sheet -> what to say of it; none where the number claims nothing. before: the quantity it may share a unit with."""
    if _says_nothing(quantity, reading, found):
        return None
    outcome = _compare(quantity, reading, found)
    if outcome.status != "supported" and quantity.dimension == "count" and before is not None and before.dimension != "count":
        shared = _with_unit(quantity, before)
        alternative = _compare(shared, reading, found)
        if alternative.status == "supported":
            return alternative
    if outcome.status != "supported" and quantity.dimension == "count" and "age" in roles_near(reading, quantity):
        alternative = _compare(_scaled(quantity, "time", HOURS_A_YEAR), reading, found)
        if alternative.status == "supported":
            return alternative
    if outcome.status != "supported" and quantity.dimension == "time" and "age" in roles_near(reading, quantity):
        alternative = _compare(_scaled(quantity, "count", 1 / HOURS_A_YEAR), reading, found)
        if alternative.status == "supported":
            return alternative
    if outcome.status != "supported" and quantity.dimension == "mass" and abs(quantity.factor - 28.349523) < 1e-6:
        fluid = 29.57353 / 28.349523
        alternative = _compare(_scaled(quantity, "volume", fluid), reading, found)
        if alternative.status == "supported":
            return alternative
    return outcome


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


def _with_unit(quantity: Quantity, before: Quantity) -> Quantity:
    return _scaled(quantity, before.dimension, before.factor)


def _says_nothing(quantity: Quantity, reading: Reading, found: Evidence) -> bool:
    """`3 reasons`, `step 1`, a number of the product's name."""
    near = reading.tokens[quantity.last].text if quantity.last < len(reading.tokens) else ""
    before = reading.tokens[quantity.first - 1].text if quantity.first else ""
    if quantity.dimension == "count" and near in ("reasons", "ways", "things", "tips", "reason", "words", "questions", "clicks"):
        return True
    if quantity.dimension == "count" and reading.tokens[quantity.number_at].text in ("one", "single", "sole", "dual", "twin"):
        follower = next((unit.name for unit in reading.units if unit.first == quantity.last), "")
        return not _counting(follower, found)
    if quantity.dimension == "count" and before in ("no", "step", "#"):
        return before == "step"
    return False


def _compare(quantity: Quantity, reading: Reading, found: Evidence) -> Finding:  # noqa: PLR0911 (one return a verdict)
    same = [measure for measure in found.measures if measure.quantity.dimension == quantity.dimension]
    where = quantity.first, quantity.last
    if quantity.dimension == "percent" and quantity.low == PERCENT_ALL and (whole := _all_of_it(quantity, reading, found)):
        return whole
    if not same:
        return Finding(*where, "number", "unsupported", (), "the sheet has no such number")
    roles, nouns, parts = roles_near(reading, quantity), _nouns(quantity, reading, found), _parts_near(quantity, reading, found)
    bound = [measure for measure in same if _is_bound(measure, roles, nouns, parts, same, quantity.dimension)]
    bound = _closest(bound, quantity, reading, found)
    fitting = [(measure, _fit(quantity, measure.quantity)) for measure in same]
    for measure, fit in fitting:
        if fit == "yes" and measure in bound:
            return Finding(*where, "number", "supported", (measure.fact,), "")
    for measure, fit in fitting:
        if fit == "more" and measure in bound:
            status = "contradicted" if quantity.qualifier in ("over", "atleast") else "unsupported"
            return Finding(*where, "number", status, (measure.fact,), f"says more than {measure.fact}: {measure.value}")
    strict = [measure for measure in bound if _shares(measure, roles, nouns)] or bound
    for measure, fit in fitting:
        if fit in ("yes", "more") and not _derived(measure) and not (strict and roles and any(measure.roles & roles for measure in strict)):
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


def _nouns(quantity: Quantity, reading: Reading, found: Evidence) -> frozenset[str]:
    """What the text counts: the content words after the number in its clause, else those before it."""
    if quantity.dimension not in COUNTED:
        return frozenset()
    first, last = segment(reading, quantity)
    after = [
        unit
        for unit in reading.units
        if quantity.last <= unit.first < min(last, quantity.last + 4) and _counts(unit, found, quantity.dimension)
    ]
    if not after:
        after = [
            unit
            for unit in reading.units
            if max(first, quantity.first - 4) <= unit.first < quantity.first and _counts(unit, found, quantity.dimension)
        ]
    names = {unit.name for unit in after}
    return frozenset(names | {reading.tokens[at].stem for unit in after for at in range(unit.first, unit.last)})


def _counting(name: str, found: Evidence) -> bool:
    return (
        bool(name)
        and name not in EMPTY
        and any(
            name in measure.context
            for measure in found.measures
            if measure.quantity.dimension == "count" and "per" not in measure.context and measure.fact != "offer" and not _derived(measure)
        )
    )


def _derived(measure: Measure) -> bool:
    """The length of a list, which supports a number and contradicts none."""
    return measure.quantity.last == 0


def _counts(unit: Unit, found: Evidence, dimension: str) -> bool:
    words = vocabulary()
    if (
        any(unit.name in measure.context for measure in found.measures if measure.quantity.dimension == dimension)
        and unit.name not in EMPTY
    ):
        return unit.kind not in ("material", "color", "finish")
    if unit.name in EMPTY or unit.kind in ("puffery", "material", "color", "finish") or words.is_puffery(unit.word):
        return False
    return not words.is_plain(unit.word) and unit.word not in found.topic and unit.name not in found.head


def _parts_near(quantity: Quantity, reading: Reading, found: Evidence) -> frozenset[str]:
    first, last = segment(reading, quantity)
    return frozenset(unit.name for unit in reading.units if first <= unit.first < last and unit.name in vocabulary().parts - found.head)


def _is_bound(  # noqa: PLR0917 (what binds, from the narrowest to the widest)
    measure: Measure, roles: frozenset[str], nouns: frozenset[str], parts: frozenset[str], same: Sequence[Measure], dimension: str
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
    return not nouns or telling or bool(nouns & measure.context) or bool(roles & measure.roles)


def _closest(bound: list[Measure], quantity: Quantity, reading: Reading, found: Evidence) -> list[Measure]:
    """Without those of which another has all that the clause names and more: `GPS runs for ten days` is not of the ten days without GPS."""
    first, last = segment(reading, quantity)
    named = {unit.name for unit in reading.units if first <= unit.first < last and unit.name not in EMPTY | found.head}
    rivals = [
        other for other in reading.quantities if other != quantity and first <= other.first < last and other.dimension == quantity.dimension
    ]

    def displaces(other: Measure, measure: Measure) -> bool:
        taken = any(_fit(rival, other.quantity) == "yes" for rival in rivals)
        return other.fact == measure.fact and not taken and named & measure.context < named & other.context

    return [measure for measure in bound if not any(displaces(other, measure) for other in bound)]


def _shares(measure: Measure, roles: frozenset[str], nouns: frozenset[str]) -> bool:
    return bool(measure.roles & roles or measure.context & nouns)


def _fit(said: Quantity, fact: Quantity) -> str:  # noqa: PLR0911 (one return a qualifier)
    """yes; more: the number is right and its qualifier says too much; no."""
    if said.dimension == "date" or said.dimension.startswith("price"):
        return "yes" if _fit_price(said, fact) else "no"
    tolerance = _tolerance(said, fact, max(abs(said.low), abs(said.high)))
    if said.low != said.high:
        both = abs(said.low - fact.low) <= tolerance and abs(said.high - fact.high) <= tolerance
        return "yes" if both else "no"
    readings = (said.low, *said.readings)
    targets = (fact.low, fact.high, *fact.readings)
    near_low = any(_near(value, target, said, fact) for value in readings for target in (fact.low, *fact.readings))
    near_high = any(_near(value, target, said, fact) for value in readings for target in (fact.high, *fact.readings))
    value = said.low
    upper = fact.qualifier in ("upto", "atmost", "under")
    match said.qualifier:
        case "upto" | "downto":
            return "yes" if near_high or (said.qualifier == "downto" and near_low) else "no"
        case "atmost" | "under":
            return (
                "yes"
                if (fact.high < value or (near_high and (said.qualifier == "atmost" or fact.qualifier == "under")))
                and fact.qualifier not in ("over", "atleast")
                else "no"
            )
        case "over":
            if (near_low and fact.qualifier == "over") or (fact.low > value + tolerance and not upper):
                return "yes"
            return "more" if near_low else "no"
        case "atleast":
            if upper and near_low:
                return "more"
            return "yes" if not upper and (near_low or fact.low > value) else "no"
        case "almost":
            return "yes" if 0.85 * value <= fact.high <= value + tolerance else "no"
        case "about":
            return "yes" if any(abs(value - target) <= 0.1 * abs(target) for target in targets) else "no"
    return _fit_exact(said, fact, near_low, near_high)


def _near(value: float, target: float, said: Quantity, fact: Quantity) -> bool:
    return abs(value - target) <= _tolerance(said, fact, abs(value))


def _fit_price(said: Quantity, fact: Quantity) -> bool:
    """Prices and dates are the sheet's to the cent; a limit may stand above or below."""
    match said.qualifier:
        case "under":
            return fact.high < said.low
        case "over":
            return fact.low > said.low or (fact.low == said.low and fact.qualifier == "over")
    return any(abs(value - target) < 1e-9 for value in (said.low, *said.readings) for target in (fact.low, fact.high, *fact.readings))


def _fit_exact(said: Quantity, fact: Quantity, near_low: bool, near_high: bool) -> str:
    if said.dimension == "count" and fact.low < said.low < fact.high:
        return "yes"
    if not (near_low or near_high):
        return "no"
    if said.dimension in LIMITING and (fact.qualifier == "upto" or (fact.low != fact.high and not near_low)):
        return "more"
    return "more" if fact.qualifier == "almost" else "yes"


def _tolerance(said: Quantity, fact: Quantity, size: float) -> float:
    if said.dimension == "celsius":
        return 0.6 if said.factor != fact.factor else 0.01
    if said.dimension == "time" and said.factor != fact.factor:
        return 0.015 * size
    if said.factor != fact.factor:
        return min(max(0.55 * said.step, 0.005 * size), HONEST * size)
    fractional = abs(fact.low / fact.factor - round(fact.low / fact.factor)) > 1e-9
    if said.dimension != "percent" and fractional and fact.step < said.step:
        return min(0.5 * said.step, 0.015 * size)
    return 1e-6 * max(size, 1e-6)
