"""The studio's models: its writers, the best first (the first that works here writes, or answers), and the reader of its claim check.

SmolLM2 stands behind the composer: its sentences are wrong more often than not, so whoever wants it names it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apps.marketing.composer import Commission, Draft, compose
from apps.marketing.entailment import ENTAILMENT
from apps.marketing.language import SMOLLM2, language_models
from apps.marketing.language.configuration import chosen
from apps.marketing.quoting import facts_about, quoted
from apps.marketing.sheet import Sheet
from shared.serving import Model, Source

if TYPE_CHECKING:
    from shared.serving import Step

__all__ = ["COMPOSER", "QUOTER", "Asked", "LoadedComposer", "LoadedQuoter", "models"]

PATTERNS = Path(__file__).parent / "composer" / "patterns.txt"
QUOTING = Path(__file__).parent / "quoting.py"


class LoadedComposer:
    """The phrase grammar; it holds nothing but its patterns."""

    def run(self, requests: Sequence[Commission], step: Step) -> list[list[Draft]]:
        found = []
        for done, commission in enumerate(requests):
            step(done, len(requests))
            found.append(compose(commission))
        return found

    def close(self) -> None:
        """Nothing to let go of."""


COMPOSER: Model[Commission, list[Draft]] = Model(
    name="composer",
    task="write",
    licence="Apache-2.0",
    source=Source("embedded", "apps/marketing/composer/patterns.txt", "1"),
    load=lambda device, dtype: LoadedComposer(),
    nbytes=lambda dtype: PATTERNS.stat().st_size,
    working_bytes=lambda requests: 0,
    batch_key=lambda commission: commission.channel,
    max_batch=1,
    inline=True,
    description="phrase grammar on the product sheet; no language model, always within the limits, plain in style",
)


Asked = tuple[str, Sheet]
"""A question and the sheet."""


class LoadedQuoter:
    """The facts that a question is about, word for word; it holds nothing."""

    def run(self, requests: Sequence[Asked], step: Step) -> list[str]:
        return [quoted(facts_about(question, sheet), sheet) for question, sheet in requests]

    def close(self) -> None:
        """Nothing to let go of."""


QUOTER: Model[Asked, str] = Model(
    name="sheet",
    task="chat",
    licence="Apache-2.0",
    source=Source("embedded", "apps/marketing/quoting.py", "1"),
    load=lambda device, dtype: LoadedQuoter(),
    nbytes=lambda dtype: QUOTING.stat().st_size,
    working_bytes=lambda requests: 0,
    batch_key=lambda asked: None,
    inline=True,
    description="the sheet's own lines that answer a question, word for word; no language model",
)


def models() -> tuple[Model[Any, Any], ...]:
    """All that write here, one that SEXTANT_LLM names first, and the network of the claim check."""
    tiers: list[Model[Any, Any]] = [*(model for model in language_models() if model is not SMOLLM2), COMPOSER, QUOTER, SMOLLM2, ENTAILMENT]
    return tuple(sorted(tiers, key=lambda model: model.name != chosen()))
