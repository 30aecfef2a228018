from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from shared.runs import atomic
from shared.runs.atomic import write_atomically


@pytest.mark.parametrize("data", [b"new", io.BytesIO(b"new")])
def test_what_was_there_is_replaced(tmp_path: Path, data: bytes | io.BytesIO) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"old")
    write_atomically(path, data)
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["page.html"]


def test_what_was_there_stays_when_the_disk_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"old")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic.os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["page.html"]


def test_others_may_read_what_the_umask_allows(tmp_path: Path) -> None:
    """A saved result is an ordinary file of its user, unlike one in the store."""
    before = os.umask(0o022)
    try:
        write_atomically(tmp_path / "a", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "nowhere" / "a", b"")
