"""What was found of a stretch of text, before it is a span of the source."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Finding"]


@dataclass(frozen=True)
class Finding:
    """first, last: tokens, last exclusive; kind, status, facts, why: as in ClaimSpan."""

    first: int
    last: int
    kind: str
    status: str
    facts: tuple[str, ...]
    why: str
