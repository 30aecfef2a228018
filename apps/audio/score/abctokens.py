"""The words of ABC notation: what a line of music is made of."""

from __future__ import annotations

import re

__all__ = ["ACCIDENTALS", "LETTERS", "TOKEN", "TUPLETS"]

LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ACCIDENTALS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}
TUPLETS = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}
"""(n means n notes in the time of so many; others depend on the metre."""
TOKEN = re.compile(
    r"""(?P<comment>%.*)|\[(?P<inline>[A-Za-z]):(?P<value>[^\]]*)\]
    |(?P<decoration>![^!\n]*!|\+[a-z]+\+|[.~HLMOPSTuv])|"(?P<text>[^"]*)"
    |\{(?P<grace>[^}]*)\}|(?P<bar>:*\|+[\]:]*|:+\|?|\|*\[\||\[(?=\d)|::)(?P<ending>\s*[\d][\d,.-]*)?
    |(?P<chord>\[[^\]]*\])(?P<chordlength>\d*/*\d*)
    |(?P<accidental>\^\^|\^|__|_|=)?(?P<letter>[A-Ga-gzxZX])(?P<octave>[,']*)(?P<length>\d*(?:/+\d*)?)
    |\((?P<tuplet>\d)(?::(?P<q>\d?))?(?::(?P<r>\d?))?|(?P<tie>-)|(?P<broken>>+|<+)|(?P<space>[ \t()`\\*$y]+)""",
    re.VERBOSE,
)
