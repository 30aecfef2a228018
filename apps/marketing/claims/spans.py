"""What the check says of a place in a text."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FLAGS", "ClaimSpan"]

FLAGS = frozenset(("contradicted", "unsupported"))


@dataclass(frozen=True)
class ClaimSpan:
    """start, end: characters of the checked text, end exclusive; kind: number, material, offer, puffery, ...; status: supported,
    contradicted, unsupported or no-claim; facts: keys of the sheet that bear or contradict it; why: empty where supported."""

    start: int
    end: int
    text: str
    kind: str
    status: str
    facts: list[str]
    why: str
