"""Which patient of the two data sets serves what: never two purposes.

- **train**: fits the kernel codes (`fit.py`) and, later, networks.
- **demo**: the committed example and the tests.
- **benchmark**: the figures of the model card.

Chest X-rays are dealt by the patient's own id: `sha256(patient_id)` modulo 10 is 0-5 train, 6 demo, 7-9 benchmark. Brain MRI has seven
patients only and is dealt by hand, both studies of a patient together.
"""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import Literal

__all__ = ["Split", "mri_paths", "xray_paths", "xray_split"]

Split = Literal["train", "demo", "benchmark"]

MRI_SPLIT: dict[str, Split] = {
    "01": "train",
    "03": "train",
    "04": "train",
    "20": "train",
    "09": "demo",
    "12": "benchmark",
    "19": "benchmark",
}


def xray_split(patient_id: str) -> Split:
    bucket = int(hashlib.sha256(patient_id.encode()).hexdigest(), 16) % 10
    return "train" if bucket <= 5 else "demo" if bucket == 6 else "benchmark"


def xray_paths(data: Path, split: Split) -> dict[str, list[Path]]:
    """{patient id: its radiographs, sorted} of one split; empty without the folder."""
    table = data / "xray" / "data.csv"
    patients: dict[str, list[Path]] = {}
    if not table.exists():
        return patients
    with table.open(newline="") as rows:
        for row in csv.DictReader(rows):
            path = data / "xray" / f"{row['image_id']}.png"
            if xray_split(row["patient_id"]) == split and path.exists():
                patients.setdefault(row["patient_id"], []).append(path)
    return {patient: sorted(paths) for patient, paths in sorted(patients.items())}


def mri_paths(data: Path, split: Split) -> list[Path]:
    """Volumes of one split, sorted; empty without the folder."""
    return [path for path in sorted((data / "mri").glob("*patient*.nii.gz")) if MRI_SPLIT[path.name.split("patient")[1][:2]] == split]
