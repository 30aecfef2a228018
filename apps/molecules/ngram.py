"""The benchmark's control: a model of SMILES that sees the last few symbols only and so cannot close what it opened.

What it writes looks like the data from near and is mostly invalid: metrics that cannot tell it from a real model would be worth nothing.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import accumulate

from apps.molecules.tokenizer import symbols

__all__ = ["NGram"]

START, END = "<", ">"
MAX_SYMBOLS = 100


class NGram:
    """Draws each symbol as often as it followed the `order - 1` symbols before it in the corpus."""

    def __init__(self, corpus: Iterable[str], order: int = 8) -> None:
        self._seen = order - 1
        counts: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for smiles in corpus:
            padded = [START] * self._seen + symbols(smiles) + [END]
            for place in range(self._seen, len(padded)):
                counts[tuple(padded[place - self._seen : place])][padded[place]] += 1
        self._followers = {context: (list(each), list(accumulate(each.values()))) for context, each in counts.items()}

    def sample(self, rng: random.Random) -> str:
        """One string, a valid SMILES or not."""
        written = [START] * self._seen
        while len(written) < self._seen + MAX_SYMBOLS:
            names, weights = self._followers[tuple(written[len(written) - self._seen :])]
            drawn = rng.choices(names, cum_weights=weights)[0]
            if drawn == END:
                break
            written.append(drawn)
        return "".join(written[self._seen :])
