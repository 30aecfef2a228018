"""Files by their sha256: in a folder, or on whatever file system an fsspec URL names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from shared.errors import NotFound, StorageFailed
from shared.runs.folder import Folder

__all__ = ["ArtifactStore"]

_SHA256 = re.compile(r"[0-9a-f]{64}")


class _Backend(Protocol):
    """What keeps the bytes, as `ab/cd/<sha256>`. FileNotFoundError says that they are not there."""

    def put(self, data: bytes | BinaryIO) -> tuple[str, int]: ...

    def open(self, sha256: str) -> BinaryIO: ...

    def size(self, sha256: str) -> int: ...


class ArtifactStore:
    """A `shared.files.Store` at a URL: `file:///var/sextant/artifacts`, a plain path, `memory://name`, `s3://bucket/prefix`.

    What is stored has the hash it is asked by: it is written whole or not at all, and checked before it is handed out.
    Raises `StorageFailed` for a place that cannot be used.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        folder = _local_folder(url)
        self._backend: _Backend
        if folder is not None:
            self._backend = Folder(folder)
        else:
            from shared.runs.remote import Remote  # fsspec: 116 ms that a folder needs not pay

            self._backend = Remote(url)

    def put(self, data: bytes | BinaryIO) -> tuple[str, int]:
        """Keep `data`; returns its sha256 and its size in bytes. Raises `StorageFailed` and then leaves nothing behind."""
        return self._backend.put(data)

    def open(self, sha256: str) -> BinaryIO:
        """The bytes of `sha256`. Raises `NotFound`, and `StorageFailed` when what is there has another hash."""
        try:
            return self._backend.open(_checked(sha256))
        except FileNotFoundError:
            raise _not_found(sha256) from None

    def size(self, sha256: str) -> int:
        """Bytes of `sha256`. Raises `NotFound`."""
        try:
            return self._backend.size(_checked(sha256))
        except FileNotFoundError:
            raise _not_found(sha256) from None

    def __repr__(self) -> str:
        return f"ArtifactStore({self.url!r})"


def _local_folder(url: str) -> Path | None:
    """The folder that a `file:` URL or a path names, None for any other file system."""
    if "::" in url:  # fsspec's chained file systems
        return None
    scheme, _, rest = url.partition("://")
    if not rest:
        return Path(url).expanduser()
    if scheme not in ("file", "local"):
        return None
    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost"):
        raise StorageFailed(f"{url!r} names a folder of another machine.", remedy="Write it with three slashes: file:///folder.")
    return Path(unquote(parts.path))


def _checked(sha256: str) -> str:
    """Only a hash ever becomes a part of a path."""
    if not _SHA256.fullmatch(sha256):
        raise _not_found(sha256)
    return sha256


def _not_found(sha256: str) -> NotFound:
    return NotFound(f"No file with sha256 {sha256[:12]}… is stored.", remedy="Give the file again.")
