"""Whether a text reads as English and is about the product: the gate that keeps a metric from being met by nonsense.

Fluency: Harper, a grammar checker that has a hand in no tier's choice, finds nothing wrong in it (matters of style aside), in American or
in British English; the words of the sheet are known to it. How much of people's copy passes (the supported texts of the held-out claims),
and how much of the same with its words shuffled, show what the gate is worth. Relevance: the text names the product or its kind, or states
a fact of its sheet.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from typing import Any

from apps.marketing.claims import coverage
from apps.marketing.composer.english import subject_noun
from apps.marketing.sheet import Sheet

__all__ = ["Fluency", "is_relevant"]

TASTE = frozenset({"Style", "Enhancement", "WordChoice", "Readability", "Formatting"})
"""Kinds of Harper's that are no fault."""
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


class Fluency:
    """Raises ModuleNotFoundError without harper-py, which the test tools bring."""

    def __init__(self) -> None:
        import harper

        self._linters = [harper.Linter(harper.Dialect.AMERICAN), harper.Linter(harper.Dialect.BRITISH)]

    def passes(self, text: str, sheet: Sheet) -> bool:
        """Whether neither dialect's checker finds fault, at the same place, with the text."""
        words = _words(sheet)
        american, british = (_faults(linter, text, words) for linter in self._linters)
        return not american & british

    def shares(self, items: Iterable[tuple[str, Sheet]]) -> tuple[int, int, int]:
        """(how many pass, how many pass once their words are shuffled, how many there are)."""
        rng, given = random.Random(1), list(items)
        mixed = [" ".join(rng.sample(text.split(), len(text.split()))) for text, _ in given]
        good = sum(self.passes(text, sheet) for text, sheet in given)
        return good, sum(self.passes(text, sheet) for text, (_, sheet) in zip(mixed, given, strict=True)), len(given)


def _faults(linter: Any, text: str, known: frozenset[str]) -> set[tuple[int, str]]:
    found = set()
    for lint in linter.lint(text):
        kind = str(lint.lint_kind)
        if kind in TASTE or (kind == "Spelling" and lint.problem_text.casefold() in known):
            continue
        found.add((int(lint.span.start), kind))
    return found


def _words(sheet: Sheet) -> frozenset[str]:
    """Of the sheet, whole and in their parts."""
    found = {word.casefold() for word in _WORD.findall(sheet.model_dump_json())}
    return frozenset(found | {part for word in found for part in re.split(r"['\u2019-]", word)})


def is_relevant(texts: Sequence[str], sheet: Sheet) -> bool:
    """Whether a piece is about the product."""
    whole = " ".join(texts)
    names = [sheet.name.removeprefix(sheet.brand).strip() or sheet.name, subject_noun(sheet.category)]
    return any(name and name.casefold() in whole.casefold() for name in names) or any(coverage(whole, sheet).values())
