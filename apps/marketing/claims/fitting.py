"""Whether one number bears another: rounding, conversion, ranges, at least, up to, nearly."""

from __future__ import annotations

from apps.marketing.claims.quantities import Quantity

__all__ = ["fit"]

HONEST = 0.04
"""Most that rounding after a conversion may change: 1.2 kg is 2.6 lb, and not 3."""
LIMITING = frozenset(("time", "percent", "sound"))
"""Dimensions in which "up to 24 h" in the sheet makes a plain "24 h" say too much."""
RANGED = frozenset(("count", "length", "mass", "celsius", "volume"))
"""Dimensions in which a number within a range of the sheet is one of those that fit."""


WEEK, MONTH = 168.0, 8766.0


def fit(said: Quantity, fact: Quantity) -> str:  # noqa: PLR0911 (one return a qualifier)
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
            near = any(abs(value - target) <= 0.1 * abs(target) for target in targets)
            return "yes" if near or fact.low <= value <= fact.high else "no"
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
    if said.dimension in RANGED and fact.low < said.low < fact.high:
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
        return (0.09 if said.factor > WEEK and fact.factor <= WEEK and said.step < MONTH else 0.015) * size
    if said.factor != fact.factor:
        return min(max(0.55 * said.step, 0.005 * size), HONEST * size)
    fractional = abs(fact.low / fact.factor - round(fact.low / fact.factor)) > 1e-9
    if said.dimension != "percent" and fractional and fact.step < said.step:
        return min(0.5 * said.step, 0.015 * size)
    return 1e-6 * max(size, 1e-6)
