"""Numbers out of tokens: digits of any locale, number words, fractions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from apps.marketing.claims.tokens import Token
from apps.marketing.claims.units import NUMBERS, SCALES, UNITS

__all__ = ["FRACTIONS", "OFTEN", "NumberReader"]

POINTED = frozenset(
    (
        "the",
        "this",
        "that",
        "little",
        "which",
        "every",
        "another",
        "right",
        "only",
        "last",
        "next",
        "second",
        "big",
        "new",
        "other",
        "no",
        "any",
        "loved",
        "good",
    )
)
FRACTIONS: dict[str, float] = {
    name: float(value)
    for value, names in enumerate(
        (
            "half halves",
            "third thirds",
            "quarter quarters",
            "fifth fifths",
            "sixth sixths",
            "seventh sevenths",
            "eighth eighths",
            "ninth ninths",
            "tenth tenths",
        ),
        2,
    )
    for name in names.split()
}
OFTEN = {"once": 1.0, "twice": 2.0, "thrice": 3.0}


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


HUNDRED = 100.0


class NumberReader:
    """Reads numbers from left to right; taken: tokens that a phrase has used already."""

    def __init__(self, found: Sequence[Token], taken: set[int]) -> None:
        self.found, self.taken = found, taken
        self.last_share = 0.0

    def at(self, index: int) -> Token | None:
        return self.found[index] if 0 <= index < len(self.found) and index not in self.taken else None

    def text(self, index: int) -> str:
        token = self.at(index)
        return token.text if token else ""

    def number(self, at: int) -> tuple[float, float, tuple[float, ...], int] | None:  # noqa: PLR0911, PLR0912 (one return a notation)
        """Value, step, other readings and the next token; none where no number begins."""
        token = self.at(at)
        if token is None:
            return None
        if (share := self._share(at)) is not None:
            return share
        if token.text in OFTEN and self.text(at + 1) in ("a", "per", "every", "each"):
            return OFTEN[token.text], 1.0, (), at + 1
        if token.kind == "number":
            value, decimals, readings = parse_number(token.text)
            value, step, next_at = self._fraction(value, 10.0**-decimals, at + 1)
        elif (token.text == "one" and self.text(at - 1) in POINTED) or (
            token.text == "single" and self.text(at - 1) in ("a", "every", "each", "any")
        ):
            return None
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
        rest = NUMBERS.get(self.text(next_at + 1), 0.0) if self.text(next_at) == "and" else 0.0
        if value >= HUNDRED and value % HUNDRED == 0 and 1 <= rest < HUNDRED and token.kind == "word":
            value, next_at = value + rest, next_at + 2
            if rest >= 20 and 1 <= (unit := NUMBERS.get(self.text(next_at), 0.0)) < 10:
                value, next_at = value + unit, next_at + 1
        if self.text(next_at) == "and" and self.text(next_at + 1) == "a" and self.text(next_at + 2) == "half":
            value, step, next_at = value + 0.5, 0.5, next_at + 3
        return value, step, readings, next_at

    def _share(self, at: int) -> tuple[float, float, tuple[float, ...], int] | None:
        """two fifths, three quarters, a tenth, nine in ten, of a unit: a fraction; the unit or percent is read after it."""
        count = 1.0 if self.text(at) in ("a", "an", "one") else NUMBERS.get(self.text(at), 0.0)
        below = FRACTIONS.get(self.text(at + 1), 0)
        if not (1 <= count < max(below, 1)):
            return None
        after = at + 2
        if self.text(after) == "of" and self.text(after + 1) in ("a", "an") and self.text(after + 2) in UNITS:
            return count / below, 0.01, (), after + 2
        return None

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
