from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem

from apps.molecules.annalog import ANNALOG_MODEL, AnalogBlock
from apps.molecules.cores import core_first
from apps.molecules.quiet import quiet
from apps.molecules.tokenizer import symbols
from shared.errors import BadInput
from shared.serving import DType
from shared.serving.device import CpuDevice

CELECOXIB = "Cc1ccc(-c2cc(C(F)(F)F)nn2-c2ccc(S(N)(=O)=O)cc2)cc1"
IMATINIB = "Cc1ccc(NC(=O)c2ccc(CN3CCN(C)CC3)cc2)cc1Nc1nccc(-c2cccnc2)n1"
IBUPROFEN = "CC(C)Cc1ccc([C@H](C)C(=O)O)cc1"


@pytest.mark.parametrize(
    ("hit", "core", "held"),
    [
        (CELECOXIB, "NS(=O)(=O)c1ccccc1", 1.0),
        (CELECOXIB, "NS(=O)(=O)C1=CC=CC=C1", 1.0),  # a Kekule structure
        (CELECOXIB, "[#7]S(=O)(=O)[#6]:[#6]", 1.0),  # SMARTS, which can be read as SMILES too
        (CELECOXIB, "c1ccccc1-c1cc(C(F)(F)F)nn1-c1ccccc1", 16 / 21),
        (IMATINIB, "CN1CCN(CC1)Cc1ccccc1", 1.0),
        (IBUPROFEN, "CC(C(=O)O)c1ccccc1", 1.0),
    ],
)
def test_the_core_comes_first(hit: str, core: str, held: float) -> None:
    found = core_first(hit, core)
    assert found.held == pytest.approx(held)
    assert Chem.CanonSmiles(found.smiles) == Chem.CanonSmiles(hit)
    given_tokens = symbols(found.prefix)
    assert symbols(found.smiles)[: len(given_tokens)] == given_tokens
    atoms = [piece for piece in given_tokens if piece[0].isalpha() or piece[0] == "["]
    query = Chem.MolFromSmarts(found.pattern)
    assert Chem.MolFromSmiles(hit).HasSubstructMatch(query)
    assert len(atoms) == round(held * query.GetNumAtoms())


@given(st.sampled_from([CELECOXIB, IMATINIB, IBUPROFEN]), st.integers(0, 30), st.integers(1, 3))
def test_any_neighbourhood_can_be_a_core(hit: str, atom: int, radius: int) -> None:
    mol = Chem.MolFromSmiles(hit)
    bonds = Chem.FindAtomEnvironmentOfRadiusN(mol, radius, atom % mol.GetNumAtoms(), enforceSize=False)
    atoms = {mol.GetBondWithIdx(bond).GetBeginAtomIdx() for bond in bonds} | {mol.GetBondWithIdx(bond).GetEndAtomIdx() for bond in bonds}
    core = Chem.MolFragmentToSmarts(mol, sorted(atoms))
    found = core_first(hit, core)
    assert 0 < found.held <= 1
    assert found.smiles.startswith(found.prefix) and found.prefix != found.smiles
    AnalogBlock(found.smiles, 1, 1.0, 0, found.prefix)


@pytest.mark.parametrize(
    ("hit", "core", "said"),
    [
        (CELECOXIB, "c1ccsc1", "does not hold the core"),
        (CELECOXIB, "c1cc(", "cannot be read"),
        (CELECOXIB, "", "cannot be read"),
        (IBUPROFEN, IBUPROFEN, "nothing is left to vary"),
        ("CC[Si](C)(C)C", "CC", "does not know"),
    ],
)
def test_what_cannot_be_kept_is_said(hit: str, core: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        core_first(hit, core)


def test_analogues_keep_the_core() -> None:
    class Silent:
        def __call__(self, done: float, total: float) -> None: ...

    loaded = ANNALOG_MODEL.load(CpuDevice(), DType.FLOAT32)
    for core in ("NS(=O)(=O)c1ccccc1", "c1ccccc1-c1cc(C(F)(F)F)nn1-c1ccccc1"):
        found = core_first(CELECOXIB, core)
        [texts] = loaded.run([AnalogBlock(found.smiles, 64, 1.1, 1, found.prefix)], Silent())  # type: ignore[arg-type]
        with quiet():
            mols = [mol for mol in map(Chem.MolFromSmiles, texts) if mol is not None]
        query = Chem.MolFromSmarts(found.pattern)
        assert len(mols) > 0.85 * len(texts)
        assert sum(mol.HasSubstructMatch(query) for mol in mols) > 0.85 * len(mols)
        assert len({Chem.MolToSmiles(mol) for mol in mols}) > 0.2 * len(texts)
