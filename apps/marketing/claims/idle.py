"""Words that no table knows and that yet claim nothing, by where they stand: what people do, own and are surrounded by."""

from __future__ import annotations

from collections.abc import Collection

from apps.marketing.claims.lists import listed
from apps.marketing.claims.reading import Reading, Unit
from apps.marketing.claims.stems import bases, stem
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["is_any", "is_aside", "is_idle"]

ELSEWHERE = frozenset(stem(word) for word in listed("elsewhere"))
"""What no product is: an adjective before it says nothing of the product."""
PEOPLE = frozenset(listed("people"))
OBJECTS = frozenset(listed("objects of idle"))
FOLLOWING = frozenset(
    ("", "and", "or", "when", "while", "with", "for", "on", "in", "at", "to", "is", "are", "please", "before", "after", "until")
)
HAVING = frozenset(("have", "own", "love", "need", "want", "like", "use", "see", "hear", "keep"))
OWNERS = frozenset(listed("owners"))
PLACES = frozenset(listed("places"))
ARTICLES = frozenset(listed("articles"))
ASCRIBING = ("able", "ible", "proof", "less", "ful", "ous", "ive", "est", "ic", "ly", "ed", "ing", "ant", "ent", "free", "ary", "al")
EFFECTS = frozenset(stem(word) for word in listed("effects of idle"))
"""Verbs that promise what the product does to people: an order to do them is a claim all the same."""


def is_any(word: str, known: Collection[str]) -> bool:
    """Whether the word or what it inflects is known."""
    return any(base in known for base in bases(word))


def is_idle(unit: Unit, reading: Reading, topic: Collection[str]) -> bool:  # noqa: PLR0911 (one return a position)
    """Whether a word that is in no table and not in the sheet claims nothing where it stands."""
    if unit.negated or unit.last - unit.first != 1:
        return False
    before, after = _word(reading, unit.first - 1), _word(reading, unit.last)
    token = reading.tokens[unit.first]
    if unit.kind in ("animal", "age", "gender"):
        return before in OWNERS
    if stem(after) in ELSEWHERE and unit.kind in ("word", "attribute", "color", "thing"):
        return True
    if unit.kind not in ("word", "thing") or token.glued or unit.name in EFFECTS or _is_name(unit, reading):
        return False
    if _doer(unit.word, topic) or (unit.word.startswith("un") and vocabulary().is_plain(unit.word[2:])):
        return True
    if _is_of_reader(unit, reading) and (after in FOLLOWING or not after.isalpha()):
        return True
    if unit.word.endswith(ASCRIBING):
        return False
    opening = unit.first == 0 or reading.clauses[unit.first - 1] != unit.clause or reading.tokens[unit.first - 1].kind in ("stop", "clause")
    if (opening or before in ("to", "and", "just", "simply", "then")) and after in OBJECTS and not unit.word.endswith("s"):
        return True
    asked = next((other.text for other in reading.tokens[unit.first :] if other.kind == "stop"), "")
    having = before in HAVING and _word(reading, unit.first - 2) in PEOPLE
    if any(quantity.last == unit.first and quantity.dimension == "count" for quantity in reading.quantities):
        return before not in ("dual", "twin", "single", "double", "triple")
    return before in PEOPLE or having or asked.startswith("?") or _is_of_reader(unit, reading)


def is_aside(unit: Unit, reading: Reading) -> bool:
    """Whether an unknown word has neither the form of a property, of an effect nor of a name."""
    token = reading.tokens[unit.first]
    if unit.negated or unit.last - unit.first != 1 or token.kind != "word" or token.glued or unit.name in EFFECTS:
        return False
    if vocabulary().is_claiming(unit.word):
        return False
    return not unit.word.endswith(ASCRIBING) and not _is_name(unit, reading) and token.text.isascii()


def _is_of_reader(unit: Unit, reading: Reading) -> bool:
    """your podcasts, your favourite podcasts, in the cupboard."""
    before, earlier = _word(reading, unit.first - 1), _word(reading, unit.first - 2)
    if before in OWNERS:
        return earlier != "for" and not _promises(earlier)
    if earlier in OWNERS and vocabulary().is_plain(before):
        return not _promises(_word(reading, unit.first - 3))
    return before in ARTICLES and earlier in PLACES


def _promises(word: str) -> bool:
    """Whether the word may be what the product does: files your taxes."""
    return word.endswith("s") and not word.endswith("ss") and word not in PLACES and len(word) > 3


def _word(reading: Reading, at: int) -> str:
    return reading.tokens[at].text if 0 <= at < len(reading.tokens) else ""


def _is_name(unit: Unit, reading: Reading) -> bool:
    """Whether the word has a capital that no sentence gave it: a name may be a certificate, an ingredient, a partner."""
    token = reading.tokens[unit.first]
    opening = unit.first == 0 or reading.sentences[unit.first - 1] != unit.sentence or reading.tokens[unit.first - 1].kind == "stop"
    written = reading.plain.text[token.start : token.end]
    return not opening and written[:1].isupper() and not reading.plain.text.isupper()


def _doer(word: str, topic: Collection[str]) -> bool:
    """Those who do something plain: drivers, builders. Only in the plural, since `longer` compares."""
    roots = (word[:-3], word[:-2], word[:-4])
    return word.endswith("ers") and any(is_any(root, topic) or vocabulary().is_plain(root) for root in roots)
