"""Text -> units: words and phrases as concepts, with their polarity, clause and sentence; beside them the quantities."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

from apps.marketing.claims.lists import listed
from apps.marketing.claims.plain import Plain, plain
from apps.marketing.claims.quantities import Quantity, quantities
from apps.marketing.claims.tokens import Token, tokens
from apps.marketing.claims.units import CURRENCIES
from apps.marketing.claims.vocabulary import PICTURES, vocabulary

__all__ = ["Reading", "Unit", "known", "read"]

SKIPPED = frozenset(listed("skipped"))
"""Words that may stand within a phrase without changing it: keeps the water out."""
NEGATORS = frozenset(listed("negators"))
ENDERS = frozenset(listed("enders"))
UNDENIED = frozenset(listed("undenied"))
"""After a negator, words that make no denial of what follows: don't forget the brush, not just steel."""
RESTARTING = frozenset(("no", "without", "zero"))
"""Negators that begin a scope of their own within another's: no alcohol, no silicones."""
COMMON = {
    "woods": "woodland",
    "windows": "windowpane",
    "window": "windowpane",
    "turkey": "turkeybird",
    "apples": "applefruit",
    "teams": "team",
    "notion": "notions",
    "zoom": "zooms",
}
"""Common words that are no material, platform or country."""
GRANTED = frozenset(("for", "with", "on", "until", "to", "shipping", "delivery", "trial", "returns", "today", "forever"))
EXCLUDING = {(how, "separately") for how in ("sold", "available", "bought")}
EXCLUDING |= {(negator, verb) for negator in ("not", "isn't", "aren't", "never") for verb in listed("excluding")}
RELATED = frozenset(listed("related"))
"""Words before `free` that it does not deny: free as such, not free of them."""


@dataclass(frozen=True)
class Unit:
    """name: concept or stem; word: as written, lower case; first, last: its tokens, last exclusive."""

    name: str
    word: str
    kind: str
    first: int
    last: int
    negated: bool
    clause: int
    sentence: int


@dataclass
class Reading:
    """sentences, clauses: number of each for each token."""

    plain: Plain
    tokens: list[Token]
    sentences: list[int] = field(default_factory=list)
    clauses: list[int] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    phrases: list[tuple[int, int, str]] = field(default_factory=list)
    suffixes: set[int] = field(default_factory=set)

    def source(self, first: int, last: int) -> tuple[int, int]:
        """A range of tokens -> a range of the source."""
        return self.plain.source(self.tokens[first].start, self.tokens[last - 1].end)


def read(text: str) -> Reading:
    """Any text -> its reading."""
    view = plain(text)
    found = _renamed(tokens(view.text), view.text)
    reading = Reading(view, found)
    _number_clauses(reading)
    phrases = reading.phrases = _phrases(found)
    taken = {index for first, last, _ in phrases for index in range(first, last)}
    reading.quantities = quantities(found, taken)
    counted = {index for quantity in reading.quantities for index in range(quantity.first, quantity.last)}
    denied = _denied(reading, counted)
    starts = {first: (last, name) for first, last, name in phrases}
    at = 0
    while at < len(found):
        if at in reading.suffixes:
            at += 1
            continue
        if at in starts:
            last, name = starts[at]
            _add(reading, name, (at, last), denied, vocabulary().kinds.get(name, "word"))
            at = last
            continue
        if at not in counted and found[at].kind in ("word", "code"):
            _add(reading, found[at].stem, (at, at + 1 + (at + 1 in reading.suffixes)), denied, "word")
        at += 1
    return reading


@lru_cache(maxsize=4096)
def known(text: str) -> Reading:
    """The reading of a text of the sheet, which comes again and again. It must not be changed."""
    return read(text)


def _add(reading: Reading, name: str, place: tuple[int, int], denied: set[int], kind: str) -> None:
    first, last = place
    word = " ".join(token.text for at, token in enumerate(reading.tokens[first:last], first) if at not in reading.suffixes)
    where = reading.clauses[first], reading.sentences[first]
    reading.units.append(Unit(name, word, kind, first, last, first in denied, *where))


def _renamed(found: list[Token], text: str) -> list[Token]:
    """Words whose neighbours or capitals make another word of them: $ 10 off is a discount, built-in is no building, US is no pronoun."""

    def capital(token: Token) -> bool:
        words = [text[other.start : other.end] for other in found if other.kind == "word" and other is not token]
        return text[token.start : token.end] == "US" and not all(word.isupper() for word in words)

    money = {"%", "percent", *CURRENCIES}
    result = list(found)
    for at, token in enumerate(found):
        near = {before.text for before in found[max(0, at - 2) : at]}
        if token.text == "off" and near & money:
            result[at] = replace(token, stem="discount")
        if token.text in COMMON and text[token.start : token.end].islower():
            result[at] = replace(token, stem=COMMON[token.text])
        if token.text == "us" and capital(token):
            result[at] = replace(token, stem="usa")
        if token.text == "in" and token.glued and at and found[at - 1].text == "built":
            result[at - 1] = replace(found[at - 1], stem="builtin")
    return result


def _number_clauses(reading: Reading) -> None:
    sentence = clause = 0
    for token in reading.tokens:
        if token.kind == "stop":
            sentence, clause = sentence + 1, clause + 1
        elif token.kind == "clause" or token.text in ("and", "or", "but", "plus", "while", "&", "+", "/") or token.text in ENDERS:
            clause += 1
        reading.sentences.append(sentence)
        reading.clauses.append(clause)


def _phrases(found: list[Token]) -> list[tuple[int, int, str]]:
    """Longest phrases of the tables, left to right: (first, last, concept)."""
    result = []
    table = vocabulary().phrases
    at = 0
    while at < len(found):
        if found[at].kind == "picture" and (sign := PICTURES.get(found[at].text)):
            result.append((at, at + 1, sign))
        last = 0
        for stems, name in table.get(found[at].stem, ()) if found[at].kind in ("word", "code", "number") else ():
            last = _matched(found, at, stems)
            if last:
                result.append((at, last, name))
                break
        at = last or at + 1
    return result


def _matched(found: list[Token], at: int, stems: tuple[str, ...]) -> int:
    """The token after the phrase that begins here, 0 where it does not."""
    index = at + 1
    for wanted in stems[1:]:
        skipped = 0
        while index < len(found) and found[index].stem != wanted and found[index].text in SKIPPED and skipped < 2:
            index, skipped = index + 1, skipped + 1
        if index >= len(found) or found[index].stem != wanted:
            return 0
        index += 1
    return index


def _denied(reading: Reading, counted: set[int]) -> set[int]:
    """The tokens in the scope of a negation."""
    found = reading.tokens
    denied = _excluded(reading)
    phrased: set[int] = set()
    for first, last, _ in reading.phrases:
        if last == first + 1:
            continue
        phrased.update(range(first, last))
        listing = last < len(found) and found[last].text in (",", "or", "and", "nor", "&") and _lists(found, last + 1)
        if listing and found[first].text in ("no", "without", "zero", "free"):
            denied.update(_scope(found, last, counted, single=False))
    for at, token in enumerate(found):
        if at in counted or at in phrased:
            continue
        begin = _begins(found, at)
        if begin:
            denied.update(_scope(found, begin, counted, single=token.text == "non"))
            reading.suffixes.update([at] if token.text == "free" else [])
        elif _is_suffix(found, at):
            reading.suffixes.add(at)
            denied.update(_glued_back(found, at))
    return denied


def _begins(found: list[Token], at: int) -> int:
    """Where the scope begins of the negator at this token: no, free of, rather than, hold the; 0 where there is none."""
    text, after = found[at].text, found[at + 1].text if at + 1 < len(found) else ""
    if text == "nothing":
        return at + 1 if after in ("artificial", "added", "but", "with") else 0
    if (text in NEGATORS or text.endswith("n't")) and after in UNDENIED:
        return 0
    if text in NEGATORS or text.endswith("n't") or text == "non":
        return at + 1
    pairs = {"hold": ("the",), "rather": ("than",), "instead": ("of",), "free": ("of", "from")}
    if after in pairs.get(text, ()) and not (text == "hold" and any(mark.kind == "number" for mark in found[at:])):
        return at + 2
    return 0


def _is_suffix(found: list[Token], at: int) -> bool:
    """Whether this is the `free` of sugar-free, which denies what stands before it."""
    if found[at].text != "free" or not at or found[at - 1].kind != "word":
        return False
    before, after = found[at - 1].text, found[at + 1].text if at + 1 < len(found) else ""
    return found[at].glued or (after not in GRANTED and before not in RELATED and not vocabulary().is_plain(before))


def _excluded(reading: Reading) -> set[int]:
    """What stands before `sold separately` or `not included` in its clause."""
    text = [token.text for token in reading.tokens]
    denied: set[int] = set()
    for at, word in enumerate(text):
        if word in ("excluded", "excepted", "exempt"):
            marks = (";", ":") if "(" in text[:at] else (";", ":", ",")
            first = next((index for index in range(at, -1, -1) if text[index] in marks or reading.tokens[index].kind == "stop"), -1)
            denied.update(range(first + 1, at))
    for at in range(len(text) - 1):
        if (text[at], text[at + 1]) in EXCLUDING:
            denied.update(index for index in range(at) if reading.clauses[index] == reading.clauses[at])
    return denied


def _glued_back(found: list[Token], at: int) -> set[int]:
    first = at - 1
    while first > 0 and found[first].glued:
        first -= 1
    return set(range(first, at))


def _scope(found: list[Token], at: int, counted: set[int], single: bool) -> set[int]:
    """The tokens that a negator before `at` denies: to the end of the clause, through a list of single words."""
    scope: set[int] = set()
    while at < len(found):
        token = found[at]
        if (
            token.kind == "stop"
            or (token.text in ENDERS and (bool(scope) or token.text != "with"))
            or (token.text in (";", ":", "—", "(", ")") and not (token.text == ":" and found[at - 1].text in ("for", "of", "from", "with")))
            or (scope and (at in counted or token.text in RESTARTING))
        ):
            break
        if token.kind == "clause" and not _lists(found, at + 1):
            break
        if token.text == "and" and not _lists(found, at + 1):
            break
        scope.add(at)
        if single:
            break
        at += 1
    return scope


def _lists(found: list[Token], at: int) -> bool:
    """Whether what follows a comma or `and` is one more item of a list: at most three words up to the next mark."""
    length = 0
    while at < len(found) and found[at].kind not in ("clause", "stop") and found[at].text not in ("and", "or"):
        if found[at].kind == "number" or found[at].text in vocabulary().plain:
            return found[at].text in ("or", "no", "added") and length == 0
        length, at = length + 1, at + 1
    return length <= 3
