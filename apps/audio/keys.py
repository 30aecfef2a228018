"""Keys: from a name to a key signature and a tonic, and back."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Key"]

LETTERS = "FCGDAEB"
"""The line of fifths: a step to the right is a sharp more."""
MINOR_SHARPS = -3
_NAME = re.compile(r"\s*([A-Ga-g])\s*(#|b|♯|♭|-?sharp|-?flat)?\s*(major|minor|maj|min|m)?\s*", re.IGNORECASE)
_ACCIDENTALS = {"": 0, "#": 1, "♯": 1, "sharp": 1, "b": -1, "♭": -1, "flat": -1}


_GERMAN = re.compile(r"\s*([a-h])(is|es|s)?\s*[- ]?\s*(dur|moll)\s*", re.IGNORECASE)


def _in_english(text: str) -> str:
    """German names as English ones: H is B, B is B flat; other texts as they are."""
    found = _GERMAN.fullmatch(text)
    if found is None:
        return text
    letter, ending, mode = found.group(1).upper(), (found.group(2) or "").lower(), found.group(3).lower()
    letter = {"H": "B", "B": "Bb"}.get(letter, letter)
    return f"{letter}{ {'': '', 'is': '#', 'es': 'b', 's': 'b'}[ending] } {'major' if mode == 'dur' else 'minor'}"


@dataclass(frozen=True)
class Key:
    """sharps: of the signature, -7 to 7 (flats are negative); minor: the mode."""

    sharps: int
    minor: bool = False

    @classmethod
    def parse(cls, text: str) -> Key:
        """`G major`, `e minor`, `Bb`, `f#m`, `h-moll`, `Es-Dur`; a small letter alone is minor. Raises ValueError."""
        text = _in_english(text)
        found = _NAME.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} is no key; one such as G major, Bb major, f# minor or Es-Dur is expected")
        letter, accidental, mode = found.group(1), (found.group(2) or "").lower().lstrip("-"), found.group(3) or ""
        minor = mode.lower() in ("minor", "min") or mode == "m" or (not mode and letter.islower())
        sharps = LETTERS.index(letter.upper()) - 1 + 7 * _ACCIDENTALS[accidental] + MINOR_SHARPS * minor
        if not -7 <= sharps <= 7:
            raise ValueError(f"{text.strip()} would need {abs(sharps)} accidentals; a key of up to seven is expected")
        return cls(sharps, minor)

    @property
    def tonic(self) -> int:
        """Pitch class, C is 0."""
        return (7 * self.sharps + 9 * self.minor) % 12

    @property
    def name(self) -> str:
        """`G major`, `F# minor`, `Bb major`."""
        place = self.sharps - MINOR_SHARPS * self.minor + 1
        accidental = ("b", "", "#")[place // 7 + 1]
        return f"{LETTERS[place % 7]}{accidental} {'minor' if self.minor else 'major'}"

    @classmethod
    def of(cls, sharps: int, tonic: int | None) -> Key:
        """From a signature and a pitch class: minor where the tonic is the relative minor's."""
        return cls(sharps, tonic is not None and tonic == (7 * sharps + 9) % 12)
