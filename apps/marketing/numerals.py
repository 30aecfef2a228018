"""Numbers as people write them: `1.000,50`, `1,000.50`, `1 000,5`, `1'000`, and the ones that can be read in two ways."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.marketing.sheet import Sheet
from shared.errors import BadInput

__all__ = ["NUMBER", "Ambiguous", "ambiguous_numbers", "number_style", "parse_number", "read_number"]

MAX_CHARACTERS = 60
_COMMA_DECIMAL = frozenset({
    "bg", "ca", "cs", "da", "de", "el", "es", "et", "fi", "fr", "hr", "hu", "id", "is", "it", "lt", "lv", "nb", "nl", "no", "pl",
    "pt", "ro", "ru", "sk", "sl", "sr", "sv", "tr", "uk", "vi",
})  # fmt: skip
_POINT_DECIMAL = frozenset(["en", "ja", "ko", "zh", "th", "he", "ms", "hi", "ch"])
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f\u2008\u200a", " ") | {"\u2019": "'", "\u02bc": "'", "\u2212": "-"})
NUMBER = re.compile(r"(?<![\w.,])[+\-\u2212]?\d+(?:[.,'\u2019]\d+|[ \u00a0\u2007\u2009\u202f]\d{3}(?!\d))*")
"""A number inside a text. A space joins only three digits; what it found is still to be read."""
_GROUPED = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*")
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}")


@dataclass(frozen=True)
class Ambiguous:
    """A number that is one thing with a point for decimals and another with a comma."""

    text: str
    point: Decimal
    comma: Decimal

    def __str__(self) -> str:
        return f"`{self.text}` is {self.point:f} where the point separates decimals and {self.comma:f} where the comma does"


def parse_number(text: str, locale: str = "") -> Decimal | Ambiguous:
    """The value of one number. locale: a language tag (`de`, `en-GB`, `de-CH`) that settles `1.000`; without it that is `Ambiguous`.

    Raises BadInput for what is no number.
    """
    value = read_number(text, locale)
    if value is None:
        raise BadInput(f"{text[:MAX_CHARACTERS]!r} is not a number.", remedy="Write it as 1000.50, 1,000.50 or 1.000,50.")
    return value


def read_number(text: str, locale: str = "") -> Decimal | Ambiguous | None:
    """`parse_number`, with None for what is no number (`1.2.3`, `12-14`, `n/a`)."""
    bare = _ascii_digits(text.strip().translate(_SPACES))
    if not bare or len(bare) > MAX_CHARACTERS:
        return None
    sign, digits = ("-" if bare[0] == "-" else "", bare[1:].strip() if bare[0] in "+-" else bare)
    if re.fullmatch(r"\d+", digits):
        return Decimal(sign + digits)
    decimal = decimal_mark(locale)
    if decimal is None and (match := re.fullmatch(r"([1-9]\d{0,2})[.,](\d{3})", digits)):
        grouped, split = Decimal(sign + "".join(match.groups())), Decimal(sign + ".".join(match.groups()))
        point, comma = (split, grouped) if "." in digits else (grouped, split)
        return Ambiguous(text.strip(), point, comma)
    return _separated(sign, digits, decimal)


def decimal_mark(locale: str) -> str | None:
    """`.` or `,` for a language tag; None where it is empty or unknown. Switzerland writes a point in every language."""
    parts = locale.replace("_", "-").lower().split("-")
    if "ch" in parts or parts[0] in _POINT_DECIMAL:
        return "."
    return "," if parts[0] in _COMMA_DECIMAL else None


def _ascii_digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(character)) if character.isdecimal() else character for character in text)


def _separated(sign: str, digits: str, decimal: str | None) -> Decimal | None:
    """The last mark separates decimals where it stands once and is not needed for groups of three."""
    whole, mark, fraction = _split(digits, decimal)
    if not fraction.isdecimal() and mark:
        return None
    if not whole.isdecimal() and not _GROUPED.fullmatch(whole) and not _INDIAN.fullmatch(whole):
        return None
    if mark and mark in whole:
        return None
    joined = re.sub(r"[.,' ]", "", whole)
    return Decimal(f"{sign}{joined}.{fraction}" if mark else f"{sign}{joined}")


def _split(digits: str, decimal: str | None) -> tuple[str, str, str]:
    marks = [mark for mark in digits if mark in ".,"]
    if not marks or (len(marks) > 1 and len(set(marks)) == 1):
        return digits, "", ""
    last = marks[-1]
    alone = len(marks) == 1 and not re.search("[' ]", digits)
    if alone and decimal is not None and last != decimal and _GROUPED.fullmatch(digits):
        return digits, "", ""
    whole, _, fraction = digits.rpartition(last)
    return whole, last, fraction


def number_style(texts: Iterable[str]) -> str:
    """The language tag (`en` or `de`) whose decimals the unambiguous numbers of these texts have; empty without evidence or with both."""
    seen: set[str] = set()
    for text in texts:
        for match in NUMBER.finditer(text):
            shape = re.sub(r"[\d+\-\u2212]", "", match.group())
            bare = match.group().lstrip("+-\u2212")
            if {".", ","} <= set(shape) or (shape in (".", ",") and not re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", bare)):
                seen.add(shape[-1])
            elif len(shape) > 1 and set(shape) in ({"."}, {","}) and _GROUPED.fullmatch(bare):
                seen.add("," if shape[0] == "." else ".")
    return {".": "en", ",": "de"}[seen.pop()] if len(seen) == 1 else ""


def ambiguous_numbers(sheet: Sheet, locale: str = "") -> list[str]:
    """A sentence for each number of the sheet that neither the locale nor the sheet's other numbers settle."""
    fields = [*((f"fact `{fact.key}`", fact.value) for fact in sheet.facts), ("the offer", sheet.offer)]
    tag = locale or number_style(value for _, value in fields)
    found = []
    for name, value in fields:
        for match in NUMBER.finditer(value):
            number = read_number(match.group(), tag)
            if isinstance(number, Ambiguous):
                found.append(f"In {name} {number}. Say which, or write it without a separator.")
    return found
