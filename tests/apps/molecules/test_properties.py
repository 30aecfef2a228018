from __future__ import annotations

import csv
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rdkit import Chem, RDConfig
from rdkit.Chem import QED, Crippen, FilterCatalog, Lipinski

from apps.molecules.properties import ALERTS, PROPERTIES, alerts, describe, fingerprint, scaffold, tanimoto

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
CELECOXIB = "Cc1ccc(cc1)-c1cc(nn1-c1ccc(cc1)S(N)(=O)=O)C(F)(F)F"


def mol(smiles: str) -> Chem.Mol:
    return Chem.MolFromSmiles(smiles)


def test_every_property_is_described_in_the_order_of_the_table() -> None:
    for smiles in (ASPIRIN, CELECOXIB, "O", "C", "[NH4+]", "F", "C" * 100, "C1CC1", "[Se]"):
        assert list(describe(mol(smiles))) == list(PROPERTIES)


def test_aspirin() -> None:
    """MW and TPSA of PubChem CID 2244 (180.16, 63.6); counts by hand; QED and SA of RDKit itself."""
    found = describe(mol(ASPIRIN))
    assert found["MW"] == pytest.approx(180.16, abs=0.005)
    assert found["TPSA"] == pytest.approx(63.6)
    counts = {"HBD": 1, "HBA": 4, "rings": 1, "aromatic_rings": 1, "heavy_atoms": 13, "stereocentres": 0, "charge": 0}
    assert {key: found[key] for key in counts} == counts
    assert found["Fsp3"] == pytest.approx(1 / 9)
    assert found["logP"] == Crippen.MolLogP(mol(ASPIRIN))
    assert found["QED"] == QED.qed(mol(ASPIRIN)) == pytest.approx(0.550, abs=0.001)
    assert found["SA"] == pytest.approx(1.580, abs=0.001)


def test_published_drug_likeness() -> None:
    """Values of the paper's own program, in RDKit's documentation of QED."""
    assert describe(mol("N=C(CCSCc1csc(N=C(N)N)n1)NS(N)(=O)=O"))["QED"] == pytest.approx(0.253, abs=0.001)
    assert describe(mol("CNC(=NCCSCc1nc[nH]c1C)NC#N"))["QED"] == pytest.approx(0.234, abs=0.001)


def test_hydrogen_bonds_are_counted_as_lipinski_did() -> None:
    found = describe(mol(CELECOXIB))
    assert found["HBD"] == Lipinski.NHOHCount(mol(CELECOXIB)) == 2
    assert found["HBA"] == Lipinski.NOCount(mol(CELECOXIB)) == 5


def test_stereocentres_and_charge() -> None:
    assert describe(mol("CC(F)Cl"))["stereocentres"] == describe(mol("C[C@H](F)Cl"))["stereocentres"] == 1
    assert describe(mol("C[N+](C)(C)CC(=O)[O-]"))["charge"] == 0
    assert describe(mol("CC(=O)[O-]"))["charge"] == -1


def test_values_as_text() -> None:
    assert PROPERTIES["MW"].text(381.3734) == "381.37"
    assert PROPERTIES["charge"].text(-1.0) == "-1"
    assert PROPERTIES["logP"].text(-0.001) == "0.00"


@pytest.mark.parametrize(
    ("smiles", "catalogue", "name"),
    [
        ("Oc1ccccc1O", "pains", "catechol_A"),
        ("O=C1C=CC(=O)C=C1", "pains", "quinone_A"),
        ("CC(=O)Cl", "brenk", "acid halide"),
        ("COC(=O)CC(C(=O)OC)C(=O)OC", "brenk", "> 2 ester groups"),
        ("CCBr", "chembl", "Reactive alkyl halides (Glaxo)"),
        ("C1CO1", "chembl", "Epoxides, Thioepoxides, Aziridines (Glaxo)"),
        ("CCN=[N+]=[N-]", "chembl", "azide (BMS)"),
    ],
)
def test_alerts_by_name(smiles: str, catalogue: str, name: str) -> None:
    found = alerts(mol(smiles), [catalogue])
    assert list(found) == [catalogue]
    assert name in found[catalogue]
    assert len(set(found[catalogue])) == len(found[catalogue])


def test_no_alert_is_an_empty_list() -> None:
    assert alerts(mol("CCO"), ALERTS) == {"pains": [], "brenk": [], "chembl": []}
    assert alerts(mol("CCO"), []) == {}


def test_the_screen_in_front_of_pains_loses_nothing() -> None:
    """RDKit's own examples, at least one molecule for nearly every PAINS pattern: the screened answer is the catalogue's."""
    table = Path(RDConfig.RDDataDir) / "Pains" / "test_data" / "test_set3.txt"
    with table.open() as stream:
        rows = [row for row in csv.reader(stream, delimiter="\t") if row and not row[0].startswith("#")]
    catalogue = FilterCatalog.FilterCatalog(FilterCatalog.FilterCatalogParams.FilterCatalogs.PAINS)
    seen: set[str] = set()
    for row in rows:
        molecule = Chem.MolFromSmiles(row[2])
        expected = {re.sub(r"\(\d+\)$", "", match.GetDescription()) for match in catalogue.GetMatches(molecule)}
        assert set(alerts(molecule, ["pains"])["pains"]) == expected
        seen |= expected
    assert len(seen) > 350


def test_dundee_is_brenk_again() -> None:
    """Why the ChEMBL catalogue leaves it out."""
    catalogues = FilterCatalog.FilterCatalogParams.FilterCatalogs
    brenk, dundee = FilterCatalog.FilterCatalog(catalogues.BRENK), FilterCatalog.FilterCatalog(catalogues.CHEMBL_Dundee)
    assert brenk.GetNumEntries() == dundee.GetNumEntries() == 105


def test_similarity() -> None:
    one, other = fingerprint(mol(ASPIRIN)), fingerprint(mol("OC(=O)c1ccccc1O"))
    assert len(one) == 2048
    assert tanimoto(one, one) == 1.0
    assert 0.3 < tanimoto(one, other) < 0.7


def test_scaffold() -> None:
    assert scaffold(mol("CCc1ccccc1CC1CCNC1")) == Chem.CanonSmiles("c1ccccc1CC1CCNC1")
    assert scaffold(mol("CCO")) == ""


def test_threads_share_the_tables() -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: describe(mol(CELECOXIB)), range(8)))
    assert all(each == found[0] for each in found)


def test_the_first_call_is_silent_and_the_import_light() -> None:
    """In a fresh process with warnings as errors: loading SA leaves no file open, and the tables alone bring no rdkit."""
    code = """
import sys
import apps.molecules.filters
assert "rdkit" not in sys.modules
from apps.molecules.properties import ALERTS, alerts, describe
from rdkit import Chem
mol = Chem.MolFromSmiles("CCO")
describe(mol), alerts(mol, ALERTS)
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
