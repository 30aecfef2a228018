"""The passages of a text that are judged one by one: a few sentences with their marks, as long as what the judges learned from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

__all__ = ["passages"]

MOST_WORDS, MOST_SENTENCES, LEAST_WORDS = 45, 3, 4
"""Of a passage; one with fewer words goes with its neighbour even beyond that: `No. 1 in tests.` is no two."""


def passages(text: str, sentences: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """(start, end) of each, together all of the text but the blanks around them. sentences: where their words begin and end."""
    cuts = [_cut(text, one[1], other[0]) for one, other in pairwise(sentences)]
    joined: list[tuple[int, int]] = []
    held = 0
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True) if sentences else ():
        if joined and _belongs(text, joined[-1], (start, end), held):
            joined[-1], held = (joined[-1][0], end), held + 1
        else:
            joined.append((start, end))
            held = 1
    return [_stripped(text, *each) for each in joined]


def _belongs(text: str, passage: tuple[int, int], sentence: tuple[int, int], held: int) -> bool:
    words, more = (len(text[slice(*each)].split()) for each in (passage, sentence))
    if min(words, more) < LEAST_WORDS:
        return True
    apart = "\n" in text[slice(*passage)][len(text[slice(*passage)].rstrip()) :] or "\n" in text[sentence[0] : sentence[0] + 1]
    return held < MOST_SENTENCES and words + more <= MOST_WORDS and not apart


def _cut(text: str, end: int, start: int) -> int:
    """Where one sentence's marks end and the next one's begin: `. $` between `pallet` and `5 off`."""
    return next((at for at in range(end, start) if text[at].isspace()), start)


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    whole = text[start:end]
    return start + len(whole) - len(whole.lstrip()), end - len(whole) + len(whole.rstrip())
