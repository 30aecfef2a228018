"""One number with its unit, out of tokens: value, dimension, qualifier and range."""

from __future__ import annotations

from dataclasses import dataclass

from apps.marketing.claims.lists import lines_of, listed
from apps.marketing.claims.numerals import FRACTIONS, NumberReader
from apps.marketing.claims.tokens import Token
from apps.marketing.claims.units import CURRENCIES, NUMBERS, PREFIXED, SCALES, UNITS

__all__ = ["Quantity", "Reader"]


def _qualifiers(side: str) -> dict[str, str]:
    lines = (line.partition(": ") for line in lines_of("qualifiers") if line.startswith(side))
    return {phrase: head.split()[1] for head, _, phrases in lines for phrase in phrases.split(" | ")}


BEFORE = _qualifiers("before")
AFTER = _qualifiers("after")
COMPARING = dict.fromkeys(listed("comparing"), "under")
COMPARING |= dict.fromkeys(listed("comparing of quantities"), "over")
FILLERS = frozenset(listed("fillers"))
ARTICLE_UNITS = frozenset(listed("article units"))
SIZED = frozenset(listed("sized"))


FLOWING = frozenset(("volume", "length"))
FLOWS = frozenset(("h", "hour", "min", "minute", "s", "second"))
ANDED = ("hour", "day", "minute", "year", "metre", "meter", "litre", "liter", "kilo", "mile", "month", "week", "pound")
MOST = 20.0
KELVIN = 4
PAIRS = {("fl", "oz"): "floz", ("fluid", "ounces"): "floz", ("fluid", "ounce"): "floz", ("sq", "ft"): "sqft"}
PAIRS |= {("kilowatt", "hour"): "kwh", ("kilowatt", "hours"): "kwh", ("watt", "hour"): "wh", ("watt", "hours"): "wh"}
PAIRS |= {("amp", "hours"): "ah", ("milliamp", "hours"): "mah", ("kilowatt", "peak"): "kw"}
PAIRS |= {("per", "cent"): "%", ("cubic", "metres"): "cbm", ("cubic", "meters"): "cbm"}
PAIRS |= {("square", "feet"): "sqft", ("square", "meters"): "sqm", ("square", "metres"): "sqm", ("m", "²"): "sqm"}
WHOLLY = ("full", "whole", "entire", "solid")
OFTEN_BEFORE = ("times", "once", "twice", "cents", "pence", "euro", "euros", "dollars", "pounds")


@dataclass(frozen=True)
class Quantity:
    """low, high: in the dimension's base unit; step: what one more of the last digit is worth; readings: other values of the same digits
    (1.500). first, last: its tokens, last exclusive; nouns: stems of what is counted; start of the bare number: number_at."""

    low: float
    high: float
    dimension: str
    qualifier: str
    first: int
    last: int
    step: float = 0.0
    factor: float = 1.0
    readings: tuple[float, ...] = ()
    number_at: int = 0


class Reader(NumberReader):
    """Reads quantities from left to right."""

    def unit(self, at: int) -> tuple[str, float, int]:  # noqa: PLR0911 (one return a notation)
        """Dimension, factor and the next token; dimension "count" where no unit follows."""
        token = self.at(at)
        if token is None:
            return "count", 1.0, at
        if token.text == "°":
            scale = self.text(at + 1)
            name = {"c": "celsius", "celsius": "celsius", "f": "fahrenheit", "fahrenheit": "fahrenheit"}.get(scale, "angle")
            return name, 1.0, at + 1 + (name != "angle")
        if token.text in ("degree", "degrees"):
            scale = self.text(at + 1)
            return (
                ("fahrenheit" if scale.startswith("f") and len(scale) != 3 else "celsius"),
                1.0,
                at + 2 if scale in ("c", "f", "celsius", "fahrenheit") else at + 1,
            )
        if token.text in ("celsius", "centigrade", "fahrenheit"):
            return "fahrenheit" if token.text == "fahrenheit" else "celsius", 1.0, at + 1
        if token.text == "g" and self.text(at + 1) == "/" and self.text(at + 2) == "m" and self.text(at + 3) in ("2", "²"):
            return "fabric", 1.0, at + 4
        if token.text == '"' and self._adjacent(at):
            return "length", 25.4, at + 1
        if token.text in CURRENCIES:
            return "price:" + CURRENCIES[token.text], 1.0, at + 1
        pair = PAIRS.get((token.text, self.text(at + 1)))
        if pair:
            return *UNITS[pair], at + 2
        if token.text in ("km", "miles") and self.text(at + 1) in ("/", "per", "an") and self.text(at + 2) in ("h", "hour"):
            return *UNITS["kmh" if token.text == "km" else "mph"], at + 3
        dimension, factor, next_at = self._plain_unit(token, at)
        if dimension in FLOWING and (span := self._span(next_at)):
            return f"{dimension}/time", factor / UNITS[span[0]][1], span[1]
        return dimension, factor, next_at

    def _span(self, at: int) -> tuple[str, int] | None:
        """The time unit of a flow: l/h, litres a minute."""
        if self.text(at) in ("/", "per", "an", "a") and self.text(at + 1) in FLOWS:
            return self.text(at + 1), at + 2
        return None

    def _plain_unit(self, token: Token, at: int) -> tuple[str, float, int]:  # noqa: PLR0911 (one return a notation)
        before = self.found[at - 1].text if at else ""
        if token.text == "k" and (self._adjacent(at) or (before.isdigit() and len(before) == KELVIN)):
            return "kelvin", 1.0, at + 1
        if token.text in ("in", "ins"):
            follower = self.at(at + 1)
            if (
                token.glued
                or self._adjacent(at)
                or follower is None
                or follower.kind in ("stop", "clause", "symbol")
                or follower.text in SIZED
            ):
                return "length", 25.4, at + 1
        if token.text == "x" and (follower := self.at(at + 1)) and (follower.kind == "number" or not self._adjacent(at)):
            return "count", 1.0, at
        if token.text == "times" and self.text(at + 1) in ("a", "per", "daily", "in"):
            return "count", 1.0, at
        name = token.text[:-2] if token.text.endswith("'s") else token.text.rstrip("'")
        if name in UNITS and not (
            name in ("second", "pc") and not token.glued and self.text(at - 1) not in NUMBERS and self.found[at - 1].kind != "number"
        ):
            return *UNITS[name], at + 1
        follower = self.at(at + 1)
        if follower and token.kind == "word" and token.text in FILLERS and len(follower.text) > 2 and follower.text in UNITS:
            return *UNITS[follower.text], at + 2
        return "count", 1.0, at

    def qualifier(self, at: int) -> tuple[str, int]:
        """What stands before the number: its meaning and the first token of it."""
        start = at
        while self.text(start - 1) in ("just", "only", "a", "an", "the", "full", "whopping", "mere", "impressive", "generous"):
            start -= 1
        if self.text(start - 1) == "than" and (direction := COMPARING.get(self.text(start - 2))):
            return direction, start - 2
        for words in (3, 2, 1):
            for begin in {at, start}:
                phrase = " ".join(self.text(index) for index in range(begin - words, begin))
                if phrase in BEFORE:
                    return BEFORE[phrase], begin - words
        return "exact", at

    def read(self, at: int) -> Quantity | None:
        """The quantity that begins at this token, or none."""
        first = at
        text = self.text(at)
        if (share := self._portion(at)) is not None:
            return share
        prefix = "price:" + CURRENCIES[text] if text in CURRENCIES else text if text in PREFIXED else ""
        if prefix:
            at += 1 + (self.text(at + 1) in (":", "of"))
        if (
            text in ("a", "an")
            and self.text(at + 1) in CURRENCIES
            and len(self.text(at + 1)) > 2
            and self.text(at - 1) not in ("cents", "half")
        ):
            return self._finish(first, at, (1.0, 1.0, (), at + 1), "")
        if text in ("a", "an") and self.text(at - 1) in OFTEN_BEFORE:
            return None
        if (text in ("a", "an") and self.text(at + 1) in ARTICLE_UNITS) or (
            text in ("a", "an") and self.text(at + 1) in WHOLLY and self.text(at + 2) in ARTICLE_UNITS
        ):
            number: tuple[float, float, tuple[float, ...], int] | None = self._article(at)
        elif text in ("a", "an") and self.text(at + 1) in ANDED and self.text(at + 2) == "and":
            half = self.text(at + 3) == "a" and self.text(at + 4) in ("half", "quarter")
            number = self._article(at) if half or self.number(at + 3) else None
        else:
            number = self.number(at)
        if number is None:
            return None
        return self._finish(first, at, number, prefix)

    def _portion(self, at: int) -> Quantity | None:
        """A share of the whole as a percentage: two fifths wool, seven parts wool, a tenth off, nine in ten, 60/40."""
        text, after = self.text(at), self.text(at + 1)
        count = 1.0 if text in ("a", "an", "one") else NUMBERS.get(text, 0.0)
        below, last = FRACTIONS.get(after, 0), at + 2
        if count == 1.0 and self.text(at - 1) in ("once", "every", "per"):
            return None
        if after == "parts" and "parts" in [self.text(index) for index in range(at + 2, min(at + 9, len(self.found)))]:
            other = next((NUMBERS.get(self.text(index - 1), 0) for index in range(at + 3, at + 9) if self.text(index) == "parts"), 0)
            below = count + other
        elif after == "parts" and self.last_share:
            below = count + self.last_share
        number = float(text) if self.at(at) and self.found[at].kind == "number" and text.isdigit() else count
        beyond = at + 1 + (after in ("parts", "people", "users"))
        if (
            self.text(beyond) == "out"
            and self.text(beyond + 1) == "of"
            and (whole := self.number(beyond + 2))
            and number < whole[0] <= MOST
        ):
            return Quantity(100 * number / whole[0], 100 * number / whole[0], "percent", "exact", at, whole[3], 1.0, 1.0, (), at)
        if not below or not 1 <= count < below or (after in ("second", "seconds")) or (text == "one" and after in ("third", "half")):
            below = below if text == "one" and after == "third" else 0
        if not below or self.text(last) in UNITS or (self.text(last) == "of" and self.text(last + 1) in ("a", "an")):
            return None
        self.last_share = count if after == "parts" else 0.0
        percent = 100 * count / below
        qualifier, first = self.qualifier(at)
        loosely = {self.text(index) for index in range(max(0, at - 10), at)} & {
            "roughly",
            "about",
            "around",
            "almost",
            "nearly",
            "approximately",
        }
        rounded = 1.0 if loosely or abs(percent - round(percent)) >= 1e-6 else 0.0
        return Quantity(percent, percent, "percent", qualifier if not rounded else "about", first, last, 1.0, 1.0, (), at)

    def _article(self, at: int) -> tuple[float, float, tuple[float, ...], int]:
        scale = SCALES.get(self.text(at + 1), 1.0)
        next_at = at + 1 + (self.text(at + 1) in WHOLLY or scale > 1)
        if scale > 1 and self.text(next_at) == "and" and (rest := self.number(next_at + 1)) and rest[0] < scale:
            return scale + rest[0], 1.0, (), rest[3]
        return scale, scale, (), next_at

    def _finish(self, first: int, at: int, number: tuple[float, float, tuple[float, ...], int], prefix: str) -> Quantity | None:  # noqa: PLR0912 (one branch a notation)
        value, step, readings, next_at = number
        dimension, factor, next_at = (prefix, 1.0, next_at) if prefix else self.unit(next_at)
        if self.text(at) in ("half", "a", "an") and dimension == "count":
            return None
        if self.text(next_at) == "and" and self.text(next_at + 1) == "a" and self.text(next_at + 2) in ("half", "quarter"):
            value, step, next_at = value + (0.5 if self.text(next_at + 2) == "half" else 0.25), 0.5, next_at + 3
        if dimension.startswith("price") and (cents := self._cents(next_at)):
            value, next_at = value + cents / 100, next_at + 1
        high = value
        upper = self.number(next_at + 1) if self.text(next_at) in ("-", "to", "\u2013") or self._between(first, next_at) else None
        if self.text(next_at) in ("-", "to") and self.text(next_at + 1) in ("-", "€", "$", "£"):
            upper = self.number(next_at + 2)
        if self.text(next_at) in ("-", "to") and len(self.text(next_at + 1)) == 1 and self.text(next_at + 1).isalpha():
            upper = upper or self.number(next_at + 2)
        if upper and self.found[at].kind in ("number", "word"):
            high, step, _, next_at = upper[0], min(step, upper[1]), upper[2], upper[3]
            upper_unit = (prefix, 1.0, next_at) if prefix else self.unit(next_at)
            if dimension == "count":
                dimension, factor, next_at = upper_unit
            elif upper_unit[0] == dimension:
                next_at = upper_unit[2]
                high *= upper_unit[1] / factor
        qualifier, first_at = self.qualifier(first)
        if qualifier == "under" and dimension == "length" and self.text(next_at) in ("of", "water"):
            qualifier = "exact"
        if qualifier == "exact":
            for words in (2, 1, 3):
                phrase = " ".join(self.text(index) for index in range(next_at, next_at + words))
                if phrase in AFTER and not (phrase == "plus" and self.at(next_at + 1) and self.found[next_at + 1].kind == "word"):
                    qualifier, next_at = AFTER[phrase], next_at + words
                    break
        negative = dimension in ("celsius", "fahrenheit") and self.text(first - 1) in ("-", "minus")
        low, high = (-value, -high if high == value else high) if negative else (value, high)
        if dimension == "fahrenheit":
            low, high, dimension, factor = (low - 32) / 1.8, (high - 32) / 1.8, "celsius", 1 / 1.8
            return Quantity(low, high, dimension, qualifier, first_at, next_at, step * factor, factor, (), at)
        values = tuple(reading * factor for reading in readings)
        low, high = sorted((low * factor, high * factor))
        return Quantity(low, high, dimension, qualifier, first_at, next_at, step * factor, factor, values, at)

    def _cents(self, at: int) -> float:
        """six euros fifty: what stands as a bare number after a price and ends there."""
        below = NUMBERS.get(self.text(at), 0.0)
        after = self.at(at + 1)
        return below if below >= 5 and below % 5 == 0 and (after is None or after.kind in ("stop", "clause")) else 0.0

    def _between(self, first: int, next_at: int) -> bool:
        return self.text(first - 1) in ("between", "from") and self.text(next_at) in ("and", "to")
