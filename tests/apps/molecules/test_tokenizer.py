"""SMILES into tokens and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.molecules.models import TOKENIZER
from apps.molecules.tokenizer import ALPHABET, END, SmilesTokenizer, symbols, unknown_symbols

CORPUS = ["CC(=O)Oc1ccccc1C(=O)O", "Clc1ccc(Br)cc1", "c1cc[nH]c1", "CC(=O)Nc1ccc(O)cc1", "FC(F)(F)c1ccccc1"] * 20


@pytest.fixture(scope="module")
def tokenizer() -> SmilesTokenizer:
    return SmilesTokenizer.load(TOKENIZER)


@given(st.lists(st.sampled_from(sorted(ALPHABET)), max_size=60).map("".join))
def test_what_the_alphabet_holds_comes_back(smiles: str) -> None:
    shipped = SmilesTokenizer.load(TOKENIZER)
    assert shipped.decode([*shipped.encode_many([smiles])[0], END, 5]) == smiles


def test_no_token_cuts_an_atom(tokenizer: SmilesTokenizer) -> None:
    ids = tokenizer.encode_many(["ClCCBr", "c1cc[nH]c1"])
    assert all(symbols(tokenizer.decode([token])) == symbols(tokenizer.decode([token])) for row in ids for token in row)
    assert not any(tokenizer.decode([token]) in ("l", "B", "r", "[", "]") for token in range(tokenizer.size))


def test_frequent_fragments_become_one_token() -> None:
    small = SmilesTokenizer.train(CORPUS, 48)
    assert small.size == 48
    assert len(small.encode_many(["CC(=O)Oc1ccccc1C(=O)O"])[0]) < len("CC(=O)Oc1ccccc1C(=O)O") / 2


def test_what_it_cannot_write_is_named_with_its_place(tokenizer: SmilesTokenizer) -> None:
    assert unknown_symbols("CC[Na]") == [(2, "[Na]")]
    assert unknown_symbols("N[C@H](C)P") == [(1, "[C@H]"), (9, "P")]
    with pytest.raises(ValueError, match=r"'\[Na\]' at position 2"):
        tokenizer.encode_many(["CC[Na]"])
