"""Numbers on a basis: 7.9 g per 100 g belong to the sugar, and stay per 100 g."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apps.marketing.claims.evidence import Evidence
from apps.marketing.claims.findings import Finding
from apps.marketing.claims.reading import Reading

__all__ = ["judge_bases"]

BASIS = re.compile(r"\bper (\d+ ?(?:g|ml|kg|l))\b")
AMOUNT = re.compile(r"(?<![\d.,])(\d+(?:[.,]\d+)?) ?([a-z]+)\b")
PER = re.compile(r"\W*(?:of (?:[\w-]+ ){1,3})?(?:per|a|each|every|in each) ((?:\d+ ?)?[a-z]+)\b")
AHEAD = r"(?: of)?(?: energy)?(?: per \d+ ?[a-z]+)?(?: of)? (?:dietary |added |total )?{key}\b"
BEHIND = r"\b{key}(?: content)?(?: of| is| at|:|,)? (?:is |of |only |just )?$"


@dataclass(frozen=True)
class _Based:
    """fact: `sugar`; basis: `100 g`; amounts: (`7.9`, `g`)."""

    fact: str
    basis: str
    amounts: frozenset[tuple[str, str]]


def judge_bases(reading: Reading, found: Evidence) -> list[Finding]:
    """What the text says of such numbers, where it names what they are of or another basis; nothing of others."""
    based = list(_based(found))
    text = reading.plain.text.lower()
    result = []
    for match in AMOUNT.finditer(text) if based else ():
        amount = match.group(1), match.group(2)
        owners = [each for each in based if amount in each.amounts]
        places = [at for at, token in enumerate(reading.tokens) if match.start() <= token.start < match.end()]
        if not owners or not places:
            continue
        where = places[0], places[-1] + 1
        named = [each for each in based if _names(each.fact, text[: match.start()], text[match.end() :])]
        other = PER.match(text[match.end() :])
        if other and not any(_same(other.group(1), each.basis) for each in owners):
            result.append(Finding(*where, "number", "contradicted", (owners[0].fact,), _says(owners[0].fact, found)))
        elif named and not any(each in owners for each in named):
            result.append(Finding(*where, "number", "contradicted", (named[0].fact,), _says(named[0].fact, found)))
        elif named:
            result.append(Finding(*where, "number", "supported", (next(each for each in named if each in owners).fact,), ""))
    return result


def _based(found: Evidence) -> Iterator[_Based]:
    for fact, value in found.values.items():
        if basis := BASIS.search(value.lower()):
            amounts = frozenset((number, unit) for number, unit in AMOUNT.findall(value.lower()[: basis.start()]))
            if amounts:
                yield _Based(fact, basis.group(1), amounts)


def _names(fact: str, before: str, after: str) -> bool:
    """Whether the amount between stands at the fact's name, before it if it can."""
    key = re.escape(fact.lower())
    ahead = (
        re.match(r"(?: of)?(?: per \d+ ?[a-z]+)?(?: of)? [a-z]", after) is not None and re.match(AHEAD.format(key=key), after) is not None
    )
    return ahead or (re.search(BEHIND.format(key=key), before[-60:]) is not None and not re.match(r"(?: per \d+ ?[a-z]+)? of [a-z]", after))


def _same(said: str, basis: str) -> bool:
    return said.replace(" ", "") == basis.replace(" ", "")


def _says(fact: str, found: Evidence) -> str:
    return f"the sheet says {fact}: {found.values[fact]}"
