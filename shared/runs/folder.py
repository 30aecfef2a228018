"""Files by their sha256 in a folder of this machine."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from shared.errors import StorageFailed
from shared.files import digest
from shared.runs.atomic import UNFINISHED, unfinished_in, write_durably

__all__ = ["Folder"]

_UNFINISHED_LIMIT_S = 24 * 3600  # by then whoever wrote it was killed
_KNOWN_LIMIT = 4_096


class Folder:
    """`ab/cd/<sha256>` under `root`. Private to its user: files may be patients' images."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: OrderedDict[str, tuple[int, int, int]] = OrderedDict()
        self._lock = threading.Lock()
        with _storing(root):
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._remove_abandoned()

    def put(self, data: bytes | BinaryIO) -> tuple[str, int]:
        """Forced to the disk under another name, then given its own: no reader ever sees a part of a file."""
        if isinstance(data, bytes):
            sha256 = hashlib.sha256(data).hexdigest()
            if self._is_sound(sha256):
                return sha256, len(data)
        with _storing(self.root), unfinished_in(self.root) as unfinished:
            sha256, size_bytes = write_durably(unfinished, data, mode=0o600)
            if not self._is_sound(sha256):
                path = self._path(sha256)
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.replace(unfinished, path)
        return sha256, size_bytes

    def open(self, sha256: str) -> BinaryIO:
        """Raises FileNotFoundError, and `StorageFailed` for a file that was damaged."""
        try:
            stream = self._path(sha256).open("rb")
        except FileNotFoundError:
            raise
        except OSError as error:
            message = f"The stored file {sha256[:12]}… cannot be read: {error.strerror or error}."
            raise StorageFailed(message, remedy=f"Make {self.root} readable for you.") from error
        try:
            if not self._has_hash(stream, sha256):
                message = f"The stored file {sha256[:12]}… is damaged: its content no longer has this hash."
                raise StorageFailed(message, remedy="Check the disk; repeating the run or giving the file again replaces it.")
        except BaseException:
            stream.close()
            raise
        return stream

    def size(self, sha256: str) -> int:
        """Raises FileNotFoundError."""
        return self._path(sha256).stat().st_size

    def _path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def _is_sound(self, sha256: str) -> bool:
        """Whether the bytes of `sha256` are there, all of them and as they were."""
        try:
            with self._path(sha256).open("rb") as stream:
                return self._has_hash(stream, sha256)
        except OSError:
            return False

    def _has_hash(self, stream: BinaryIO, sha256: str) -> bool:
        """Read it once in a process, and again when the file changed."""
        state = os.fstat(stream.fileno())
        stamp = (state.st_ino, state.st_size, state.st_mtime_ns)
        with self._lock:
            if self._known.get(sha256) == stamp:
                self._known.move_to_end(sha256)
                return True
        if digest(stream)[0] != sha256:
            return False
        stream.seek(0)
        with self._lock:
            self._known[sha256] = stamp
            if len(self._known) > _KNOWN_LIMIT:
                self._known.popitem(last=False)
        return True

    def _remove_abandoned(self) -> None:
        """What killed processes left unfinished."""
        for path in self.root.glob(f"{UNFINISHED}*"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _UNFINISHED_LIMIT_S:
                    path.unlink()


@contextmanager
def _storing(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        remedy = "Free some space on that disk, make the folder writable, or set SEXTANT_HOME to another one."
        raise StorageFailed(f"Cannot store files in {root}: {error.strerror or error}.", remedy=remedy) from error
