"""What a model is shown before it writes a line: lines of other products that say no more than their facts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from apps.marketing.sheet import Fact, Sheet

__all__ = ["Shot", "shots", "shown_words"]

GENERAL = frozenset({
    "before", "built", "charge", "charging", "colours", "contains", "days", "each", "four", "free", "from", "hand", "included", "made",
    "month", "more", "once", "only", "over", "person", "price", "size", "start", "suitable", "that", "them", "three", "time", "times",
    "weight", "with", "without", "work", "year", "years",
})  # fmt: skip
"""Words that any product's copy may have."""


@dataclass(frozen=True)
class Shot:
    """facts: those that the line says, of the product's."""

    product: Sheet
    facts: tuple[Fact, ...]
    text: str


@cache
def shots(kind: str, voice: str) -> tuple[Shot, ...]:
    """Always the same ones in the same order: a model reads them once."""
    products, lines = _read()
    found = []
    for name, keys, text in lines[kind][voice]:
        product = products[name]
        known = {fact.key: fact for fact in product.facts} | {"offer": Fact(key="offer", value=product.offer or "none")}
        found.append(Shot(product, tuple(known[key] for key in keys), text))
    return tuple(found)


@cache
def shown_words() -> frozenset[str]:
    """Words of the shown products' names and facts, small: where one turns up in copy and not on its sheet, it leaked."""
    texts = [text for product in _read()[0].values() for text in (product.name, *(f"{fact.key} {fact.value}" for fact in product.facts))]
    return frozenset(word for text in texts for word in re.findall(r"[a-z]{4,}", text.casefold())) - GENERAL


@cache
def _read() -> tuple[dict[str, Sheet], dict[str, dict[str, list[tuple[str, list[str], str]]]]]:
    import yaml

    told = yaml.safe_load(files("apps.marketing.writing").joinpath("shots.yaml").read_text("utf-8"))
    products = {
        name: Sheet(
            name=each["name"],
            category=each["category"],
            audience=each["audience"],
            offer=each.get("offer", ""),
            facts=[Fact(key=key, value=value) for key, value in each["facts"].items()],
        )
        for name, each in told["products"].items()
    }
    return products, told["lines"]
