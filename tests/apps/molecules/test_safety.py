"""Both ways: what the schedules name is refused however it is written, and medicines are left alone."""

from __future__ import annotations

import csv
import json
import random
import time
from collections.abc import Callable, Iterator

import pytest
from rdkit import Chem

from apps.molecules import safety
from apps.molecules.filters import Condition
from apps.molecules.safety import Action, Finding, decide, refuse_objective, screen
from shared.errors import BadInput
from shared.serving.carrier import carried_file
from tests.apps.molecules.safety_examples import ALLOWED, BLOCKED, FLAGGED

DRUGS = ("admet-ai", "2.0.1", "admet_ai/resources/data/drugbank_approved.csv")


def found(smiles: str) -> tuple[Action, str] | None:
    finding = screen(Chem.MolFromSmiles(smiles))
    return None if finding is None else (finding.action, finding.rule)


@pytest.mark.parametrize(("smiles", "rule"), BLOCKED.values(), ids=list(BLOCKED))
def test_what_the_schedules_name_is_blocked(smiles: str, rule: str) -> None:
    assert found(smiles) == ("block", rule)


@pytest.mark.parametrize(("smiles", "rule"), FLAGGED.values(), ids=list(FLAGGED))
def test_relatives_and_precursors_are_flagged(smiles: str, rule: str) -> None:
    assert found(smiles) == ("flag", rule)


@pytest.mark.parametrize("smiles", ALLOWED.values(), ids=list(ALLOWED))
def test_medicines_and_reagents_are_left_alone(smiles: str) -> None:
    assert found(smiles) is None


def each_atom(smarts: str, change: Callable[[Chem.Atom], None]) -> Callable[[Chem.Mol], Chem.Mol]:
    """Change the first atom of every match."""

    def changed(mol: Chem.Mol) -> Chem.Mol:
        editable = Chem.RWMol(mol)
        for first, *_ in editable.GetSubstructMatches(Chem.MolFromSmarts(smarts)):
            change(editable.GetAtomWithIdx(first))
        Chem.SanitizeMol(editable)
        return editable.GetMol()

    return changed


def protonated(atom: Chem.Atom) -> None:
    atom.SetFormalCharge(1)
    atom.SetNoImplicit(False)


def with_heavy_isotopes(mol: Chem.Mol) -> Chem.Mol:
    heavy = Chem.AddHs(mol)
    for atom in heavy.GetAtoms():
        atom.SetIsotope({1: 2, 6: 13, 7: 15, 8: 18, 9: 18, 15: 32, 16: 35, 17: 37}.get(atom.GetAtomicNum(), 0))
    return heavy


def with_split_charges(mol: Chem.Mol) -> Chem.Mol:
    """P=O and S=O as P+ and O-."""
    editable = Chem.RWMol(mol)
    for centre, oxygen in editable.GetSubstructMatches(Chem.MolFromSmarts("[P,$(S(=O)([#6])[#6])]=[O,S;D1]")):
        editable.GetBondBetweenAtoms(centre, oxygen).SetBondType(Chem.BondType.SINGLE)
        editable.GetAtomWithIdx(centre).SetFormalCharge(1)
        editable.GetAtomWithIdx(oxygen).SetFormalCharge(-1)
    Chem.SanitizeMol(editable)
    return editable.GetMol()


def with_stereo(mol: Chem.Mol) -> Chem.Mol:
    from rdkit.Chem.EnumerateStereoisomers import EnumerateStereoisomers, StereoEnumerationOptions

    return list(EnumerateStereoisomers(mol, options=StereoEnumerationOptions(maxIsomers=2, onlyUnassigned=False)))[-1]


def beside(smiles: str) -> Callable[[Chem.Mol], Chem.Mol]:
    return lambda mol: Chem.CombineMols(mol, Chem.MolFromSmiles(smiles))


def through_a_molfile(mol: Chem.Mol) -> Chem.Mol:
    return Chem.MolFromMolBlock(Chem.MolToMolBlock(Chem.AddHs(mol), kekulize=True), removeHs=False)


def without_stereo(mol: Chem.Mol) -> Chem.Mol:
    flat = Chem.Mol(mol)
    Chem.RemoveStereochemistry(flat)
    return flat


WRITINGS: dict[str, Callable[[Chem.Mol], Chem.Mol]] = {
    "explicit hydrogens": Chem.AddHs,
    "isotopes": with_heavy_isotopes,
    "protonated amines": each_atom("[NX3;+0;!$(N-[!#6]);!$(N-C=[O,N,S]);!$(N-a);!$(N#*);!$(N=*)]", protonated),
    "split charges": with_split_charges,
    "a stereoisomer": with_stereo,
    "no stereo": without_stereo,
    "hydrochloride": beside("Cl"),
    "a counter-ion": beside("OS(=O)(=O)[O-]"),
    "beside a medicine": beside("CC(=O)Oc1ccccc1C(=O)O"),
    "beside an approved mustard": beside("O=C(O)CCCc1ccc(N(CCCl)CCCl)cc1"),
    "molfile": through_a_molfile,
}


@pytest.mark.parametrize("change", WRITINGS.values(), ids=list(WRITINGS))
def test_however_it_is_written(change: Callable[[Chem.Mol], Chem.Mol]) -> None:
    missed = {
        name for name, (smiles, _) in BLOCKED.items() if (f := screen(change(Chem.MolFromSmiles(smiles)))) is None or f.action != "block"
    }
    assert missed == set()


def writings(mol: Chem.Mol, count: int) -> Iterator[str]:
    """SMILES from other atoms on, and with single and double bonds in rings."""
    draw = random.Random(0)
    for number in range(count):
        order = list(range(mol.GetNumAtoms()))
        draw.shuffle(order)
        shuffled = Chem.RenumberAtoms(mol, order)
        if number % 2:
            Chem.Kekulize(shuffled, clearAromaticFlags=True)
        yield Chem.MolToSmiles(shuffled, canonical=False, kekuleSmiles=bool(number % 2), allHsExplicit=number % 3 == 0)


@pytest.mark.parametrize("name", [*BLOCKED, *FLAGGED])
def test_in_whatever_order(name: str) -> None:
    smiles, rule = (BLOCKED | FLAGGED)[name]
    assert {screen(Chem.MolFromSmiles(text)).rule for text in writings(Chem.MolFromSmiles(smiles), 12)} == {rule}


def test_ions_apart_are_found_too() -> None:
    assert found("C[P+](=O)OC(C)C.[F-]") == ("block", "cwc-1a-ion")
    assert found("[C-]#N.[Na+]") == ("block", "cwc-3a3")


def drugs() -> dict[str, Chem.Mol]:
    with carried_file(*DRUGS).open(encoding="utf-8", newline="") as stream:
        return {row["name"]: Chem.MolFromSmiles(row["smiles"]) for row in csv.DictReader(stream)}


def test_of_the_approved_drugs_seven_are_flagged_and_none_is_blocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifteen of 2,845 match a rule. Eight oncology mustards are let through; what a schedule names itself, or all but, is flagged."""
    medicines = drugs()
    assert len(medicines) == 2845
    screened = {name: finding for name, mol in medicines.items() if (finding := screen(mol)) is not None}
    assert {finding.action for finding in screened.values()} == {"flag"}
    opioids = {"Alfentanil", "Fentanyl", "Remifentanil", "Sufentanil"}
    assert set(screened) == opioids | {"Echothiophate", "Isoflurophate", "Mechlorethamine"}
    assert all("approved medicine" in finding.note for finding in screened.values())
    monkeypatch.setattr(safety, "_approved", lambda component: None)
    matched = {name for name, mol in medicines.items() if screen(mol) is not None}
    mustards = {"Bendamustine", "Chlorambucil", "Cyclophosphamide", "Melphalan", "Melphalan flufenamide", "Uracil mustard"}
    assert matched - set(screened) == mustards | {"Estramustine", "Estramustine phosphate"}


def test_a_medicine_s_salt_or_enantiomer_is_the_medicine() -> None:
    assert found("CN(CCCl)CCCl.Cl") == ("flag", "cwc-1a6") == found("C[NH+](CCCl)CCCl.[Cl-]")
    assert found("N[C@H](Cc1ccc(N(CCCl)CCCl)cc1)C(=O)O.Cl") is None
    assert found("[NH3+][C@@H](Cc1ccc(N(CCCl)CCCl)cc1)C(=O)[O-]") is None


def test_two_thousand_a_second() -> None:
    medicines = list(drugs().values())[::3]
    seconds = []
    for _ in range(3):
        start = time.process_time()
        for mol in medicines:
            screen(mol)
        seconds.append(time.process_time() - start)
    assert len(medicines) / min(seconds) >= 2000, seconds


def test_the_table_is_sound() -> None:
    """Each rule is tried by an example, and none is there twice."""
    raw = json.loads(safety.PATTERNS.read_text(encoding="utf-8"))
    rules = [row["id"] for row in (*raw["rules"], *raw["similar"])]
    assert len(set(rules)) == len(rules) and len({row["key"] for row in raw["approved"]}) == len(raw["approved"])
    tried = {rule for _, rule in (BLOCKED | FLAGGED).values()} | {"cwc-1a-ion"}
    assert set(rules) == tried
    assert all("CWC" in row["family"] or "21 CFR" in row["family"] for row in (*raw["rules"], *raw["similar"]))
    assert all(pattern is not None for rule in safety._table().rules for pattern in rule.patterns)


def test_a_message_names_the_family_and_the_regulation_only() -> None:
    finding = screen(Chem.MolFromSmiles("CCN(CCCl)CCCl"))
    assert finding == Finding("nitrogen mustard (CWC Schedule 1.A.6)", "block", "cwc-1a6")
    for text in (finding.refusal, finding.note):
        assert finding.family in text and finding.rule not in text and not set("[]=#@$") & set(text)


@pytest.mark.parametrize(
    ("action", "use", "decision"),
    [
        ("block", "score", "refuse"),
        ("block", "start", "refuse"),
        ("block", "output", "refuse"),
        ("flag", "score", "note"),
        ("flag", "start", "refuse"),
        ("flag", "output", "refuse"),
    ],
)
def test_what_follows(action: Action, use: safety.Use, decision: safety.Decision) -> None:
    assert decide(Finding("a family", action, "a-rule"), use) == decision
    assert decide(None, use) == "allow"


TOXIC = (
    "hERG",
    "AMES",
    "ClinTox",
    "LD50_Zhu",
    "DILI",
    "Carcinogens_Lagunin",
    "Skin_Reaction",
    "NR-AR-LBD",
    "NR-PPAR-gamma",
    "SR-p53",
    "SR-ARE",
)


@pytest.mark.parametrize("name", TOXIC)
def test_a_toxic_objective_is_refused_and_a_mild_one_is_not(name: str) -> None:
    for text in (
        f"{name}>=0.5",
        f"{name} > 0.5",
        f"{name}==1",
        f"{name}=1",
        f"{name}!=0",
        f"0.5<={name}",
        f"{name.lower()}≥.5",
        f"-{name}<=-0.5",
    ):
        with pytest.raises(BadInput, match="higher predicted toxicity"):
            refuse_objective(["QED>=0.6", text])
    refuse_objective([f"{name}<=0.5", f"{name} < 1e-1", f"{name}≤.5", f"0.5>={name}", f"admet.{name}<50%"])


def test_other_objectives_are_nobody_s_business() -> None:
    names = ("MW", "logP", "TPSA", "QED", "SA", "HBD", "HBA", "rotatable_bonds", "aromatic_rings", "Fsp3", "heavy_atoms", "stereocentres")
    admet = ("BBB_Martins", "Bioavailability_Ma", "HIA_Hou", "Solubility_AqSolDB", "Half_Life_Obach", "CYP3A4_Veith", "VDss_Lombardo")
    refuse_objective([f"{name}>=0.5" for name in (*names, *admet)])
    refuse_objective([Condition.parse("logP>=2"), Condition("hERG", "<=", 0.5)])
    with pytest.raises(BadInput, match=r"hERG>=0\.5"):
        refuse_objective([Condition("hERG", ">=", 0.5)])
