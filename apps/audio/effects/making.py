"""From a class to a finished effect: draw, render, re-draw what is silent or clipped, finish, loop, widen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from apps.audio.effects.blocks import Pace
from apps.audio.effects.finishing import Finish, finish, loop, widen
from apps.audio.effects.parameters import Draw, draw, render_draw
from apps.audio.effects.synthesis import MAX_DURATION_S, MIN_DURATION_S, SAMPLE_RATE_HZ, classes, find_class, is_usable
from shared.errors import BadInput, RunFailed

__all__ = ["Made", "make", "usual_duration_s", "without_silent_end"]

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


def usual_duration_s(kind: str, drawn: Draw, rng: np.random.Generator) -> float:
    """How long a sound is where nothing is asked for (`EffectClass.default`): some seconds of rain, a few steps, one to three barks; as
    drawn, which is as the clips were, for what happens once."""
    default = find_class(kind).default
    if default is None:
        return drawn.duration_s
    if isinstance(default, Pace):
        events = int(rng.integers(default.fewest, default.most + 1))
        each_s = drawn.values[default.knob] + default.gap_s
        return float(np.clip((events - 1 + default.end) * each_s, MIN_DURATION_S, MAX_DURATION_S))
    low, high = default
    return float(low * (high / low) ** rng.uniform())


def without_silent_end(signal: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cut, 20 ms behind the last sample above -60 dB of the peak."""
    heard = np.flatnonzero(np.abs(signal) > 1e-3 * np.abs(signal).max())
    end = int(heard[-1]) + SAMPLE_RATE_HZ // 50 if len(heard) else len(signal)
    return signal[: max(end, round(MIN_DURATION_S * SAMPLE_RATE_HZ))]


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

    duration_s: of the result (a loop is rendered longer by its crossfade); None: `usual_duration_s`, less silence at the end. values: knobs
    set by hand, the others are drawn. width: 0 mono, up to 1 stereo. Raises `BadInput`, `NotFound`, and `RunFailed` if no draw was usable.
    """
    if looped and not find_class(kind).sustained:
        goes_on = ", ".join(key for key, each in classes().items() if each.sustained)
        raise BadInput(f"{find_class(kind).title} happens once: it cannot loop.", remedy=f"These can: {goes_on}.", field="loop")
    for attempt in range(TRIES):
        rng = np.random.default_rng([seed, variation, attempt])
        drawn = draw(kind, rng, wishes=wishes, temperature=temperature)
        drawn = replace(drawn, values={**drawn.values, **(values or {})})
        chosen = replace(drawn, duration_s=usual_duration_s(kind, drawn, rng) if duration_s is None else duration_s)
        overlap = min(OVERLAP_S, chosen.duration_s / 2) if looped else 0.0
        slack = min(SLACK_S, chosen.duration_s / 3) if looped and kind in RHYTHMIC else 0.0
        wanted = min(chosen.duration_s + overlap + slack / 2, MAX_DURATION_S)
        signal = render_draw(kind, chosen, rng, wanted)
        if duration_s is None and not looped:
            signal = without_silent_end(signal)
        signal = finish(signal, how, rng)
        if width > 0:
            signal = widen(signal, width, rng)
        points = None
        if looped:
            joined = loop(signal, overlap, slack)
            signal, points = joined.signal, (joined.start, joined.end)
        if is_usable(signal):  # as it is handed over: a loop at a distance is quieter than what it was made of
            return Made(signal, chosen.values, len(signal) / SAMPLE_RATE_HZ, points, attempt)
    raise RunFailed(f"{TRIES} draws of {kind} were silent or clipped.", remedy="Choose another seed, or values nearer to the typical ones.")
