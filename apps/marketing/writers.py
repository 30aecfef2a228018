"""Who writes: the model that was asked for, and where it fails the next one, said aloud."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from apps.marketing.composing import COMPOSER, Order, write_variants
from apps.marketing.results import Variant
from shared.app import Context
from shared.errors import Cancelled, SextantError

__all__ = ["Writers", "tier_of", "written_by"]


class Writers:
    """model: who writes now; warnings: what a person has to know of those that failed."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.warnings: list[str] = []
        self._failed: list[str] = []

    def write(self, order: Order, context: Context, done: Callable[[int], None]) -> list[Variant]:
        """The variants of a channel. Raises `Cancelled`."""
        while True:
            try:
                return write_variants(order, self.model, context, done)
            except Cancelled:
                raise
            except SextantError as error:
                if self.model == COMPOSER:
                    raise
                self._pass_over(error)

    def _pass_over(self, error: SextantError) -> None:
        from apps.marketing.language import SMOLLM2, best_tier

        self._failed.append(self.model)
        found = best_tier({*self._failed, SMOLLM2.name}).model
        after = COMPOSER if found is None else found.name
        self.warnings.append(f"{self.model} failed: {error.message} {after} writes instead.")
        self.model = after


def tier_of(tiers: Sequence[str], model: str) -> str:
    """The one tier that a whole result is of: the language model that wrote the most, the composer where none wrote anything; `model`,
    that which was asked, of a result without a text."""
    models = Counter(tier for tier in tiers if tier != COMPOSER).most_common(1)
    return models[0][0] if models else COMPOSER if tiers else model


def written_by(tiers: Sequence[str]) -> str:
    """In a sentence each, who wrote how many."""
    said = []
    for tier, count in Counter(tiers).items():
        what = (
            "Sextant's composer, a phrase grammar on the product sheet and no language model"
            if tier == COMPOSER
            else f"the language model {tier}"
        )
        said.append(f"{count} of {len(tiers)} by {what}" if count < len(tiers) else f"Written by {what}")
    return (f"Written: {'; '.join(said)}" if len(said) > 1 else "".join(said) or "Nothing was written") + "."
