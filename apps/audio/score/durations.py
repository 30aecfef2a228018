"""How lengths are written: note values, ties and rests by their place in the bar, and beams."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["VALUES", "beams", "bounds_of_bars", "values_of_note", "values_of_rest"]

VALUES = {
    1: ("16th", 0),
    2: ("eighth", 0),
    3: ("eighth", 1),
    4: ("quarter", 0),
    6: ("quarter", 1),
    8: ("half", 0),
    12: ("half", 1),
    16: ("whole", 0),
    24: ("whole", 1),
    32: ("breve", 0),
}
"""16ths -> MusicXML's name of the note value, and dots."""


def bounds_of_bars(position: Sequence[int], bar_steps: int) -> list[tuple[int, int]]:
    """(first step, step after the last) of each bar: a bar line stands wherever the position does not go on counting."""
    begins = [
        step for step in range(len(position)) if step == 0 or position[step] != position[step - 1] + 1 or position[step] % bar_steps == 0
    ]
    return list(zip(begins, [*begins[1:], len(position)], strict=True))


def values_of_note(begin: int, length: int, bar_steps: int) -> list[int]:
    """A note that begins `begin` 16ths after its bar line and ends in that bar -> the values to be tied, so that every beat is seen."""
    found: list[int] = []
    while length:
        value = max(value for value in VALUES if value <= length and sits(value, begin, bar_steps))
        if begin % 4 and value < length:  # what does not fit in one value goes to the next beat first
            value = max(value for value in VALUES if value <= min(length, 4 - begin % 4))
        found.append(value)
        begin, length = begin + value, length - value
    return found


def sits(value: int, begin: int, bar_steps: int) -> bool:
    """Whether a note value may begin here: syncopated quarters and dotted ones are usual, but not over the middle of a bar of four."""
    within = begin % 4
    if value in (4, 6) and within == 2:
        return not (bar_steps == 16 and begin < 8 < begin + value)
    return within == 0 or value == 1 or (value == 2 and within < 3) or (value == 3 and within == 1)


def values_of_rest(begin: int, length: int, bar_steps: int) -> list[int]:
    """The same for a rest, which is never syncopated: each begins on a multiple of its own length."""
    found: list[int] = []
    while length:
        value = max(value for value in (1, 2, 4, 8, 16) if value <= length and begin % value == 0 and (value < 8 or bar_steps % 16 == 0))
        found.append(value)
        begin, length = begin + value, length - value
    return found


def beams(pieces: Sequence[tuple[int, int, bool]]) -> list[list[str]]:
    """Pieces of one bar and voice, (begin, value, whether it is a note) -> the MusicXML beams of each, the eighths' first.

    Notes shorter than a quarter within one quarter are beamed together.
    """
    found: list[list[str]] = [[] for _ in pieces]
    groups: list[list[int]] = []
    for number, (begin, value, sounds) in enumerate(pieces):
        short = sounds and VALUES[value][0] in ("eighth", "16th")
        joins = bool(groups and groups[-1]) and short and begin % 4 != 0
        if joins:
            groups[-1].append(number)
        elif short:
            groups.append([number])
        else:
            groups.append([])
    for group in groups:
        for place, number in enumerate(group if len(group) > 1 else []):
            found[number].append("begin" if place == 0 else "end" if place == len(group) - 1 else "continue")
            if pieces[number][1] == 1:
                before = place > 0 and pieces[group[place - 1]][1] == 1
                after = place < len(group) - 1 and pieces[group[place + 1]][1] == 1
                hook = "backward hook" if place else "forward hook"
                found[number].append("continue" if before and after else "begin" if after else "end" if before else hook)
    return found
