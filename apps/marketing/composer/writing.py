"""What a writer is asked and what it hands back, and the composer as such a writer.

The seam for language models: whatever makes `Draft`s of a `Commission` can write. Nothing that it returns is trusted.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from apps.marketing.composer import messages, shop, web
from apps.marketing.composer.material import Material, material
from apps.marketing.sheet import Sheet

__all__ = ["BUILDERS", "Commission", "Draft", "compose"]

Builder = Callable[[Material, random.Random], dict[str, list[str]]]

BUILDERS: dict[str, Builder] = {
    "google_rsa": web.google_rsa,
    "meta": web.meta,
    "x": web.x,
    "linkedin": web.linkedin,
    "email": messages.email,
    "sms": messages.sms,
    "push": messages.push,
    "product_description": shop.product_description,
    "amazon_bullets": shop.amazon_bullets,
}
"""Every channel has one; a test holds this against `channels.CHANNELS`."""


@dataclass(frozen=True)
class Commission:
    """count: drafts wanted, numbered from `first`; a draft depends on the seed and its number alone. avoid: sentences that the check
    turned down before."""

    sheet: Sheet
    channel: str
    voice: str
    seed: int
    count: int
    first: int = 0
    avoid: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True)
class Draft:
    """fields: texts by the channel's field; a field whose limits nothing meets has no text. number: which draft it is."""

    number: int
    fields: dict[str, list[str]]


def compose(commission: Commission) -> list[Draft]:
    """Drafts by the phrase grammar. Deterministic."""
    given = material(commission.sheet, commission.voice, commission.avoid)
    build = BUILDERS[commission.channel]
    found = []
    for number in range(commission.first, commission.first + commission.count):
        rng = random.Random(f"{commission.seed}/{commission.channel}/{commission.voice}/{number}")
        found.append(Draft(number, {name: texts for name, texts in build(given, rng).items() if texts}))
    return found
