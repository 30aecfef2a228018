"""`patterns.txt` as blocks: what can be said of a fact, by its key and the shape of its value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from apps.marketing.sheet import Fact

__all__ = ["Block", "block_for", "blocks"]

VOICE_LETTERS = {"p": "plain", "w": "warm", "t": "technical", "f": "playful"}


@dataclass(frozen=True)
class Block:
    """order: where the fact stands in a longer text; interest: how gladly it is taken; sentences: (voices, template)."""

    name: str
    order: int
    interest: float
    key: re.Pattern[str]
    value: re.Pattern[str]
    nouns: tuple[str, ...]
    fragments: tuple[str, ...]
    sentences: tuple[tuple[frozenset[str], str], ...]


@cache
def blocks() -> tuple[Block, ...]:
    text = files("apps.marketing.composer").joinpath("patterns.txt").read_text("utf-8")
    parts = re.split(r"^\[", text, flags=re.MULTILINE)[1:]
    return tuple(_block(part) for part in parts)


def _block(part: str) -> Block:
    head, *lines = part.strip().split("\n")
    title, numbers = head.split("]")
    order, interest = numbers.split()
    pairs = [tuple(side.strip() for side in line.split(" =", 1)) for line in lines if line.strip()]
    known = {name: value for name, value in pairs if name in ("key", "value")}
    sentences = [(frozenset(VOICE_LETTERS[one] for one in name[2:]), value) for name, value in pairs if name.startswith("S ")]
    return Block(
        title,
        int(order),
        float(interest),
        re.compile(known["key"], re.IGNORECASE),
        re.compile(known["value"], re.IGNORECASE),
        tuple(value for name, value in pairs if name == "N"),
        tuple(value for name, value in pairs if name == "H"),
        tuple(sentences),
    )


def block_for(fact: Fact, clause: str) -> tuple[Block, dict[str, str]]:
    """The first block that takes the key and the clause of its value, with the named groups of both as slots."""
    for block in blocks():
        if (key := block.key.fullmatch(fact.key.strip())) and (value := block.value.fullmatch(clause)):
            return block, {name: text for name, text in {**key.groupdict(), **value.groupdict()}.items() if text}
    raise LookupError(clause)
