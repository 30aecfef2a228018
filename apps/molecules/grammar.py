"""What of SMILES can be told from the symbols alone: branches and rings that are opened are closed. torch is imported by `Grammar.of`.

The prior learned this and forgets it in one of thirty: a token that closes what was never opened, or an end while one is open, is left
out of the draw. Chemistry (valence, aromaticity) is not held to; such strings count as invalid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.molecules.tokenizer import END, START, SmilesTokenizer, symbols

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Grammar", "effect"]


def effect(piece: str) -> tuple[int, int, int]:
    """Of a piece of SMILES: how many branches must be open before it, by how many it changes them, and its ring numbers as bits."""
    depth = lowest = rings = 0
    for symbol in symbols(piece):
        depth += {"(": 1, ")": -1}.get(symbol, 0)
        lowest = min(lowest, depth)
        if symbol.isdigit():
            rings ^= 1 << int(symbol)
    return -lowest, depth, rings


@dataclass(frozen=True, eq=False)
class Grammar:
    """needed, change, rings: (vocabulary,) int64, `effect` of every token.

    A state is a row (open branches, open ring numbers as bits); states are (molecules, 2) int64, zero at the start.
    """

    needed: Tensor
    change: Tensor
    rings: Tensor

    @classmethod
    def of(cls, tokenizer: SmilesTokenizer, device: str = "cpu") -> Grammar:
        import torch

        effects = [(0, 0, 0) if token in (START, END) else effect(tokenizer.decode([token])) for token in range(tokenizer.size)]
        return cls(*torch.tensor(effects, device=device).T.contiguous())

    def forbidden(self, states: Tensor) -> Tensor:
        """(molecules, vocabulary) bool: tokens that cannot follow. Something always can: every bracket and digit is a token of its own."""
        mask: Tensor = self.needed[None, :] > states[:, :1]
        mask[:, END] = (states != 0).any(dim=1)
        return mask

    def after(self, states: Tensor, tokens: Tensor) -> Tensor:
        """The states once these (molecules,) tokens are written."""
        import torch

        return torch.stack([states[:, 0] + self.change[tokens], states[:, 1] ^ self.rings[tokens]], dim=1)
