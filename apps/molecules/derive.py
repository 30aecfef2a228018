"""How the files of `reference/` were derived from the wheels of MOSES and fcd-torch: for developers, run once.

    pip download --no-deps molsets==0.3.1 fcd-torch==1.0.7 --dest DATA
    python -m apps.molecules.derive --data DATA

The statistics of MOSES and the layout of ChemNet's file are pickles. They are read here alone, from wheels whose sha256 is pinned, by an
unpickler that knows numpy arrays, counters and tensors and refuses every other name.
"""

from __future__ import annotations

import argparse
import codecs
import hashlib
import io
import json
import pickle
import random
import zipfile
from collections import Counter, OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

from apps.molecules.chemnet import FCD_TORCH, LAYOUT
from apps.molecules.histograms import FILE as HISTOGRAMS
from apps.molecules.moses import MOLSETS, STATISTICS, Wheel, pack

__all__ = ["Reader", "chemnet_layout", "histogram", "main", "moses_statistics"]

SHA256 = {
    "molsets": "7f4450e3ebecebe79c3a2a55950c93daddee071120daf64a163d03481e811d34",
    "fcd-torch": "63a24aae88c554a7ba6422cffdef3ad7c1befec73f835b70ead04097a1ebed6f",
}
CHEMNET = "fcd_torch/ChemNet_v0.13_pretrained.pt"
SPLITS = ("test", "test_scaffolds")
SOURCE = "MOSES (molsets 0.3.1, Polykovskiy et al. 2020, MIT)"
BIN_WIDTHS = {"logP": 0.25, "MW": 4.0, "QED": 0.02, "SA": 0.125, "TPSA": 5.0}
MOLECULES = 25_000
SEED = 1


class Reader(pickle.Unpickler):
    """Reads numpy arrays, counters and the tensors of a state dict, as (storage, offset, shape); no other name is looked up."""

    def find_class(self, module: str, name: str) -> Any:
        known = {
            ("numpy", "ndarray"): np.ndarray,
            ("numpy", "dtype"): np.dtype,
            ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
            ("_codecs", "encode"): _encode,
            ("collections", "Counter"): Counter,
            ("collections", "OrderedDict"): _StateDict,
            ("torch", "FloatStorage"): "float32",
            ("torch._utils", "_rebuild_tensor_v2"): lambda storage, offset, shape, *_: (storage, offset, shape),
        }
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"{module}.{name} is not expected in this file")
        return known[module, name]

    def persistent_load(self, pid: Any) -> str:
        return str(pid[2])


class _StateDict(OrderedDict[str, Any]):
    """Takes the attribute `_metadata` of a state dict."""


def _reconstruct(kind: type, shape: tuple[int, ...], dtype: bytes) -> np.ndarray:
    if kind is not np.ndarray or shape != (0,):
        raise pickle.UnpicklingError("an array is expected")
    return np.ndarray.__new__(np.ndarray, shape, dtype.decode())


def _encode(text: str, encoding: str) -> bytes:
    if encoding != "latin1":
        raise pickle.UnpicklingError("bytes are expected")
    return codecs.encode(text, "latin1")


def _check(wheel: Wheel, data: Path) -> None:
    with wheel.find(data).open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256[wheel.project]:
        raise SystemExit(f"The wheel of {wheel.project} has sha256 {found}: not the one whose pickles were looked at.")


def moses_statistics(data: Path, split: str) -> dict[str, dict[str, Any]]:
    """What MOSES stored of a reference set: FCD (mu, sigma), SNN (fps), Frag (frag), Scaf (scaf), logP, SA, QED and weight (values)."""
    _check(MOLSETS, data)
    with zipfile.ZipFile(io.BytesIO(MOLSETS.read(data, f"moses/dataset/data/{split}_stats.npz"))) as archive:
        file = io.BytesIO(archive.read("stats.npy"))
    np.lib.format.read_magic(file)
    np.lib.format.read_array_header_1_0(file)
    found: dict[str, dict[str, Any]] = Reader(file).load().item()
    return found


def write_statistics(data: Path) -> None:
    from safetensors.numpy import save_file

    arrays = {}
    for split in SPLITS:
        found = moses_statistics(data, split)["FCD"]
        # float32 and one triangle: a quarter of the bytes; the distance of 3,000 samples changes by less than 1e-6
        arrays[f"{split}.mean"] = found["mu"].astype(np.float32)
        arrays[f"{split}.covariance"] = pack(found["sigma"]).astype(np.float32)
    about = {
        "source": SOURCE,
        "licence": "MIT",
        "content": "mean and covariance of ChemNet's activations",
        "wheel_sha256": SHA256["molsets"],
    }
    save_file(arrays, STATISTICS, metadata=about)


def chemnet_layout(content: bytes) -> dict[str, tuple[int, list[int]]]:
    """Tensor -> (byte at which it begins, shape), of a `.pt` in torch's format before 1.6.

    That is five pickles (magic number, protocol, types, the object, the storages' keys), then the length and the bytes of each storage.
    """
    file = io.BytesIO(content)
    for _ in range(3):
        Reader(file).load()
    layers, storages = Reader(file).load(), Reader(file).load()
    begins, place = {}, file.tell()
    for storage in storages:
        begins[storage] = place + 8
        place += 8 + 4 * int.from_bytes(content[place : place + 8], "little")
    tensors = {}
    for number, (_, (state, *_)) in enumerate(layers):
        for name, (storage, offset, shape) in state.items():
            tensors[f"{number}.{name}"] = (begins[storage] + 4 * offset, list(shape))
    return tensors


def write_layout(data: Path) -> None:
    _check(FCD_TORCH, data)
    content = FCD_TORCH.read(data, CHEMNET)
    about = {"file": CHEMNET, "source": "fcd-torch 1.0.7 (MIT), ChemNet of Preuer et al. 2018 (LGPL-3.0): read, not shipped"}
    about |= {"sha256": hashlib.sha256(content).hexdigest()}
    LAYOUT.write_text(json.dumps({**about, "tensors": chemnet_layout(content)}) + "\n", encoding="utf-8")


def histogram(values: np.ndarray, width: float) -> dict[str, Any]:
    """Equal bins whose edges are multiples of `width`, and the median."""
    first, last = int(np.floor(values.min() / width)), int(np.floor(values.max() / width)) + 1
    edges = np.arange(first, last + 1) * width
    counts, _ = np.histogram(values, edges)
    return {"edges": [round(float(edge), 6) for edge in edges], "counts": counts.tolist(), "median": round(float(np.median(values)), 4)}


def write_histograms(data: Path) -> None:
    from rdkit import Chem, rdBase

    from apps.molecules.properties import describe
    from apps.molecules.train import read_moses

    molecules = random.Random(SEED).sample(read_moses(data, "test"), MOLECULES)
    described = [describe(Chem.MolFromSmiles(text)) for text in molecules]
    properties = {name: histogram(np.array([each[name] for each in described]), width) for name, width in BIN_WIDTHS.items()}
    about = {
        "source": f"{SOURCE}: random molecules of the test set",
        "licence": "MIT",
        "rdkit": rdBase.rdkitVersion,
        "molecules": MOLECULES,
    }
    HISTOGRAMS.write_text(json.dumps({**about, "properties": properties}) + "\n", encoding="utf-8")


def main() -> None:
    steps = {"statistics": write_statistics, "layout": write_layout, "histograms": write_histograms}
    parser = argparse.ArgumentParser(description="Derive the reference files of the molecules studio.")
    parser.add_argument("--data", type=Path, required=True, help="folder with the wheels of molsets and fcd-torch")
    parser.add_argument("--only", choices=list(steps), help="one of the files")
    arguments = parser.parse_args()
    for name, step in steps.items():
        if arguments.only in (None, name):
            step(arguments.data)


if __name__ == "__main__":
    main()
