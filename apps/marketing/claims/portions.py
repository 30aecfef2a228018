"""What a price or a weight is for: 540 euros a pallet are not 540 euros each, and 9 euros a month are not 9 euros a year."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from apps.marketing.claims.evidence import Evidence
from apps.marketing.claims.findings import Finding
from apps.marketing.claims.lists import listed
from apps.marketing.claims.quantities import Quantity
from apps.marketing.claims.rates import ADVERBS, YEARLY
from apps.marketing.claims.reading import Reading, read
from apps.marketing.claims.stems import stem

__all__ = ["judge_portions"]

PERIODS = frozenset(stem(word) for word in YEARLY)
BUNDLES = frozenset(stem(word) for word in listed("bundles"))
PIECE = "piece"
SINGLE = {stem(word): PIECE for word in listed("single pieces")}
LEADING = frozenset(("per", "a", "an", "every", "each", "/"))
AHEAD = re.compile(r"(?P<noun>[a-z]+) for $")
"""3 notebooks for 24 euros."""


def judge_portions(reading: Reading, found: Evidence) -> list[Finding]:
    """The amounts of the text that are a fact's, and that it says for something else than the fact does."""
    result = []
    for quantity in reading.quantities:
        if not quantity.dimension.startswith("price") and quantity.dimension != "mass":
            continue
        said = _portions(quantity, reading)
        if quantity.dimension == "mass":
            said -= PERIODS
        meant = _meant(quantity, found)
        if meant and all(_clashes(said, portions) for _, portions in meant):
            fact = meant[0][0]
            why = f"the sheet says {fact}: {found.values[fact]}"
            result.append(Finding(quantity.first, quantity.last, "number", "contradicted", (fact,), why))
    return result


def _meant(quantity: Quantity, found: Evidence) -> Sequence[tuple[str, frozenset[str]]]:
    """The facts that have this amount, each with what it is for."""
    result = []
    for measure in found.measures:
        one = measure.quantity
        if one.dimension != quantity.dimension or not one.low == one.high == quantity.low == quantity.high:
            continue
        said = read(measure.value)
        portions = next((_portions(other, said) for other in said.quantities if other.low == one.low), frozenset())
        result.append((measure.fact, portions | _portions_of_key(measure.fact)))
    return result


def _portions(quantity: Quantity, reading: Reading) -> frozenset[str]:
    """Stems of what the amount is for, directly behind it: {month, user} of `9 euros per user and month`; empty where nothing says it."""
    result: set[str] = set()
    tokens = reading.tokens
    others = [other.first for other in reading.quantities if other.first >= quantity.last and tokens[other.first].text not in LEADING]
    after = [token.text for token in tokens[quantity.last : min(others, default=len(tokens))]]
    at = int(after[:1] == ["for"])
    while text := "".join(after[at : at + 1]):
        following = "".join(after[at + 1 : at + 2])
        if (text in LEADING or (text == "and" and result)) and following.isalpha() and following not in LEADING:
            result.add(_portion(following))
            at += 2
        elif text == "," and result and following == "per":
            at += 1
        elif text in ("each", "apiece") or text in ADVERBS:
            result.add(PIECE if text in ("each", "apiece") else stem(ADVERBS[text]))
            at += 1
        else:
            break
    before = " ".join(token.text for token in tokens[max(0, quantity.first - 3) : quantity.first]) + " "
    if (bundle := AHEAD.search(before)) and stem(bundle["noun"]) != bundle["noun"]:
        result.add("bundle")
    return frozenset(result)


def _portions_of_key(key: str) -> frozenset[str]:
    """Of `monthly price`, `price per box`."""
    words = key.lower().split()
    named = {_portion(word) for before, word in itertools.pairwise(words) if before in ("per", "a", "each")}
    return frozenset(named | {stem(ADVERBS[word]) for word in words if word in ADVERBS})


def _portion(word: str) -> str:
    return SINGLE.get(stem(word), stem(word))


def _clashes(said: frozenset[str], meant: frozenset[str]) -> bool:
    """Whether the text's portion cannot be the sheet's: another period, a bundle's amount for one piece or one bundle's for another."""
    if (said & PERIODS) - meant:
        return True
    bundles = {"bundle"} | BUNDLES
    if not meant & bundles:
        return bool(said & BUNDLES) and bool(meant - PERIODS)
    return bool(said - PERIODS) and not said & meant & bundles
