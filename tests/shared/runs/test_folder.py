from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest

from shared.errors import BadInput, StorageFailed
from shared.runs.folder import Folder


class Broken(io.RawIOBase):
    """A stream that fails in the middle: a network drive that went away, or Ctrl-C."""

    def __init__(self, error: BaseException) -> None:
        self._parts: list[bytes | BaseException] = [b"the first half", error]

    def read(self, size: int = -1) -> bytes:
        part = self._parts.pop(0)
        if isinstance(part, BaseException):
            raise part
        return part


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(("error", "seen"), [(OSError(5, "Input/output error"), BadInput), (KeyboardInterrupt(), KeyboardInterrupt)])
def test_a_stream_that_breaks_leaves_nothing(tmp_path: Path, error: BaseException, seen: type[BaseException]) -> None:
    with pytest.raises(seen):
        Folder(tmp_path).put(Broken(error))  # type: ignore[arg-type]
    assert files_in(tmp_path) == []


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    sha256, _ = folder.put(b"once")
    before = files_in(tmp_path)[0].stat()
    assert folder.put(b"once")[0] == sha256
    assert folder.put(io.BytesIO(b"once"))[0] == sha256
    after = files_in(tmp_path)[0].stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert len(files_in(tmp_path)) == 1


@pytest.mark.parametrize("damaged", [b"half a f", b"whole fi1e", b""])
def test_a_damaged_file_is_refused_and_replaced(tmp_path: Path, damaged: bytes) -> None:
    """Also one that was seen to be right before, and also by a stream."""
    folder = Folder(tmp_path)
    sha256, _ = folder.put(b"whole file")
    folder.open(sha256).close()
    time.sleep(0.01)  # the clock of file times ticks every 4 ms
    files_in(tmp_path)[0].write_bytes(damaged)
    with pytest.raises(StorageFailed, match=r"damaged.*replaces it"):
        folder.open(sha256)
    folder.put(io.BytesIO(b"whole file"))
    with folder.open(sha256) as stream:
        assert stream.read() == b"whole file"


def test_what_killed_processes_left_is_removed_once_old(tmp_path: Path) -> None:
    old, young = tmp_path / ".unfinished-0", tmp_path / ".unfinished-1"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    Folder(tmp_path)
    assert files_in(tmp_path) == [young]
    young.unlink()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageFailed, match="SEXTANT_HOME"):
        Folder(tmp_path / "file" / "artifacts")


def test_a_name_taken_by_a_folder_is_told(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    sha256, _ = folder.put(b"x")
    path = files_in(tmp_path)[0]
    path.unlink()
    path.mkdir()
    with pytest.raises(StorageFailed, match="cannot be read"):
        folder.open(sha256)
    with pytest.raises(StorageFailed, match="Cannot store"):
        folder.put(b"x")
