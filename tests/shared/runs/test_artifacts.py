from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import NotFound, StorageFailed, Unavailable
from shared.files import Artifact
from shared.runs import ArtifactStore

UNKNOWN = hashlib.sha256(b"never stored").hexdigest()


@pytest.fixture(params=["file", "memory"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path.as_uri() if request.param == "file" else f"memory://{tmp_path.name}")


@pytest.fixture(scope="module", params=["file", "memory"])
def open_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], ArtifactStore]:
    folder = tmp_path_factory.mktemp("round")
    url = folder.as_uri() if request.param == "file" else f"memory://{folder.name}"
    return lambda: ArtifactStore(url)


@settings(deadline=None)
@given(data=st.binary(max_size=5_000), as_stream=st.booleans())
def test_any_bytes_come_back_under_their_hash(open_store: Callable[[], ArtifactStore], data: bytes, as_stream: bool) -> None:
    sha256, size_bytes = open_store().put(io.BytesIO(data) if as_stream else data)
    assert (sha256, size_bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    again = open_store()
    assert again.size(sha256) == len(data)
    with again.open(sha256) as stream:
        assert stream.read() == data


def test_the_layout_is_by_hash(store: ArtifactStore, tmp_path: Path) -> None:
    sha256, _ = store.put(b"hello")
    path = tmp_path / "artifacts" / sha256[:2] / sha256[2:4] / sha256
    assert path.read_bytes() == b"hello"
    assert path.stat().st_mode & 0o077 == 0, "a patient's image is nobody else's"


def test_what_is_not_there_is_not_found(any_store: ArtifactStore) -> None:
    for sha256 in (UNKNOWN, "../../etc/passwd", "", UNKNOWN.upper(), UNKNOWN + "\n"):
        with pytest.raises(NotFound, match="Give the file again"):
            any_store.open(sha256)
        with pytest.raises(NotFound):
            any_store.size(sha256)


def test_large_streams_arrive_whole(any_store: ArtifactStore) -> None:
    data = bytes(range(256)) * 20_000
    sha256, size_bytes = any_store.put(io.BytesIO(data))
    assert size_bytes == len(data)
    with any_store.open(sha256) as stream:
        assert stream.read() == data


def test_a_bound_artifact_opens_from_the_store(any_store: ArtifactStore) -> None:
    made = Artifact.make("a.txt", b"text", "text/plain", any_store)
    assert made.read() == b"text"


def test_a_plain_path_is_a_folder(tmp_path: Path) -> None:
    sha256, _ = ArtifactStore(str(tmp_path / "a folder")).put(b"x")
    with ArtifactStore((tmp_path / "a folder").as_uri()).open(sha256) as stream:
        assert stream.read() == b"x"


@pytest.mark.parametrize(
    ("url", "error"),
    [("file://elsewhere/tmp", StorageFailed), ("nosuchscheme://bucket", Unavailable), ("file:///proc/nowhere", StorageFailed)],
)
def test_a_place_that_cannot_be_used_is_refused_by_name(url: str, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        ArtifactStore(url)
    assert url.rpartition("/")[2] in str(caught.value)
