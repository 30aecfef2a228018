"""The studio's writers.

A language model tier joins in two places: its declaration stands before the composer in `MODELS` (which makes it the default), and
`composing.WRITERS` has a function that turns a commission into its prompts and its completions into drafts. They are judged as the
composer's are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apps.marketing.composer import Commission, Draft, compose
from shared.serving import Model, Source

if TYPE_CHECKING:
    from shared.serving import Step

__all__ = ["COMPOSER", "MODELS", "LoadedComposer"]

PATTERNS = Path(__file__).parent / "composer" / "patterns.txt"


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

MODELS: tuple[Model[Any, Any], ...] = (COMPOSER,)
