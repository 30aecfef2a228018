"""Structural alerts: groups that disturb assays, react or are toxic, as RDKit's catalogues list them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rdkit import Chem

__all__ = ["ALERTS", "Catalogue", "alerts"]


@dataclass(frozen=True)
class Catalogue:
    """A list of alerts. parts: RDKit's names of the sets that it joins; source: who drew it up, and for what."""

    key: str
    label: str
    parts: tuple[str, ...]
    source: str


ALERTS: dict[str, Catalogue] = {
    found.key: found
    for found in (
        Catalogue(
            "pains",
            "PAINS",
            ("PAINS",),
            "480 groups that hit in assays of every kind (Baell and Holloway 2010, doi:10.1021/jm901137j)",
        ),
        Catalogue(
            "brenk",
            "Brenk",
            ("BRENK",),
            "105 groups unwanted in a screening library: toxic, reactive, unstable (Brenk et al. 2008, doi:10.1002/cmdc.200700139)",
        ),
        # Of ChEMBL's seven sets, these two are about reactive and promiscuous groups, and flag 29 % of the 2,845 approved drugs in
        # ADMET-AI's reference together. Dundee is `brenk` again; MLSMR (61 %) and LINT (42 %) reject esters, ketones and anilines;
        # SureChEMBL and Inpharmatica (28 % each) any alkene, aniline and Michael acceptor.
        Catalogue(
            "chembl",
            "ChEMBL",
            ("CHEMBL_Glaxo", "CHEMBL_BMS"),
            "235 groups by which Glaxo Wellcome (Hann et al. 1999, doi:10.1021/ci990423o) and Bristol-Myers Squibb "
            "(Pearce et al. 2006, doi:10.1021/ci050504m) screened purchases, as collected by ChEMBL",
        ),
    )
}


def alerts(mol: Chem.Mol, catalogues: Iterable[str]) -> dict[str, list[str]]:
    """catalogue -> names of the alerts that match, each once, in the catalogue's order; an empty list says that none does.

    catalogues: keys of `ALERTS`; raises KeyError for another one.
    """
    return {key: _matches(mol, key) for key in catalogues}


def _matches(mol: Chem.Mol, key: str) -> list[str]:
    found: dict[str, None] = {}
    for part in ALERTS[key].parts:
        screen, entries, names = _entries(part)
        if screen is None:
            found |= dict.fromkeys(_readable(entry.GetDescription(), part) for entry in entries.GetMatches(mol))
            continue
        from rdkit.Chem import PatternFingerprint

        bits = _bits(PatternFingerprint(mol))
        found |= dict.fromkeys(
            name
            for needed, entry, name in zip(screen, entries, names, strict=True)
            if needed & bits == needed and entry.HasFilterMatch(mol)
        )
    return list(found)


@cache
def _entries(part: str) -> tuple[list[int] | None, Any, list[str]]:
    """(bits that a molecule must have, entries, readable names) for PAINS, else (None, the catalogue, []).

    PAINS is 480 large patterns of which hardly any ever matches. RDKit's pattern fingerprint, made to screen substructures, leaves
    30 of them to be tried: 2,400 molecules a second instead of 510, and the same answer on 15,845 molecules (979 flagged). `FilterCatalog`
    does not show its patterns; RDKit's table of them does.
    """
    from rdkit import RDConfig
    from rdkit.Chem import FilterCatalog, MergeQueryHs, MolFromSmarts, PatternFingerprint

    catalogue = FilterCatalog.FilterCatalog(FilterCatalog.FilterCatalogParams.FilterCatalogs.names[part])
    table = Path(RDConfig.RDDataDir) / "Pains" / "wehi_pains.csv"
    if part != "PAINS" or not table.is_file():
        return None, catalogue, []
    with table.open(newline="") as stream:
        needed = {
            label.removeprefix("<regId=").removesuffix(">"): _bits(PatternFingerprint(MergeQueryHs(MolFromSmarts(smarts))))
            for smarts, label in csv.reader(stream)
        }
    entries = [catalogue.GetEntryWithIdx(index) for index in range(catalogue.GetNumEntries())]
    names = [entry.GetDescription() for entry in entries]
    return [needed.get(name, 0) for name in names], entries, [_readable(name, part) for name in names]


def _bits(fingerprint: Any) -> int:
    from rdkit import DataStructs

    return int.from_bytes(DataStructs.BitVectToBinaryText(fingerprint), "little")


def _readable(description: str, part: str) -> str:
    """ "catechol_A(92)" -> "catechol_A"; ">_2_ester_groups" -> "> 2 ester groups"; "R1 Epoxides" of Glaxo -> "Epoxides (Glaxo)"."""
    if part == "PAINS":
        return re.sub(r"\(\d+\)$", "", description)
    name = " ".join(description.replace("_", " ").split())
    if part == "CHEMBL_Glaxo":
        name = re.sub(r"^[RIN]\d+ ", "", name)
    return f"{name} ({part.removeprefix('CHEMBL_')})" if part.startswith("CHEMBL_") else name
