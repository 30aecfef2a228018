"""Words of one family to one stem: charge, charges, charging, charged. Light on purpose: -able and -er stay, since they change a claim."""

from __future__ import annotations

from functools import lru_cache

from apps.marketing.claims.lists import lines_of, listed

__all__ = ["bases", "stem"]

SPELLINGS = dict(line.split() for line in lines_of("spellings"))
FIXED = frozenset(listed("fixed"))
VOWELS = frozenset("aeiouy")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A lower-case word -> its stem, which need not be a word: charging -> charg."""
    word = SPELLINGS.get(word, word)
    if len(word) <= 3 or word in FIXED or not word.isascii():
        return word
    word = SPELLINGS.get(_singular(word), _singular(word))
    if word in FIXED:
        return word
    for suffix, kept in (
        ("isation", "iz"),
        ("ization", "iz"),
        ("ability", "abl"),
        ("ibility", "ibl"),
        ("iness", "i"),
        ("ness", ""),
        ("ingly", ""),
        ("edly", ""),
    ):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return _undoubled(word[: -len(suffix)] + kept)
    for suffix, longest in (("ing", 3), ("ed", 2), ("ment", 4), ("ly", 3), ("ion", 3)):
        root = word[: -len(suffix)]
        if word.endswith(suffix) and len(root) >= longest and VOWELS & set(root) and _strippable(root, suffix):
            word = root
            break
    return _undoubled(word)


def _strippable(root: str, suffix: str) -> bool:
    if suffix == "ion":
        return root[-1] in "ts"
    return not (suffix == "ed" and root.endswith("e"))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _undoubled(word: str) -> str:
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeo":
        word = word[:-1]
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    if word.endswith("y") and len(word) > 3:
        word = word[:-1] + "i"
    return word


def bases(word: str) -> tuple[str, ...]:
    """The forms a word may be an inflection of: plural, -ed, -ing, possessive. Not -ly or -ness: `naturally` is a claim, nature is not."""
    forms = [word]
    if word.endswith("'s"):
        forms.append(word[:-2])
    if len(word) < 4:
        return tuple(forms)
    for suffix, kept in (("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", ""), ("d", ""), ("ing", ""), ("ing", "e")):
        if word.endswith(suffix) and len(word) - len(suffix) >= 2:
            root = word[: -len(suffix)] + kept
            forms.append(root)
            if suffix in ("ed", "ing") and len(root) > 3 and root[-1] == root[-2]:
                forms.append(root[:-1])
    return tuple(forms)
