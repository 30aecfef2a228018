from __future__ import annotations

import numpy as np
from rdkit import Chem

from apps.molecules.graph import ATOM_FEATURES, BOND_FEATURES, featurise


def on(features: np.ndarray) -> list[int]:
    return np.flatnonzero(features).tolist()


def test_ethanol_by_hand() -> None:
    """Places: 38 elements, 7 degrees, 6 charges, 5 chiral tags, 6 hydrogen counts, 8 hybridizations, aromatic, mass."""
    graph = featurise([Chem.MolFromSmiles("CO")])
    carbon, oxygen = graph.atom_features[graph.atoms]
    assert (ATOM_FEATURES, BOND_FEATURES) == (72, 14)
    assert on(carbon) == [5, 38 + 4, 45 + 4, 51 + 0, 56 + 3, 62 + 4, 71]
    assert on(oxygen) == [7, 38 + 2, 45 + 4, 51 + 0, 56 + 1, 62 + 4, 71]
    assert np.allclose(carbon[71], 0.12011)
    assert on(graph.bond_features[0]) == [1, 7]
    assert graph.sources.tolist() == [0, 1] and graph.targets.tolist() == [1, 0] and graph.bonds.tolist() == [0, 0]


def test_what_has_no_place_of_its_own_has_the_last() -> None:
    """Platinum is no known element, +4 no known charge, an octahedral centre no known tag; a dative bond has no type at all."""
    graph = featurise([Chem.MolFromSmiles("[Pt+4]<-N")])
    platinum = graph.atom_features[graph.atoms[0]]
    assert on(platinum)[:3] == [37, 38 + 1, 45 + 5]
    assert on(graph.bond_features[0]) == [7]
    iodine, xenon = featurise([Chem.MolFromSmiles("I"), Chem.MolFromSmiles("[Xe]")]).atom_features
    assert on(iodine)[0] == 36 and on(xenon)[0] == 37


def test_stereo_rings_and_aromatic_bonds() -> None:
    graph = featurise([Chem.MolFromSmiles("C/C=C/[C@H](O)c1ccccc1")])
    bonds = {tuple(on(graph.bond_features[kind])) for kind in graph.bonds}
    assert (2, 7 + 3) in bonds  # E
    assert (4, 5, 6, 7) in bonds  # aromatic, conjugated, in a ring, no stereo
    tags = graph.atom_features[graph.atoms][:, 51:56]
    assert max(np.flatnonzero(row)[0] for row in tags) in (1, 2)


def test_molecules_stand_behind_each_other_and_kinds_are_shared() -> None:
    alone, both = (featurise([Chem.MolFromSmiles(smiles)] * count) for smiles, count in (("c1ccccc1C", 1), ("c1ccccc1C", 2)))
    assert both.starts.tolist() == [0, 7]
    assert both.atoms.tolist() == alone.atoms.tolist() * 2
    assert both.sources.tolist() == [*alone.sources, *(alone.sources + 7)]
    assert len(both.atom_features) == len(alone.atom_features) == 3
    assert np.array_equal(both.sources[::2], both.targets[1::2]) and np.array_equal(both.sources[1::2], both.targets[::2])


def test_molecules_without_bonds() -> None:
    graph = featurise([Chem.MolFromSmiles("C"), Chem.MolFromSmiles("[He]")])
    assert graph.starts.tolist() == [0, 1]
    assert graph.bond_features.shape == (0, 14) and graph.bonds.shape == graph.sources.shape == graph.targets.shape == (0,)


def test_an_isotope_is_told_by_its_mass() -> None:
    deuterium, carbon = featurise([Chem.MolFromSmiles("[2H]C")]).atom_features
    assert np.isclose(deuterium[71], 0.02014, atol=1e-5) and np.isclose(carbon[71], 0.12011, atol=1e-5)
