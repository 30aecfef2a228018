"""Lines and texts: which rendering of a line follows which, and what fits a field."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from apps.marketing.composer.phrases import Phrase
from apps.marketing.composer.subject import Subject

__all__ = ["Line", "Room", "lines_of", "pack", "render", "swift"]

ATTEMPTS = 8


@dataclass(frozen=True)
class Line:
    """A sentence in its renderings, the fullest first: `The Nordholm Alva Desk weighs ...`, `The desk weighs ...`, `It weighs ...`."""

    renderings: tuple[Phrase, ...]

    @property
    def first(self) -> Phrase:
        return self.renderings[0]

    def text(self, subject: Subject, *, named: bool, before: str) -> str:
        """before: the sentence in front; a pronoun only follows one that was about the product, and never a pronoun."""
        called = {phrase.subject: phrase.text for phrase in self.renderings}
        if len(called) == 1:
            return self.first.text
        noun, pronoun = f"the {subject.noun}", subject.pronoun
        if not named and subject.name in called:
            return called[subject.name]
        begins = before.lower()
        about = begins.startswith((subject.name.lower(), noun)) and not begins.startswith(pronoun)
        wanted = [pronoun, noun] if about or not begins else [noun, pronoun]
        return next((called[one] for one in wanted if one in called), self.first.text)


@dataclass(frozen=True)
class Room:
    """count: the field's; low and high bound it; aim: what a text should reach; most: how many lines; again: a template may serve twice,
    where a sheet has too few facts for anything else."""

    count: Callable[[str], int]
    low: int
    aim: int
    high: int
    most: int = 20
    again: bool = False


def swift(count: Callable[[str], int]) -> Callable[[str], int]:
    """The same count; where it counts plain ASCII letter by letter, without walking through them."""
    plain = all(count(probe) == len(probe) for probe in ("a. b", "word word word", "see https://a.com/b"))
    return lambda each: len(each) if plain and each.isascii() and "\r" not in each else count(each)


def lines_of(phrases: Sequence[Phrase]) -> list[Line]:
    found: dict[tuple[str, tuple[str, ...]], list[Phrase]] = {}
    for phrase in phrases:
        found.setdefault((phrase.family, phrase.facts), []).append(phrase)
    return [Line(tuple(each)) for each in found.values()]


def render(lines: Sequence[Line], subject: Subject, *, named: bool = False, joiner: str = " ") -> str:
    texts: list[str] = []
    for line in lines:
        named = named or any(subject.name.lower() in text.lower() for text in texts)
        texts.append(line.text(subject, named=named, before=texts[-1] if texts else ""))
    return joiner.join(texts)


def pack(
    rng: random.Random,
    pool: Sequence[Line],
    room: Room,
    show: Callable[[Sequence[Line]], str],
    *,
    used: Collection[str] = (),
    start: Sequence[Line] = (),
) -> list[Line]:
    """Lines whose text fits: must facts first, then by interest and chance, in the order a reader wants them. Empty where none fits.

    used: facts that stand elsewhere in the piece, taken last.
    """
    fresh = [line for line in pool if not any(fact in used for fact in line.first.facts)]
    if len(fresh) < len(pool) and (found := pack(rng, fresh, room, show, start=start)):
        return found
    best: tuple[tuple[float, ...], list[Line]] | None = None
    room = replace(room, count=swift(room.count))
    for _ in range(ATTEMPTS):
        chosen = _filled(rng, pool, room, show, used, list(start))
        text = show(chosen)
        size = room.count(text)
        if not chosen or size > room.high:
            continue
        score = (
            float(size >= room.low),
            float(sum(line.first.must for line in chosen)),
            -float(_repeats(text)),
            float(min(size, room.aim)),
            -float(sum(fact in used for line in chosen for fact in line.first.facts)),
        )
        if best is None or score > best[0]:
            best = score, chosen
    return best[1] if best and best[0][0] else []


def _filled(  # noqa: PLR0917 (the parts of one attempt)
    rng: random.Random, pool: Sequence[Line], room: Room, show: Callable[[Sequence[Line]], str], used: Collection[str], start: list[Line]
) -> list[Line]:
    def wish(line: Line) -> tuple[bool, float]:
        again = any(fact in used for fact in line.first.facts)
        return (line.first.must and not again), line.first.interest * rng.random() * (0.2 if again else 1.0)

    chosen = list(start)
    facts = {fact for line in start for fact in line.first.facts}
    families = {line.first.family for line in start}
    size = room.count(show(chosen)) if chosen else 0
    for line in sorted(pool, key=wish, reverse=True):
        if len(chosen) >= room.most or (size >= room.aim and not wish(line)[0]):
            break
        if (line.first.family in families and not room.again) or facts & set(line.first.facts):
            continue
        grown = _ordered([*chosen, line], len(start))
        if (larger := room.count(show(grown))) <= room.high:
            chosen, size = grown, larger
            facts |= set(line.first.facts)
            families.add(line.first.family)
    return chosen


def _ordered(lines: list[Line], fixed: int) -> list[Line]:
    return [*lines[:fixed], *sorted(lines[fixed:], key=lambda line: line.first.order)]


def _repeats(text: str) -> int:
    """Sentences that begin with the same word as the one before them, and a second question."""
    starts = [
        sentence.split(" ", 1)[0].strip(":").lower() for sentence in text.replace("? ", ". ").replace("\n", " ").split(". ") if sentence
    ]
    same = sum(one == other for one, other in pairwise(starts))
    return same + max(0, text.count("?") - 2) + sum(starts.count(word) - 2 for word in set(starts) if starts.count(word) > 2)
