"""Where the phrases of a melody end, for files that have no fermatas: the chorale model writes its cadences there."""

from __future__ import annotations

import numpy as np

from apps.audio.chorales.chorale import REST

__all__ = ["inferred_fermatas"]


def inferred_fermatas(column: np.ndarray, bar_steps: int) -> np.ndarray:
    """Cells of one voice (steps,) -> (steps,) bool, on every step of the last note of each phrase.

    A phrase is a bar or more and ends at a rest or a long note (1.9 times the median, a half note at least); where neither comes within
    four bars, at the end of the note that ends nearest to every second bar.
    """
    steps = len(column)
    onsets = np.flatnonzero(column)
    begins = onsets[column[onsets] > REST]
    ends = np.array([int(onsets[onsets > begin][0]) if (onsets > begin).any() else steps for begin in begins])
    lengths = ends - begins
    before_rest = np.array([end < steps and column[end] == REST for end in ends])
    long = lengths >= max(8, 1.9 * float(np.median(lengths)))
    chosen: list[int] = []
    since = int(begins[0])
    for number in range(len(begins)):
        if (before_rest[number] or long[number]) and ends[number] - since >= bar_steps:
            chosen.append(number)
            since = int(ends[number])
    if chosen and chosen[-1] != len(begins) - 1 and steps - since < bar_steps:
        chosen.pop()  # a rest shortly before the end is inside the last phrase
    chosen = sorted({*chosen, len(begins) - 1})
    fermata = np.zeros(steps, bool)
    start = int(begins[0])
    for number in chosen:
        for end in [*between(ends, start, int(ends[number]), bar_steps), number]:
            fermata[begins[end] : ends[end]] = True
        start = int(ends[number])
    return fermata


def between(ends: np.ndarray, start: int, stop: int, bar_steps: int) -> list[int]:
    """The notes that end nearest to every second bar of a stretch longer than four bars."""
    if stop - start <= 4 * bar_steps:
        return []
    found = []
    for target in range(start + 2 * bar_steps, stop - bar_steps, 2 * bar_steps):
        number = int(np.abs(ends - target).argmin())
        if start < ends[number] < stop and abs(int(ends[number]) - target) <= bar_steps // 2:
            found.append(number)
    return found
