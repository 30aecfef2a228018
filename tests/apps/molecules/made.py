"""Results as the three tasks make them, without a model: real figures of a few known molecules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rdkit import Chem

from apps.molecules import output, properties
from apps.molecules.admet import ENDPOINTS
from apps.molecules.molecule import Molecule, Prediction, Refused
from apps.molecules.tasks import MoleculesResult
from shared.app import Context, Figure

__all__ = ["CELECOXIB", "SMILES", "analogs", "fake_pipeline", "generated", "made", "scored"]

CELECOXIB = "Cc1ccc(cc1)-c1cc(nn1-c1ccc(cc1)S(N)(=O)=O)C(F)(F)F"
SMILES = (
    "CC(=O)Oc1ccccc1C(=O)O",
    CELECOXIB,
    "CC(C)Cc1ccc(cc1)[C@H](C)C(=O)O",
    "Cc1ccc(NC(=O)c2ccc(CN3CCN(C)CC3)cc2)cc1Nc1nccc(n1)-c1cccnc1",
    "CN1C2CCC1CC(C2)OC(=O)C(CO)c1ccccc1",
    "O=C(Nc1ccncc1)c1ccc2OCOc2c1",
)


def made(row: int, smiles: str, *, admet: bool = False, **fields: Any) -> Molecule:
    """A molecule with its real figures and alerts; the predictions are counted through, not predicted."""
    mol = Chem.MolFromSmiles(smiles)
    predictions = {name: Prediction(value=place / 41, deviation=0.01, percentile=100 * place / 41) for place, name in enumerate(ENDPOINTS)}
    return Molecule(
        row=row,
        smiles=Chem.MolToSmiles(mol),
        inchikey=Chem.MolToInchiKey(mol),
        properties=properties.describe(mol),
        alerts=properties.alerts(mol, properties.ALERTS),
        admet=predictions if admet else {},
        **fields,
    )


def _result(context: Context, kept: Sequence[Molecule], rejected: Sequence[Molecule], **fields: Any) -> MoleculesResult:
    refused = fields.get("refused", [])
    return MoleculesResult(
        molecules=list(kept),
        rejected=list(rejected),
        figures=[Figure(label="kept", value=40.0, unit="%", reference="4 of 10 drawn pass everything")],
        preview=context.artifact("molecules.png", output.grid_png(kept), "image/png"),
        sdf=context.artifact("molecules.sdf", output.write_sdf(kept, {"tool": "tests"}), "chemical/x-mdl-sdfile"),
        csv=context.artifact("molecules.csv", output.write_csv(kept, rejected, refused), "text/csv"),
        **fields,
    )


def generated(request: Any, context: Context) -> MoleculesResult:
    """`count` copies of the known ones in turn, and two that were rejected."""
    kept = [made(2 * place + 1, SMILES[place % len(SMILES)], admet=request.admet, novel=True) for place in range(request.count)]
    rejected = [
        made(2, SMILES[0], rejected=["PAINS: catechol_A(92)"]),
        Molecule(row=4, smiles="CCO", rejected=["in the training set (novel_only)"]),
    ]
    counts = {
        "drawn": 10,
        "invalid": 3,
        "valid": 7,
        "repeated": 1,
        "unique": 6,
        "rejected: PAINS": 1,
        "rejected: novel_only": 1,
        "kept": len(kept),
    }
    return _result(context, kept, rejected, counts=counts)


def scored(request: Any, context: Context) -> MoleculesResult:
    """What can be read, with predictions; every other row refused."""
    molecules, refused = [], []
    for row, text in enumerate(request.molecules, 1):
        smiles, _, name = text.partition(" ")
        if Chem.MolFromSmiles(smiles) is None:
            refused.append(Refused(row=row, name=name, text=smiles, reason="This cannot be read."))
        else:
            molecules.append(made(row, smiles, admet=request.endpoints != "properties", name=name, tags={"Batch": "<i>7</i>"}))
    counts = {"rows": len(request.molecules), "scored": len(molecules), "refused": len(refused), "rejected": 0}
    return _result(context, molecules, (), refused=refused, counts=counts)


def analogs(request: Any, context: Context) -> MoleculesResult:
    """The hit and two like it."""
    kept = [
        made(3, request.hit.replace("C(F)(F)F", "C(F)F"), similarity=0.8, admet=True),
        made(1, request.hit.replace("S(N)", "S(C)"), similarity=0.6, admet=True),
    ]
    hit = made(0, request.hit, name="hit", similarity=1.0, admet=True)
    return _result(context, kept, (), hit=hit, counts={"drawn": 4, "invalid": 1, "valid": 3, "repeated": 1, "unique": 2, "kept": 2})


def fake_pipeline(monkeypatch: Any) -> None:
    """Put these in the place of what the tasks call."""
    monkeypatch.setattr("apps.molecules.pipeline.generate_molecules", generated)
    monkeypatch.setattr("apps.molecules.pipeline.score_molecules", scored)
    monkeypatch.setattr("apps.molecules.pipeline.analog_molecules", analogs)
