"""Parts that several channels are made of: prose that fits a field, fragments joined into a title."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from apps.marketing.composer.material import Material
from apps.marketing.composer.packing import Line, Room, pack, render, swift
from apps.marketing.composer.phrases import Phrase

__all__ = ["as_line", "facts_of", "fragments_by_wish", "prose", "title"]

TRIES = 40


def as_line(phrase: Phrase) -> Line:
    return Line((phrase,))


def facts_of(lines: Sequence[Line]) -> set[str]:
    return {fact for line in lines for fact in line.first.facts}


def prose(
    given: Material,
    rng: random.Random,
    room: Room,
    *,
    used: Collection[str] = (),
    opening: bool = True,
    offer: bool = False,
    lists: bool = True,
    end: str = "",
    named: bool = False,
) -> tuple[str, set[str]]:
    """Sentences that fit, and the facts in them. opening: begin with what the product is; offer: may name it; end: stands last;
    named: the product was named in front of it."""
    pool = list(given.lines)
    if offer:
        pool += [as_line(phrase) for phrase in given.frames("offer")]
    if lists and rng.random() < 0.6:
        pool += given.listed(rng, used)
    openers = given.frames("opener")
    rng.shuffle(openers)

    def show(lines: Sequence[Line]) -> str:
        text = render(lines, given.subject, named=named)
        return f"{text} {end}".strip() if end and not end.startswith("\n") else f"{text}{end}"

    starts: list[list[Line]] = [[as_line(opener)] for opener in openers[:3]] if opening else []
    for start in [*starts, []]:
        if start and room.count(show(start)) > room.high:
            continue
        if found := pack(rng, pool, room, show, used=used, start=start):
            return show(found), facts_of(found)
    return "", set()


def fragments_by_wish(given: Material, rng: random.Random, used: Collection[str] = ()) -> list[Phrase]:
    """Headline material: must facts, keywords, then the rest by interest and chance; one fact's fragments stay apart."""
    offers = [replace(phrase, interest=2.0) for phrase in given.frames("headline") if phrase.facts]
    every = [*given.fragments, *given.keyword_fragments, *offers]
    rng.shuffle(every)
    again = {fact: 0 for phrase in every for fact in phrase.facts}
    ranked: list[tuple[int, int, Phrase]] = []
    for phrase in sorted(every, key=lambda each: (-each.must, -each.interest * rng.random())):
        turn = max((again[fact] for fact in phrase.facts), default=0)
        for fact in phrase.facts:
            again[fact] += 1
        ranked.append((turn + 2 * any(fact in used for fact in phrase.facts), len(ranked), phrase))
    return [phrase for _, _, phrase in sorted(ranked, key=lambda each: each[:2])]


def _inside(text: str, given: Material) -> str:
    """As it stands after a comma: with a small letter, unless the sheet writes the word with a capital (`Bluetooth`)."""
    first = text.split(" ", 1)[0]
    values = " ".join([given.sheet.name, given.sheet.brand, *(fact.value for fact in given.sheet.facts)])
    return text if first in values or not first[1:].islower() else f"{text[:1].lower()}{text[1:]}"


def title(
    given: Material, rng: random.Random, count: Callable[[str], int], low: int, high: int, *, starts: Sequence[str], joiners: Sequence[str]
) -> tuple[str, set[str]]:
    """A start and as many fragments as fit between low and high, and the facts in it; empty where nothing does."""
    count = swift(count)
    ranked = fragments_by_wish(given, rng)
    best: tuple[tuple[int, int], str, set[str]] | None = None
    for _ in range(TRIES):
        text, facts, joiner = rng.choice(starts), set[str](), rng.choice(joiners)
        picked = sorted(ranked, key=lambda phrase: (-phrase.must, rng.random()))
        first = True
        for phrase in picked:
            words = {word.casefold() for word in phrase.text.split() if len(word) > 3}
            if (
                (":" in phrase.text and joiner == ": ")
                or facts & set(phrase.facts)
                or words & {word.casefold().strip(",:|") for word in text.split()}
            ):
                continue
            running = joiner == ": " and not first
            grown = f"{text}{', ' if running else joiner}{_inside(phrase.text, given) if running else phrase.text}" if text else phrase.text
            if count(grown) <= high:
                text, first = grown, False
                facts |= set(phrase.facts)
            if count(text) >= low:
                break
        must = sum(fact.must and fact.key in facts for fact in given.sheet.facts)
        if low <= count(text) <= high and (best is None or (must, low - count(text)) > best[0]):
            best = (must, low - count(text)), text, facts
    return (best[1], best[2]) if best else ("", set())
