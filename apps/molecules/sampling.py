"""Sampling from the prior: blocks of molecules, each with its own generator. torch is imported by `LoadedPrior` alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from apps.molecules.grammar import Grammar
from apps.molecules.tokenizer import END, START, SmilesTokenizer

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from apps.molecules.prior import Prior
    from shared.serving import Step

__all__ = ["BLOCK", "MAX_TOKENS", "TEMPERATURE", "LoadedPrior", "PriorBlock", "Sampler"]

BLOCK = 256
"""Molecules a block: enough for a matrix product to pay, few enough that a cancelled run stops within a fifth of a second."""
TEMPERATURE = 0.93
"""Chosen among 0.9 ... 1 by FCD and validity on seeds that the benchmark does not use: a prior of few epochs is a little too broad at 1."""
MAX_TOKENS = 48
"""The longest molecule of the training set has 28."""


@dataclass(frozen=True)
class PriorBlock:
    """`count` SMILES at `temperature` from the stream of `seed`: the same block gives the same SMILES, whatever else is being sampled.

    grammar: hold it to closing every bracket and ring that it opens; `benchmark.py` shows what that gains.
    """

    count: int
    temperature: float
    seed: int
    grammar: bool = True


class Sampler:
    """The prior, unrolled for sampling: the input's part of the LSTM is a table with a row a token, which halves the arithmetic."""

    def __init__(self, prior: Prior, tokenizer: SmilesTokenizer) -> None:
        import torch

        self._tokenizer = tokenizer
        lstm = prior.lstm
        with torch.inference_mode():
            into, recurrent, *biases = (parameter for _, parameter in lstm.named_parameters())
            self._table = prior.embedding.weight @ into.T + sum(biases)
            self._recurrent = recurrent.T.contiguous()
            self._head = prior.head.weight.T.contiguous()
            self._bias = prior.head.bias
        self._grammar = Grammar.of(tokenizer, str(self._table.device))

    def sample(self, block: PriorBlock, step: Step | None = None) -> list[str]:
        """`block.count` strings, valid SMILES or not; finished ones leave the batch. Calls `step` before each token."""
        import torch

        generator = torch.Generator().manual_seed(block.seed)
        device = self._table.device
        width = self._recurrent.shape[0]
        with torch.inference_mode():
            hidden = torch.zeros(block.count, width, device=device, dtype=self._table.dtype)
            cell = torch.zeros_like(hidden)
            token = torch.full((block.count,), START, device=device)
            rows = torch.arange(block.count, device=device)
            state = torch.zeros(block.count, 2, dtype=torch.long, device=device)
            written = torch.full((block.count, MAX_TOKENS), END, device=device)
            for position in range(MAX_TOKENS):
                if step is not None:
                    step(position, MAX_TOKENS)
                hidden, cell = self._cell(token, hidden, cell)
                logits = torch.addmm(self._bias, hidden, self._head)
                if block.grammar:
                    logits.masked_fill_(self._grammar.forbidden(state), -torch.inf)
                token = self._draw(logits, block.temperature, generator)
                state = self._grammar.after(state, token)
                written[rows, position] = token
                going = token != END
                if not bool(going.all()):
                    rows, token, hidden, cell, state = rows[going], token[going], hidden[going], cell[going], state[going]
                if not len(rows):
                    break
            return [self._tokenizer.decode(ids) for ids in written.tolist()]

    def _cell(self, token: Tensor, hidden: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
        import torch

        gates = torch.addmm(self._table[token], hidden, self._recurrent)
        width = hidden.shape[1]
        let_in, forget, candidate, let_out = gates.split(width, dim=1)
        cell = forget.sigmoid_().mul_(cell).add_(let_in.sigmoid_().mul_(candidate.tanh_()))
        return let_out.sigmoid_().mul_(torch.tanh(cell)), cell

    @staticmethod
    def _draw(logits: Tensor, temperature: float, generator: torch.Generator) -> Tensor:
        """Inverse transform sampling, on the CPU's stream whatever the device; START is never drawn."""
        import torch

        logits[:, START] = -torch.inf
        summed = torch.softmax(logits.float() / temperature, dim=1).cumsum(dim=1)
        # above 0 and up to 1: a draw of exactly 0 would be START, which has no share
        drawn = (1.0 - torch.rand(len(logits), 1, generator=generator)).to(logits.device) * summed[:, -1:]
        return (summed < drawn).sum(dim=1).clamp_(max=logits.shape[1] - 1)


class LoadedPrior:
    """A prior on a device, ready to sample."""

    def __init__(self, prior: Prior, tokenizer: Path) -> None:
        self._sampler = Sampler(prior, SmilesTokenizer.load(tokenizer))

    def run(self, requests: Sequence[PriorBlock], step: Step) -> list[list[str]]:
        """One list of strings a block."""
        return [self._sampler.sample(block, step) for block in requests]

    def close(self) -> None:
        del self._sampler
