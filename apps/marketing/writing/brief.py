"""One line of copy: what it has to say, how long it may be, and how a model is asked for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from apps.marketing.composer.english import is_plural, subject_noun
from apps.marketing.language import Message, Prompt, number_locked
from apps.marketing.sheet import Fact, Sheet
from apps.marketing.writing.shots import shots

__all__ = ["Brief", "Kind", "basis", "literals", "prompt"]

Kind = Literal["opener", "sentence", "headline", "subject", "bullet"]

SYSTEM = "You write product copy. Say only what the facts say, in natural English. Add no other fact, number, benefit or praise."
ASKED: dict[str, str] = {
    "opener": "Write the first sentence of the text, with the product's name, in {words} words.",
    "sentence": "Write one sentence of {words} words.",
    "headline": "Write a headline of {words} words.",
    "subject": "Write the subject line of an e-mail in {words} words.",
    "bullet": "Write a bullet point of {words} words: what it is, a colon, the detail.",
}
"""A model that is shown how many words a line has keeps to them, near enough; characters it cannot count."""
WORD_CHARS = {"opener": 6.6, "sentence": 6.6, "headline": 7.5, "subject": 7.0, "bullet": 7.5}
"""Characters a word, with its blank, and some to spare."""
TIGHTER = 0.7
ROOMY = 110
"""Characters of a first sentence that has room for whom the product is for."""
MOST_WORDS = {"opener": 17, "sentence": 13, "headline": 4, "subject": 7, "bullet": 13}
SENTENCES = frozenset({"opener", "sentence"})
_NUMBER = r"[$\u20ac\u00a3]?\d(?:[\d.,:/]*\d)?"
_SEPARATOR = "(?: ?[x\u00d7/\u2013-] ?| to | and )"
_SMALL_WORD = r"(?:of|with|in|and|without|from|for|on|or|to|a|an|the|each|per|when|among|by|until|after|x)\b"
_UNIT = rf"(?:[ -]?(?:%|\u00b0[CF]?|(?!{_SMALL_WORD})[A-Za-z\u00b5][\w\u00b2\u00b3]*))?"
_BASIS = rf"(?: (?:per|in) {_NUMBER} ?(?:g|ml|kg|l)\b)?"
_LITERAL = re.compile(rf"(?:[A-Za-z]+[-.]?)?{_NUMBER}(?:{_SEPARATOR}{_NUMBER})*{_UNIT}{_BASIS}")
_SHARE = re.compile(r"[\d.,]+ ?%(?=$|[,;(])")
"""`14 %, roasted` of the key `hazelnuts`: a share is of something, and stands before it (`14 % hazelnuts`)."""
_PART = re.compile(rf"(?<![A-Za-z.]){_NUMBER}")
_PLAIN = re.compile(r"[A-Za-z\u00c0-\u024f' -]+")


@dataclass(frozen=True)
class Brief:
    """facts: what the line says, the first one at least. low, high: characters. starts: what it may begin with, anything if empty."""

    kind: Kind
    facts: tuple[Fact, ...]
    high: int
    low: int = 1
    starts: tuple[str, ...] = ()


def prompt(sheet: Sheet, brief: Brief, voice: str, seed: int, temperature: float, *, tight: int = 0) -> Prompt:
    """The shots of the kind and voice, then this product. tight: how often a line has run into the limit; fewer words are asked for."""
    messages = [Message("system", SYSTEM)]
    for shot in shots(brief.kind, voice):
        words = len(shot.text.split())
        messages += [Message("user", _asked(shot.product, shot.facts, brief.kind, words)), Message("assistant", shot.text)]
    asked = sheet if brief.high >= ROOMY and not tight else sheet.model_copy(update={"audience": ""})
    words = max(2, int(min(MOST_WORDS[brief.kind], brief.high / WORD_CHARS[brief.kind]) * TIGHTER**tight))
    return Prompt(
        messages=(*messages, Message("user", _asked(asked, brief.facts, brief.kind, words))),
        grammar=number_locked(
            literals(sheet, [*brief.facts, *_audience(sheet, brief.kind)]),
            brief.high,
            min_chars=brief.low,
            sentence=brief.kind in SENTENCES,
            single=voice != "playful",
            starts=brief.starts,
        ),
        max_tokens=16 + brief.high // 3,
        temperature=temperature,
        seed=seed,
        stop=("\n",),
    )


def literals(sheet: Sheet, facts: Iterable[Fact]) -> list[str]:
    """What may stand in the line with a digit, or with a sign that words have not: the facts' numbers with their units, the name."""
    found: dict[str, None] = {}
    for fact in facts:
        share = _SHARE.match(fact.value)
        for match in _LITERAL.finditer(fact.value):
            text = f"{match.group()} {fact.key}" if share and match.start() == 0 else match.group()
            based = basis(fact)
            if based and not text.endswith(based):
                text = f"{text} {based}"
            found[text] = None
            found |= dict.fromkeys(_ends(text))
        found |= dict.fromkeys(word.strip(".,;:()") for word in fact.value.split() if not _PLAIN.fullmatch(word) and _odd(word))
    for name in (sheet.name, sheet.brand):
        if name and not _PLAIN.fullmatch(name):
            found[name] = None
            short = " ".join(name.split()[1:])
            if short and re.search(r"[A-Za-z]{3}", short):
                found[short] = None
    return [text for text in found if text]


def basis(fact: Fact) -> str:
    """`per 100 g` of `1850 kJ (442 kcal) per 100 g`, else empty."""
    match = re.search(rf"\bper {_NUMBER} ?(?:g|ml|kg|l)\b", fact.value)
    return match.group() if match else ""


def _audience(sheet: Sheet, kind: str) -> list[Fact]:
    return [Fact(key="for", value=sheet.audience)] if kind == "opener" and sheet.audience else []


def _ends(text: str) -> list[str]:
    """Of `65 to 128 cm` also `65 cm` and `128 cm`; of `38 hours` also `38-hour`."""
    if re.search(r" (?:per|in) ", text):
        return []
    numbers = _PART.findall(text)
    if not numbers:  # the digit is of a name: A4, H2O, USB-C3
        return []
    unit = text[text.rfind(numbers[-1]) + len(numbers[-1]) :]
    if len(numbers) > 1 and " x " not in text:
        return [f"{number}{unit}" for number in numbers]
    if match := re.fullmatch(r" (hour|minute|second|day|week|month|year|inch|litre|piece)s?", unit):
        return [f"{numbers[0]}-{match.group(1)}"] if len(numbers) == 1 else []
    return []


def _odd(word: str) -> bool:
    """Letters beside a sign, no digits: `R&D`, `C++`."""
    return bool(re.search(r"[A-Za-z]", word)) and not re.search(r"\d", word) and bool(re.search(r"[^\w.,;:()'-]", word))


def _told(fact: Fact) -> str:
    """`52 % wholegrain oats`, `battery life: 38 hours`."""
    share = _SHARE.match(fact.value)
    return f"{share.group()} {fact.key}{fact.value[share.end() :]}" if share else f"{fact.key}: {fact.value}"


def _asked(sheet: Sheet, facts: Sequence[Fact], kind: str, words: int) -> str:
    they = ", plural" if is_plural(subject_noun(sheet.category)) else ""
    lines = [f"Product: {sheet.name} ({sheet.category}{they})" if sheet.category else f"Product: {sheet.name}"]
    if kind == "opener" and sheet.audience:
        lines.append(f"For: {sheet.audience}")
    lines.append("Facts: " + "; ".join(map(_told, facts)))
    return "\n".join([*lines, ASKED[kind].format(words=words)])
