"""The prior: a language model of drug-like SMILES, and its sampler."""

from __future__ import annotations

from torch import Tensor, nn

__all__ = ["Prior"]


class Prior(nn.Module):
    """Next-token model: embedding, one LSTM, a linear head (Segler et al. 2018, "Generating Focused Molecule Libraries")."""

    def __init__(self, vocabulary: int = 256, embedding: int = 64, hidden: int = 640) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding)
        self.lstm = nn.LSTM(embedding, hidden)
        self.head = nn.Linear(hidden, vocabulary)

    def forward(self, tokens: Tensor) -> Tensor:
        """tokens (length, batch) int64 -> logits (length, batch, vocabulary) of the token that follows each."""
        hidden, _ = self.lstm(self.embedding(tokens))
        logits: Tensor = self.head(hidden)
        return logits
