"""What a number counts, and numbers that count nothing of the product: at nine, the two of you, one of those."""

from __future__ import annotations

from collections.abc import Sequence

from apps.marketing.claims.evidence import EMPTY, Evidence, Measure
from apps.marketing.claims.lists import listed
from apps.marketing.claims.positions import sentence_of
from apps.marketing.claims.quantities import Quantity
from apps.marketing.claims.reading import Reading, Unit
from apps.marketing.claims.roles import segment
from apps.marketing.claims.stems import stem
from apps.marketing.claims.tokens import Token
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["counts_other", "is_derived", "is_loose", "named_near", "nouns_of", "says_nothing"]

COUNTED = frozenset(("count", "percent", "star", "times", "volume", "mass", "angle", "iu"))
"""Dimensions whose number says little without the noun beside it."""
HUMANS = frozenset(stem(word) for word in listed("humans"))
"""Words for those who are counted: up to six members are six people."""
OPTIONS = frozenset(stem(word) for word in listed("option words"))
CLOCK = frozenset(("it's", "at", "by", "until", "till", "before", "after", "past", "from", "around"))
AFTER_CLOCK = frozenset(("", ".", ",", "am", "pm", "o'clock", "sharp", "in", "on", "!", "?", "and", "to", ":"))
POINTING = frozenset(("of", "those", "these", "them"))
IDLE_COUNTS = frozenset(listed("idle counts"))
FEW = 12.0
PEOPLED = frozenset(("kids", "kid", "child", "children", "ones", "toddler", "toddlers", "son", "daughter", "boy", "girl", "age", "aged"))
IRREGULAR = frozenset(("people", "men", "women", "children", "feet", "teeth", "mice"))
PASSING = frozenset(listed("passing"))
NO_THINGS = frozenset(listed("no things"))
REACH = 3
"""How far after its number a counted noun may stand."""


def says_nothing(quantity: Quantity, reading: Reading, found: Evidence) -> bool:
    """`3 reasons`, `step 1`, a number of the product's name."""
    near = reading.tokens[quantity.last].text if quantity.last < len(reading.tokens) else ""
    before = reading.tokens[quantity.first - 1].text if quantity.first else ""
    if quantity.dimension == "count" and near in ("reasons", "ways", "things", "tips", "reason", "words", "questions", "clicks"):
        return True
    if quantity.dimension == "count" and reading.tokens[quantity.number_at].text in ("one", "single", "sole", "dual", "twin"):
        followers = [unit.name for unit in reading.units if quantity.last <= unit.first <= quantity.last + 1]
        return not any(_is_counted(follower, found) and follower not in found.head for follower in followers)
    if before == "per" and quantity.dimension in ("mass", "volume"):
        return any(f"per {reading.tokens[quantity.number_at].text}" in value.lower() for value in found.values.values())
    if quantity.dimension == "count" and before in ("no", "step", "#"):
        return before == "step"
    return False


def is_loose(quantity: Quantity, reading: Reading, found: Evidence) -> bool:  # noqa: PLR0911 (one return a case)
    """Whether a number that no fact bears is of the scene: the clock, the readers, what stood before it, no two alike."""
    if quantity.dimension != "count" or quantity.low != quantity.high:
        return False
    words = vocabulary()
    token = reading.tokens[quantity.number_at]
    first, last = sentence_of(reading, quantity.number_at)
    before = reading.tokens[quantity.first - 1].text if quantity.first > first else ""
    after = [other.text for other in reading.tokens[quantity.last : quantity.last + 2]]
    following = after[0] if after else ""
    if token.text == "zero" or (token.kind == "ordinal"):
        return True
    if (
        reading.tokens[quantity.first].text == "past"
        and quantity.first
        and reading.tokens[quantity.first - 1].text in ("half", "quarter", "minutes")
    ):
        return True
    if before == "no" and token.text == "two":
        return True
    parted = following == "in" and {token.text for token in reading.tokens[quantity.last + 1 : quantity.last + 3]} & {
        "morning",
        "evening",
        "afternoon",
        "night",
    }
    if before in CLOCK and quantity.low <= FEW and (parted or (following in AFTER_CLOCK and following != "in")):
        aged = any("age" in measure.roles for measure in found.measures) and any(
            other.text in PEOPLED for other in reading.tokens[first:last]
        )
        return not (_any_clock(found) or aged)
    if following == "of" and len(after) > 1 and after[1] in ("us", "you", "them", "those", "these", "your", "our"):
        return True
    if stem(_counted(quantity, reading) or following) in words.features | words.parts:
        return before == "own"
    if following in IDLE_COUNTS or (
        following in ("little", "small", "big", "good", "simple") and len(after) > 1 and after[1] in IDLE_COUNTS
    ):
        return not any(measure.quantity.dimension == "count" and stem(following) in measure.context for measure in found.measures)
    if following and words.is_scenery(following) and token.kind == "word":
        return not any(stem(following) in measure.context for measure in found.measures) and stem(following) not in found.entries
    return False


def counts_other(quantity: Quantity, reading: Reading, measure: Measure) -> bool:
    """Whether a text counts a few of a thing that the fact of an equal number does not count: six buttons of 6 microphones."""
    if quantity.dimension != "count" or quantity.high > FEW or quantity.low % 1:
        return False
    rest, noun = _after(quantity, reading), _counted(quantity, reading)
    if not noun or noun in NO_THINGS or stem(noun) in HUMANS | OPTIONS:
        return False
    places = range(quantity.last, quantity.last + len(rest))
    near = {token.stem for token in rest} | {unit.name for unit in reading.units if unit.first in places}
    return not near & (measure.context - EMPTY)


def _counted(quantity: Quantity, reading: Reading) -> str:
    """The plural behind a number; empty where there is none."""
    return next((token.text for token in _after(quantity, reading)[:REACH] if _is_plural(token.text)), "")


def _after(quantity: Quantity, reading: Reading) -> Sequence[Token]:
    """The words after a number, up to what ends its group or to the next number."""
    at, taken = quantity.last, {other.number_at for other in reading.quantities}
    while at < len(reading.tokens) and at not in taken and reading.tokens[at].kind == "word" and reading.tokens[at].text not in PASSING:
        at += 1
    return reading.tokens[quantity.last : at]


def _is_plural(word: str) -> bool:
    return word in IRREGULAR or (word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "is", "'s")))


def _any_clock(found: Evidence) -> bool:
    return any(word in value.lower() for value in found.values.values() for word in ("a.m", "p.m", "am ", "pm", ":00", ":30", "o'clock"))


def nouns_of(quantity: Quantity, reading: Reading, found: Evidence) -> frozenset[str]:
    """What the text counts: the content words after the number in its clause, else those before it."""
    if quantity.dimension not in COUNTED:
        return frozenset()
    first, last = segment(reading, quantity)
    after = [
        unit
        for unit in reading.units
        if quantity.last <= unit.first < min(last, quantity.last + 4) and _counts(unit, found, quantity.dimension)
    ]
    if not after and (listed := _next_of_list(quantity, reading)):
        return nouns_of(listed, reading, found)
    if not after:
        after = [
            unit
            for unit in reading.units
            if max(first, quantity.first - 4) <= unit.first < quantity.first and _counts(unit, found, quantity.dimension)
        ]
    names = {unit.name for unit in after}
    names |= {
        stem
        for at in range(quantity.last, min(last, quantity.last + 4))
        for group in (HUMANS, OPTIONS)
        if (stem := reading.tokens[at].stem) in group
    }
    names |= set().union(*(group for group in (HUMANS, OPTIONS) if group & names))
    return frozenset(names | {reading.tokens[at].stem for unit in after for at in range(unit.first, unit.last)})


def _next_of_list(quantity: Quantity, reading: Reading) -> Quantity | None:
    """The number that follows in three, four or five dinners."""
    joined = quantity.last < len(reading.tokens) and reading.tokens[quantity.last].text in (",", "or", "and", "to")
    return next((other for other in reading.quantities if joined and other.first == quantity.last + 1), None)


def _is_counted(name: str, found: Evidence) -> bool:
    return (
        bool(name)
        and name not in EMPTY
        and any(
            name in measure.context
            for measure in found.measures
            if measure.quantity.dimension == "count"
            and "per" not in measure.context
            and measure.fact != "offer"
            and not is_derived(measure)
        )
    )


def is_derived(measure: Measure) -> bool:
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


def named_near(quantity: Quantity, reading: Reading, found: Evidence) -> frozenset[str]:
    """What the sentence of a number names beside the product itself."""
    number = reading.sentences[quantity.first]
    return frozenset(
        unit.name for unit in reading.units if unit.sentence == number and unit.name not in EMPTY | found.head and len(unit.name) > 1
    )
