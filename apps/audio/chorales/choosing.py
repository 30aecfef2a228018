"""Pieces worth keeping: an ending on the tonic, and the best of several takes.

    piece = choose(network, homeward(Commission(template, temperature=0.9, seed=3)), takes=4)

Of 40 pieces written freely by the weights of 521 steps, 80 % did not end on the tonic (Bach's: 2.5 %). The network is trained to write
around whatever is given, so `homeward` gives it the last bass note. benchmark.py measures single takes of `write`, without either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from apps.audio.chorales.chorale import HOLD, RANGES, Chorale
from apps.audio.chorales.metrics import (
    FIFTH,
    OCTAVE,
    STUTTER,
    crossings,
    doubled_leading_tones,
    ends_at_home,
    leaps,
    longest_stutter,
    parallels,
    rests_within,
    triads_at_fermatas,
)
from apps.audio.chorales.network import ChoraleNetwork
from apps.audio.chorales.sampling import Commission, Written, write

__all__ = ["TAKES", "best", "choose", "faults", "homeward", "several"]

TAKES = 4
FINAL_STEPS = 4
"""A piece without a final fermata ends on a quarter."""
BASS, USUAL_BASS = 3, 48
"""C3: the octave of the tonic nearest to a fifth below it is taken, where most of Bach's endings are."""


def homeward(commission: Commission) -> Commission:
    """The same commission, its last bass note given: the tonic. Unchanged where anything of the last chord is given already."""
    template = commission.template
    steps = len(template)
    given = np.zeros((steps, 4), bool) if commission.given is None else commission.given.copy()
    begin = final_onset(template)
    if begin == 0 or given[begin:, BASS].any():
        return commission
    tonic = 7 * template.sharps % 12 if template.tonic is None else template.tonic
    low, high = RANGES[BASS]
    pitch = min((one for one in range(low, high + 1) if one % 12 == tonic), key=lambda one: abs(one - (USUAL_BASS - 4)))
    cells = template.cells.copy()
    cells[begin:, BASS] = HOLD
    cells[begin, BASS] = pitch
    given[begin:, BASS] = True
    return replace(commission, template=replace(template, cells=cells), given=given)


def final_onset(template: Chorale) -> int:
    """The step at which the last chord begins: that of the final fermata, or of the last quarter."""
    steps = len(template)
    if not template.fermata[-1]:
        return max(0, steps - FINAL_STEPS)
    open_ = np.flatnonzero(~template.fermata)
    return int(open_[-1]) + 1 if len(open_) else 0


def faults(chorale: Chorale) -> int:
    """How many things a teacher would mark: the ending counts most, then restless fermatas, then single rules."""
    resting, fermatas = triads_at_fermatas(chorale)
    found = 10 * (not ends_at_home(chorale)) + 3 * (fermatas - resting)
    found += 2 * (parallels(chorale, FIFTH) + parallels(chorale, OCTAVE)) + 2 * max(0, longest_stutter(chorale) - STUTTER)
    found += 3 * doubled_leading_tones(chorale)
    found += leaps(chorale, 0) + crossings(chorale) // 4 + rests_within(chorale) // 8
    return int(found)


def several(commission: Commission, takes: int) -> list[Commission]:
    """The same commission with as many seeds, its own first. Raises ValueError for less than one take."""
    if takes < 1:
        raise ValueError(f"{takes} takes were asked for, expected 1 or more")
    seeds = [int(np.random.SeedSequence([commission.seed, take]).generate_state(1)[0]) for take in range(1, takes)]
    return [replace(commission, seed=seed) for seed in (commission.seed, *seeds)]


def best(written: Sequence[Written]) -> Written:
    """The take with the fewest faults; of equals, the one the network finds likelier."""
    return min(written, key=lambda one: (faults(one.chorale), one.nats))


def choose(network: ChoraleNetwork, commission: Commission, *, takes: int = TAKES) -> Written:
    """The best of several takes. Raises ValueError for less than one."""
    return best([write(network, one) for one in several(commission, takes)])
