"""The reference sets of MOSES: what the benchmark compares molecules with, out of the molsets wheel. Nothing of it is installed or run."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from apps.molecules import metrics
from shared.errors import Unavailable

__all__ = [
    "FCD_TORCH",
    "MOLSETS",
    "Reference",
    "Wheel",
    "cache",
    "chemnet_statistics",
    "fetch",
    "pack",
    "read_filters",
    "read_reference",
    "unpack",
]

STATISTICS = Path(__file__).parent / "reference" / "moses.safetensors"


@dataclass(frozen=True)
class Wheel:
    """A wheel that the user downloads, as data."""

    project: str
    version: str

    def find(self, data: Path) -> Path:
        """Its path in the folder `data`. Raises Unavailable with the command that brings it."""
        found = sorted(data.glob(self.pattern))
        if not found:
            raise Unavailable(f"No wheel of {self.project} {self.version} in {data}.", remedy=f"{self.command} --dest {data}")
        return found[0]

    def read(self, data: Path, name: str) -> bytes:
        """One file of it. Raises what `find` raises."""
        with zipfile.ZipFile(self.find(data)) as archive:
            return archive.read(name)

    @property
    def pattern(self) -> str:
        return f"{self.project.replace('-', '_')}-{self.version}-*.whl"

    @property
    def command(self) -> str:
        return f"pip download --no-deps {self.project}=={self.version}"


MOLSETS = Wheel("molsets", "0.3.1")
FCD_TORCH = Wheel("fcd-torch", "1.0.7")


def cache() -> Path:
    """Where the benchmark keeps wheels that it was not given."""
    import platformdirs

    return platformdirs.user_cache_path("sextant") / "molecules"


def fetch(data: Path) -> None:
    """Download the wheels that `data` lacks. Raises Unavailable where pip cannot."""
    for wheel in (MOLSETS, FCD_TORCH):
        if any(data.glob(wheel.pattern)):
            continue
        print(f"{wheel.command} --dest {data}", file=sys.stderr, flush=True)
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--dest",
            str(data),
            f"{wheel.project}=={wheel.version}",
        ]
        if subprocess.run(command, check=False).returncode:
            raise Unavailable(
                f"{wheel.project} {wheel.version} could not be downloaded.", remedy=f"Elsewhere: {wheel.command} --dest {data}"
            )


def read_filters(data: Path) -> metrics.Filters:
    """The 22 medicinal chemistry filters and 480 PAINS patterns of MOSES. Raises Unavailable without the wheel."""
    rows = csv.reader(io.StringIO(MOLSETS.read(data, "moses/metrics/mcf.csv").decode()))
    next(rows)
    mcf = {name: smarts.strip() for name, smarts in rows}
    pains = {name: smarts.strip() for smarts, name in csv.reader(io.StringIO(MOLSETS.read(data, "moses/metrics/wehi_pains.csv").decode()))}
    return metrics.Filters(mcf, pains)


@dataclass(frozen=True, eq=False)
class Reference:
    """fingerprints: (n, 128) uint8, packed, or (0, 128) where they are not needed; fragments and scaffolds: SMILES -> count."""

    fingerprints: np.ndarray
    fragments: Mapping[str, int]
    scaffolds: Mapping[str, int]

    @classmethod
    def of(cls, smiles: Sequence[str], *, only_scaffolds: bool = False) -> Reference:
        """Of a set of molecules, by the RDKit that reads the samples too: what another version wrote need not be spelled alike."""
        packed, fragments, scaffolds = [np.zeros((0, metrics.FINGERPRINT_BITS // 8), np.uint8)], Counter[str](), Counter[str]()
        for start in range(0, len(smiles), metrics.CHUNK):
            mols = [mol for mol in metrics.parse(smiles[start : start + metrics.CHUNK]) if mol is not None]
            scaffolds.update(metrics.scaffolds(mols))
            if not only_scaffolds:
                packed.append(np.packbits(metrics.fingerprints(mols), axis=1))
                fragments.update(metrics.fragments(mols))
        return cls(np.concatenate(packed), fragments, scaffolds)


def read_reference(data: Path, split: str, smiles: Sequence[str], *, only_scaffolds: bool = False) -> Reference:
    """`Reference.of`, kept in `data`: the test set costs two minutes the first time. A file of each version of RDKit."""
    from rdkit import rdBase

    path = data / f"moses-{split}.rdkit-{rdBase.rdkitVersion}.npz"
    if path.is_file():
        with np.load(path, allow_pickle=False) as found:
            tables = [Counter(dict(zip(found[f"{kind}_names"].tolist(), found[f"{kind}_counts"].tolist(), strict=True))) for kind in KINDS]
            return Reference(found["fingerprints"], *tables)
    reference = Reference.of(smiles, only_scaffolds=only_scaffolds)
    arrays = {"fingerprints": reference.fingerprints}
    for kind, table in zip(KINDS, (reference.fragments, reference.scaffolds), strict=True):
        arrays[f"{kind}_names"], arrays[f"{kind}_counts"] = np.array(list(table), dtype=np.str_), np.array(list(table.values()), np.int64)
    draft = path.with_suffix(".part.npz")
    np.savez_compressed(draft, allow_pickle=False, **arrays)
    draft.replace(path)
    return reference


KINDS = ("fragments", "scaffolds")


def chemnet_statistics(split: str, path: Path = STATISTICS) -> tuple[np.ndarray, np.ndarray]:
    """Mean (512,) and covariance (512, 512), float64, of ChemNet's activations over `test` or `test_scaffolds`, as MOSES computed them."""
    from safetensors.numpy import load_file

    found = load_file(path)
    return found[f"{split}.mean"].astype(np.float64), unpack(found[f"{split}.covariance"].astype(np.float64))


def pack(symmetric: np.ndarray) -> np.ndarray:
    """(n, n) -> (n (n + 1) / 2,): its upper triangle, row by row."""
    return symmetric[np.triu_indices(len(symmetric))]


def unpack(triangle: np.ndarray) -> np.ndarray:
    """The inverse of `pack`."""
    size = int((np.sqrt(8 * len(triangle) + 1) - 1) / 2)
    matrix = np.zeros((size, size), triangle.dtype)
    matrix[np.triu_indices(size)] = triangle
    return matrix + np.triu(matrix, 1).T
