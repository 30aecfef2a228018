"""Units of measure with their factors, and the quantities a text states.

Factors are exact by definition: the international yard and pound (1959), the US customary volumes of NIST Handbook 44, the
thermochemical kilocalorie for `kcal` (4184 J), IEC 80000-13 for `MiB`. Currencies are recognised and never converted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from apps.marketing.numerals import NUMBER, Ambiguous, read_number

__all__ = ["UNITS", "Quantity", "Unit", "quantities", "unit_named"]


@dataclass(frozen=True)
class Unit:
    """A value times factor, plus offset, is in the base unit of its dimension (m, kg, L, s, W, J, K, B, m2)."""

    name: str
    dimension: str
    factor: Decimal
    offset: Decimal = Decimal(0)


_TABLE: dict[str, tuple[str, ...]] = {
    "length": (
        "mm millimeter millimetre millimeters millimetres|0.001", "cm centimeter centimetre centimeters centimetres|0.01",
        "m meter metre meters metres|1", "km kilometer kilometre kilometers kilometres|1000", "um \u00b5m \u03bcm micron microns|0.000001",
        'in inch inches " \u2033|0.0254', "ft foot feet '|0.3048", "yd yard yards|0.9144", "mi mile miles|1609.344",
    ),
    "mass": (
        "mg milligram milligrams|0.000001", "g gram grams gramme grammes gr|0.001", "kg kilo kilos kilogram kilograms|1",
        "t tonne tonnes|1000", "oz ounce ounces|0.028349523125", "lb lbs pound pounds|0.45359237",
        "\u00b5g mcg microgram micrograms|0.000000001",
    ),
    "volume": (
        "ml milliliter millilitre milliliters millilitres|0.001", "cl centiliter centilitre centiliters|0.01", "dl deciliter decilitre|0.1",
        "l liter litre liters litres|1", "fl oz|fl. oz|0.0295735295625", "gal gallon gallons|3.785411784", "pt pint pints|0.473176473",
        "qt quart quarts|0.946352946", "cup cups|0.2365882365", "tbsp|0.01478676478125", "tsp|0.00492892159375",
    ),
    "time": (
        "ms millisecond milliseconds|0.001", "s sec secs second seconds|1", "min mins minute minutes|60", "h hr hrs hour hours|3600",
        "day days|86400", "week weeks|604800", "month months|2629746", "year years yr yrs|31556952",
    ),
    "power": ("mW|0.001", "W watt watts|1", "kW kilowatt kilowatts|1000", "MW|1000000", "hp horsepower|745.69987158227022"),
    "energy": ("J joule joules|1", "kJ|1000", "Wh|3600", "kWh|3600000", "kcal Cal calories|4184", "cal|4.184", "BTU|1055.05585262"),
    "charge": ("mAh|3.6", "Ah|3600"),
    "temperature": (
        "K kelvin|1",
        "\u00b0C \u2103 degC celsius|1|273.15",
        "\u00b0F \u2109 degF fahrenheit|0.5555555555555555555555555556|255.3722222222222222222222222"),
    "data": ("B byte bytes|1", "kB KB kilobyte kilobytes|1000", "MB megabyte megabytes|1000000", "GB gigabyte gigabytes|1000000000",
             "TB terabyte terabytes|1000000000000", "KiB|1024", "MiB|1048576", "GiB|1073741824", "TiB|1099511627776"),
    "area": (
        "cm2 cm\u00b2|0.0001", "m2 m\u00b2 sqm|1", "km2 km\u00b2|1000000", "ft2 ft\u00b2 sqft|0.09290304",
        "ha hectare hectares|10000", "acre acres|4046.8564224"),
    "pressure": ("Pa|1", "kPa|1000", "bar bars|100000", "psi|6894.757293168"),
    "frequency": ("Hz|1", "kHz|1000", "MHz|1000000", "GHz|1000000000"),
    "share": ("% percent per cent|1",),
    "currency $": ("$ USD US$ dollars dollar|1",),
    "currency \u20ac": ("\u20ac EUR euros euro|1",),
    "currency \u00a3": ("\u00a3 GBP|1",),
    "currency \u00a5": ("\u00a5 JPY yen|1",),
}  # fmt: skip
_CASE_MATTERS = frozenset({"mW", "MW", "Cal", "cal", "K", "B", "t", "m", "J", "W", "Pa", "Ah"})
_NOT_INCHES = re.compile(r"[\s-]*\d|\s+(?!wide|tall|long|deep|high|thick|across|diameter|by|x)[a-z]", re.IGNORECASE)
"""`3 in 1`, `2 in each box`: the preposition."""
_BEFORE = re.compile("(?:US\\$|[$\u20ac\u00a3\u00a5]|USD|EUR|GBP)\\s?$")


@dataclass(frozen=True)
class Quantity:
    """A number with its unit as the text has them; base: the value in the base unit of the dimension, None where the number can be read
    in two ways."""

    start: int
    end: int
    text: str
    unit: Unit
    value: Decimal | Ambiguous
    base: Decimal | None


def _rows() -> list[tuple[list[str], Unit]]:
    rows = []
    for dimension, lines in _TABLE.items():
        for line in lines:
            parts = line.split("|")
            numbers = [Decimal(part) for part in parts if re.fullmatch(r"[\d.]+", part)]
            spellings = [part for part in parts if not re.fullmatch(r"[\d.]+", part)]
            names = spellings if spellings[0].startswith("fl ") else spellings[0].replace("per cent", "").split()
            rows.append((names, Unit(names[0], dimension, *numbers)))
    return rows


UNITS: dict[str, Unit] = {name: unit for names, unit in _rows() for name in names}
"""Every spelling; a micrometre and a microgram differ by their letters, a milliwatt and a megawatt by their capitals."""
_FOLDED = {name.lower(): unit for name, unit in UNITS.items() if name not in _CASE_MATTERS}


def unit_named(name: str) -> Unit | None:
    """By its spelling as written, or in any case where the case tells nothing."""
    return UNITS.get(name) or _FOLDED.get(name.lower())


@cache
def _unit_pattern() -> re.Pattern[str]:
    names = sorted(UNITS, key=len, reverse=True)
    words = "|".join(re.escape(name).replace(r"\ ", r"\s") for name in names if name[-1].isalnum())
    signs = "|".join(re.escape(name) for name in names if not name[-1].isalnum())
    return re.compile(rf"[\s\u00a0-]?(?:({words})(?![^\W_])|({signs}))", re.IGNORECASE)


def quantities(text: str, locale: str = "") -> list[Quantity]:
    """Every number with a unit, in order; a currency may stand before its number."""
    found = []
    for match in NUMBER.finditer(text):
        value = read_number(match.group(), locale)
        before, after = _BEFORE.search(text[: match.start()]), _unit_pattern().match(text, match.end())
        name = (before.group().strip() if before else "") or ((after.group(1) or after.group(2)) if after else "")
        if name.lower() == "in" and after and _NOT_INCHES.match(text, after.end()):
            continue
        unit = unit_named(re.sub(r"\s", " ", name)) if name else None
        if unit is None or value is None:
            continue
        start, end = (before.start(), match.end()) if before else (match.start(), after.end() if after else match.end())
        base = None if isinstance(value, Ambiguous) else value * unit.factor + unit.offset
        found.append(Quantity(start, end, text[start:end], unit, value, base))
    return found
