"""Numbers with their units out of tokens: 500 ml, two-year, up to 24 h, 10-15 %, half a litre, € 1.000,50, -20 °C, 30 June."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from apps.marketing.claims.amounts import Quantity, Reader
from apps.marketing.claims.tokens import Token
from apps.marketing.claims.units import MONTHS

__all__ = ["Quantity", "quantities"]


WHOLE = 100.0


def quantities(found: Sequence[Token], taken: set[int]) -> list[Quantity]:
    """All quantities of the tokens, in order. Adjacent ones of one dimension add up (2 h 30 min); a list shares its unit (30 x 20 cm)."""
    reader = Reader(found, taken)
    result: list[Quantity] = []
    at = 0
    while at < len(found):
        quantity = _date(reader, at) or reader.read(at)
        if quantity is None:
            at += 1
            continue
        result.append(quantity)
        at = max(quantity.last, at + 1)
    return _shared_units(reader, _summed(reader, result))


def _date(reader: Reader, at: int) -> Quantity | None:
    """30 June, June 30, 30th of June."""
    day, after = reader.at(at), at + 1
    if day is None or not (day.kind == "number" or day.text in MONTHS):
        return None
    if day.kind == "number" and day.text.isdigit() and int(day.text) <= 31:
        after += reader.at(after) is not None and reader.found[after].kind == "ordinal"
        after += reader.text(after) == "of"
        month = MONTHS.get(reader.text(after))
        if (month and reader.text(after) != "may") or (reader.text(after) == "may" and reader.text(after + 1) in ("", ".")):
            value = float(int(day.text) + 100 * (month or 5))
            return Quantity(value, value, "date", "exact", at, after + 1, number_at=at)
        return None
    number = reader.at(after)
    if day.text in MONTHS and number and number.kind == "number" and number.text.isdigit() and int(number.text) <= 31:
        value = float(int(number.text) + 100 * MONTHS[day.text])
        ordinal = reader.at(after + 1)
        return Quantity(value, value, "date", "exact", at, after + 1 + (ordinal is not None and ordinal.kind == "ordinal"), number_at=after)
    return None


def _summed(reader: Reader, found: list[Quantity]) -> list[Quantity]:
    result: list[Quantity] = []
    for quantity in found:
        last = result[-1] if result else None
        joined = last is not None and (last.last == quantity.first or (last.last + 1 == quantity.first and reader.text(last.last) == "and"))
        if last and joined and last.dimension == quantity.dimension != "count" and quantity.factor < last.factor and last.low == last.high:
            total = last.low + quantity.low
            result[-1] = replace(last, low=total, high=total, last=quantity.last, step=quantity.step)
        else:
            result.append(quantity)
    return result


def _shared_units(reader: Reader, found: list[Quantity]) -> list[Quantity]:
    """Two numbers that make a hundred about a slash are percentages (60/40). A bare number takes the unit of the next in
    `30 x 20 x 10 cm`, of the one before in `24 hours cold, 12 hot`."""
    for at in range(len(found) - 2, -1, -1):
        here, after = found[at], found[at + 1]
        joined = here.last + 1 == after.first and reader.text(here.last) in ("/", "-", "to", ":")
        if joined and here.dimension == after.dimension == "count" and here.low + after.low == WHOLE:
            found[at], found[at + 1] = replace(here, dimension="percent"), replace(after, dimension="percent")
            continue
        if (
            here.dimension == "count" != after.dimension
            and here.last + 1 == after.first
            and reader.text(here.last) in ("x", "\u00d7", "*", "by", "/", "or", "and", "&")
        ):
            found[at] = replace(
                here,
                dimension=after.dimension,
                factor=after.factor,
                low=here.low * after.factor,
                high=here.high * after.factor,
                step=here.step * after.factor,
            )
    return found
