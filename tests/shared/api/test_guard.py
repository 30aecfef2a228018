from __future__ import annotations

import asyncio
from typing import Any

import pytest

from shared.api.guard import Guard
from shared.api.traffic import Traffic


def ask(
    host: bytes | None, origin: bytes | None = None, kind: str = "http", *, hosts: tuple[str, ...] = (), origins: tuple[str, ...] = ()
) -> int:
    """Status of an answer; 200 is one of the application behind, 0 a web socket that was closed."""
    answered: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})

    async def send(message: Any) -> None:
        answered.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    headers = [(b"host", host)] * (host is not None) + [(b"origin", origin)] * (origin is not None)
    scope = {"type": kind, "method": "GET", "path": "/", "headers": headers}
    asyncio.run(Guard(app, hosts=hosts, origins=origins, traffic=Traffic())(scope, receive, send))
    return int(answered[0].get("status", 0))


@pytest.mark.parametrize("host", [b"localhost", b"LOCALHOST:80", b"127.0.0.1:8501", b"[::1]", b"[::1]:8501", b"gpu.example:1"])
def test_its_own_names(host: bytes) -> None:
    assert ask(host, hosts=("gpu.example",)) == 200
    assert ask(host, kind="websocket", hosts=("gpu.example",)) == 200


@pytest.mark.parametrize(
    "host", [None, b"", b"evil", b"localhost.evil", b"evil:localhost", b"127.0.0.1.evil:80", b"[::2]", b"localhost:80:80", b"\xff"]
)
def test_names_that_are_not_its_own(host: bytes | None) -> None:
    assert ask(host) == 403
    assert ask(host, kind="websocket") == 0


def test_any_name_where_that_is_wanted() -> None:
    assert ask(b"anything:80", hosts=("*",)) == 200
    assert ask(b"anything:80", b"http://other", hosts=("*",)) == 403


@pytest.mark.parametrize("origin", [b"http://localhost:8501", b"https://LOCALHOST:8501", b"https://hospital.example"])
def test_its_own_pages(origin: bytes) -> None:
    assert ask(b"localhost:8501", origin, origins=("https://hospital.example/",)) == 200


@pytest.mark.parametrize(
    "origin",
    [
        b"null",
        b"http://evil",
        b"http://localhost",
        b"http://localhost:85",
        b"http://localhost:8501.evil",
        b"file://localhost:8501",
        b"",
        b"\xff",
    ],
)
def test_pages_of_others(origin: bytes) -> None:
    assert ask(b"localhost:8501", origin) == 403
    assert ask(b"localhost:8501", origin, kind="websocket") == 0


def test_two_hosts_are_none() -> None:
    answered: list[Any] = []

    async def send(message: Any) -> None:
        answered.append(message)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"localhost"), (b"host", b"evil")]}
    asyncio.run(Guard(app, hosts=(), origins=(), traffic=Traffic())(scope, send, send))  # type: ignore[arg-type]
    assert answered[0]["status"] == 403
