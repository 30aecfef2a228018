"""Files written whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from shared.errors import BadInput

__all__ = ["UNFINISHED", "unfinished_in", "write_atomically", "write_durably"]

UNFINISHED = ".unfinished-"
"""How the name of a file begins that is still being written."""

_CHUNK_BYTES = 1 << 20


def write_atomically(path: Path, data: bytes | BinaryIO) -> None:
    """Put `data` at `path`: what was there stays until all of it is on the disk.

    Raises OSError when it cannot be written and leaves nothing behind, `BadInput` when `data` cannot be read.
    """
    with unfinished_in(path.parent) as unfinished:
        write_durably(unfinished, data)
        os.replace(unfinished, path)


@contextmanager
def unfinished_in(folder: Path) -> Iterator[Path]:
    """A new name in `folder`, so that `os.replace` stays on one file system; gone afterwards unless it was renamed."""
    unfinished = folder / f"{UNFINISHED}{secrets.token_hex(8)}"
    try:
        yield unfinished
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink()


def write_durably(path: Path, data: bytes | BinaryIO, *, mode: int = 0o666) -> tuple[str, int]:
    """Write a new file and force it to the disk; returns sha256 and size in bytes. Raises OSError and `BadInput`."""
    sha, size_bytes = hashlib.sha256(), 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    # Buffered: on a full disk an unbuffered file took a third of the bytes and said nothing.
    target = os.fdopen(descriptor, "wb", _CHUNK_BYTES)
    try:
        for chunk in _chunks(data):
            sha.update(chunk)
            size_bytes += len(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    except BaseException:
        with contextlib.suppress(OSError):  # it would try once more to write what does not fit
            target.close()
        raise
    target.close()
    return sha.hexdigest(), size_bytes


def _chunks(data: bytes | BinaryIO) -> Iterator[bytes]:
    """The bytes of `data`; that they cannot be read is no error of the disk that they go to."""
    if isinstance(data, bytes):
        yield data
        return
    while True:
        try:
            chunk = data.read(_CHUNK_BYTES)
        except OSError as error:
            problem = f"A file could not be read to its end: {error.strerror or error}."
            raise BadInput(problem, remedy="Check the disk or the network it lies on.") from error
        if not chunk:
            return
        yield chunk
