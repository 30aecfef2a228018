from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import NotFound
from shared.files import digest
from shared.stores import MemoryStore


@given(st.binary(max_size=200))
def test_a_store_gives_back_what_was_put(data: bytes) -> None:
    store = MemoryStore()
    assert store.put(data) == store.put(io.BytesIO(data)) == digest(io.BytesIO(data))
    sha256, size = store.put(data)
    assert store.open(sha256).read() == data and store.size(sha256) == size


def test_what_was_never_put_is_not_found() -> None:
    with pytest.raises(NotFound, match="sha256 ba7816bf8f01…"):
        MemoryStore().open("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
