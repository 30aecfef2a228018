from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.datastructures import Headers

from shared.api import body
from shared.errors import TooLarge, UploadStopped


def read(*messages: dict[str, Any], limit_bytes: int = 10, **headers: str) -> bytes:
    """A body that comes in these messages, and after them nothing."""
    left = list(messages)

    async def receive() -> Any:
        if not left:
            await asyncio.sleep(60)
        return left.pop(0)

    async def main() -> bytes:
        given = Headers({name.replace("_", "-"): value for name, value in headers.items()})
        return b"".join([chunk async for chunk in body.chunks(given, receive, limit_bytes)])

    return asyncio.run(main())


def piece(data: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": data, "more_body": more}


def test_pieces_up_to_the_limit() -> None:
    assert read(piece(b"12345", more=True), piece(b"", more=True), piece(b"67890", more=False)) == b"1234567890"


def test_one_byte_over_it() -> None:
    with pytest.raises(TooLarge, match="10 bytes"):
        read(piece(b"12345", more=True), piece(b"678901", more=True))
    with pytest.raises(TooLarge):
        read(content_length="11")


def test_a_client_that_goes_away() -> None:
    with pytest.raises(UploadStopped, match="closed"):
        read(piece(b"1", more=True), {"type": "http.disconnect"})


def test_a_client_that_falls_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "CHUNK_TIMEOUT_S", 0.05)
    with pytest.raises(UploadStopped, match="Nothing came"):
        read(piece(b"1", more=True))
