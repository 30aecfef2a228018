"""Analogues drawn as their hit is: what both have in common lies in the same place, so that the eye finds what was changed."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from rdkit import Chem
from rdkit.Chem import rdDepictor, rdFMCS
from rdkit.Chem.Draw import rdMolDraw2D

from apps.molecules.depiction import DARK, LIGHT, OTHER, with_coordinates
from apps.molecules.quiet import quiet

__all__ = ["aligned_svg", "in_common", "laid_over", "use_palette"]

FEWEST_ATOMS = 6
"""Less in common than a ring says nothing about how a molecule should lie."""
DEFAULTS = re.compile(r"\s+class='[^']*'|;stroke-linecap:butt;stroke-linejoin:miter|;stroke-opacity:1(?=')")
SEARCH_S = 1
"""Celecoxib and its analogues take 1 to 30 ms."""


def in_common(mol: Chem.Mol, hit: Chem.Mol) -> Chem.Mol | None:
    """The largest connected part that both have, rings only as a whole; None for fewer than `FEWEST_ATOMS`."""
    found = rdFMCS.FindMCS([hit, mol], timeout=SEARCH_S, ringMatchesRingOnly=True, completeRingsOnly=True)
    return Chem.MolFromSmarts(found.smartsString) if found.numAtoms >= FEWEST_ATOMS else None


def laid_over(smiles: str, hit: str) -> Chem.Mol:
    """The molecule with 2D coordinates: those of the hit where the two agree, its own where they have too little in common."""
    mol, template = with_coordinates(smiles), _template(hit)
    with quiet():
        common = in_common(mol, template)
        if common is not None:
            here, there = template.GetSubstructMatch(common), mol.GetSubstructMatch(common)
            if len(here) == len(there):
                rdDepictor.GenerateDepictionMatching2DStructure(mol, template, atomMap=list(zip(here, there, strict=True)))
    return mol


def aligned_svg(smiles: str, hit: str, width: int, height: int, *, dark: bool = False) -> str:
    """As `depict_svg` draws it, laid over the drawing of `hit`."""
    drawer = rdMolDraw2D.MolDraw2DSVG(width, height)
    use_palette(drawer.drawOptions(), dark=dark)
    with quiet():
        rdMolDraw2D.PrepareAndDrawMolecule(drawer, laid_over(smiles, hit))
    drawer.FinishDrawing()
    return DEFAULTS.sub("", str(drawer.GetDrawingText()))


@lru_cache(maxsize=16)
def _template(hit: str) -> Chem.Mol:
    return with_coordinates(hit)


def use_palette(options: Any, *, dark: bool) -> None:
    """The house's colours on no background, and nothing of the molecule in the picture's metadata."""
    palette = DARK if dark else LIGHT
    colours = {number: tuple(part / 255 for part in bytes.fromhex(colour)) for number, colour in palette.items()}
    options.includeMetadata = False
    options.clearBackground = False
    options.setAtomPalette(colours)
    options.setSymbolColour(colours.get(6, colours[OTHER]))
