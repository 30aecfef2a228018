"""From a class to a finished effect: draw, render, re-draw what is silent or clipped, finish, loop, widen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.audio.effects.finishing import Finish, finish, loop, widen
from apps.audio.effects.parameters import Draw, draw
from apps.audio.effects.synthesis import MAX_DURATION_S, classes, find_class, is_usable, render
from shared.errors import BadInput, RunFailed

__all__ = ["Made", "make"]

TRIES = 8
RHYTHMIC = frozenset({"alarm", "clock", "engine", "footsteps", "helicopter"})
"""A loop of these is cut where a beat meets a beat: up to SLACK_S longer or shorter than asked for."""
SLACK_S = 0.6
OVERLAP_S = 0.5


@dataclass(frozen=True)
class Made:
    """signal: (n,) or (n, 2) float32 at 48 kHz. loop: first and last sample of what repeats, or None. redrawn: unusable draws before it."""

    signal: NDArray[np.float32]
    values: Mapping[str, float]
    duration_s: float
    loop: tuple[int, int] | None
    redrawn: int


def make(
    kind: str,
    *,
    seed: int,
    variation: int = 0,
    duration_s: float | None = None,
    wishes: Mapping[str, float] | None = None,
    values: Mapping[str, float] | None = None,
    how: Finish = Finish(),  # noqa: B008 - frozen
    looped: bool = False,
    width: float = 0.0,
    temperature: float = 1.0,
) -> Made:
    """One effect. The same arguments give the same samples; another `variation` another draw.

    duration_s: of the result (a loop is rendered longer by its crossfade); None draws one that suits the class. values: knobs set by hand,
    the others are drawn. width: 0 mono, up to 1 stereo. Raises `BadInput`, `NotFound`, and `RunFailed` if no draw was usable.
    """
    if looped and not find_class(kind).sustained:
        goes_on = ", ".join(key for key, each in classes().items() if each.sustained)
        raise BadInput(f"{find_class(kind).title} happens once: it cannot loop.", remedy=f"These can: {goes_on}.", field="loop")
    for attempt in range(TRIES):
        rng = np.random.default_rng([seed, variation, attempt])
        drawn = draw(kind, rng, wishes=wishes, temperature=temperature)
        chosen: Draw = Draw({**drawn.values, **(values or {})}, duration_s or drawn.duration_s, drawn.spectrum_db, drawn.match)
        overlap = min(OVERLAP_S, chosen.duration_s / 2) if looped else 0.0
        slack = min(SLACK_S, chosen.duration_s / 3) if looped and kind in RHYTHMIC else 0.0
        wanted = min(chosen.duration_s + overlap + slack / 2, MAX_DURATION_S)
        signal = render(kind, chosen.values, wanted, rng, chosen.spectrum_db, match=chosen.match)
        signal = finish(signal, how, rng)
        if not is_usable(signal):
            continue
        if width > 0:
            signal = widen(signal, width, rng)
        points = None
        if looped:
            joined = loop(signal, overlap, slack)
            signal, points = joined.signal, (joined.start, joined.end)
        return Made(signal, chosen.values, len(signal) / 48_000, points, attempt)
    raise RunFailed(f"{TRIES} draws of {kind} were silent or clipped.", remedy="Choose another seed, or values nearer to the typical ones.")
