"""What is opened is closed."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from apps.molecules.grammar import Grammar, effect
from apps.molecules.models import TOKENIZER
from apps.molecules.prior import Prior
from apps.molecules.sampling import MAX_TOKENS, PriorBlock, Sampler
from apps.molecules.tokenizer import END, SmilesTokenizer, symbols


@pytest.mark.parametrize(
    ("piece", "needed", "change", "rings"),
    [
        ("C(", 0, 1, 0),
        (")c1", 1, -1, 0b10),
        ("C)C(", 1, 0, 0),
        ("))", 2, -2, 0),
        ("c1ccccc1", 0, 0, 0),
        ("[nH]c2", 0, 0, 0b100),
        ("Cl", 0, 0, 0),
    ],
)
def test_the_effect_of_a_piece(piece: str, needed: int, change: int, rings: int) -> None:
    assert effect(piece) == (needed, change, rings)


def closed(smiles: str) -> bool:
    depths, depth = [], 0
    for letter in smiles:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        depths.append(depth)
    return min(depths, default=0) >= 0 and depth == 0 and all(smiles.count(digit) % 2 == 0 for digit in "123456")


@given(st.integers(0, 2**31))
def test_an_untrained_prior_closes_whatever_it_ends(seed: int) -> None:
    tokenizer = SmilesTokenizer.load(TOKENIZER)
    torch.manual_seed(seed % 5)
    sampler = Sampler(Prior(embedding=4, hidden=8).eval(), tokenizer)
    free = sampler.sample(PriorBlock(64, 1.0, seed, grammar=False))
    held = sampler.sample(PriorBlock(64, 1.0, seed))
    ended = [text for text in held if len(symbols(text)) < MAX_TOKENS]  # the others were cut off
    assert all(map(closed, ended))
    assert sum(map(closed, free)) < len(free)


def test_a_real_molecule_is_never_forbidden() -> None:
    tokenizer = SmilesTokenizer.load(TOKENIZER)
    grammar = Grammar.of(tokenizer)
    for smiles in ("CC(=O)Oc1ccccc1C(=O)O", "O=C(NCc1ccccc1N1CCC1)c1cc2c([nH]c1=O)CCCC2", "CC12CC1(C2)N(C)C(C)(F)F"):
        state = torch.zeros(1, 2, dtype=torch.long)
        for token in [*tokenizer.encode_many([smiles])[0], END]:
            assert not grammar.forbidden(state)[0, token]
            state = grammar.after(state, torch.tensor([token]))
        assert not state.any()
