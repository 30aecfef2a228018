"""The shop's page and the marketplace's bullet points."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from apps.marketing.channels import CHANNELS
from apps.marketing.composer.english import capital
from apps.marketing.composer.material import Material
from apps.marketing.composer.packing import Line, Room, pack, render
from apps.marketing.composer.phrases import Phrase
from apps.marketing.composer.prose import as_line

__all__ = ["amazon_bullets", "product_description"]

LATE = 50
"""From this order on (what is in the box, warranty, price) a fact stands in the last paragraph."""
BULLETS = 5


def product_description(given: Material, rng: random.Random) -> dict[str, list[str]]:
    field = CHANNELS["product_description"].field("description")
    room = Room(field.count, field.min, 92 + rng.randrange(30), field.max, 18)
    openers = given.frames("opener")
    offers = given.frames("offer")
    pool = [*(given.full_lines if given.voice in ("technical", "playful") else given.lines), *given.listed(rng)]
    if offers:
        pool.append(as_line(rng.choice(offers)))

    def show(lines: Sequence[Line]) -> str:
        early = [line for line in lines if line.first.order < LATE]
        late = [line for line in lines if line.first.order >= LATE]
        parts = [render(early, given.subject), render(late, given.subject, named=bool(early))]
        return "\n\n".join(part for part in parts if part)

    start = [as_line(rng.choice(openers))] if openers else []
    found = pack(rng, pool, room, show, start=start)
    if not found:
        start = [as_line(phrase) for phrase in rng.sample(openers, min(2, len(openers)))]
        start = start if len({line.first.text.split()[0] for line in start}) > 1 else start[:1]
        calls = [replace(phrase, text=f"{phrase.text}.", order=99) for phrase in given.frames("call")[:1]]
        longest = [*_longest(given.full_lines), *(as_line(phrase) for phrase in [*offers[:1], *calls])]
        wide = replace(room, aim=field.min + 6)
        found = pack(rng, longest, wide, show, start=start) or pack(rng, longest, replace(wide, low=1, again=True), show, start=start)
    return {"description": [show(found)] if found else []}


def _longest(lines: Sequence[Line]) -> list[Line]:
    """One line a fact, the one with most words: what a sheet of few facts can be made to fill."""
    found: dict[tuple[str, ...], Line] = {}
    for line in lines:
        known = found.get(line.first.facts)
        if known is None or len(line.first.text) > len(known.first.text):
            found[line.first.facts] = line
    return list(found.values())


def amazon_bullets(given: Material, rng: random.Random) -> dict[str, list[str]]:
    field = CHANNELS["amazon_bullets"].field("bullets")
    texts: list[tuple[Phrase, str]] = []
    taken: set[str] = set()
    families: set[str] = set()
    for phrase in _by_wish(given, rng):
        if taken & set(phrase.facts) or phrase.family in families or phrase.text.startswith("And "):
            continue
        partner = _partner(given, phrase, taken)
        text = capital(phrase.text.rstrip("."))
        joined = f"{text}; {partner.text[:1].lower()}{partner.text[1:]}" if partner else text
        for one, used in ((joined, [phrase, partner]), (text, [phrase])):
            if not field.check(one, names=given.sheet.proper):
                texts.append((phrase, one))
                taken |= {fact for each in used if each for fact in each.facts}
                families |= {phrase.family} - {"label"}
                break
        if len(texts) == BULLETS:
            break
    return {"bullets": [text for _, text in sorted(texts, key=lambda each: each[0].order)]}


def _by_wish(given: Material, rng: random.Random) -> list[Phrase]:
    """Labels in a plain or technical voice; sentences without their full stop in the others, one sentence each."""
    labels = [phrase for phrase in given.bullets if len(phrase.text) > 14 or phrase.must]
    spoken = [line.first for line in given.lines if not line.first.subject and "." not in line.first.text.rstrip(".")]
    pool = labels if given.voice in ("plain", "technical") else [*spoken, *labels]
    spread = [(phrase.must, phrase.interest * rng.random() + (phrase.form == "sentence"), phrase) for phrase in pool]
    return [phrase for _, _, phrase in sorted(spread, key=lambda each: each[:2], reverse=True)]


def _partner(given: Material, phrase: Phrase, taken: set[str]) -> Phrase | None:
    """A second fact of the same topic, as a label."""
    if phrase.form != "bullet" or len(phrase.text) > 60:
        return None
    near_by = 8 if len(phrase.text) < 30 else 3
    near = [
        each
        for each in given.bullets
        if each.facts != phrase.facts and not taken & set(each.facts) and abs(each.order - phrase.order) <= near_by and len(each.text) < 60
    ]
    return min(near, key=lambda each: abs(each.order - phrase.order), default=None)
