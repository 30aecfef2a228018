"""What a check found in a file: one sentence with its direction, its strength and how far it can be relied on."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Direction", "Evidence", "Reliability"]

Direction = Literal["origin-verified", "declares-ai", "manipulated", "none", "limits"]
"""origin-verified: a valid signature by somebody trusted says where the file comes from. declares-ai: the file says that a
generative model made it or took part. manipulated: something speaks for synthesis or manipulation. none: looked, found nothing.
limits: what keeps other checks from being reliable."""

Reliability = Literal["high", "medium", "low"]


class Evidence(BaseModel):
    """One finding.

    source: the check, as the page heads its card. kind: a code that stays the same, `source.finding`. claim: one sentence for an
    investigator. strength: 0 to 1, how strongly it speaks in its direction. reliability: of the check as such; basis: why so.
    region: x, y, width, height in pixels of the upright image. span_s: from, to in seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    kind: str
    claim: str
    direction: Direction
    strength: float = Field(ge=0, le=1)
    reliability: Reliability
    basis: str = ""
    region: tuple[int, int, int, int] | None = None
    span_s: tuple[float, float] | None = None
    details: dict[str, str] = {}
