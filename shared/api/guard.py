"""Stands before every route: a web page of somebody else, or a name that is not this server's, gets nothing.

A browser sends a multipart POST to 127.0.0.1 for any page that asks it to, and a page whose name was made to point at
127.0.0.1 may even read the answer (DNS rebinding). So both the Host and, where there is one, the Origin must be ours.
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.api.answers import error_answer
from shared.api.traffic import Traffic
from shared.errors import Forbidden, SextantError

__all__ = ["LOCAL_HOSTS", "Guard"]

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
_REMEMBERED = 256


class Guard:
    """ASGI middleware. hosts: names without port that the server is called by; `*` = any. origins: whole origins of other
    web pages that may call it, beside the server's own. traffic: where requests are counted.
    """

    def __init__(self, app: ASGIApp, *, hosts: Collection[str], origins: Collection[str], traffic: Traffic) -> None:
        self._app = app
        self._hosts = {host.lower() for host in (*LOCAL_HOSTS, *hosts)}
        self._origins = {origin.lower().rstrip("/") for origin in origins}
        self._traffic = traffic
        self._accepted: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or "sextant.seen" in scope:  # seen: by a guard further out
            await self._app(scope, receive, send)
            return
        problem = self._problem(scope)
        if scope["type"] == "websocket":
            if problem is None:
                await self._app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008, "reason": problem.message})
            return
        seen = self._traffic.begin(scope)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
                message.setdefault("headers", []).append((b"x-content-type-options", b"nosniff"))
            await send(message)

        try:
            await (self._app if problem is None else error_answer(problem))(scope, receive, sending)
        finally:
            self._traffic.end(scope, seen)

    def _problem(self, scope: Scope) -> SextantError | None:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        origins = [value for name, value in scope["headers"] if name == b"origin"]
        host = hosts[0] if len(hosts) == 1 else b""
        if host not in self._accepted:
            if not self._is_ours(host):
                remedy = "Call it by its own name, or add this one to SEXTANT_HOSTS."
                return Forbidden("This server is not called by that name.", remedy=remedy)
            if len(self._accepted) < _REMEMBERED:
                self._accepted.add(host)
        if origins and not all(self._is_own_page(origin, host) for origin in origins):
            remedy = "Call it from its own pages or from a program, or add the origin to SEXTANT_ORIGINS."
            return Forbidden("Pages of other web sites may not call this server.", remedy=remedy)
        return None

    def _is_ours(self, host: bytes) -> bool:
        name = host.decode("latin-1").lower()
        if not name:
            return False
        if not name.endswith("]"):
            before, colon, port = name.rpartition(":")
            if colon and port.isdigit():
                name = before
        return "*" in self._hosts or name in self._hosts

    def _is_own_page(self, origin: bytes, host: bytes) -> bool:
        scheme, _, name = origin.lower().partition(b"://")
        return (scheme in (b"http", b"https") and name == host.lower()) or origin.decode("latin-1").lower() in self._origins
