from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.archives import opened
from shared.errors import BadInput, TooLarge


def zipped(**members: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def contents(data: bytes) -> dict[str, bytes]:
    with opened(data, "It is damaged", remedy="Send it again.") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_an_archive_is_read() -> None:
    assert contents(zipped(a=b"one", b=b"")) == {"a": b"one", "b": b""}


def test_damage_is_named_with_what_to_do() -> None:
    with pytest.raises(BadInput) as caught:
        contents(b"PK\x03\x04broken")
    assert (caught.value.message, caught.value.remedy) == ("It is damaged (BadZipFile).", "Send it again.")
    assert type(caught.value) is BadInput and caught.value.__suppress_context__


def test_what_a_reader_refuses_goes_through_as_it_is() -> None:
    refused = TooLarge("Too many members.", remedy="Send fewer.")
    with pytest.raises(TooLarge) as caught, opened(zipped(a=b"one"), "It is damaged", remedy=""):
        raise refused
    assert caught.value is refused


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_is_no_damage(interrupt: type[BaseException]) -> None:
    with pytest.raises(interrupt), opened(zipped(a=b"one"), "It is damaged", remedy=""):
        raise interrupt


@given(st.data())
def test_any_damage_is_bad_input(data: st.DataObject) -> None:
    whole = bytearray(zipped(a=b"one " * 50, b=b"two"))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = contents(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    except BadInput:
        return
    assert all(isinstance(content, bytes) for content in found.values())
