"""What can be worked out from a structure alone: properties, likeness, the scaffold. rdkit is imported where it is needed."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from apps.molecules.alerts import ALERTS, alerts

if TYPE_CHECKING:
    from rdkit import Chem

__all__ = ["ALERTS", "PROPERTIES", "Property", "alerts", "describe", "fingerprint", "scaffold", "tanimoto"]


@dataclass(frozen=True)
class Property:
    """A figure of a molecule. unit: "" for a count or a score; decimals: as shown; source: what it is, and where it is defined."""

    key: str
    label: str
    unit: str
    decimals: int
    source: str

    def text(self, value: float) -> str:
        """The value as it stands in files and messages: "381.37", "2", never "-0"."""
        return f"{round(value, self.decimals) + 0.0:.{self.decimals}f}"


LIPINSKI = "Lipinski et al. 1997, doi:10.1016/S0169-409X(96)00423-1"
PROPERTIES: dict[str, Property] = {
    found.key: found
    for found in (
        Property("MW", "Molecular weight", "g/mol", 2, "average molar mass, natural isotopes (IUPAC atomic weights)"),
        Property("logP", "logP", "", 2, "octanol-water, by atoms (Wildman and Crippen 1999, doi:10.1021/ci990307l)"),
        Property("TPSA", "Polar surface", "Å²", 1, "topological, of N and O (Ertl et al. 2000, doi:10.1021/jm000942e)"),
        Property("QED", "Drug-likeness", "", 3, "0 to 1, mean of eight desirabilities (Bickerton et al. 2012, doi:10.1038/nchem.1243)"),
        Property("SA", "Synthetic accessibility", "", 2, "1 easy to 10 hard (Ertl and Schuffenhauer 2009, doi:10.1186/1758-2946-1-8)"),
        Property("HBD", "Hydrogen-bond donors", "", 0, f"hydrogens on N and O ({LIPINSKI})"),
        Property("HBA", "Hydrogen-bond acceptors", "", 0, f"N and O atoms ({LIPINSKI})"),
        Property(
            "rotatable_bonds",
            "Rotatable bonds",
            "",
            0,
            "not in rings, not to end atoms, not amides (Veber et al. 2002, doi:10.1021/jm020017n)",
        ),
        Property("rings", "Rings", "", 0, "smallest set of smallest rings"),
        Property("aromatic_rings", "Aromatic rings", "", 0, "rings of aromatic bonds only, by RDKit's rules"),
        Property("Fsp3", "Fraction sp3", "", 2, "share of carbons that are sp3 (Lovering et al. 2009, doi:10.1021/jm901241e)"),
        Property("heavy_atoms", "Heavy atoms", "", 0, "atoms other than hydrogen"),
        Property("stereocentres", "Stereocentres", "", 0, "tetrahedral centres, defined or not, by RDKit's rules"),
        Property("charge", "Charge", "e", 0, "sum of formal charges"),
    )
}


def describe(mol: Chem.Mol) -> dict[str, float]:
    """Every property by its key, in the order and units of `PROPERTIES`. A molecule of `check_molecule` always has all of them."""
    from rdkit.Chem import QED, rdmolops
    from rdkit.Chem import rdMolDescriptors as descriptors

    parts = QED.properties(mol)  # eight figures, four of which are asked for anyway: worked out once
    return {
        "MW": float(parts.MW),
        "logP": float(parts.ALOGP),
        "TPSA": float(parts.PSA),
        "QED": float(QED.qed(mol, qedProperties=parts)),
        "SA": _synthetic_accessibility(mol),
        "HBD": float(descriptors.CalcNumLipinskiHBD(mol)),
        "HBA": float(descriptors.CalcNumLipinskiHBA(mol)),
        "rotatable_bonds": float(parts.ROTB),
        "rings": float(descriptors.CalcNumRings(mol)),
        "aromatic_rings": float(descriptors.CalcNumAromaticRings(mol)),
        "Fsp3": float(descriptors.CalcFractionCSP3(mol)),
        "heavy_atoms": float(mol.GetNumHeavyAtoms()),
        "stereocentres": float(_stereocentres(mol)),
        "charge": float(rdmolops.GetFormalCharge(mol)),
    }


def _stereocentres(mol: Chem.Mol) -> int:
    from rdkit.Chem import FindMolChiralCenters

    return len(FindMolChiralCenters(mol, includeUnassigned=True, useLegacyImplementation=False))


_loading = threading.Lock()


@cache
def _sascorer() -> ModuleType:
    """RDKit's own module, in its wheel. Its fragment scores are a pickle in the same wheel, which that module reads: no pickle of ours."""
    module = import_module("rdkit.Contrib.SA_Score.sascorer")  # untyped, and a namespace package
    module.readFragmentScores()
    return module


def _synthetic_accessibility(mol: Chem.Mol) -> float:
    with _loading:  # 0.6 s the first time: two threads would both read the pickle
        scorer = _sascorer()
    return float(scorer.calculateScore(mol))


@cache
def _morgan() -> Any:
    from rdkit.Chem import rdFingerprintGenerator

    return rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)


def fingerprint(mol: Chem.Mol) -> Any:
    """Morgan, radius 2, 2048 bits, as RDKit's ExplicitBitVect (Rogers and Hahn 2010, doi:10.1021/ci100050t)."""
    return _morgan().GetFingerprint(mol)


def tanimoto(one: Any, other: Any) -> float:
    """Shared bits over all bits of two fingerprints, 0 to 1."""
    from rdkit import DataStructs

    return float(DataStructs.TanimotoSimilarity(one, other))


def scaffold(mol: Chem.Mol) -> str:
    """SMILES of its rings and what links them (Bemis and Murcko 1996, doi:10.1021/jm9602928); "" without a ring."""
    from rdkit.Chem.Scaffolds import MurckoScaffold

    return str(MurckoScaffold.MurckoScaffoldSmiles(mol=mol))
