"""Where a word stands: what a sentence speaks of, what denies it from afar, whether a scene or the product is described."""

from __future__ import annotations

from apps.marketing.claims.evidence import EMPTY, Evidence
from apps.marketing.claims.lists import listed
from apps.marketing.claims.reading import NEGATORS, UNDENIED, Reading, Unit
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["ascribed", "denied_afar", "denies", "does", "doubted", "had", "may", "sentence_of", "speaks_of_product"]

REFUSALS = frozenset(listed("refusals"))
"""Words that deny what their sentence names, wherever they stand in it: out, separately, elsewhere."""
AFFIRMING = frozenset(listed("affirming"))
PRODUCTS = frozenset(listed("product words"))
COPULAS = frozenset(listed("ascribing verbs"))
POSSESSING = frozenset(listed("possessing"))
MADE = frozenset(listed("made"))
SUBJECTS = frozenset(listed("subjects"))
STANDINS = frozenset(listed("stand-ins"))
"""Nouns that stand for the product: a slim little thing."""
LEAVING = frozenset(
    (
        "is",
        "are",
        "it's",
        "they're",
        "leave",
        "left",
        "keep",
        "keeps",
        "kept",
        "stay",
        "stays",
        "rule",
        "ruled",
        "leaves",
        "sit",
        "sits",
        "step",
        "steps",
        "far",
    )
)
FAR = 4
PLURAL = frozenset(
    (
        "off",
        "out",
        "have",
        "are",
        "were",
        "who",
        "that",
        "need",
        "and",
        "or",
        "come",
        "like",
        "do",
        "can",
        "will",
        "left",
        "right",
        "of",
        "",
    )
)
OBJECTS = frozenset(
    ("your", "the", "a", "an", "you", "it", "its", "every", "all", "any", "itself", "them", "up", "down", "out", "away", "off", "on")
)
LINKING = frozenset(("a", "an", "the", "its", "your", "our", "their", "this", "so", "very", "really", "and", "or", ",", "is", "are", "of"))


def sentence_of(reading: Reading, at: int) -> tuple[int, int]:
    """The tokens of the sentence of a token, without its stop."""
    number = reading.sentences[at]
    first = last = at
    while first > 0 and reading.sentences[first - 1] == number and reading.tokens[first - 1].kind != "stop":
        first -= 1
    while last < len(reading.tokens) and reading.sentences[last] == number and reading.tokens[last].kind != "stop":
        last += 1
    return first, last


def doubted(reading: Reading, at: int) -> bool:
    """Whether a question holds the token, and no answer makes a claim of it."""
    _, last = sentence_of(reading, at)
    if last >= len(reading.tokens) or "?" not in reading.tokens[last].text:
        return False
    answer = next((token.text for token in reading.tokens[last + 1 :] if token.kind == "word"), "")
    return answer not in AFFIRMING


def denied_afar(unit: Unit, reading: Reading) -> bool:
    """Whether the sentence denies a unit that no negator stands before: alcohol is out; GOTS we don't have; a kickstand? Not in the box."""
    first, last = sentence_of(reading, unit.first)
    said = {token.text for token in reading.tokens[first:last]}
    if "leave" in said and said & {"home", "cupboard", "drawer", "shelf", "shop"}:
        return True
    for at in range(first, last):
        if unit.first <= at < unit.last or (at >= unit.last and _is_attributive(unit, reading)):
            continue
        text = reading.tokens[at].text
        heads = at < unit.first and reading.tokens[at + 1].text == ":"
        near = (heads or abs(reading.clauses[at] - unit.clause) <= FAR) and not (text in NEGATORS and _is_litotes(reading, at))
        if near and text == "up" and [token.text[:3] for token in reading.tokens[at + 1 : at + 3]] == ["to", "you"]:
            return True
        if near and (text in NEGATORS or text.endswith("n't") or (text in REFUSALS and _refuses(reading, at, first))):
            return True
    if last < len(reading.tokens) and "?" in reading.tokens[last].text:
        answer = [token.text for token in reading.tokens[last + 1 : last + 7]]
        return any(word in NEGATORS or word in REFUSALS or word.endswith("n't") or word in ("sorry", "nope", "none") for word in answer)
    return False


def _is_attributive(unit: Unit, reading: Reading) -> bool:
    """Whether it stands before a noun, and so is said of it whatever is denied behind: the dishwasher-safe kettle is not heavy."""
    before = reading.tokens[unit.first - 1].text if unit.first else ""
    after = reading.tokens[unit.last] if unit.last < len(reading.tokens) else None
    return before in DETERMINERS and after is not None and after.kind == "word" and after.text not in VERBAL and after.text[-2:] != "ly"


DETERMINERS = frozenset(("a", "an", "the", "this", "its", "our"))
VERBAL = frozenset({
    "is", "are", "was", "were", "isn't", "aren't", "does", "do", "don't", "doesn't", "has", "have", "hasn't", "can", "can't", "will",
    "won't", "we", "you", "it", "they", "i", "and", "or", "in", "on", "for", "with", "from", "of", "to", "at", "comes", "belongs", "needs",
    "version",
})  # fmt: skip


def _is_litotes(reading: Reading, at: int) -> bool:
    return at + 1 < len(reading.tokens) and reading.tokens[at + 1].text in UNDENIED


def denies(reading: Reading, at: int) -> bool:
    """Whether the sentence of a token has a word that denies."""
    first, last = sentence_of(reading, at)
    said = [(at, reading.tokens[at].text) for at in range(first, last)]
    return any(text in NEGATORS or text.endswith("n't") or (text in REFUSALS and _refuses(reading, at, first)) for at, text in said)


def may(reading: Reading, at: int) -> bool:
    """Whether the sentence of a token says only what can be, or at most: it can go for nine hours."""
    first, last = sentence_of(reading, at)
    return any(
        token.text in ("can", "could", "may", "might", "most", "max", "tops", "maximum", "best") for token in reading.tokens[first:last]
    )


def _refuses(reading: Reading, at: int, first: int) -> bool:
    """Whether an `out` is that of keep out, leave out, is out: not that of comes out."""
    if reading.tokens[at].text not in ("out", "away"):
        return True
    return any(token.text in LEAVING for token in reading.tokens[max(first, at - 5) : at])


def speaks_of_product(reading: Reading, at: int, found: Evidence) -> bool:
    """Whether the subject of the sentence of a token is the product, a part of it or nobody, and not a person."""
    first, _ = sentence_of(reading, at)
    opening = reading.tokens[first : first + 4]
    for token in opening:
        if token.kind != "word":
            continue
        if token.text in PRODUCTS or token.text in found.naming or token.stem in found.head or token.stem in found.parts:
            return True
        if token.text in SUBJECTS:
            return False
    return bool(opening) and opening[0].text.endswith("s") and not vocabulary().is_scenery(opening[0].text)


def had(unit: Unit, reading: Reading, found: Evidence) -> bool:
    """Whether the unit is what the product has or comes with."""
    for at in range(unit.first - 1, max(unit.first - 6, -1), -1):
        token = reading.tokens[at]
        if reading.sentences[at] != unit.sentence or token.kind in ("stop", "clause"):
            return False
        if token.text == "with":
            before = reading.tokens[at - 1].text if at else ""
            return (
                at == 0
                or before in POSSESSING
                or before in ("comes", "come", "supplied", "equipped", "fitted")
                or _is_noun(reading, at - 1, found)
            )
        if token.text in POSSESSING:
            return speaks_of_product(reading, at, found)
        if token.text in ("for", "on", "in", "at", "to", "from", "by", "under", "over", "into", "like", "than"):
            return False
    return False


def _is_noun(reading: Reading, at: int, found: Evidence) -> bool:
    token = reading.tokens[at]
    return token.stem in found.head or token.stem in found.parts


def ascribed(unit: Unit, reading: Reading, found: Evidence) -> bool:
    """Whether an unknown word says something of the product where it stands."""
    first, last = sentence_of(reading, unit.first)
    if last - first <= 4 or had(unit, reading, found):
        return True
    before = reading.tokens[unit.first - 1].text if unit.first > first else ""
    earlier = reading.tokens[unit.first - 2].text if unit.first > first + 1 else ""
    follower = next((other for other in reading.units if other.first == unit.last), None)
    if follower and follower.name not in EMPTY and (follower.name in found.head or follower.name in found.parts):
        return True
    if before in COPULAS or (earlier in COPULAS and before in LINKING):
        return speaks_of_product(reading, unit.first, found)
    if any(token.text in MADE for token in reading.tokens[max(first, unit.first - 4) : unit.first]):
        return True
    opener = reading.tokens[first]
    verb = opener.text.endswith("s") and not opener.text.endswith(("ss", "us", "'s", "is")) and len(opener.text) > 3
    following = reading.tokens[first + 1].text if first + 1 < last else ""
    verb = verb and following not in PLURAL and not vocabulary().is_scenery(opener.text) and opener.stem not in vocabulary().phrases
    return (unit.first == first and verb) or (verb and unit.first - first <= 3 and not opener.stem.endswith("s"))


def does(unit: Unit, reading: Reading, found: Evidence) -> bool:
    """Whether the unit is a verb of which the product is the subject: it warns you, Files your taxes."""
    words = vocabulary()
    if unit.last - unit.first != 1 or unit.negated or not unit.word.endswith("s") or unit.word.endswith(("ss", "us", "'s")):
        return False
    if unit.name not in words.doing or unit.name in found.entries or unit.name in found.own or unit.word in found.topic:
        return False
    if any(unit.last <= quantity.first <= unit.last + 3 for quantity in reading.quantities):
        return False
    first, _ = sentence_of(reading, unit.first)
    if unit.first == first:
        after = reading.tokens[unit.last].text if unit.last < len(reading.tokens) else ""
        return after not in PLURAL
    before = reading.tokens[unit.first - 1]
    pronoun = before.text in ("it", "that", "which", "also", "and", "even", "automatically", "she", "he", "this")
    subject = before.stem in found.head or before.stem in found.parts or before.text in found.naming or pronoun
    return subject and speaks_of_product(reading, unit.first, found)
