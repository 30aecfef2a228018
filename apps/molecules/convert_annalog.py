"""Where ANNalog's weights come from: the wheel of annalog -> where each tensor lies in it, and what its tokens are.

    pip download --no-deps annalog==1.0.6 --dest /tmp/annalog
    python -m apps.molecules.convert_annalog /tmp/annalog/annalog-1.0.6-py3-none-any.whl

Nothing of the wheel is installed or imported, and of its pickles nothing is built but dicts, lists, strings and numbers. The sha256 that
`annalog.py` pins is printed.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import pickle
import tempfile
import zipfile
from pathlib import Path
from typing import Any, NoReturn

from apps.molecules.annalog import CHECKPOINT, MANIFEST
from shared.serving.torch_archive import Stored, describe

__all__ = ["WHEEL_SHA256", "convert", "read_vocabulary"]

WHEEL_SHA256 = "49cf13abf67b5cfed1b8b9071bfebe357964583ea1e22d6ed17a1310deaf54d8"
VOCABULARY = "annalog/ckpt_and_vocab/stereo_experiment_vocab_ttf.pkl"


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> NoReturn:
        raise ValueError(f"the vocabulary asks for {module}.{name}: only plain data was expected")


def read_vocabulary(content: bytes) -> list[str]:
    """The tokens in the order of their ids. Raises ValueError when anything but plain data, or another order, is stored."""
    record = _Plain(io.BytesIO(content)).load()
    tokens: list[str] = record["itos"]
    if record["stoi"] != {token: index for index, token in enumerate(tokens)}:
        raise ValueError("the vocabulary's two directions differ: not the layout of annalog 1.0.6")
    return tokens


def convert(wheel: Path, out: Path) -> str:
    """Writes the manifest and returns its sha256. Raises ValueError when the wheel is not the pinned one."""
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        raise ValueError(f"{wheel.name} has sha256 {found}, expected {WHEEL_SHA256}: use annalog 1.0.6")
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as folder:
        checkpoint = Path(archive.extract(CHECKPOINT, folder))
        layout: dict[str, Stored] = describe(checkpoint)
        record: dict[str, Any] = {
            "source": "annalog 1.0.6 (PyPI), MIT",
            "source_sha256": WHEEL_SHA256,
            "sha256": hashlib.sha256(checkpoint.read_bytes()).hexdigest(),
            "vocabulary": read_vocabulary(archive.read(VOCABULARY)),
            "tensors": {key: [stored.record, stored.offset, stored.shape, stored.dtype] for key, stored in layout.items()},
        }
    content = json.dumps(record, separators=(",", ":")).encode() + b"\n"
    out.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description="Describe the checkpoint and the vocabulary of the annalog wheel.")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--out", type=Path, default=MANIFEST)
    arguments = parser.parse_args()
    print(convert(arguments.wheel, arguments.out))


if __name__ == "__main__":
    main()
