"""What the molecules studio can do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import field_validator, model_validator

from apps.molecules.molecule import Molecule, Refused
from shared.app import App, Artifact, Context, Example, Field, File, InputFile, Request, Result, Work

__all__ = ["AnalogsRequest", "GenerateRequest", "MoleculesResult", "ScoreRequest", "analogs", "app", "generate", "score"]

NOTICE = "Predictions are estimates for ranking ideas, not measurements: nothing here says that a molecule is safe, active or can be made."
EXAMPLES = Path(__file__).parent / "examples"

FilterName = Literal["lipinski", "veber", "lead-like", "pains", "brenk", "chembl"]
WHERE = (
    "conditions on properties, all of which must hold, such as QED>=0.6 or logP<=4; "
    "of MW, logP, TPSA, QED, SA, HBD, HBA, rotatable_bonds, rings, aromatic_rings, Fsp3, heavy_atoms, stereocentres, charge, "
    "and of the ADMET endpoints, such as hERG<=0.3"
)


def _models() -> tuple[Any, ...]:
    from apps.molecules.models import MODELS

    return MODELS


app = App(
    key="molecules",
    title="Molecules",
    summary="Generate drug-like molecules, score them, and find analogues of a hit.",
    models=_models,
    notice=NOTICE,
    picture="card.webp",
)


class _Selection(Request):
    """How molecules are selected and reported, whatever made them."""

    filters: list[FilterName] = Field(
        default=["pains"],
        description="reject what fails: lipinski (one violation is let pass), veber, lead-like; structural alerts pains, brenk, chembl",
    )
    where: list[str] = Field(default=[], max_length=20, description=WHERE)

    @field_validator("where")
    @classmethod
    def _conditions(cls, value: list[str]) -> list[str]:
        from apps.molecules.filters import Condition

        for text in value:
            Condition.parse(text)
        return value


class GenerateRequest(_Selection):
    """How many molecules, how daring, and which are kept."""

    count: int = Field(default=100, ge=1, le=10_000, description="molecules to return, each different, after all filters")
    temperature: float = Field(
        default=0.93, ge=0.3, le=1.5, allow_inf_nan=False, description="1 samples as the model learned; lower is safer and less diverse"
    )
    novel_only: bool = Field(default=False, description="reject molecules of the model's training set (MOSES)")
    admet: bool = Field(default=False, description="predict the 41 ADMET endpoints of every molecule too")


class ScoreRequest(_Selection):
    """Molecules, and which figures are wanted."""

    molecules: list[str] = Field(default=[], max_length=10_000, description="SMILES, each with a name behind a space if you like")
    file: (
        Annotated[InputFile, File(kinds=("sdf", "sd", "mol", "smi", "smiles", "txt", "csv", "tsv", "sdf.gz"), max_bytes=64 << 20)] | None
    ) = Field(default=None, description="SDF, a list of SMILES, or CSV with a column of SMILES; at most 10,000 molecules")
    endpoints: Literal["all", "properties", "admet"] = Field(
        default="all", description="properties and alerts (RDKit), the 41 ADMET endpoints, or all"
    )
    salts: Literal["refuse", "strip"] = Field(
        default="refuse", description="what to do with several components: refuse the row, or keep the largest organic one"
    )
    filters: list[FilterName] = Field(default=[], description="mark as rejected what fails these; every row is reported all the same")

    @model_validator(mode="after")
    def _something(self) -> ScoreRequest:
        if not self.molecules and self.file is None:
            raise ValueError("no molecules were given: give SMILES in `molecules`, or an SDF, SMILES or CSV file in `file`")
        return self


class AnalogsRequest(_Selection):
    """A hit, and how far its analogues may be from it."""

    hit: str = Field(min_length=1, max_length=2000, description="SMILES of the molecule to vary")
    count: int = Field(default=30, ge=1, le=500, description="analogues to return, each different, after all filters")
    similarity: tuple[float, float] = Field(
        default=(0.35, 0.95), description="lowest and highest Tanimoto similarity to the hit (Morgan, radius 2, 2048 bits)"
    )
    core: str = Field(default="", max_length=1000, description="part of the hit that every analogue must hold, as SMILES or SMARTS")
    temperature: float = Field(
        default=1.1, ge=0.3, le=2.0, allow_inf_nan=False, description="higher goes further from the hit; lower suits macrocycles"
    )
    admet: bool = Field(default=True, description="predict the 41 ADMET endpoints of every molecule too")

    @field_validator("similarity")
    @classmethod
    def _window(cls, value: tuple[float, float]) -> tuple[float, float]:
        low, high = value
        if not (0 <= low < high <= 1):
            raise ValueError("lowest and highest similarity: two numbers between 0 and 1, the lower one first, are expected")
        return value


class MoleculesResult(Result):
    """The molecules that were kept, those that were not and why, and the same as files."""

    molecules: list[Molecule] = Field(description="kept, in order")
    rejected: list[Molecule] = Field(default=[], description="the first 500 that a filter rejected, with the reasons")
    refused: list[Refused] = Field(default=[], description="rows of the input that could not be used")
    counts: dict[str, int] = Field(default={}, description="how many were drawn, invalid, repeated, rejected by each filter, and kept")
    hit: Molecule | None = Field(default=None, description="the hit with its figures, for analogues")
    preview: Artifact = Field(description="PNG: the first molecules, drawn")
    sdf: Artifact = Field(description="SDF (V2000) of the kept molecules, for analogues the hit first; figures and origin as SD tags")
    csv: Artifact = Field(description="CSV of all molecules, rejected and refused ones with the reason")


SECONDS_A_MOLECULE = {"generate": 0.02, "admet": 0.01, "score": 0.02, "analogs": 0.05}
"""Of two CPU cores; `benchmark.py` measures them."""
WORKING_BYTES = 64 << 20


def _work_generate(request: GenerateRequest) -> Work:
    pace = SECONDS_A_MOLECULE["generate"] + request.admet * SECONDS_A_MOLECULE["admet"]
    return Work(request.count, "molecules", WORKING_BYTES, pace)


def _work_score(request: ScoreRequest) -> Work:
    rows = len(request.molecules)
    if request.file is not None:
        rows += max(1, request.file.size_bytes // (60 if not request.file.name.endswith(("sdf", "sd", "mol")) else 2500))
    pace = (request.endpoints != "admet") * SECONDS_A_MOLECULE["score"] + (request.endpoints != "properties") * SECONDS_A_MOLECULE["admet"]
    return Work(rows, "molecules", WORKING_BYTES, pace)


def _work_analogs(request: AnalogsRequest) -> Work:
    pace = SECONDS_A_MOLECULE["analogs"] + request.admet * SECONDS_A_MOLECULE["admet"]
    return Work(request.count, "molecules", WORKING_BYTES, pace)


@app.task(
    work=_work_generate,
    examples=(
        Example("100 drug-like molecules that pass PAINS", {"count": 100, "seed": 7}),
        Example(
            "Fragments for a CNS project: small, polar surface below 70, QED above 0.7",
            {
                "count": 60,
                "where": ["MW<=320", "TPSA<=70", "QED>=0.7"],
                "filters": ["pains", "brenk", "lipinski"],
                "novel_only": True,
                "admet": True,
            },
            short=False,
        ),
    ),
)
def generate(request: GenerateRequest, context: Context) -> MoleculesResult:
    """Generate new drug-like molecules, and say of each why it was kept or rejected.

    Sampled from a language model of SMILES that was trained on the MOSES set (ZINC clean leads: neutral, MW 250 to 350, no
    stereo). The figures count every draw, invalid ones included.
    """
    from apps.molecules.pipeline import generate_molecules

    return generate_molecules(request, context)


@app.task(
    work=_work_score,
    source_type="algorithmicallyEnhanced",
    examples=(
        Example(
            "Five oral drugs",
            {
                "molecules": [
                    "CC(=O)Oc1ccccc1C(=O)O aspirin",
                    "Cc1ccc(cc1)-c1cc(nn1-c1ccc(cc1)S(N)(=O)=O)C(F)(F)F celecoxib",
                    "Cc1ccc(NC(=O)c2ccc(CN3CCN(C)CC3)cc2)cc1Nc1nccc(n1)-c1cccnc1 imatinib",
                    "CC(C)Cc1ccc(cc1)[C@H](C)C(=O)O (S)-ibuprofen",
                    "CN1C2CCC1CC(C2)OC(=O)C(CO)c1ccccc1 atropine",
                ]
            },
            source="Structures of approved drugs",
            licence="facts",
        ),
        Example(
            "60 lead-like molecules, ranked for the brain",
            {"file": EXAMPLES / "leads.smi", "filters": ["pains", "brenk"], "where": ["TPSA<=90", "BBB_Martins>=0.7", "hERG<=0.5"]},
            source="leads.smi: drawn at random from the MOSES test set (molsets 0.3.1)",
            licence="MIT (MOSES)",
            short=False,
        ),
    ),
)
def score(request: ScoreRequest, context: Context) -> MoleculesResult:
    """Score molecules: drug-likeness, synthetic accessibility, structural alerts and 41 ADMET endpoints.

    Every predicted endpoint comes with the deviation of its ensemble and its percentile among 2,845 approved drugs. A row
    that cannot be read gets the reason; the others are scored.
    """
    from apps.molecules.pipeline import score_molecules

    return score_molecules(request, context)


@app.task(
    work=_work_analogs,
    examples=(
        Example(
            "Analogues of celecoxib",
            {"hit": "Cc1ccc(cc1)-c1cc(nn1-c1ccc(cc1)S(N)(=O)=O)C(F)(F)F", "count": 24, "seed": 3},
            source="Celecoxib, an approved drug",
            licence="fact",
        ),
    ),
)
def analogs(request: AnalogsRequest, context: Context) -> MoleculesResult:
    """Find analogues of a hit within a window of similarity, as a medicinal chemist would vary it.

    ANNalog writes the changes (a transformer trained on pairs of analogues from ChEMBL); RDKit judges them. Most similar first.
    """
    from apps.molecules.pipeline import analog_molecules

    return analog_molecules(request, context)
