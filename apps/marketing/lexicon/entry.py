"""One group of words with the reason they are watched."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Entry"]

_REACH = 40


@dataclass(frozen=True)
class Entry:
    """pattern: a regular expression for whole words; unless_before and unless_after: expressions for what stands directly next to an
    innocent use (`forest green`, `green tea`)."""

    kind: str
    pattern: str
    why: str
    source: str
    unless_before: str = ""
    unless_after: str = ""

    def excused(self, text: str, start: int, end: int) -> bool:
        before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
        if self.unless_before and re.search(rf"(?:{self.unless_before})[\s-]*$", before, re.IGNORECASE):
            return True
        return bool(self.unless_after and re.match(rf"[\s-]*(?:{self.unless_after})", after, re.IGNORECASE))
