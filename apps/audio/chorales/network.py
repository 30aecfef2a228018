"""The chorale model: one network for any subset of given notes.

forward pass    a GRU over what has sounded, notes of all voices up to the step before
backward pass   a GRU over what the user fixed, from the end to this step
pattern head    which of the four voices begin something now: 16 patterns
pitch head      the pitch of one that does; each candidate is scored by its intervals to the voice's last pitch, to the other voices and
                to the key, so that a cadence learned in one place is known in all (inputs: features.py)
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from apps.audio.chorales.features import (
    CANDIDATES,
    FRAME_WIDTH,
    GIVEN_WIDTH,
    LOWEST,
    PATTERN_WIDTH,
    PITCH_WIDTH,
    REACH,
)

__all__ = ["ChoraleNetwork", "PitchCases"]

OFFSETS = 2 * REACH + 1
TABLES = 6
"""Own last pitch, the four voices, own next given note."""
RULES = 12
"""Of a candidate with each of four voices: parallel fifth, parallel octave, crossing."""
OUTPUTS = CANDIDATES + 1 + 12 + TABLES * OFFSETS + RULES
RANGE_BINS = 32


@dataclass(frozen=True)
class PitchCases:
    """One row a choice of pitch. features (cases, columns), now and before (cases, 6), low, high and voice (cases,): all int64."""

    features: Tensor
    now: Tensor
    before: Tensor
    low: Tensor
    high: Tensor
    voice: Tensor


def multi_hot(indices: Tensor, width: int, dtype: torch.dtype, forget: float = 0.0) -> Tensor:
    """indices (..., columns) int64 -> (..., width) with a one at each: a matrix product with it is faster than a bag of embeddings.

    forget: the share of them left out, the others being raised in proportion.
    """
    empty = torch.zeros(*indices.shape[:-1], width, dtype=dtype, device=indices.device)
    if not forget:
        return empty.scatter_(-1, indices, 1)
    kept = (torch.rand(indices.shape, device=indices.device) >= forget).to(dtype) / (1 - forget)
    return empty.scatter_(-1, indices, kept)


class ChoraleNetwork(nn.Module):
    """About 2 million parameters."""

    def __init__(self, trunk: int = 320, encoder: int = 160, width: int = 320, dropout: float = 0.45, forget: float = 0.2) -> None:
        super().__init__()
        self.forget = forget
        self.frame = nn.Linear(FRAME_WIDTH, trunk)
        self.trunk = nn.GRU(trunk, trunk)
        self.given = nn.Linear(GIVEN_WIDTH, encoder)
        self.encoder = nn.GRU(encoder, encoder)
        memory = trunk + encoder
        self.pattern_in = nn.Linear(PATTERN_WIDTH, width // 2)
        self.pattern_memory = nn.Linear(memory, width // 2)
        self.pattern_out = nn.Linear(width // 2, 16)
        self.pitch_in = nn.Linear(PITCH_WIDTH, width)
        self.pitch_memory = nn.Linear(memory, width)
        self.pitch_hidden = nn.Linear(width, width)
        self.pitch_out = nn.Linear(width, OUTPUTS)
        self.range_bias = nn.Parameter(torch.zeros(4, RANGE_BINS))
        self.dropout = nn.Dropout(dropout)

    @property
    def dtype(self) -> torch.dtype:
        return self.range_bias.dtype

    def _seen(self, indices: Tensor, width: int) -> Tensor:
        return multi_hot(indices, width, self.dtype, self.forget if self.training else 0.0)

    def looked_ahead(self, given: Tensor, lengths: Tensor) -> Tensor:
        """given (steps, pieces, columns), lengths (pieces,) -> (steps, pieces, encoder): what is fixed from each step to the end."""
        inputs = self.dropout(torch.nn.functional.gelu(self.given(self._seen(given, GIVEN_WIDTH))))
        steps = torch.arange(len(given), device=given.device)[:, None]
        backwards = torch.where(steps < lengths, lengths - 1 - steps, steps)  # what pads a piece stays behind its end
        pieces = torch.arange(given.shape[1], device=given.device)
        states, _ = self.encoder(inputs[backwards, pieces])
        forwards: Tensor = states[backwards, pieces]
        return forwards

    def remembered(self, frames: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """frames (steps, pieces, columns) -> (steps, pieces, trunk), and the state (1, pieces, trunk) to go on from."""
        inputs = torch.nn.functional.gelu(self.frame(self._seen(frames, FRAME_WIDTH)))
        states, last = self.trunk(self.dropout(inputs), state)
        return states, last

    def pattern_logits(self, memory: Tensor, features: Tensor) -> Tensor:
        """memory (cases, trunk + encoder), features (cases, columns) -> (cases, 16); bit v of a pattern: voice v begins something."""
        hidden = self.pattern_in(self._seen(features, PATTERN_WIDTH)) + self.pattern_memory(self.dropout(memory))
        logits: Tensor = self.pattern_out(self.dropout(torch.nn.functional.gelu(hidden))).float()
        return logits

    def pitch_logits(self, memory: Tensor, cases: PitchCases) -> Tensor:
        """memory (cases, trunk + encoder) -> (cases, CANDIDATES + 1): LOWEST + i for column i, the last a rest."""
        gelu = torch.nn.functional.gelu
        hidden = gelu(self.pitch_in(self._seen(cases.features, PITCH_WIDTH)) + self.pitch_memory(self.dropout(memory)))
        hidden = self.dropout(hidden)
        hidden = hidden + self.dropout(gelu(self.pitch_hidden(hidden)))
        direct, rest, classes, tables, weights = self.pitch_out(hidden).split([CANDIDATES, 1, 12, TABLES * OFFSETS, RULES], dim=1)
        pitches = torch.arange(LOWEST, LOWEST + CANDIDATES, device=hidden.device)
        scores = direct + classes[:, pitches % 12]
        intervals = pitches - cases.now[:, :, None]  # (cases, TABLES, CANDIDATES)
        found = tables.view(-1, TABLES, OFFSETS).gather(2, intervals.clamp(-REACH, REACH) + REACH)
        scores = scores + (found * (cases.now > 0)[:, :, None]).sum(1)
        scores = scores + torch.einsum("nr,nrc->nc", weights, rules(cases, intervals, pitches).to(weights.dtype))
        numbers = pitches - LOWEST
        within = (numbers >= cases.low[:, None]) & (numbers <= cases.high[:, None])
        place = (numbers - cases.low[:, None]).clamp(0, RANGE_BINS - 1)
        scores = scores + self.range_bias[cases.voice].gather(1, place)
        scores = scores.float().masked_fill(~within, -torch.inf)
        return torch.cat([scores, rest.float()], dim=1)


def rules(cases: PitchCases, intervals: Tensor, pitches: Tensor) -> Tensor:
    """(cases, RULES, CANDIDATES) bool: what each candidate would do with each voice that is known to sound now."""
    now, before = cases.now[:, 1:5], cases.before[:, 1:5]
    own = cases.before[:, :1]
    moving = (before > 0) & (own > 0) & (now > 0)
    then = (own - before) % 12
    after = intervals[:, 1:5] % 12
    moves = moving[:, :, None] & (pitches != own)[:, None, :]
    fifth = moves & (((then == 7) | (then == 5))[:, :, None] & (after == then[:, :, None]))
    octave = moves & ((then == 0)[:, :, None] & (after == 0))
    voices = torch.arange(4, device=now.device)
    above = (voices < cases.voice[:, None])[:, :, None]
    crossing = torch.where(above, intervals[:, 1:5] > 0, intervals[:, 1:5] < 0) & ((now > 0) & (voices != cases.voice[:, None]))[:, :, None]
    return torch.cat([fifth, octave, crossing], dim=1)
