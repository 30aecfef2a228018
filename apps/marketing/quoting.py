"""Which facts of a sheet a question is about, by its words, and those facts quoted: what answers where no language model does."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from apps.marketing.claims.reading import read
from apps.marketing.claims.stems import stem
from apps.marketing.claims.vocabulary import vocabulary
from apps.marketing.sheet import Fact, Sheet, banned_in

__all__ = ["SILENT", "facts_about", "lines_of", "names_in", "quoted", "unknown_words"]

SILENT = "The sheet does not say."
MOST_QUOTED = 3
_KEY_WEIGHT = 2.0
_CLASS_WEIGHT = 0.4
"""Of a word of the same closed class (red, where the sheet names other colours)."""
_SHARE = 0.5
"""A fact is quoted that scores at least so much of the best one's."""

_ASKING = """
a about above actually after again all along already also am an and another any anybody anyone anything are around as ask at available
away back be because been before being below besides better between both but buy by bye can cannot check could course customer day deal
did different do does doing done down each easy easily else enough ever every everything exactly explain far feel few find fine first for
free from full further get gets getting give gives glad go goes going good got great guess had happy hardly has have having hello help
helps her here hey hi his how however i if in including info information into is it item items its itself just keep keeps kind kinds know
known least less let like list long longer look looking lot made maintain make makes many mate may maybe me mean means mention mentioned
might mine more morning most much must my need needed needs never next nice no none not nothing now of off often ok okay on once one only
onto option options or other others our out over own particular people per person please possible probably product provide purchase put
question questions quick quickly quite rather really regarding right same say says sell sentence sheet should show since so some somebody
someone something soon sorry sort speak state still such sure take takes talk tell than thank thanks that the their them then there these
they thing things think this those though through time times to today together told too true truly try two type types under until up upon
us use used user uses using usual usually various very want wants was way we welcome well were what whatever when where whether which
while who whole whom whose why will wish with within without word words work works worth would write written yes yet you your yours
afternoon evening goodbye handle handles inside outside assist include included curious brief briefly short detail details describe
summary summarize summarise answer answers fact facts
"""
_ATTRIBUTES = """
amount ability choose chosen connect connects connecting happen happens pick remember replace select area battery bear big box brand
capacity carry charge colour color come comes composition consist contain contains content contents cost costs country deliver deliver
delivery describe design dimension dimensions discount duration end ends expensive fast feature features fit fits height heavy high hold
holds hour hours include included includes ingredient ingredients kilo kilograms kilos large last lasts length level levels lift light
liter litre load long low main material materials maximum measure measurements minimum minute minutes model month months name number
numbers offer offered offers old origin pack package packaging packed part parts pay percent percentage period place price priced range
rate rating ready run runs size sizes slow small speed start starts store stored support supported supports tall technology temperature
thick thin value version volume warm warranty week weeks weigh weighs weight wide width year years
"""
_COMMON = frozenset(stem(word) for word in f"{_ASKING} {_ATTRIBUTES}".split())
_COURTESY = frozenset(stem(word) for word in _ASKING.split())
_PRICED = frozenset(stem(word) for word in ("cost", "price", "expensive", "cheap", "pay", "much money"))
_PRICES = frozenset(stem(word) for word in ("offer", "price"))
_LINKS = frozenset({"for", "the", "and", "with"})
_OPEN = frozenset({"ingredient", "certification", "allergen", "diet"})
"""Classes of which a product has many members: one says nothing of another."""


def facts_about(question: str, sheet: Sheet) -> list[Fact]:
    """The facts that share words with the question, at most three, the closest first; `offer` counts as one. Empty when none does."""
    scored = _scored(question, sheet)
    best = max((score for score, _ in scored), default=0.0)
    close = [pair for pair in scored if best and pair[0] >= _SHARE * best]
    return [fact for _, fact in sorted(close, key=lambda pair: -pair[0])[:MOST_QUOTED]]


def quoted(facts: Iterable[Fact], sheet: Sheet) -> str:
    """battery life: 38 hours. weight: 254 g. In the sheet's order, without those that hold a banned word; "" for none."""
    wanted = set(facts)
    lines = [f"{fact.key}: {fact.value.rstrip(' .')}." for fact in lines_of(sheet) if fact in wanted]
    return " ".join(line for line in lines if not banned_in(line, sheet.banned))


def lines_of(sheet: Sheet) -> list[Fact]:
    """The sheet's facts, and its offer as one."""
    return [*sheet.facts, *([Fact(key="offer", value=sheet.offer)] if sheet.offer.strip() else [])]


def unknown_words(texts: Sequence[str], sheet: Sheet) -> frozenset[str]:
    """Stems of what the texts speak of and the sheet does not: not its words, nor what they entail, nor the words of any question."""
    known = names_in(" ".join([sheet.name, sheet.brand, sheet.category, sheet.audience])) | _COMMON
    for fact in lines_of(sheet):
        known |= _entailed(names_in(f"{fact.key}: {fact.value}"))
    found: set[str] = set()
    for text in texts:
        reading = read(text)
        for unit in reading.units:
            stems = {token.stem for token in reading.tokens[unit.first : unit.last]}
            if unit.name not in known and not stems <= known:
                found |= stems - known
    return frozenset(name for name in found if not name.isdigit())


@lru_cache(maxsize=256)
def names_in(text: str) -> frozenset[str]:
    """Concepts and stems of a text."""
    reading = read(text)
    return frozenset({unit.name for unit in reading.units} | {token.stem for token in reading.tokens if token.kind in ("word", "code")})


def _scored(question: str, sheet: Sheet) -> list[tuple[float, Fact]]:
    """(score, fact) of those with a word in common, in the sheet's order. A word weighs the more the fewer facts have it."""
    facts = lines_of(sheet)
    keys = [names_in(fact.key) for fact in facts]
    named, unknown = names_in(question), unknown_words([question], sheet)
    asked = (
        (named - _COURTESY) | (_plain_keys(keys) & named if not unknown else frozenset()) | (_PRICES if named & _PRICED else frozenset())
    )
    bodies = [_entailed(names_in(f"{fact.key}: {fact.value}")) for fact in facts]
    frequency = Counter(name for body in bodies for name in body)
    naming = names_in(f"{sheet.name} {sheet.category}")
    roles = _roles(question)
    classes = _classes(asked) if all(_classes([name]) for name in unknown) else set()
    scored = []
    for fact, key, body in zip(facts, keys, bodies, strict=True):
        score = 0.0
        for name in asked:
            for said in body if name not in body else (name,):
                if likeness := _likeness(name, said):
                    weight = math.log(1 + len(facts) / frequency[said]) * (0.3 if said in naming else 1.0)
                    score += likeness * weight * (_KEY_WEIGHT if said in key else 1.0)
        score += math.log(1 + len(facts)) * _KEY_WEIGHT * bool(roles & _roles(fact.key))
        score += math.log(1 + len(facts)) * _CLASS_WEIGHT * bool(classes & _classes(body))
        if score > 0.5:
            scored.append((score, fact))
    return scored


def _likeness(one: str, other: str) -> float:
    """1 for equal stems, half for one that begins the other: stor, storag."""
    if one == other:
        return 1.0
    shorter, longer = sorted((one, other), key=len)
    return 0.5 if len(shorter) >= 4 and longer.startswith(shorter) and len(longer) - len(shorter) <= 3 and " " not in longer else 0.0


def _plain_keys(keys: Iterable[frozenset[str]]) -> set[str]:
    """Of keys that have no other words than every question has: `made in`, `use`."""
    bare = [{name for name in key if len(name) > 2 or name == "us"} - _LINKS for key in keys]
    return {name for key in bare if key <= _COURTESY for name in key}


def _entailed(names: frozenset[str]) -> frozenset[str]:
    entails = vocabulary().entails
    return names | {target.lstrip("!") for name in names for target in entails.get(name, ())}


def _classes(names: Iterable[str]) -> set[str]:
    """The closed classes of which the names are members: color, material, ..."""
    return {group for name in names for group in vocabulary().classes.get(name, ())} - _OPEN


def _roles(text: str) -> set[str]:
    """What a number in the text would be a number of: weight for `How heavy is it?`"""
    stems = [token.stem for token in read(text).tokens]
    phrases = vocabulary().roles
    return {
        role
        for at, first in enumerate(stems)
        for known, role in phrases.get(first, ())
        if tuple(stems[at : at + len(known)]) == known and not set(known) <= _COURTESY
    }
