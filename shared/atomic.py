"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import shutil
from pathlib import Path
from typing import BinaryIO

__all__ = ["write_atomically"]


def write_atomically(path: Path, data: bytes | BinaryIO) -> None:
    """Write beside `path`, force it to the disk, then give it its name. Raises OSError and leaves nothing behind."""
    unfinished = path.with_name(f".{secrets.token_hex(8)}.unfinished")
    try:
        with unfinished.open("xb") as target:
            shutil.copyfileobj(io.BytesIO(data) if isinstance(data, bytes) else data, target)
            target.flush()
            os.fsync(target.fileno())
        os.replace(unfinished, path)
    finally:
        with contextlib.suppress(OSError):  # gone where it got its name
            unfinished.unlink()
