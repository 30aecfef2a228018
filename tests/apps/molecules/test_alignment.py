"""Analogues lie as their hit lies."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from rdkit import Chem

from apps.molecules.alignment import aligned_svg, in_common, laid_over
from tests.apps.molecules.made import CELECOXIB, SMILES


def test_what_is_common_lies_in_the_same_place() -> None:
    hit, sulfone = laid_over(CELECOXIB, CELECOXIB), laid_over(CELECOXIB.replace("S(N)", "S(C)"), CELECOXIB)
    core = Chem.MolFromSmarts("c1ccc(cc1)-c1cc(nn1-c1ccc(cc1)S)C(F)(F)F")
    places = [one.GetConformer().GetPositions()[list(one.GetSubstructMatch(core))] for one in (hit, sulfone)]
    assert abs(places[0] - places[1]).max() < 0.01


@pytest.mark.parametrize("dark", [False, True])
def test_a_drawing_is_small_and_bare(dark: bool) -> None:
    svg = aligned_svg(CELECOXIB, CELECOXIB, 172, 112, dark=dark)
    root = ElementTree.fromstring(svg)
    assert root.get("width") == "172px" and len(svg) < 16_000
    assert "class=" not in svg and "<rect" not in svg and "metadata" not in svg


def test_a_molecule_with_nothing_in_common_is_drawn_all_the_same() -> None:
    assert in_common(Chem.MolFromSmiles("CCO"), Chem.MolFromSmiles(CELECOXIB)) is None
    assert laid_over("CCO", CELECOXIB).GetNumConformers() == 1


@pytest.mark.parametrize("smiles", SMILES)
def test_any_two_molecules_can_be_laid_over_each_other(smiles: str) -> None:
    for hit in SMILES:
        assert aligned_svg(smiles, hit, 120, 80).rstrip().endswith("</svg>")
