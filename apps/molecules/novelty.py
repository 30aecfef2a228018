"""Whether a molecule is one of the prior's training set: a Bloom filter over 1.58 million canonical SMILES in two megabytes.

    python -m apps.molecules.novelty --data FOLDER        builds it (FOLDER holds the molsets wheel)

A molecule of the training set is always found; of the others, `FALSE_POSITIVES` are taken for one too, so that `novel_only` loses these.
(B. H. Bloom, CACM 13, 1970; two hashes make all, Kirsch and Mitzenmacher, 2008.)
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from shared.errors import LoadFailed
from shared.serving.load import verify
from shared.serving.model import Source

__all__ = ["FALSE_POSITIVES", "KnownMolecules", "known_molecules"]

WEIGHTS = Path(__file__).parent / "weights"
FILE = WEIGHTS / "moses_train.safetensors"
SHA256 = "20fe5c7bce627fe5701b76ac42d93c3ab44546d682b2be44459d7a0ad47290bc"
BITS = 1 << 24
HASHES = 7
FALSE_POSITIVES = 0.006
"""(1 - exp(-7 n / 2^24))^7 for n = 1,584,663."""
PROBES = 64


class KnownMolecules:
    """bits: (2^21,) uint8, least significant bit first."""

    def __init__(self, bits: np.ndarray) -> None:
        self._bits = bits

    @classmethod
    def of(cls, smiles: Iterable[str]) -> KnownMolecules:
        """Of canonical SMILES."""
        bits = np.zeros(BITS // 8, np.uint8)
        for text in smiles:
            for place in _places(text):
                bits[place >> 3] |= 1 << (place & 7)
        return cls(bits)

    def __contains__(self, smiles: str) -> bool:
        """Whether the canonical SMILES is a known molecule (or one of the false positives)."""
        return all(self._bits[place >> 3] >> (place & 7) & 1 for place in _places(smiles))

    def save(self, path: Path, probes: Sequence[str]) -> None:
        """probes: known SMILES by which a reader finds out whether its RDKit writes them as ours did."""
        from safetensors.numpy import save_file

        about = {"source": "MOSES training set, molsets 0.3.1 (MIT)", "probes": " ".join(probes)}
        save_file({"bits": self._bits}, path, metadata=about)


def _places(smiles: str) -> list[int]:
    digest = hashlib.blake2b(smiles.encode(), digest_size=16).digest()
    first, second = int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little") | 1
    return [(first + turn * second) % BITS for turn in range(HASHES)]


@cache
def known_molecules(path: Path = FILE) -> KnownMolecules:
    """The shipped filter. Raises LoadFailed where this RDKit writes canonical SMILES in another way than the one that built it."""
    from rdkit import Chem
    from safetensors import safe_open

    verify(path, Source("embedded", str(path), sha256=SHA256))
    with safe_open(path, framework="numpy") as file:
        known = KnownMolecules(file.get_tensor("bits"))
        probes = file.metadata()["probes"].split()
    if any(Chem.MolToSmiles(Chem.MolFromSmiles(probe)) not in known for probe in probes):
        raise LoadFailed(
            "This version of RDKit writes canonical SMILES in another way than the one that listed the training set.",
            remedy="Install the version in constraints.txt, or leave out novel_only.",
        )
    return known


def main() -> None:
    from rdkit import Chem

    from apps.molecules.train import read_moses

    parser = argparse.ArgumentParser(description="List the training set for novel_only.")
    parser.add_argument("--data", type=Path, required=True, help="folder with the molsets wheel")
    parser.add_argument("--out", type=Path, default=FILE)
    arguments = parser.parse_args()
    molecules = [Chem.MolToSmiles(Chem.MolFromSmiles(text)) for text in read_moses(arguments.data, "train")]
    spread = np.linspace(0, len(molecules) - 1, PROBES).astype(int)
    KnownMolecules.of(molecules).save(arguments.out, [molecules[i] for i in spread])
    print(hashlib.sha256(arguments.out.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
