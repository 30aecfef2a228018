"""Where the ADMET files come from: the wheel of ADMET-AI -> what its weights are called, its endpoints, and how approved drugs do.

    pip download --no-deps admet-ai==2.0.1 --dest /tmp/admet
    python -m apps.molecules.convert /tmp/admet/admet_ai-2.0.1-py3-none-any.whl

Nothing of the wheel is installed, imported or unpickled, and no structure of DrugBank is copied: of each column of its 2,845 approved
drugs a cumulative distribution is kept. The sha256 that `admet.py` pins are printed.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from apps.molecules.admet import ATC
from shared.serving.torch_archive import Stored, describe

__all__ = ["WHEEL_SHA256", "convert", "distribution", "endpoints", "ensemble"]

WHEEL_SHA256 = "fef3527f637abb00d272cf824e8eef0136fe31ebde6c56881f1a8c02c0417806"
DATA = "admet_ai/resources/data/"
MODELS = "admet_ai/resources/models/"
FOLDERS = {"class": "admet_classification", "regression": "admet_regression"}
MEMBERS = 5
UNUSED = ("metrics.", "predictor.criterion.")
"""What training needs and a prediction does not."""

CATEGORIES = ("Absorption", "Distribution", "Metabolism", "Excretion", "Toxicity")
PHYSICAL = {
    "molecular_weight": "MW",
    "logP": "logP",
    "hydrogen_bond_acceptors": "HBA",
    "hydrogen_bond_donors": "HBD",
    "QED": "QED",
    "stereo_centers": "stereocentres",
    "tpsa": "TPSA",
}
"""ADMET-AI's column -> its name in `properties.py`."""

HIGH = {"HIA_Hou", "Bioavailability_Ma", "Solubility_AqSolDB", "Caco2_Wang", "PAMPA_NCATS"}
DEPENDS = {
    "Lipophilicity_AstraZeneca",
    "HydrationFreeEnergy_FreeSolv",
    "BBB_Martins",
    "PPBR_AZ",
    "VDss_Lombardo",
    "Half_Life_Obach",
    "Clearance_Hepatocyte_AZ",
    "Clearance_Microsome_AZ",
    "CYP2C9_Substrate_CarbonMangels",
    "CYP2D6_Substrate_CarbonMangels",
    "CYP3A4_Substrate_CarbonMangels",
}
"""A target in the brain wants what another does not; all that is in neither set is better low (LD50 is the logarithm of 1 / dose)."""

TOLERANCE = 0.2
"""Percentage points between a kept distribution and the full one, at every drug's value."""
ATC_TOLERANCE = 1.5
"""Within a class of 44 to 388 drugs a percentile is no surer than that."""

UNITS = {"log(10^-6 cm/s)": "log(cm/s)"}
"""The package's table is off by six there: TDC's Caco2_Wang holds log10 of cm/s, about -4 for a permeable drug."""


def endpoints(rows: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """What `admet.Endpoint` takes, of the rows of `admet.csv`, by category."""

    def number(text: str) -> float | None:
        return round(float(text), 4) if text else None

    found = [
        {
            "name": row["id"],
            "title": row["name"],
            "category": row["category"],
            "kind": "class" if row["task_type"] == "classification" else "regression",
            "unit": "probability" if row["units"] == "-" else UNITS.get(row["units"], row["units"]),
            "better": "high" if row["id"] in HIGH else "" if row["id"] in DEPENDS else "low",
            "species": row["species"],
            "size": int(row["size"]),
            "url": row["url"],
            "auroc": number(row["AUROC"]),
            "r2": number(row["R^2"]),
            "mae": number(row["MAE"]),
        }
        for row in rows
        if row["category"] in CATEGORIES
    ]
    return sorted(found, key=lambda row: CATEGORIES.index(row["category"]))


def ensemble(archive: zipfile.ZipFile, kind: str) -> dict[str, Any]:
    """What `admet.Ensemble` is made of. Raises ValueError for checkpoints that are not the network of `mpnn.py`."""
    files, columns = [], []
    for member in range(MEMBERS):
        name = f"{MODELS}{FOLDERS[kind]}/model_{member}.pt"
        content = archive.read(name)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.pt"
            path.write_bytes(content)
            checkpoint = describe(path)
        _check(checkpoint["hyper_parameters"].items, kind)
        columns.append(checkpoint["output_columns"])
        tensors = {key: _fields(at) for key, at in checkpoint["state_dict"].items() if not key.startswith(UNUSED)}
        files.append({"name": name, "sha256": hashlib.sha256(content).hexdigest(), "tensors": tensors})
    if any(names != columns[0] for names in columns):
        raise ValueError("the networks of an ensemble predict different endpoints")
    return {"kind": kind, "endpoints": columns[0], "files": files}


def _fields(at: Stored) -> list[Any]:
    return [at.record, at.offset, list(at.shape), at.dtype]


def _check(settings: Mapping[str, Any], kind: str) -> None:
    passing, predictor = settings["message_passing"].items, settings["predictor"].items
    transform = predictor["output_transform"]
    found = {
        "features": (passing["d_v"], passing["d_e"], passing["d_vd"]),
        "depth": passing["depth"],
        "plain": (passing["bias"], passing["undirected"], settings["batch_norm"]),
        "no scaling of features": (passing["V_d_transform"], settings["X_d_transform"]),
        "classes": [each["cls"].__name__ for each in (passing, settings["agg"], predictor)],
        "norm": settings["agg"]["norm"],
        "activations": [type(each["activation"]).__name__ for each in (passing, predictor)],
        "layers": predictor["n_layers"],
        "output": None if transform is None else type(transform).__name__,
    }
    expected = {
        "features": (72, 14, 0),
        "depth": 3,
        "plain": (False, False, False),
        "no scaling of features": (None, None),
        "classes": ["BondMessagePassing", "NormAggregation", "BinaryClassificationFFN" if kind == "class" else "RegressionFFN"],
        "norm": 100,
        "activations": ["ReLU", "ReLU"],
        "layers": 1,
        "output": None if kind == "class" else "UnscaleTransform",
    }
    if found != expected:
        raise ValueError(f"another network than mpnn.py computes: {found}, expected {expected}")


def distribution(values: np.ndarray, tolerance: float = TOLERANCE) -> np.ndarray:
    """(2, knots) float32: values, and the percentage of `values` below each; between two knots a straight line is within `tolerance`.

    Of equal values a half counts as below, as `scipy.stats.percentileofscore(kind="rank")` has it.
    """
    x, counts = np.unique(values.astype(np.float32), return_counts=True)
    y = 100 * (np.cumsum(counts) - (counts - 1) / 2) / len(values)
    knots, low, high = [0], -np.inf, np.inf
    for place in range(1, len(x)):
        run = float(x[place]) - float(x[knots[-1]])
        slope = (y[place] - y[knots[-1]]) / run
        if not low <= slope <= high:  # a line to here would leave the tolerance of a value that it passes
            knots.append(place - 1)
            run = float(x[place]) - float(x[place - 1])
            slope = (y[place] - y[place - 1]) / run
            low, high = -np.inf, np.inf
        low, high = max(low, slope - tolerance / run), min(high, slope + tolerance / run)
    if len(x) > 1:
        knots.append(len(x) - 1)
    return np.stack([x[knots], y[knots].astype(np.float32)])


def drugs(rows: list[dict[str, str]], names: list[str]) -> dict[str, np.ndarray]:
    """`distribution` of each column; and of each endpoint within each ATC class, one behind the other in `atc`, with their `atc_ends`."""
    columns = {
        name: np.array([float(row[column]) for row in rows]) for column, name in [*PHYSICAL.items(), *((name, name) for name in names)]
    }
    classes = [{code[0] for code in row["atc"].split(";") if code} for row in rows]
    within = [
        distribution(columns[name][np.array([letter in found for found in classes])], ATC_TOLERANCE) for letter in ATC for name in names
    ]
    ends = np.cumsum([part.shape[1] for part in within]).reshape(len(ATC), len(names))
    kept = {name: distribution(column) for name, column in columns.items()}
    return {**kept, "atc": np.concatenate(within, axis=1), "atc_ends": ends.astype(np.int32)}


def convert(wheel: Path, out: Path) -> dict[str, str]:
    """Writes `endpoints.json` into `out` and the others into `out/weights`; {file: sha256}. Raises ValueError for another wheel."""
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        raise ValueError(f"{wheel.name} has sha256 {found}, expected {WHEEL_SHA256}: use admet-ai 2.0.1")
    with zipfile.ZipFile(wheel) as archive:
        table = endpoints(csv.DictReader(io.StringIO(archive.read(DATA + "admet.csv").decode())))
        approved = list(csv.DictReader(io.StringIO(archive.read(DATA + "drugbank_approved.csv").decode())))
        ensembles = [ensemble(archive, kind) for kind in FOLDERS]
    manifest = {"source": "admet-ai 2.0.1 (PyPI), MIT", "source_sha256": WHEEL_SHA256, "ensembles": ensembles}
    content = {
        "endpoints.json": _lines(table),
        "weights/admet.json": (json.dumps(manifest, separators=(",", ":")) + "\n").encode(),
        "weights/admet_drugs.safetensors": save(
            drugs(approved, [row["name"] for row in table]),
            # one entry: safetensors writes several in an order of its own, and the file is pinned
            metadata={"source": f"admet-ai 2.0.1, {DATA}drugbank_approved.csv, {len(approved)} drugs, wheel sha256 {WHEEL_SHA256}"},
        ),
    }
    for name, part in content.items():
        (out / name).write_bytes(part)
    return {name: hashlib.sha256(part).hexdigest() for name, part in content.items()}


def _lines(rows: list[dict[str, Any]]) -> bytes:
    """A line a row: a change shows as one."""
    return ("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n").encode()


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the ADMET files of the molecules studio from ADMET-AI's wheel.")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    arguments = parser.parse_args()
    for name, sha256 in convert(arguments.wheel, arguments.out).items():
        print(f"{sha256}  {name}")


if __name__ == "__main__":
    main()
