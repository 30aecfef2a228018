"""The short word lists of `words/lists.txt`, each under the name of the constant that holds it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["FOLDER", "lines_of", "listed"]

FOLDER = Path(__file__).with_name("words")


def lines_of(name: str) -> list[str]:
    """The lines of a table of `words/` without comments; a line that begins with a space continues the one before."""
    lines: list[str] = []
    for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith(" ") and lines:
            lines[-1] += line
        elif line.strip() and not line.startswith("#"):
            lines.append(line)
    return lines


def listed(name: str) -> tuple[str, ...]:
    """The words of a list, in order."""
    return _lists()[name]


@cache
def _lists() -> dict[str, tuple[str, ...]]:
    pairs = (line.partition(":") for line in lines_of("lists"))
    return {name: tuple(words.split()) for name, _, words in pairs}
