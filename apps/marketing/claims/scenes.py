"""Whether a word that would claim something of the product describes the scene instead: lucky dog, a quick rub, let it dry."""

from __future__ import annotations

from apps.marketing.claims.evidence import EMPTY, Evidence
from apps.marketing.claims.positions import STANDINS, had, speaks_of_product
from apps.marketing.claims.reading import Reading, Unit
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["in_scene", "is_others"]

DESCRIBING = frozenset(("word", "attribute", "color", "effect", "age", "skin"))
OWNING = frozenset(("your", "my", "our", "their", "his", "her", "every", "each"))
VERBAL = frozenset(("warm", "cool", "dry", "heat", "clean", "empty", "open", "chill", "free", "quiet", "smooth", "soften", "sharpen"))
PRESENT = 3
LIMBS = frozenset(
    (
        "feet",
        "foot",
        "legs",
        "arms",
        "arm",
        "head",
        "heads",
        "back",
        "neck",
        "seat",
        "handle",
        "light",
        "lights",
        "corners",
        "sides",
        "family",
    )
)
"""Parts that things have as well."""
SHADES = frozenset(("tone", "tones", "shade", "shades", "hue", "hues", "colour", "colours", "color", "colors", "colourway"))


def in_scene(unit: Unit, reading: Reading, found: Evidence) -> bool:  # noqa: PLR0911 (one return a case)
    """Whether the unit describes something that is no part of the product: lucky dog, a damp rag."""
    words = vocabulary()
    if unit.kind not in DESCRIBING:
        return False
    if unit.first and reading.tokens[unit.first - 1].text == "be":
        return True
    if any(quantity.first == unit.last for quantity in reading.quantities) and unit.kind in ("attribute", "word"):
        return True
    before = [token.text for token in reading.tokens[max(0, unit.first - 2) : unit.first]]
    after = reading.tokens[unit.last].text if unit.last < len(reading.tokens) else ""
    if unit.name == "soft" and after in ("padding", "pads", "pad", "cushion", "foam", "fleece", "cotton", "wool", "lining", "bristles"):
        return True
    level = any(quantity.first - unit.last in (0, 1) for quantity in reading.quantities) and after in ("at", "with")
    if _is_of_yours(unit, reading):
        return True
    if (
        level
        or {"too", "neither", "nor"} & set(before)
        or ({"get", "gets"} & set(before) and not speaks_of_product(reading, unit.first, found))
    ):
        return True
    if _is_present(unit, reading, found) or _is_task(unit, reading, found):
        return True
    if _is_dry(unit, reading):
        return True
    follower = reading.tokens[unit.last] if unit.last < len(reading.tokens) else None
    if follower is None or follower.kind != "word" or reading.sentences[unit.last] != unit.sentence:
        return False
    if _is_quick(unit, reading, found):
        return True
    if _is_shade(unit, reading, found):
        return True
    if unit.kind == "attribute" and follower.text in LIMBS:
        return False
    known = follower.stem in found.entries or follower.stem in found.parts or follower.stem in found.head
    return not known and follower.text not in STANDINS and words.is_scenery(follower.text)


def _is_of_yours(unit: Unit, reading: Reading) -> bool:
    """Whether the word is said of something of the reader's: your Mondays are safe."""
    if unit.first < LEAST or reading.tokens[unit.first - 1].text not in ("is", "are", "stays", "stay"):
        return False
    owner, noun = reading.tokens[unit.first - 3].text, reading.tokens[unit.first - 2].text
    return owner in ("your", "my", "our") and vocabulary().is_scenery(noun)


LEAST = 3


def _is_present(unit: Unit, reading: Reading, found: Evidence) -> bool:
    """built-in, on board, new: beside what the sheet names they add nothing; new to you is not a new product."""
    if unit.name == "new":
        before = {token.text for token in reading.tokens[max(0, unit.first - 2) : unit.first]}
        after = {token.text for token in reading.tokens[unit.last : unit.last + 1]}
        return bool(before & OWNING or after & {"to", "here", "in", "for"}) or (
            unit.last < len(reading.tokens)
            and reading.tokens[unit.last].stem in found.entries
            and reading.tokens[unit.last].stem not in found.head
        )
    if unit.name != "built in":
        return False
    return any(
        other.name in found.entries and other.name not in EMPTY for other in reading.units if 0 < abs(other.first - unit.first) <= PRESENT
    )


def _is_quick(unit: Unit, reading: Reading, found: Evidence) -> bool:
    """A quick rub, a fast breakfast: not of the product."""
    follower = reading.tokens[unit.last]
    before = reading.tokens[unit.first - 1].text if unit.first else ""
    plain = vocabulary().is_plain(follower.text) and follower.stem not in found.entries and follower.text not in STANDINS
    return (
        unit.name in ("fast", "gentle", "soft", "fresh", "quiet", "warm", "strong", "smooth")
        and before in ("a", "an")
        and plain
        and follower.stem not in found.parts
    )


def _is_dry(unit: Unit, reading: Reading) -> bool:
    """Dry as a verb or of the weather: let it dry, somewhere dry; not dry skin, not stays dry."""
    after = reading.tokens[unit.last].text if unit.last < len(reading.tokens) else ""
    return unit.name == "dry" and after not in ("skin", "hair", "scalp", "lips", "hands", "food", "cure", "clean")


def _is_task(unit: Unit, reading: Reading, found: Evidence) -> bool:
    """An adjective that is a verb asked of the reader: warm your cup, dry off, cool down."""
    if unit.last - unit.first != 1:
        return False
    after = reading.tokens[unit.last].text if unit.last < len(reading.tokens) else ""
    before = reading.tokens[unit.first - 1].text if unit.first else ""
    opening = unit.first == 0 or reading.tokens[unit.first - 1].kind in ("stop", "clause") or before in ("and", "to", "then", "just", "or")
    return opening and (after in ("off", "down", "up") or (after in OWNING and unit.word in VERBAL))


def _paints(unit: Unit, found: Evidence) -> bool:
    return any(word in entry.fact for entry in found.entries.get(unit.name, ()) for word in ("colour", "color", "shade", "finish"))


def _is_shade(unit: Unit, reading: Reading, found: Evidence) -> bool:
    """Whether the word only paints a colour: soft chalk, earthy tones; or says how something looks: airy-looking."""
    follower = next((other for other in reading.units if other.first == unit.last), None)
    if follower is None:
        return False
    return follower.word in ("looking", "coloured", "colored", "ish") or (
        unit.kind in ("word", "attribute") and (follower.kind == "color" or follower.word in SHADES or _paints(follower, found))
    )


def _is_likened(unit: Unit, reading: Reading) -> bool:
    """As free as a bird; you and the cat."""
    before, earlier = [reading.tokens[unit.first - back].text if unit.first >= back else "" for back in (1, 2)]
    after = reading.tokens[unit.last].text if unit.last < len(reading.tokens) else ""
    similes = [at for at in range(max(0, unit.first - 3), unit.first) if reading.tokens[at].text == "as"]
    return (
        (before == "as" and after == "as")
        or len(similes) > 1
        or (bool(similes) and before in ("a", "an") and unit.first > 3)
        or (unit.kind == "animal" and before == "the" and earlier == "and")
    )


def _is_filling(unit: Unit, reading: Reading) -> bool:
    """What the reader puts in: room for 180 millilitres of cocoa."""
    filled = any(quantity.last == unit.first - 1 and quantity.dimension == "volume" for quantity in reading.quantities)
    return filled and unit.kind in ("ingredient", "attribute", "word", "brew", "allergen") and reading.tokens[unit.first - 1].text == "of"


def _is_yours(unit: Unit, reading: Reading, found: Evidence) -> bool:
    """Whether a material, an animal, a food is the reader's own: bag your down jacket, your fish."""
    if unit.kind in ("attribute", "proof", "offer", "guarantee", "certification", "comparison", "urgency", "effect", "word", "platform"):
        return False
    before = [token.text for token in reading.tokens[max(0, unit.first - 2) : unit.first]]
    follower = next((other.name for other in reading.units if other.first == unit.last), "")
    return bool({"your", "my", "their", "extra"} & set(before)) and follower not in found.head and follower not in found.parts


def _is_eaten(found: Evidence) -> bool:
    """Whether the sheet names anything that the product is made of to eat, drink or rub in."""
    classes = vocabulary().classes
    return any(EATEN & (kinds := classes.get(name, set())) and "material" not in kinds for name in found.entries)


EATEN = frozenset(("ingredient", "allergen", "brew"))


def is_others(unit: Unit, reading: Reading, found: Evidence) -> bool:
    """Whether the unit is the reader's own, what the reader puts in, or part of a likeness."""
    if unit.name == "dry" and _is_dry(unit, reading):
        return True
    if unit.kind in EATEN and not _is_eaten(found) and not had(unit, reading, found):
        return True
    return _is_filling(unit, reading) or _is_likened(unit, reading) or (not unit.negated and _is_yours(unit, reading, found))
