"""Which molecules the studio works on, and what their user is told of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from rdkit import Chem

from apps.molecules.quiet import quiet
from apps.molecules.smiles import element_name
from shared.errors import BadInput, TooLarge

__all__ = ["ELEMENTS", "MAX_HEAVY_ATOMS", "Salts", "check_molecule"]

Salts = Literal["refuse", "strip"]

MAX_HEAVY_ATOMS = 100
"""36 of the 2,845 approved drugs in ADMET-AI's reference are larger, mostly peptides: the figures were fitted to small molecules."""

ELEMENTS = ("H", "B", "C", "N", "O", "F", "Si", "P", "S", "Cl", "Se", "Br", "I")
POLYMERS = frozenset(("SRU", "MON", "MER", "COP", "CRO", "MOD", "GRA", "ANY"))
"""Kinds of S-group that say "repeated" (CTfile formats, BIOVIA 2020)."""

BONDS = frozenset((Chem.BondType.SINGLE, Chem.BondType.DOUBLE, Chem.BondType.TRIPLE, Chem.BondType.AROMATIC))
COMPONENTS_SHOWN = 4


def check_molecule(mol: Chem.Mol, *, salts: Salts = "refuse") -> tuple[Chem.Mol, list[str]]:
    """A molecule fit for the figures, as a copy, and what its user must know of it.

    salts: of several components refuse the whole, or keep the largest organic one; neutral, if its charge was only that of the salt.
    Raises `BadInput` for what has no structure of its own (placeholders, queries, polymers), for elements outside the organic set,
    and `TooLarge` beyond 100 heavy atoms.
    """
    if mol.GetNumAtoms() == 0:
        raise BadInput("An empty structure: it has no atom.", remedy="Give a molecule such as CC(=O)Oc1ccccc1C(=O)O.")
    atoms, bonds = list(mol.GetAtoms()), list(mol.GetBonds())
    _refuse_indefinite(mol, atoms, bonds)
    kept, notes = _one_component(mol, salts)
    if notes:
        atoms, bonds = list(kept.GetAtoms()), list(kept.GetBonds())
    _refuse_unusual(atoms, bonds)
    heavy = kept.GetNumHeavyAtoms()
    if heavy > MAX_HEAVY_ATOMS:
        raise TooLarge(f"It has {heavy} heavy atoms; at most {MAX_HEAVY_ATOMS} are taken.", remedy="Give a small molecule.")
    if heavy == 0:
        raise BadInput("It is only hydrogen.", remedy="Give an organic molecule.")
    return kept, notes + _without_labels(kept, atoms) + _remarks(kept, atoms)


def _refuse_indefinite(mol: Chem.Mol, atoms: Sequence[Chem.Atom], bonds: Sequence[Chem.Bond]) -> None:
    """What stands for many molecules, or for none in particular."""
    if any(atom.GetAtomicNum() == 0 for atom in atoms):
        raise BadInput("It has a placeholder (*, R) instead of an atom.", remedy="Replace it by the atoms that are meant.")
    if any(atom.HasQuery() for atom in atoms) or any(bond.HasQuery() for bond in bonds):
        raise BadInput("It is a query: an atom or a bond of it may be of several kinds.", remedy="Give one molecule.")
    if any(group.HasProp("TYPE") and group.GetProp("TYPE") in POLYMERS for group in Chem.GetMolSubstanceGroups(mol)):
        raise BadInput("It is a polymer: a part of it is repeated.", remedy="Give a molecule of known length.")


def _refuse_unusual(atoms: Sequence[Chem.Atom], bonds: Sequence[Chem.Bond]) -> None:
    """Elements and bonds that the figures know nothing of."""
    strange = sorted({atom.GetSymbol() for atom in atoms} - set(ELEMENTS))
    if strange:
        names = ", ".join(f"{element_name(symbol)} ({symbol})" for symbol in strange)
        expected = f"{', '.join(ELEMENTS[:-1])} and {ELEMENTS[-1]}"
        raise BadInput(f"It holds {names}; molecules of {expected} are expected.", remedy="Give an organic molecule, a salt as its ions.")
    kinds = {bond.GetBondType() for bond in bonds} - BONDS
    if kinds:
        message = f"A bond of it is of the kind {str(kinds.pop()).lower()!r}; single, double, triple and aromatic ones are expected."
        raise BadInput(message, remedy="Write a coordinate bond with charges, e.g. [N+]-[B-].")


def _one_component(mol: Chem.Mol, salts: Salts) -> tuple[Chem.Mol, list[str]]:
    """A copy of the molecule, or of its largest organic component with a note of what was left out."""
    if len(Chem.GetMolFrags(mol)) == 1:
        return Chem.Mol(mol), []
    parts = list(Chem.GetMolFrags(mol, asMols=True))
    counted = Counter(Chem.MolToSmiles(part) for part in parts)
    listed = [
        f"{smiles[:40]}{'…' if len(smiles) > 40 else ''}" + (f" (x {count})" if count > 1 else "") for smiles, count in counted.items()
    ]
    named = ", ".join(listed[:COMPONENTS_SHOWN]) + (f" and {len(listed) - COMPONENTS_SHOWN} more" if len(listed) > COMPONENTS_SHOWN else "")
    if salts == "refuse":
        remedy = "Give the component that is meant, or salts=strip (--salts strip) to keep the largest organic one."
        raise BadInput(f"It has {len(parts)} components, {named}; one is expected.", remedy=remedy)
    organic = [part for part in parts if any(atom.GetAtomicNum() == 6 for atom in part.GetAtoms())]
    if not organic:
        raise BadInput(f"None of its components, {named}, is organic.", remedy="Give an organic molecule.")
    largest = max(part.GetNumHeavyAtoms() for part in organic)
    candidates = {Chem.MolToSmiles(part): part for part in organic if part.GetNumHeavyAtoms() == largest}
    if len(candidates) > 1:
        raise BadInput(f"Its largest components, {' and '.join(candidates)}, are of one size.", remedy="Give the one that is meant.")
    ((smiles, kept),) = candidates.items()
    left = [f"{other} (x {count})" if count > 1 else other for other, count in counted.items() if other != smiles]
    note = f"Components left out: {', '.join(left)}." if left else f"One of {counted[smiles]} equal components."
    if Chem.GetFormalCharge(kept) == 0:
        return kept, [note]
    neutral = _neutral(kept)
    charge = Chem.GetFormalCharge(neutral)
    return neutral, [f"{note} What is left {'was made neutral' if charge == 0 else f'keeps the charge {charge:+d}'}."]


def _neutral(mol: Chem.Mol) -> Chem.Mol:
    """Protons added or taken until it is neutral; what carries no proton, as quaternary nitrogen, keeps its charge."""
    from rdkit.Chem.MolStandardize import rdMolStandardize

    with quiet():
        neutral: Chem.Mol = rdMolStandardize.Uncharger().uncharge(mol)
    return neutral


def _without_labels(mol: Chem.Mol, atoms: Sequence[Chem.Atom]) -> list[str]:
    """Take the atom map numbers of a reaction out of `mol`: they would end up in the canonical SMILES."""
    mapped = [atom.GetIdx() for atom in atoms if atom.GetAtomMapNum()]
    for index in mapped:
        mol.GetAtomWithIdx(index).SetAtomMapNum(0)
    return ["Atom map numbers were left out."] if mapped else []


def _remarks(mol: Chem.Mol, atoms: Sequence[Chem.Atom]) -> list[str]:
    found = []
    isotopes = sorted({f"{atom.GetIsotope()}{atom.GetSymbol()}" for atom in atoms if atom.GetIsotope()})
    if isotopes:
        found.append(f"Isotopes ({', '.join(isotopes)}): the figures are meant for the natural mixture.")
    unpaired = sum(atom.GetNumRadicalElectrons() for atom in atoms)
    if unpaired:
        found.append(
            f"A radical with {unpaired} unpaired electron{'s' if unpaired > 1 else ''}: perhaps hydrogens are missing in a bracket atom."
        )
    if not any(atom.GetAtomicNum() == 6 for atom in atoms):
        found.append("It has no carbon: the figures are meant for organic molecules.")
    if any(group.GetGroupType() != Chem.StereoGroupType.STEREO_ABSOLUTE for group in mol.GetStereoGroups()):
        found.append("Relative or mixed stereocentres (and/or groups) are taken as they are drawn.")
    return found
