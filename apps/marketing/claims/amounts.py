"""One number with its unit, out of tokens: value, dimension, qualifier and range."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apps.marketing.claims.lists import lines_of, listed
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


PAIRS = {("fl", "oz"): "floz", ("fluid", "ounces"): "floz", ("fluid", "ounce"): "floz", ("sq", "ft"): "sqft"}
PAIRS |= {("square", "feet"): "sqft", ("square", "meters"): "sqm", ("square", "metres"): "sqm", ("m", "²"): "sqm"}
OFTEN = {"once": 1.0, "twice": 2.0, "thrice": 3.0}


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


def parse_number(text: str) -> tuple[float, int, tuple[float, ...]]:
    """Digits with separators of any locale -> value, decimals, other readings."""
    bare = re.sub(r"[ \u00a0']", "", text)
    comma, dot = bare.rfind(","), bare.rfind(".")
    if comma >= 0 and dot >= 0:
        mark = "," if comma > dot else "."
        whole, _, fraction = bare.rpartition(mark)
        return float(re.sub(r"[.,]", "", whole) + "." + fraction), len(fraction), ()
    mark = "," if comma >= 0 else "."
    groups = bare.split(mark)
    if len(groups) == 1:
        return float(bare), 0, ()
    joined = float("".join(groups))
    thousands = all(len(group) == 3 for group in groups[1:]) and 1 <= len(groups[0]) <= 3 and groups[0] != "0"
    if len(groups) > 2:
        return joined, 0, ()
    decimal = float(f"{groups[0]}.{groups[1]}")
    if thousands:
        return (joined, 0, (decimal,)) if mark == "," else (decimal, 3, (joined,))
    return decimal, len(groups[1]), ()


class Reader:
    """Reads quantities from left to right; taken: tokens that a phrase has used already."""

    def __init__(self, found: Sequence[Token], taken: set[int]) -> None:
        self.found, self.taken = found, taken

    def at(self, index: int) -> Token | None:
        return self.found[index] if 0 <= index < len(self.found) and index not in self.taken else None

    def text(self, index: int) -> str:
        token = self.at(index)
        return token.text if token else ""

    def number(self, at: int) -> tuple[float, float, tuple[float, ...], int] | None:
        """Value, step, other readings and the next token; none where no number begins."""
        token = self.at(at)
        if token is None:
            return None
        if token.text in OFTEN and self.text(at + 1) in ("a", "per", "every", "each"):
            return OFTEN[token.text], 1.0, (), at + 1
        if token.kind == "number":
            value, decimals, readings = parse_number(token.text)
            value, step, next_at = self._fraction(value, 10.0**-decimals, at + 1)
        elif token.kind == "word" and token.text in NUMBERS and token.text not in ("twice", "double", "triple", "third", "quarter"):
            value, step, next_at, readings = NUMBERS[token.text], 1.0, at + 1, ()
            follower = self.text(next_at)
            if value >= 20 and NUMBERS.get(follower, 99) < 10 and follower != "half":
                value, next_at = value + NUMBERS[follower], next_at + 1
            if token.text == "half":
                next_at += self.text(next_at) in ("a", "an")
        else:
            return None
        if self.text(next_at) in ("quarter", "quarters") and self.text(next_at + 1) == "of" and self.text(next_at + 2) in ("a", "an"):
            return value / 4, 0.01, (), next_at + 3
        while (scale := self.text(next_at)) in SCALES and (scale not in ("m", "k") or self._adjacent(next_at)) and scale != "m":
            value, step, next_at = value * SCALES[scale], step * SCALES[scale], next_at + 1
        if self.text(next_at) == "and" and self.text(next_at + 1) == "a" and self.text(next_at + 2) == "half":
            value, step, next_at = value + 0.5, 0.5, next_at + 3
        return value, step, readings, next_at

    def _fraction(self, value: float, step: float, at: int) -> tuple[float, float, int]:
        """After a whole number: 1/2 or 1 1/2."""
        if self.text(at) == "/" and (below := self.at(at + 1)) and below.kind == "number" and 2 <= float(below.text.replace(",", "")) <= 10:
            return value / float(below.text.replace(",", "")), 0.01, at + 2
        over, slash, under = self.at(at), self.text(at + 1), self.at(at + 2)
        if (
            over
            and under
            and slash == "/"
            and over.kind == under.kind == "number"
            and over.text.isdigit()
            and under.text in tuple("23456789")
        ):
            return value + int(over.text) / int(under.text), 0.01, at + 3
        return value, step, at

    def _adjacent(self, at: int) -> bool:
        return at > 0 and self.found[at].start == self.found[at - 1].end

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
        if token.text == '"' and self._adjacent(at):
            return "length", 25.4, at + 1
        if token.text in CURRENCIES:
            return "price:" + CURRENCIES[token.text], 1.0, at + 1
        pair = PAIRS.get((token.text, self.text(at + 1)))
        if pair:
            return *UNITS[pair], at + 2
        if token.text in ("km", "miles") and self.text(at + 1) in ("/", "per", "an") and self.text(at + 2) in ("h", "hour"):
            return *UNITS["kmh" if token.text == "km" else "mph"], at + 3
        return self._plain_unit(token, at)

    def _plain_unit(self, token: Token, at: int) -> tuple[str, float, int]:  # noqa: PLR0911 (one return a notation)
        if token.text == "k" and self._adjacent(at):
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
        prefix = "price:" + CURRENCIES[text] if text in CURRENCIES else text if text in PREFIXED else ""
        if prefix:
            at += 1 + (self.text(at + 1) in (":", "of"))
        if (text in ("a", "an") and self.text(at + 1) in ARTICLE_UNITS) or (
            text == "a" and self.text(at + 1) == "full" and self.text(at + 2) in ARTICLE_UNITS
        ):
            number: tuple[float, float, tuple[float, ...], int] | None = self._article(at)
        else:
            number = self.number(at)
        if number is None:
            return None
        return self._finish(first, at, number, prefix)

    def _article(self, at: int) -> tuple[float, float, tuple[float, ...], int]:
        return 1.0, 1.0, (), at + 1 + (self.text(at + 1) == "full")

    def _finish(self, first: int, at: int, number: tuple[float, float, tuple[float, ...], int], prefix: str) -> Quantity | None:
        value, step, readings, next_at = number
        dimension, factor, next_at = (prefix, 1.0, next_at) if prefix else self.unit(next_at)
        if self.text(at) in ("half", "a", "an") and dimension == "count":
            return None
        if self.text(next_at) == "and" and self.text(next_at + 1) == "a" and self.text(next_at + 2) == "half":
            value, step, next_at = value + 0.5, 0.5, next_at + 3
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

    def _between(self, first: int, next_at: int) -> bool:
        return self.text(first - 1) in ("between", "from") and self.text(next_at) in ("and", "to")
