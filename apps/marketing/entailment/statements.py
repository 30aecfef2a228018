"""A sheet as short statements, and which of them a sentence is held against."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from apps.marketing.sheet import Sheet

__all__ = ["SHOWN", "chosen", "overlap", "statements"]

SHOWN = 7
"""Statements that a sentence is held against; more make the network slower and no better."""
SHARED = 0.25
"""What words and numbers in common add to the likeness of two embeddings, which are blind to numbers."""
_WORD = re.compile(r"\w+")
_STEM = 5


def statements(sheet: Sheet) -> tuple[str, ...]:
    """`Alva Desk: height-adjustable desk`, `brand: Nordholm`, `load: 100 kg`: what may be claimed."""
    head = [f"{sheet.name}: {sheet.category}" if sheet.category else sheet.name]
    head += [f"{name}: {text}" for name, text in (("brand", sheet.brand), ("for", sheet.audience), ("offer", sheet.offer)) if text]
    return (*head, *(f"{fact.key}: {fact.value}" for fact in sheet.facts))


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _WORD.findall(text.lower()) if len(word) > 3 or word.isdigit())


def overlap(sentence: str, told: Sequence[str]) -> list[float]:
    """For each statement, the share of the sentence's words and numbers that it has."""
    words = _words(sentence)
    return [len(words & _words(statement)) / max(1, len(words)) for statement in told]


def chosen(sentence: str, told: Sequence[str], likeness: Sequence[float], *, most: int = SHOWN) -> list[int]:
    """Places of the statements nearest to the sentence, the nearest first. likeness: of the embeddings, -1 to 1."""
    near = [like + SHARED * shared for like, shared in zip(likeness, overlap(sentence, told), strict=True)]
    return sorted(range(len(told)), key=lambda at: -near[at])[:most]
