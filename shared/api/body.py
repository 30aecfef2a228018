"""Reading a request's body: refused by its limit while it streams, never kept whole when it has files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Receive

from shared.errors import BadInput, TooLarge, UploadStopped

__all__ = ["chunks", "read_json"]

CHUNK_TIMEOUT_S = 60.0


async def read_json(headers: Headers, receive: Receive, limit_bytes: int) -> dict[str, Any]:
    """The JSON object of a body. Raises `TooLarge`, `UploadStopped` and `BadInput`."""
    body = b"".join([chunk async for chunk in chunks(headers, receive, limit_bytes)])
    if not body:
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        where = f" at character {error.pos + 1}: {error.msg}" if isinstance(error, json.JSONDecodeError) else ""
        raise BadInput(f"The body is not JSON{where}.", remedy="Send an object of the request's fields.") from None
    if not isinstance(value, dict):
        raise BadInput("The body is JSON but no object.", remedy="Send an object of the request's fields.")
    return value


async def chunks(headers: Headers, receive: Receive, limit_bytes: int) -> AsyncIterator[bytes]:
    """The body's pieces as they come. Raises `TooLarge` with the first byte over the limit, or before any where a length is
    given; `UploadStopped` for one that ends early or makes no progress.
    """
    length = headers.get("content-length", "")
    if length.isdigit() and int(length) > limit_bytes:
        raise _too_large(limit_bytes)
    size_bytes, more = 0, True
    while more:
        chunk, more = await _next(receive)
        size_bytes += len(chunk)
        if size_bytes > limit_bytes:
            raise _too_large(limit_bytes)
        if chunk:
            yield chunk


async def _next(receive: Receive) -> tuple[bytes, bool]:
    """(a piece, whether more follow)."""
    try:
        async with asyncio.timeout(CHUNK_TIMEOUT_S):
            message = await receive()
    except TimeoutError:
        raise UploadStopped(f"Nothing came for {CHUNK_TIMEOUT_S:.0f} s.", remedy="Send the request again.") from None
    if message["type"] == "http.disconnect":
        raise UploadStopped("The connection closed before the body was complete.", remedy="Send the request again.")
    return message.get("body", b""), message.get("more_body", False)


def _too_large(limit_bytes: int) -> TooLarge:
    return TooLarge(f"The body is larger than {limit_bytes:,} bytes, the limit.", remedy="Send less, or ask for a higher limit.")
