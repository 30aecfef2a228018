"""SMILES cut into the pieces the prior speaks: byte-pair encoding over atoms, not over characters.

Every SMILES symbol of more than one character (Cl, Br, [nH]) first becomes one character, so that no merge can cut an atom. What the
alphabet does not hold (charges, isotopes, stereo, phosphorus, metals) the prior can neither read nor write: `unknown_symbols` names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["END", "START", "SmilesTokenizer", "symbols", "unknown_symbols"]

START, END = 0, 1
"""Token ids: END also pads."""

SYMBOL = re.compile(r"\[[^\]]*\]|Br|Cl|%\d\d|.")
LETTERS = {"Br": "R", "Cl": "L", "[nH]": "M", "[H]": "H"}
SYMBOLS = {letter: symbol for symbol, letter in LETTERS.items()}
ALPHABET = frozenset("CNOSFcnos()=#-123456") | frozenset(LETTERS)


def symbols(smiles: str) -> list[str]:
    """Its symbols in order: bracket atoms, two-letter halogens, ring numbers and single characters."""
    return SYMBOL.findall(smiles)


def unknown_symbols(smiles: str) -> list[tuple[int, str]]:
    """[(position in the string, symbol), ...] of what the prior's alphabet does not hold."""
    return [(match.start(), match.group()) for match in SYMBOL.finditer(smiles) if match.group() not in ALPHABET]


def _as_letters(smiles: str) -> str:
    return "".join(LETTERS.get(symbol, symbol) for symbol in symbols(smiles))


class SmilesTokenizer:
    """encode: SMILES -> ids without START and END; decode: ids -> SMILES up to the first END."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        size = tokenizer.get_vocab_size()
        pieces = [tokenizer.id_to_token(index) or "" for index in range(size)]
        self._pieces = [
            "" if index <= END else "".join(SYMBOLS.get(letter, letter) for letter in piece) for index, piece in enumerate(pieces)
        ]

    @classmethod
    def train(cls, corpus: Iterable[str], size: int) -> SmilesTokenizer:
        """Learns `size` tokens, START and END among them."""
        from tokenizers import Tokenizer, models, trainers

        tokenizer = Tokenizer(models.BPE())
        letters = sorted(LETTERS.get(symbol, symbol) for symbol in ALPHABET)
        trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=["<start>", "<end>"], initial_alphabet=letters, show_progress=False)
        tokenizer.train_from_iterator((_as_letters(smiles) for smiles in corpus), trainer)
        return cls(tokenizer)

    @classmethod
    def load(cls, path: Path) -> SmilesTokenizer:
        from tokenizers import Tokenizer

        return cls(Tokenizer.from_file(str(path)))

    def save(self, path: Path) -> None:
        self._tokenizer.save(str(path))

    @property
    def size(self) -> int:
        return len(self._pieces)

    def encode_many(self, corpus: Sequence[str]) -> list[list[int]]:
        """Raises ValueError for a molecule with a symbol that the alphabet does not hold."""
        for smiles in corpus:
            if unknown := unknown_symbols(smiles):
                raise ValueError(f"{smiles}: {unknown[0][1]!r} at position {unknown[0][0]} is not in the prior's alphabet")
        return [encoding.ids for encoding in self._tokenizer.encode_batch([_as_letters(smiles) for smiles in corpus])]

    def decode(self, ids: Iterable[int]) -> str:
        pieces = []
        for index in ids:
            if index == END:
                break
            pieces.append(self._pieces[index])
        return "".join(pieces)
