from __future__ import annotations

from pathlib import Path

import fsspec
import pytest

from shared.errors import StorageFailed
from shared.runs import ArtifactStore


def test_a_damaged_remote_file_is_never_handed_out(tmp_path: Path) -> None:
    store = ArtifactStore(f"memory://{tmp_path.name}")
    sha256, _ = store.put(b"whole file")
    fsspec.filesystem("memory").pipe_file(f"/{tmp_path.name}/{sha256[:2]}/{sha256[2:4]}/{sha256}", b"whole")
    with pytest.raises(StorageFailed, match="damaged"):
        store.open(sha256)
    store.put(b"whole file")
    with store.open(sha256) as stream:
        assert stream.read() == b"whole file"


def test_a_failed_upload_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = fsspec.filesystem("memory")
    store = ArtifactStore(f"memory://{tmp_path.name}")
    whole = files.open

    def break_off(path: str, mode: str = "rb", **options: object) -> object:
        stream = whole(path, mode, **options)
        if mode == "wb":
            stream.write(b"ha")
            stream.close()
            raise OSError("connection lost")
        return stream

    monkeypatch.setattr(type(files), "open", lambda self, *arguments, **options: break_off(*arguments, **options))
    with pytest.raises(StorageFailed, match="connection lost"):
        store.put(b"half")
    monkeypatch.undo()
    assert not [path for path in files.find(f"/{tmp_path.name}") if files.isfile(path)]
