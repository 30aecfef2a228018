"""Where the bytes of files live: what a store can do, and the one that keeps them in memory."""

from __future__ import annotations

import hashlib
import io
from typing import BinaryIO, Protocol

from shared.errors import NotFound

__all__ = ["MemoryStore", "Store"]


class Store(Protocol):
    """Where bytes live by their sha256."""

    def put(self, data: bytes | BinaryIO) -> tuple[str, int]:
        """Keep `data`; returns its sha256 and its size in bytes. Whole or not at all."""

    def open(self, sha256: str) -> BinaryIO:
        """The bytes of `sha256`; raises `NotFound`."""

    def size(self, sha256: str) -> int:
        """Bytes of `sha256`; raises `NotFound`."""


class MemoryStore:
    """A store for calls that leave no record: gone with the last artifact that points at it."""

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}

    def put(self, data: bytes | BinaryIO) -> tuple[str, int]:
        blob = data if isinstance(data, bytes) else data.read()
        sha256 = hashlib.sha256(blob).hexdigest()
        self._blobs[sha256] = blob
        return sha256, len(blob)

    def open(self, sha256: str) -> BinaryIO:
        return io.BytesIO(self._blob(sha256))

    def size(self, sha256: str) -> int:
        return len(self._blob(sha256))

    def _blob(self, sha256: str) -> bytes:
        try:
            return self._blobs[sha256]
        except KeyError:
            raise NotFound(f"No file with sha256 {sha256[:12]}… is stored.", remedy="Give the file again.") from None
