"""Emoji sequences as one thing: flags, keycaps, skin tones, tags and joined ones (Unicode Technical Standard 51).

The bounds are those by which X counts (twemoji-parser): `©`, `®`, `™` and `♟` only with U+FE0F, nothing before U+FE0E.
"""

from __future__ import annotations

import re
from functools import cache

from apps.marketing.channels.unicode_tables import EMOJI

__all__ = ["emoji_spans", "has_emoji"]

_ONLY_STYLED = "\u00a9\u00ae\u2122\u265f"
_TONES = "\U0001f3fb-\U0001f3ff"
_JOINED = (
    "\u2640\u2642\u2695\u2696\u2708\u2764\u26a7\u2620\u2b1b\u2744\u27a1\u2194\u2195"
    "\U0001f308\U0001f33e\U0001f373\U0001f37c\U0001f384\U0001f393\U0001f3a4\U0001f3a8\U0001f3eb\U0001f3ed\U0001f466-\U0001f469\U0001f48b"
    "\U0001f4a5\U0001f4a8\U0001f4ab\U0001f4bb\U0001f4bc\U0001f525\U0001f527\U0001f52c\U0001f5e8\U0001f680\U0001f692\U0001f7e9\U0001f7eb"
    "\U0001f32b\U0001f91d\U0001f9af-\U0001f9b3\U0001f9ba\U0001f9bc\U0001f9bd\U0001f9d1\U0001f9d2\U0001fa79\U0001fa70\U0001faef\U0001fa8e"
)
"""What may follow a joiner in a sequence that vendors draw as one picture: people, professions, genders, hair, flags' emblems, effects."""


@cache
def _pattern() -> re.Pattern[str]:
    plain = "".join(re.escape(chr(code)) for code in sorted(EMOJI) if chr(code) not in _ONLY_STYLED)
    one = f"[{plain}](?:[{_TONES}]|\ufe0f(?!\u20e3)|(?!\ufe0e))"
    return re.compile(
        "[\U0001f1e6-\U0001f1ff]{2}"
        "|[0-9#*]\ufe0f?\u20e3"
        f"|[{_ONLY_STYLED}]\ufe0f"
        "|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
        f"|{one}(?:\u200d[{_JOINED}](?:[{_TONES}]|\ufe0f)?)*"
    )


def emoji_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) in code points of every emoji; a family or a flag is one."""
    return [match.span() for match in _pattern().finditer(text)]


def has_emoji(text: str) -> bool:
    return _pattern().search(text) is not None
