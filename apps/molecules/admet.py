"""The 41 ADMET endpoints of ADMET-AI 2: what they mean, where a value stands among approved drugs, and the model that predicts them.

ADMET-AI: Swanson et al. 2024, doi:10.1093/bioinformatics/btae416; data sets of the Therapeutics Data Commons. `convert.py` writes the files
that are read here from its wheel; the weights stay in its package, which is installed beside the suite and never imported.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from shared.errors import LoadFailed, NotFound
from shared.serving import DType, Model, Source
from shared.serving.carrier import carried_file
from shared.serving.torch_archive import Stored

if TYPE_CHECKING:
    import numpy as np

    from apps.molecules.mpnn import LoadedAdmet
    from shared.serving import Device

__all__ = [
    "ADMET_MODEL",
    "ATC",
    "ENDPOINTS",
    "RADAR",
    "Axis",
    "Endpoint",
    "Predicted",
    "drug_columns",
    "ensembles",
    "percentile",
    "radar",
]

WEIGHTS = Path(__file__).parent / "weights"
MANIFEST = WEIGHTS / "admet.json"
MANIFEST_SHA256 = "e175f43851dd2688b46caa60b187affa09655f4ab4e9381f820c6dc5ef39579a"
DRUGS = WEIGHTS / "admet_drugs.safetensors"
DRUGS_SHA256 = "9802ba5ed426672082b742ca3c405d792f33611158ab256f294775e8b4ac4b47"
PACKAGE, VERSION = "admet-ai", "2.0.1"
DEPTH = 3
NORM = 100.0
"""The sum over atoms is divided by it (Chemprop's NormAggregation)."""
PARAMETERS = 3_241_805
CHUNK_ATOMS = 4096
"""Molecules beyond these atoms are computed after the first ones, which bounds the memory."""
ATOM_BYTES = 24_000
"""Hidden states of 300 numbers for the directed bonds of an atom (measured: 22,900 where no neighbourhood repeats, 7,000 for peptides)."""


NEVER_NEGATIVE = frozenset({"hr", "L/kg", "uL/min/10^6 cells", "uL/min/mg"})


@dataclass(frozen=True)
class Endpoint:
    """One endpoint.

    unit: "probability" for a class. better: "high", "low", or "" where it depends on the project. size: molecules of its data set.
    auroc: of a class; r2, mae (in `unit`): of a regression; published by ADMET-AI on held-out data.
    """

    name: str
    title: str
    category: Literal["Absorption", "Distribution", "Metabolism", "Excretion", "Toxicity"]
    kind: Literal["class", "regression"]
    unit: str
    better: Literal["high", "low", ""]
    species: str
    size: int
    url: str
    auroc: float | None = None
    r2: float | None = None
    mae: float | None = None

    def unphysical(self, value: float) -> bool:
        """Whether a regression left what can be measured: a negative time, volume or clearance, a share beyond 0 to 100 %."""
        return (value < 0 and self.unit in NEVER_NEGATIVE) or (self.unit == "%" and not 0 <= value <= 100)


def _endpoints() -> dict[str, Endpoint]:
    rows = json.loads((Path(__file__).parent / "endpoints.json").read_text(encoding="utf-8"))
    return {row["name"]: Endpoint(**row) for row in rows}


ENDPOINTS: dict[str, Endpoint] = _endpoints()
"""By name, in the order of `Predicted`: absorption, distribution, metabolism, excretion, toxicity."""

ATC: dict[str, str] = {
    "A": "alimentary tract and metabolism",
    "B": "blood and blood-forming organs",
    "C": "cardiovascular system",
    "D": "dermatologicals",
    "G": "genito-urinary system and sex hormones",
    "H": "systemic hormonal preparations",
    "J": "anti-infectives for systemic use",
    "L": "antineoplastic and immunomodulating agents",
    "M": "musculo-skeletal system",
    "N": "nervous system",
    "P": "antiparasitic products",
    "R": "respiratory system",
    "S": "sensory organs",
    "V": "various",
}
"""First level of the WHO's Anatomical Therapeutic Chemical classification."""


@dataclass(frozen=True)
class Axis:
    """One axis of the summary radar: the percentile of `endpoint`, or 100 less it, so that outwards is what its title says."""

    title: str
    endpoint: str
    inverted: bool


RADAR: tuple[Axis, ...] = (
    Axis("Blood-brain barrier safe", "BBB_Martins", inverted=True),
    Axis("Non-toxic", "ClinTox", inverted=True),
    Axis("Soluble", "Solubility_AqSolDB", inverted=False),
    Axis("Bioavailable", "Bioavailability_Ma", inverted=False),
    Axis("hERG safe", "hERG", inverted=True),
)
"""As admet.ai draws it. "Blood-brain barrier safe" says that it stays out, which a drug of the nervous system must not."""


def radar(percentiles: Mapping[str, float]) -> dict[str, float]:
    """Title -> 0 ... 100 for each axis of `RADAR`, from endpoint -> percentile."""
    return {axis.title: 100 - percentiles[axis.endpoint] if axis.inverted else percentiles[axis.endpoint] for axis in RADAR}


@cache
def _drugs() -> dict[str, np.ndarray]:
    from safetensors.numpy import load

    return load(_pinned(DRUGS, DRUGS_SHA256))


def drug_columns() -> tuple[str, ...]:
    """What `percentile` knows: the endpoints, and seven physicochemical properties by their names in `properties.py`."""
    return tuple(sorted(set(_drugs()) - {"atc", "atc_ends"}))


def percentile(name: str, values: Sequence[float] | np.ndarray, *, atc: str = "") -> np.ndarray:
    """(n,) float64, 0 ... 100: the share of approved drugs with a lower value than each of `values`.

    The drugs are the 2,845 of DrugBank as ADMET-AI predicts them; half of those equal count as lower. Within 0.5 points of the full table;
    a property that counts takes whole numbers. atc: only drugs of this class, a key of `ATC`, for endpoints, within 1.5 points.
    NaN stays NaN. Raises NotFound for an unknown name or class, LoadFailed when the table is not the pinned one.
    """
    import numpy as np

    table = _drugs()
    if name not in drug_columns():
        raise NotFound(f"There is no reference for {name!r}.", remedy=f"One of {', '.join(drug_columns())}.")
    x, y = (_class_distribution(name, atc) if atc else table[name]).astype(np.float64)
    # through float32, as the table is: a value that equals a drug's must not fall beside its step
    found: np.ndarray = np.interp(np.asarray(values, np.float32).astype(np.float64), x, y, left=0.0, right=100.0)
    return found


def _class_distribution(name: str, atc: str) -> np.ndarray:
    if atc not in ATC or name not in ENDPOINTS:
        raise NotFound(f"There is no reference for {name!r} in class {atc!r}.", remedy=f"Classes are {', '.join(ATC)}, for endpoints only.")
    at = list(ATC).index(atc) * len(ENDPOINTS) + list(ENDPOINTS).index(name)
    ends = _drugs()["atc_ends"].ravel()
    return _drugs()["atc"][:, ends[at - 1] if at else 0 : ends[at]]


@dataclass(frozen=True, eq=False)
class Predicted:
    """mean, deviation: (41,) float32 in the order of `ENDPOINTS`; the mean and the sample standard deviation of five networks."""

    mean: np.ndarray
    deviation: np.ndarray


@dataclass(frozen=True)
class Checkpoint:
    """One network's file inside the package, and where its tensors lie."""

    name: str
    source: Source
    layout: Mapping[str, Stored]

    def find(self) -> Path:
        """Its path. Raises Unavailable when the package is not installed, or is another version."""
        return carried_file(PACKAGE, VERSION, self.name)


@dataclass(frozen=True)
class Ensemble:
    """Networks trained alike; `endpoints` in the order of their outputs."""

    endpoints: tuple[str, ...]
    files: tuple[Checkpoint, ...]


@cache
def ensembles() -> tuple[Ensemble, ...]:
    """Of the classes and of the regressions. Raises LoadFailed when the manifest is missing or not the pinned one."""
    record = json.loads(_pinned(MANIFEST, MANIFEST_SHA256))
    return tuple(Ensemble(tuple(each["endpoints"]), tuple(map(_checkpoint, each["files"]))) for each in record["ensembles"])


def _checkpoint(record: Mapping[str, Any]) -> Checkpoint:
    layout = {key: Stored(at, offset, tuple(shape), dtype) for key, (at, offset, shape, dtype) in record["tensors"].items()}
    return Checkpoint(record["name"], Source("embedded", record["name"], VERSION, record["sha256"]), layout)


def _pinned(path: Path, sha256: str) -> bytes:
    if not path.is_file():
        raise LoadFailed(f"{path.name} is missing.", remedy="Install the suite again.")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise LoadFailed(f"{path.name} is not the pinned one.", remedy="Install the suite again.")
    return content


def _load(device: Device, dtype: DType) -> LoadedAdmet:
    """float32 whatever the device prefers: three million parameters gain nothing from less, and the deviations would lose."""
    from apps.molecules.mpnn import LoadedAdmet

    return LoadedAdmet(device.name)


def _nbytes(dtype: DType) -> int:
    return PARAMETERS * DType.FLOAT32.itemsize


def _working_bytes(requests: Sequence[str]) -> int:
    """Of one chunk (`mpnn.CHUNK_ATOMS`): a SMILES has no more atoms than characters."""
    atoms = max(min(sum(map(len, requests)), CHUNK_ATOMS), *map(len, requests))
    return atoms * ATOM_BYTES


def _check() -> None:
    """Raises what is missing: the manifest or one of the ten files of the package."""
    for each in ensembles():
        for file in each.files:
            file.find()


ADMET_MODEL: Model[str, Predicted] = Model(
    name="admet-ai",
    task="score",
    licence="MIT",
    source=Source("embedded", "apps/molecules/weights/admet.json (tensors in the package admet-ai)", VERSION, MANIFEST_SHA256),
    load=_load,
    nbytes=_nbytes,
    working_bytes=_working_bytes,
    batch_key=lambda smiles: None,
    max_batch=64,
    tolerance=1e-4,
    description="ADMET-AI: two ensembles of five D-MPNNs, 41 ADMET endpoints with the deviation of the ensemble",
    check=_check,
)
