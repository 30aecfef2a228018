"""The metrics of MOSES (Polykovskiy et al., Frontiers in Pharmacology 11, 2020, "Molecular Sets"), and the Frechet ChemNet Distance.

Validity counts every string that was sampled; everything else is measured on the valid ones, written canonically. Definitions are those of
molsets 0.3.1 (MIT), with one exception that is stricter: an empty string is not valid.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from rdkit import Chem

__all__ = [
    "FINGERPRINT_BITS",
    "Filters",
    "cosine",
    "fingerprints",
    "fragments",
    "frechet_distance",
    "internal_diversity",
    "novelty",
    "parse",
    "scaffolds",
    "similarity_to_nearest",
    "unique_at",
    "why_invalid",
]

FINGERPRINT_BITS = 1024
SCAFFOLD_RINGS = 2
"""A scaffold with fewer rings is not counted."""
LARGEST_RING = 7
ELEMENTS = frozenset(("C", "N", "S", "O", "F", "Cl", "Br", "H"))
CHUNK = 1024
"""Rows of the reference at a time, which bounds the memory."""


def parse(samples: Sequence[str]) -> list[Chem.Mol | None]:
    """Molecules; None for what RDKit refuses and for an empty string."""
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        return [Chem.MolFromSmiles(text) if text else None for text in samples]


def why_invalid(text: str) -> str:
    """Why RDKit refuses a SMILES, in few words; "" for one that it reads."""
    from rdkit import Chem, rdBase

    if not text:
        return "empty"
    with rdBase.BlockLogs():
        if Chem.MolFromSmiles(text) is not None:
            return ""
        mol = Chem.MolFromSmiles(text, sanitize=False)
        if mol is None:
            if text.count("(") != text.count(")"):
                return "parentheses do not match"
            return "ring not closed" if any(text.count(digit) % 2 for digit in "123456789") else "syntax"
        kinds = {problem.GetType() for problem in Chem.DetectChemistryProblems(mol)}
    return "valence" if "AtomValenceException" in kinds else "aromatic ring without Kekule form" if kinds else "not sanitisable"


def unique_at(canonical: Sequence[str], k: int) -> float:
    """Different molecules among the first `k` valid ones (among all, where there are fewer); NaN where there is none."""
    first = canonical[:k]
    return len(set(first)) / len(first) if first else float("nan")


def novelty(canonical: Sequence[str], training: Collection[str]) -> float:
    """Share of the different molecules that are not in the training set (canonical SMILES, a set); NaN where there is none."""
    different = set(canonical)
    return len(different.difference(training)) / len(different) if different else float("nan")


def fingerprints(mols: Sequence[Chem.Mol]) -> np.ndarray:
    """(n, 1024) uint8 of 0 and 1: Morgan fingerprints of radius 2."""
    from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

    generator = GetMorganGenerator(radius=2, fpSize=FINGERPRINT_BITS)
    found = np.zeros((len(mols), FINGERPRINT_BITS), np.uint8)
    for row, mol in enumerate(mols):
        found[row] = generator.GetFingerprintAsNumPy(mol)
    return found


def _tanimoto(rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """(rows, columns) float32 of two sets of fingerprints, float32; two without any bit are equal."""
    common = rows @ columns.T
    union = rows.sum(axis=1)[:, None] + columns.sum(axis=1)[None] - common
    empty = union == 0
    return np.divide(common + empty, union + empty, out=common)


def internal_diversity(found: np.ndarray) -> float:
    """1 - mean Tanimoto similarity over all pairs, each molecule with itself included (IntDiv, p = 1)."""
    if not len(found):
        return float("nan")
    bits = found.astype(np.float32)
    total = sum(float(_tanimoto(bits[start : start + CHUNK], bits).sum(dtype=np.float64)) for start in range(0, len(bits), CHUNK))
    return 1 - total / len(bits) ** 2


def similarity_to_nearest(found: np.ndarray, packed: np.ndarray) -> float:
    """SNN: mean Tanimoto similarity of each molecule to its nearest neighbour in the reference (n, 128) uint8, `np.packbits` of its
    fingerprints."""
    if not len(found):
        return float("nan")
    bits = found.astype(np.float32)
    nearest = np.zeros(len(bits), np.float32)
    for start in range(0, len(packed), CHUNK):
        reference = np.unpackbits(packed[start : start + CHUNK], axis=1).astype(np.float32)
        np.maximum(nearest, _tanimoto(reference, bits).max(axis=0), out=nearest)
    return float(nearest.mean(dtype=np.float64))


def fragments(mols: Sequence[Chem.Mol]) -> Counter[str]:
    """How often each BRICS fragment occurs (Degen et al., ChemMedChem 3, 2008), as canonical SMILES."""
    from rdkit import Chem
    from rdkit.Chem.rdmolops import FragmentOnBRICSBonds

    counts: Counter[str] = Counter()
    for mol in mols:
        counts.update(Chem.MolToSmiles(FragmentOnBRICSBonds(mol)).split("."))
    return counts


def scaffolds(mols: Sequence[Chem.Mol]) -> Counter[str]:
    """How often each Bemis-Murcko scaffold of at least two rings occurs, as canonical SMILES."""
    from rdkit import Chem
    from rdkit.Chem.Scaffolds.MurckoScaffold import GetScaffoldForMol

    found = [GetScaffoldForMol(mol) for mol in mols]
    return Counter(Chem.MolToSmiles(mol) for mol in found if mol.GetRingInfo().NumRings() >= SCAFFOLD_RINGS)


def cosine(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    """Cosine of the angle between two vectors of counts (Frag and Scaf); NaN where one is empty."""
    if not one or not other:
        return float("nan")
    product = sum(count * other.get(name, 0) for name, count in one.items())
    return float(product / np.sqrt(float(sum(c * c for c in one.values())) * float(sum(c * c for c in other.values()))))


@dataclass(frozen=True)
class Filters:
    """What the molecules of MOSES were selected by: rings, charges, elements, and two lists of SMARTS patterns, name -> SMARTS."""

    mcf: Mapping[str, str]
    pains: Mapping[str, str]

    def __post_init__(self) -> None:
        from rdkit import Chem

        compiled = [
            (kind, Chem.MolFromSmarts(smarts)) for kind, each in (("MCF", self.mcf), ("PAINS", self.pains)) for smarts in each.values()
        ]
        object.__setattr__(self, "_compiled", compiled)

    def why_rejected(self, mol: Chem.Mol) -> str:
        """The first filter that rejects it; "" for a molecule that passes."""
        from rdkit import Chem

        if any(len(ring) > LARGEST_RING for ring in mol.GetRingInfo().AtomRings()):
            return f"ring of more than {LARGEST_RING} atoms"
        if any(atom.GetFormalCharge() for atom in mol.GetAtoms()):
            return "charged atom"
        if any(atom.GetSymbol() not in ELEMENTS for atom in mol.GetAtoms()):
            return "other element"
        # the patterns name hydrogens, which RDKit matches only where they are atoms
        explicit = Chem.AddHs(mol)
        compiled: list[tuple[str, Chem.Mol]] = self._compiled  # type: ignore[attr-defined]
        return next((kind for kind, pattern in compiled if explicit.HasSubstructMatch(pattern)), "")


def frechet_distance(mean: np.ndarray, covariance: np.ndarray, other_mean: np.ndarray, other_covariance: np.ndarray) -> float:
    """|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^1/2) of two Gaussians (Dowson and Landau, J. Multivariate Analysis 12, 1982).

    (C1 C2)^1/2 has the trace of the symmetric (C1^1/2 C2 C1^1/2)^1/2, which needs no complex numbers where a covariance is singular.
    """
    values, vectors = np.linalg.eigh(np.asarray(covariance, np.float64))
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    mixed = np.linalg.eigvalsh(root @ np.asarray(other_covariance, np.float64) @ root)
    apart = np.asarray(mean, np.float64) - np.asarray(other_mean, np.float64)
    return float(apart @ apart + np.trace(covariance) + np.trace(other_covariance) - 2 * np.sqrt(mixed.clip(0)).sum())
