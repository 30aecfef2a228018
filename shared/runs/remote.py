"""Files by their sha256 on any file system of fsspec."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, BinaryIO, cast

import fsspec

from shared.errors import StorageFailed, Unavailable

__all__ = ["Remote"]

_CHUNK_BYTES = 1 << 20
_SPOOLED_BYTES = 32 << 20  # larger files wait on the local disk


class Remote:
    """`ab/cd/<sha256>` under a URL.

    Not every file system can rename, and those that can do not all do it at once. So nothing is uploaded before its hash is
    known, a failed upload is taken away, and bytes are handed out only once their hash was seen to be right.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            self._files, self._root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError) as error:  # fsspec names the package that is missing
            raise Unavailable(f"No file system for {url!r}: {error}", remedy="Install it, or change SEXTANT_ARTIFACTS_URL.") from None

    def put(self, data: bytes | BinaryIO) -> tuple[str, int]:
        with tempfile.SpooledTemporaryFile(_SPOOLED_BYTES) as spooled:
            sha256, size_bytes = self._spool(data, spooled)
            path = self._path(sha256)
            with self._storing():
                if not self._is_there(path, size_bytes):
                    self._upload(spooled, path, size_bytes)
        return sha256, size_bytes

    def open(self, sha256: str) -> BinaryIO:
        """A local copy, checked. Raises FileNotFoundError."""
        spooled = tempfile.SpooledTemporaryFile(_SPOOLED_BYTES)  # noqa: SIM115 (its reader closes it)
        try:
            with self._storing(), self._files.open(self._path(sha256), "rb") as stream:
                found, _ = self._spool(stream, spooled)
            if found != sha256:
                message = f"The stored file {sha256[:12]}… at {self.url} is damaged: its content has another hash."
                raise StorageFailed(message, remedy="Remove it there, then repeat the run or give the file again.")
        except BaseException:
            spooled.close()
            raise
        spooled.seek(0)
        return cast(BinaryIO, spooled)

    def size(self, sha256: str) -> int:
        """Raises FileNotFoundError."""
        with self._storing():
            return int(self._files.size(self._path(sha256)))

    def _path(self, sha256: str) -> str:
        return f"{self._root.rstrip('/')}/{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def _is_there(self, path: str, size_bytes: int) -> bool:
        self._files.invalidate_cache()  # another process may have written since this one listed the folder
        return bool(self._files.exists(path)) and self._files.size(path) == size_bytes

    def _upload(self, source: IO[bytes], path: str, size_bytes: int) -> None:
        source.seek(0)
        try:
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            with self._files.open(path, "wb") as target:
                for chunk in iter(lambda: source.read(_CHUNK_BYTES), b""):
                    target.write(chunk)
            if not self._is_there(path, size_bytes):
                raise OSError("the upload is incomplete")
        except BaseException:
            with suppress(Exception):
                self._files.rm_file(path)
            raise

    def _spool(self, data: bytes | BinaryIO, spooled: IO[bytes]) -> tuple[str, int]:
        sha, size_bytes = hashlib.sha256(), 0
        chunks = [data] if isinstance(data, bytes) else iter(lambda: data.read(_CHUNK_BYTES), b"")
        for chunk in chunks:
            sha.update(chunk)
            size_bytes += len(chunk)
            spooled.write(chunk)
        return sha.hexdigest(), size_bytes

    @contextmanager
    def _storing(self) -> Iterator[None]:
        """File systems raise what their libraries raise."""
        try:
            yield
        except (FileNotFoundError, StorageFailed):
            raise
        except Exception as error:
            remedy = "Check SEXTANT_ARTIFACTS_URL, its credentials and its space."
            raise StorageFailed(f"The artifact store {self.url} failed: {error}", remedy=remedy) from error
