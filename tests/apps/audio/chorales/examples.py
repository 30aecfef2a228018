"""Made-up pieces: no encoding of anybody's is needed."""

from __future__ import annotations

import numpy as np

from apps.audio.chorales.chorale import HOLD, RANGES, REST, Chorale


def made(seed: int, bars: int = 4, sharps: int = 0, pickup: int = 4) -> Chorale:
    """Random notes within the ranges, mostly held, with a fermata at the end of every second bar and a rest now and then."""
    rng = np.random.default_rng(seed)
    steps = bars * 16
    cells = np.full((steps, 4), HOLD, np.uint8)
    for voice, (low, high) in enumerate(RANGES):
        begins = (rng.random(steps) < 0.3) | (np.arange(steps) % 16 == 0)
        cells[begins, voice] = rng.integers(low, high + 1, begins.sum())
        cells[begins & (rng.random(steps) < 0.02), voice] = REST
    position = ((np.arange(steps) - pickup) % 16).astype(np.uint8)
    return Chorale(f"made-{seed}", cells, np.arange(steps) % 32 >= 28, position, 16, sharps, 7 * sharps % 12)
