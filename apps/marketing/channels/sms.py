"""How many segments a text message takes, exactly.

Sources: 3GPP TS 23.038 clauses 6.2.1 (7-bit default alphabet), 6.2.1.1 (extension table: two septets a character) and 6.2.3 (UCS-2);
3GPP TS 23.040 clause 9.2.3.24.1: a concatenated part holds 153 septets or 67 UCS-2 units, and neither an escape sequence nor a
surrogate pair is split between parts. At code 9 the specification has the capital C-cedilla, so a small one forces UCS-2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["EXTENSION", "GSM_7BIT", "SmsCount", "count_segments", "count_septets", "measure"]

GSM_7BIT = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
_SINGLE = {"GSM-7": 160, "UCS-2": 70}
_PART = {"GSM-7": 153, "UCS-2": 67}


@dataclass(frozen=True)
class SmsCount:
    """units: septets or UCS-2 units used; segments: 0 for an empty text; left: units that still fit the last segment;
    forcing: (start, end) of the characters that cost the 7-bit alphabet."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    segments: int
    left: int
    forcing: tuple[tuple[int, int], ...]


def measure(text: str) -> SmsCount:
    """The text exactly as given: a letter with a combining accent is two characters and forces UCS-2, its composed form may not."""
    forcing = tuple((at, at + 1) for at, character in enumerate(text) if character not in GSM_7BIT and character not in EXTENSION)
    encoding: Literal["GSM-7", "UCS-2"] = "UCS-2" if forcing else "GSM-7"
    costs = [_cost(character, encoding) for character in text]
    units = sum(costs)
    if units <= _SINGLE[encoding]:
        return SmsCount(encoding, units, 1 if text else 0, _SINGLE[encoding] - units, forcing)
    segments, used = 1, 0
    for cost in costs:
        if used + cost > _PART[encoding]:
            segments, used = segments + 1, 0
        used += cost
    return SmsCount(encoding, units, segments, _PART[encoding] - used, forcing)


def count_segments(text: str) -> int:
    return measure(text).segments


def count_septets(text: str) -> int:
    """Septets in the 7-bit alphabet, UCS-2 units where that does not do."""
    return measure(text).units


def _cost(character: str, encoding: str) -> int:
    if encoding == "GSM-7":
        return 2 if character in EXTENSION else 1
    return 2 if ord(character) > 0xFFFF else 1
