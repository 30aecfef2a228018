"""Writing chorales: step by step from the network, around whatever the user fixed.

    template = blank(bars=8, bar_steps=16, sharps=1, tonic=7)
    piece = write(network, Commission(template, seed=3))
    harmonised = write(network, Commission(tune, given=voices_given(tune, [0])))

A commission alone gives the same notes on the same machine, whatever else was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from apps.audio.chorales.cases import allowed_patterns, pitch_cases, tensor
from apps.audio.chorales.chorale import HOLD, REST, Chorale
from apps.audio.chorales.features import CANDIDATES, LOWEST, ORDER, frame_features, given_features, pattern_features
from apps.audio.chorales.grid import PENDING, Grid
from apps.audio.chorales.network import ChoraleNetwork, PitchCases, rules

__all__ = ["Commission", "Written", "bars_given", "blank", "voices_given", "write"]

ALL_BEGIN = 15
PHRASE_BARS = 2


@dataclass(frozen=True, eq=False)
class Commission:
    """What to write.

    template: metre, fermatas, key, length, and the cells of what is given. given: (steps, 4) bool, nothing if left out.
    temperature: 1 is the model's own spread; 0 the likeliest choice each time. guide: parallel fifths and octaves, crossed voices and
    doubled leading tones are drawn only where nothing else is possible; figures of guided pieces say nothing about the model's own
    voice leading.
    """

    template: Chorale
    given: np.ndarray | None = None
    temperature: float = 1.0
    seed: int = 0
    guide: bool = False


@dataclass(frozen=True, eq=False)
class Written:
    """The piece. guided: whether the rule guide was on; overruled: choices at which it forbade more than a tenth of the draw.

    nats: what the choices cost under the model itself, whatever the temperature and the guide made of them.
    """

    chorale: Chorale
    guided: bool
    overruled: int
    nats: float


def blank(
    *,
    bars: int,
    bar_steps: int = 16,
    sharps: int = 0,
    tonic: int | None = None,
    pickup_steps: int = 4,
    phrase_bars: int = PHRASE_BARS,
    name: str = "chorale",
) -> Chorale:
    """An empty piece of `bars` full bars after a pickup of `pickup_steps` 16ths, a quarter under a fermata ending each phrase.

    tonic: pitch class, C is 0; that of the major key of the signature if left out. Raises ValueError for less than a bar.
    """
    if bars < 1 or not 0 <= pickup_steps < bar_steps:
        raise ValueError(
            f"{bars} bars with a pickup of {pickup_steps} of {bar_steps} 16ths: expected a bar or more, a pickup shorter than one"
        )
    steps = bars * bar_steps  # the last bar is short by the pickup, as in a hymn book
    position = (np.arange(steps) - pickup_steps) % bar_steps
    fermata = np.zeros(steps, bool)
    phrase = phrase_bars * bar_steps
    for end in (*range(phrase, steps, phrase), steps):
        fermata[max(0, end - 4) : end] = True
    cells = np.full((steps, 4), HOLD, np.uint8)
    cells[0] = REST
    home = 7 * sharps % 12 if tonic is None else tonic
    return Chorale(name, cells, fermata, position.astype(np.uint8), bar_steps, sharps, home)


def voices_given(chorale: Chorale, voices: Sequence[int]) -> np.ndarray:
    """(steps, 4) bool: all notes of these voices (soprano 0 ... bass 3)."""
    given = np.zeros((len(chorale), 4), bool)
    given[:, list(voices)] = True
    return given


def bars_given(chorale: Chorale, fill: Sequence[int]) -> np.ndarray:
    """(steps, 4) bool: everything but the bars `fill` (numbers as in `Chorale.bars`)."""
    return np.repeat(~np.isin(chorale.bars, list(fill))[:, None], 4, axis=1)


def write(network: ChoraleNetwork, commission: Commission, step: Callable[[float, float], None] | None = None) -> Written:
    """The piece. step(done, total) is called before each 16th; whatever it raises ends the writing."""
    return Writer(network, commission).written(step)


class Writer:
    """One piece being written: the grid so far and the state of the forward pass."""

    def __init__(self, network: ChoraleNetwork, commission: Commission) -> None:
        template = commission.template
        given = np.zeros((len(template), 4), bool) if commission.given is None else commission.given
        if given.shape != (len(template), 4):
            raise ValueError(f"given is {given.shape}, expected {(len(template), 4)}")
        if commission.temperature < 0:
            raise ValueError(f"temperature is {commission.temperature}, expected 0 or more")
        self._network, self._commission = network.eval(), commission
        self._grid = Grid.of([template], [given])
        self._grid.cells[~self._grid.given] = HOLD
        self._grid.look_ahead()
        tonic = 7 * template.sharps % 12 if template.tonic is None else template.tonic
        self._leading = (tonic - 1 - int(self._grid.shift[0])) % 12
        self._rng = np.random.default_rng(commission.seed)
        self._overruled, self._nats = 0, 0.0

    @torch.inference_mode()
    def written(self, step: Callable[[float, float], None] | None) -> Written:
        grid, network = self._grid, self._network
        steps = grid.cells.shape[1]
        one = np.zeros(steps, np.int64)
        ahead = network.looked_ahead(tensor(given_features(grid, one, np.arange(steps)))[:, None], tensor(grid.lengths))
        state: Tensor | None = None
        for t in range(steps):
            if step is not None:
                step(t, steps)
            at = np.array([t])
            frame, state = network.remembered(tensor(frame_features(grid, one[:1], at))[:, None], state)
            memory = torch.cat([frame[0], ahead[t]], dim=-1)
            self._begin(memory, at)
            for voice in ORDER:
                if grid.cells[0, t, voice] == PENDING:
                    self._choose(memory, at, voice)
            grid.advance(t)
        template, shift = self._commission.template, int(grid.shift[0])
        cells = np.where(grid.cells[0] > REST, grid.cells[0] + shift, grid.cells[0]).astype(np.uint8)
        return Written(replace(template, cells=cells), self._commission.guide, self._overruled, self._nats)

    def _begin(self, memory: Tensor, at: np.ndarray) -> None:
        """Draw which voices begin something at this step, and mark them."""
        grid, t = self._grid, int(at[0])
        zero = np.zeros(1, np.int64)
        free = ~grid.given[0, t]
        if not free.any():
            return
        pattern = ALL_BEGIN
        if t:
            logits = self._network.pattern_logits(memory, tensor(pattern_features(grid, zero, at)))[0].double().numpy()
            logits = np.where(allowed_patterns(grid, zero, at)[0], logits, -np.inf)
            pattern = self._draw(logits, logits)
        begins = (pattern >> np.arange(4)) & 1 == 1
        grid.cells[0, t, free] = np.where(begins[free], PENDING, HOLD)

    def _choose(self, memory: Tensor, at: np.ndarray, voice: int) -> None:
        """Draw the pitch, or a rest, that a voice begins."""
        cases = pitch_cases(self._grid, np.zeros(1, np.int64), at, np.array([voice]))
        logits = self._network.pitch_logits(memory, cases)[0].double().numpy()
        number = self._draw(self._guided(logits, cases) if self._commission.guide else logits, logits)
        self._grid.cells[0, int(at[0]), voice] = REST if number == CANDIDATES else LOWEST + number

    def _guided(self, logits: np.ndarray, cases: PitchCases) -> np.ndarray:
        """Without the candidates that would make a parallel, a crossing or a second leading tone, if any other is left beside a rest."""
        pitches = torch.arange(LOWEST, LOWEST + CANDIDATES)
        forbidden = rules(cases, pitches - cases.now[:, :, None], pitches)[0].any(0).numpy()
        now = cases.now[0, 1:5].numpy()
        others = now[(now > 0) & (np.arange(len(now)) != int(cases.voice[0]))]
        if (others % 12 == self._leading).any():
            forbidden = forbidden | (pitches.numpy() % 12 == self._leading)
        kept = np.where(np.append(forbidden, False), -np.inf, logits)
        if not np.isfinite(kept[:CANDIDATES]).any():
            return logits
        shares = np.exp(logits - logits.max())
        self._overruled += int(shares[:CANDIDATES][forbidden].sum() > 0.1 * shares.sum())
        return kept

    def _draw(self, logits: np.ndarray, own: np.ndarray) -> int:
        """Inverse transform sampling in float64; `own`: the model's logits, by which the choice is priced.

        A number is drawn at temperature 0 too, so that a seed's stream is the same at every temperature.
        """
        uniform, temperature = self._rng.random(), self._commission.temperature
        if temperature == 0:
            chosen = int(logits.argmax())
        else:
            shares = np.exp((logits - logits.max()) / temperature).cumsum()
            chosen = min(int(np.searchsorted(shares, uniform * shares[-1], side="right")), int(np.flatnonzero(np.isfinite(logits))[-1]))
        self._nats += float(own.max() + np.log(np.exp(own - own.max()).sum()) - own[chosen])
        return chosen
