"""Plain lines for the training: what the composer's patterns say of a fact, of that fact with another number, of another product's fact.

Writers who are asked for hard claims write none of these, and a network that never saw `It carries 100 kg.` doubts it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from typing import TypeVar

from apps.marketing.composer.phrases import said_of
from apps.marketing.composer.subject import Subject
from apps.marketing.sheet import Fact, Sheet

__all__ = ["plain_lines"]

T = TypeVar("T")
SMALL_TALK = ("Hello! How can I help you?", "Thank you.", "See the details.", "Find out more", "Order yours today.", "You are welcome!")
SUPPORTED, CONTRADICTED, UNSUPPORTED = 8, 4, 3
"""Lines of each kind that a sheet gives."""
_NUMBER = re.compile(r"(?<![\d.,])\d{1,4}(?![\d.,]*\d)")


def plain_lines(sheets: Mapping[str, Sheet], name: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """(text, label) of one sheet. sheets: all of them, by name: what is unsupported here is another's fact."""
    sheet = sheets[name]
    subject = Subject.of(sheet)
    for fact in _some(list(sheet.facts), SUPPORTED, rng):
        yield _line(fact, subject, rng), "supported"
    yield rng.choice([sheet.name, f"{sheet.name}, {sheet.category}", f"Meet {subject.name}.", sheet.offer or sheet.name]), "supported"
    yield rng.choice(SMALL_TALK), "supported"
    for fact in _some([fact for fact in sheet.facts if _NUMBER.search(fact.value)], CONTRADICTED, rng):
        other, number = _other_number(fact.value, rng)
        lines = [phrase.text for phrase in said_of(fact.model_copy(update={"value": other}), subject) if number in phrase.text]
        if lines:
            yield rng.choice(lines), "contradicted"
    known = {fact.key.casefold() for fact in sheet.facts}
    for foreigner in _some([each for each in sheets if sheets[each].category != sheet.category], UNSUPPORTED, rng):
        if foreign := [fact for fact in sheets[foreigner].facts if fact.key.casefold() not in known]:
            yield _line(rng.choice(foreign), subject, rng), "unsupported"


def _some(found: list[T], count: int, rng: random.Random) -> list[T]:
    return rng.sample(found, min(count, len(found)))


def _line(fact: Fact, subject: Subject, rng: random.Random) -> str:
    return rng.choice([phrase.text for phrase in said_of(fact, subject)])


def _other_number(value: str, rng: random.Random) -> tuple[str, str]:
    """The value with one of its numbers changed, and what stands there now."""
    places = list(_NUMBER.finditer(value))
    place = rng.choice(places)
    number = int(place[0])
    other = rng.choice([each for each in (number * 2, number + 1, number // 2, number + 10, number * 10) if each != number])
    return f"{value[: place.start()]}{other}{value[place.end() :]}", str(other)
