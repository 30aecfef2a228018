"""Numbers that no fact states and that follow from two: the price of one of twelve, what a discount leaves, how far a range goes."""

from __future__ import annotations

from collections.abc import Iterator

from apps.marketing.claims.evidence import Evidence, Measure
from apps.marketing.claims.lists import listed
from apps.marketing.claims.positions import sentence_of
from apps.marketing.claims.quantities import Quantity
from apps.marketing.claims.reading import Reading
from apps.marketing.claims.stems import stem
from apps.marketing.claims.units import UNITS

__all__ = ["follows"]

EACH = frozenset(listed("each"))
SAVING = frozenset(listed("saving"))
SPANNING = frozenset(listed("spanning"))
SUMMING = frozenset(listed("summing"))
LOOSE = frozenset(("about", "almost", "under", "atmost", "over", "atleast"))
MONTHS_A_YEAR = 12.0
HOURS_A_DAY = 24.0
PER = ("litre", "liter", "kg", "metre", "hour", "minute", "kilo")
PORTIONS = frozenset(
    stem(word)
    for word in (
        "bag",
        "piece",
        "tablet",
        "capsule",
        "sachet",
        "serving",
        "pod",
        "pad",
        "dose",
        "bar",
        "pack",
        "sheet",
        "wash",
        "drop",
        "page",
        "use",
    )
)
CENT = 0.006
HANDFUL, MANY = 60, 400
WEIGHED = frozenset(("litre", "liter", "l", "kilo", "kg", "100"))
BILLED = frozenset(("month", "months", "monthly", "year", "years", "annually", "yearly", "annual"))
Derived = tuple[float, Measure]
"""A value, and the measure that it follows from."""


def follows(quantity: Quantity, reading: Reading, found: Evidence) -> str:
    """The fact from which the number follows by simple arithmetic; empty where none does."""
    first, last = sentence_of(reading, quantity.number_at)
    around = {token.text for token in reading.tokens[max(0, first - 12) : last]}
    near = {token.text for token in reading.tokens[quantity.last : quantity.last + 3]}
    said = [other for other in reading.quantities if other != quantity]
    candidates: Iterator[Derived]
    if quantity.dimension.startswith("price"):
        candidates = _prices(quantity, found, around, near, said)
    else:
        candidates = _amounts(quantity, found, around, said)
    for value, measure in candidates:
        if _meets(quantity, value):
            return measure.fact
    return ""


def _meets(said: Quantity, value: float) -> bool:
    slack = 0.5 * said.step if said.qualifier in LOOSE or said.dimension.startswith("price") is False else CENT
    match said.qualifier:
        case "under" | "almost":
            return said.low * 0.9 <= value < said.low
        case "over" | "atleast":
            return said.low <= value <= said.low * 1.1
        case "about":
            return abs(value - said.low) <= 0.08 * abs(said.low)
        case "atmost":
            return said.low * 0.9 <= value <= said.low
    return abs(value - said.low) <= max(slack, 0.004 * abs(value)) if said.dimension != "count" else value == said.low


def _prices(quantity: Quantity, found: Evidence, around: set[str], near: set[str], said: list[Quantity]) -> Iterator[Derived]:
    prices = [measure for measure in found.measures if measure.quantity.dimension == quantity.dimension]
    counts = _counts(found)
    spoken = [other.low for other in said if other.dimension == "count" and 1 < other.low <= HANDFUL]
    for measure in prices:
        price = measure.quantity.low
        yield from ((value, measure) for value in _reduced(price, found, around))
        if around & EACH:
            yield from ((price / count, measure) for count in (*counts, *spoken))
        if "price" in measure.fact or "plan" in measure.fact:
            yield from ((price * count, measure) for count in spoken)
        if near & WEIGHED:
            yield from ((price * size, measure) for size in _sizes(found))
        if around & BILLED:
            yield from ((price * MONTHS_A_YEAR, measure), (price / MONTHS_A_YEAR, measure))
        for other in prices:
            yield from ((value, measure) for value in _between(price, other, counts, around))


def _reduced(price: float, found: Evidence, around: set[str]) -> Iterator[float]:
    """What a percentage of the sheet leaves of a price, and what it takes."""
    for measure in found.measures:
        if measure.quantity.dimension == "percent":
            yield price * (1 - measure.quantity.low / 100)
            if around & SAVING:
                yield price * measure.quantity.low / 100


def _sizes(found: Evidence) -> Iterator[float]:
    for measure in found.measures:
        if measure.quantity.dimension in ("volume", "mass") and measure.quantity.low:
            yield from (1000 / measure.quantity.low, 100 / measure.quantity.low)


def _between(price: float, other: Measure, counts: list[float], around: set[str]) -> Iterator[float]:
    """What lies between a price, or some of it, and another; what both make."""
    if other.fact == "offer" or around & SAVING:
        yield from (price * count - other.quantity.low for count in (1.0, MONTHS_A_YEAR, *counts))
    if around & SUMMING:
        yield price + other.quantity.low


def _counts(found: Evidence) -> list[float]:
    return [measure.quantity.low for measure in found.measures if measure.quantity.dimension == "count" and measure.quantity.low > 1]


def _amounts(quantity: Quantity, found: Evidence, around: set[str], said: list[Quantity]) -> Iterator[Derived]:
    same = [measure for measure in found.measures if measure.quantity.dimension == quantity.dimension]
    spoken = [other.low for other in said if other.dimension == "count" and 1 < other.low <= MANY]
    for measure in same:
        low, high = measure.quantity.low, measure.quantity.high
        if low != high and (around & SPANNING or quantity.dimension in ("length", "celsius")):
            yield high - low, measure
        if quantity.dimension != "count":
            yield from ((value, measure) for value in _shared(low, {*_counts(found), *spoken}, around))
            yield from ((value, measure) for value in _scaled(measure, found, said))
        yield from ((low + other.quantity.low, measure) for other in same if other is not measure and _adds(measure, other, around))
    if quantity.dimension == "time" and around & {"one", "each", "every", "daily", "per"}:
        portions = [measure for measure in found.measures if measure.context & PORTIONS and measure.quantity.dimension == "count"]
        yield from ((measure.quantity.low * HOURS_A_DAY, measure) for measure in portions if measure.quantity.low > 1)
    if quantity.dimension in ("count", "times") and around & {"times", "twice", "thrice"}:
        yield from _ratios(found)


def _shared(low: float, counts: set[float], around: set[str]) -> Iterator[float]:
    if around & {"each", "apiece", "every"}:
        yield from (low / count for count in counts)
    if around & SUMMING:
        yield from (low * count for count in counts)


def _adds(measure: Measure, other: Measure, around: set[str]) -> bool:
    joined = other.fact == measure.fact and ("plus" in measure.value or "+" in measure.value)
    return bool(around & SUMMING) or joined


def _scaled(measure: Measure, found: Evidence, said: list[Quantity]) -> Iterator[float]:
    """A number per 100 g for all of it; a number per litre for the litres that the text names."""
    text = f"{measure.fact} {measure.value}".lower()
    if "per 100" in text:
        weights = (other.quantity.low for other in found.measures if other.quantity.dimension == "mass" and other.fact != measure.fact)
        yield measure.quantity.low * next(weights, 0.0) / 100
    per = next((unit for unit in PER if f"per {unit}" in text or f"a {unit}" in text), "")
    if per:
        yield from (measure.quantity.low * other.low / UNITS[per][1] for other in said if other.dimension == UNITS[per][0])


def _ratios(found: Evidence) -> Iterator[Derived]:
    measured = [measure for measure in found.measures if measure.quantity.dimension != "count" and measure.quantity.high]
    for measure in measured:
        for other in measured:
            if other.quantity.dimension == measure.quantity.dimension:
                yield other.quantity.high / measure.quantity.high, measure
