"""No imitation of living artists, and none of brands: names in a description of music or sound are looked for before work starts.

A name is refused wherever it stands; `in the style of X`, `like X`, `in the voice of X` are refused for every X but a composer long dead
or a genre. What is asked for can always be said in the field's own terms: genre, instruments, tempo, mood, era.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from pathlib import Path

__all__ = ["check_style"]

NAMES = Path(__file__).parent / "names.json"
REMEDY = "say it in genre, instruments, tempo, key, mood or era instead"
_BEHIND = re.compile(
    r"\b(?:in the (?:style|manner|voice|vein) of|style of|a la|sounds? (?:just )?like|similar to|inspired by|voice of|sung by|featuring)"
    r"\s+(?:the\s+)?((?:[A-Z][\w.'-]*\s?){1,4})"
)


@cache
def _names() -> tuple[re.Pattern[str], re.Pattern[str], frozenset[str]]:
    """Patterns of living artists and of brands, and the last names that may be named."""
    lists = json.loads(NAMES.read_text(encoding="utf-8"))

    def pattern(names: list[str]) -> re.Pattern[str]:
        return re.compile(r"\b(?:" + "|".join(re.escape(_plain(name)) for name in names) + r")\b")

    return pattern(lists["living"]), pattern(lists["brands"]), frozenset(_plain(name) for name in lists["dead"])


def _plain(text: str) -> str:
    """Lower case without accents."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def check_style(text: str) -> None:
    """Raises ValueError where a living artist, a brand, or an unknown person is to be imitated."""
    living, brands, dead = _names()
    plain = _plain(text)
    if found := living.search(plain):
        raise ValueError(f"{found.group(0).title()} is a living artist, whose style or voice is not imitated; {REMEDY}")
    if found := brands.search(plain):
        raise ValueError(f"{found.group(0).title()} is a brand, whose sound is not imitated; {REMEDY}")
    folded = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    for found in _BEHIND.finditer(folded):
        name = found.group(1).strip()
        if not dead & set(_plain(name).replace("'s", "").split()):
            raise ValueError(f"{name} reads like a person or a group, whose style or voice is not imitated; {REMEDY}")
