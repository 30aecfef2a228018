from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem, DataStructs

from apps.molecules import metrics
from apps.molecules.metrics import Filters, cosine, frechet_distance

ASPIRIN, CELECOXIB, CAFFEINE = "CC(=O)Oc1ccccc1C(=O)O", "Cc1ccc(cc1)-c1cc(nn1-c1ccc(cc1)S(N)(=O)=O)C(F)(F)F", "Cn1cnc2c1c(=O)n(C)c(=O)n2C"
COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 1000), min_size=1)


def mols(*smiles: str) -> list[Chem.Mol]:
    return [Chem.MolFromSmiles(text) for text in smiles]


def test_an_empty_string_is_not_valid() -> None:
    assert [mol is not None for mol in metrics.parse(["CCO", "", "c1ccc", "C(C)(C)(C)(C)C"])] == [True, False, False, False]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("CCO", ""),
        ("", "empty"),
        ("C(C", "parentheses do not match"),
        ("c1ccc", "ring not closed"),
        ("C=#C", "syntax"),
        ("FC(F)(F)(F)F", "valence"),
        ("c1ccnc1", "aromatic ring without Kekule form"),
    ],
)
def test_why_a_smiles_is_invalid(text: str, reason: str) -> None:
    assert metrics.why_invalid(text) == reason


def test_unique_counts_the_first_k() -> None:
    assert metrics.unique_at(["C", "C", "N", "O"], 2) == 0.5
    assert metrics.unique_at(["C", "C", "N", "O"], 1000) == 0.75
    assert math.isnan(metrics.unique_at([], 10))


def test_novelty_counts_different_molecules() -> None:
    assert metrics.novelty(["C", "C", "N", "O", "S"], {"C", "P"}) == 0.75
    assert math.isnan(metrics.novelty([], {"C"}))


def test_fingerprints_are_those_of_rdkit_and_so_is_their_similarity() -> None:
    one, other = metrics.fingerprints(mols(ASPIRIN, CELECOXIB))
    assert one.shape == (1024,)
    bits = [DataStructs.CreateFromBitString("".join(map(str, each))) for each in (one, other)]
    likeness = DataStructs.TanimotoSimilarity(*bits)
    assert 0 < likeness < 1
    assert metrics.internal_diversity(np.stack([one, other])) == pytest.approx(1 - (1 + likeness) / 2, abs=1e-6)
    assert metrics.similarity_to_nearest(one[None], np.packbits(other[None], axis=1)) == pytest.approx(likeness, abs=1e-6)


def test_diversity_counts_a_molecule_with_itself() -> None:
    assert metrics.internal_diversity(metrics.fingerprints(mols(ASPIRIN, ASPIRIN))) == pytest.approx(0)
    assert math.isnan(metrics.internal_diversity(metrics.fingerprints([])))


def test_the_nearest_neighbour_is_found_in_any_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    found = metrics.fingerprints(mols(ASPIRIN, CAFFEINE))
    reference = np.packbits(metrics.fingerprints(mols("CCO", CELECOXIB, CAFFEINE, ASPIRIN, "CCN")), axis=1)
    monkeypatch.setattr(metrics, "CHUNK", 2)
    assert metrics.similarity_to_nearest(found, reference) == pytest.approx(1)
    assert metrics.similarity_to_nearest(found, reference[:2]) < 0.5
    assert metrics.internal_diversity(np.repeat(found, 3, axis=0)) == pytest.approx(metrics.internal_diversity(found))


def test_two_molecules_without_any_bit_are_alike() -> None:
    assert metrics.similarity_to_nearest(np.zeros((1, 1024), np.uint8), np.zeros((1, 128), np.uint8)) == 1


def test_fragments_are_those_of_brics() -> None:
    assert metrics.fragments(mols("CC(=O)Nc1ccccc1", "CCO")) == Counter({"[1*]C(C)=O": 1, "[5*]N[5*]": 1, "[16*]c1ccccc1": 1, "CCO": 1})


def test_a_scaffold_has_two_rings() -> None:
    assert metrics.scaffolds(mols("Cc1ccccc1", "CCO", "Cc1ccccc1-c1ccccc1F", "Cc1ccc(cc1)-c1ccccc1")) == Counter({"c1ccc(-c2ccccc2)cc1": 2})


def test_cosine_by_hand() -> None:
    assert cosine({"a": 3, "b": 4}, {"a": 4, "b": 3}) == pytest.approx(24 / 25)
    assert cosine({"a": 1}, {"b": 1}) == 0
    assert math.isnan(cosine({}, {"a": 1}))


@given(COUNTS, COUNTS, st.integers(1, 50))
def test_cosine_is_symmetric_and_ignores_the_size_of_a_sample(one: dict[str, int], other: dict[str, int], times: int) -> None:
    assert 0 <= cosine(one, other) <= 1 + 1e-12
    assert cosine(one, other) == pytest.approx(cosine(other, one))
    assert cosine(one, {name: count * times for name, count in one.items()}) == pytest.approx(1)


@pytest.mark.parametrize(
    ("smiles", "reason"),
    [
        ("CCO", ""),
        ("C1CCCCCC1", ""),
        ("C1CCCCCCC1", "ring of more than 7 atoms"),
        ("C[N+](C)(C)C", "charged atom"),
        ("O=[N+]([O-])c1ccccc1", "charged atom"),
        ("CC(=O)OB", "other element"),
        ("CCl", "MCF"),
        ("CC=O", "PAINS"),
    ],
)
def test_filters_reject_in_the_order_of_moses(smiles: str, reason: str) -> None:
    filters = Filters({"alkyl halide": "[H]C([H])[F,Cl,Br,I]"}, {"aldehyde": "[#6]-[#6](-[#1])=[#8]"})
    assert filters.why_rejected(mols(smiles)[0]) == reason


def test_frechet_distance_of_two_normal_distributions_by_hand() -> None:
    one, other = (np.array([1.0]), np.array([[4.0]])), (np.array([4.0]), np.array([[25.0]]))
    assert frechet_distance(*one, *other) == pytest.approx((1 - 4) ** 2 + (2 - 5) ** 2)


@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(2, 12))
def test_frechet_distance_is_symmetric_and_zero_for_equals(seed: int, size: int, samples: int) -> None:
    """Fewer samples than dimensions give a singular covariance, whose zero eigenvalues are known to 1e-16 and their roots to 1e-8."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(2):
        values = rng.normal(size=(samples, size)) @ rng.normal(size=(size, size))
        found.append((values.mean(axis=0), np.atleast_2d(np.cov(values.T))))
    one, other = found
    assert frechet_distance(*one, *other) == pytest.approx(frechet_distance(*other, *one), rel=1e-5, abs=1e-4)
    assert frechet_distance(*one, *other) >= -1e-4
    assert frechet_distance(*one, *one) == pytest.approx(0, abs=1e-4)
