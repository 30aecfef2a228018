"""uvicorn as Sextant wants it: fast, on this machine only unless told otherwise, and stopped within seconds."""

from __future__ import annotations

import gc
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn

from shared.errors import Unavailable

__all__ = ["STOP_S", "Server", "listen", "serve"]

STOP_S = 6  # for what runs when a stop is asked for; closing executor and threads takes at most two more
KEEP_ALIVE_S = 30


class Server(uvicorn.Server):
    """on_start: called once requests are taken. on_stop: called in the event loop when a stop begins, before connections are
    waited for: an open stream of events never ends by itself (`Site.begin_stop`).
    """

    def __init__(
        self, config: uvicorn.Config, on_start: Callable[[], None] | None = None, on_stop: Callable[[], None] | None = None
    ) -> None:
        super().__init__(config)
        self._on_start = on_start
        self._on_stop = on_stop

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A first signal drains, a second one does not wait. Only noted here: a handler may interrupt whoever holds a lock.

        uvicorn would raise the signal again afterwards, and SIGTERM would then end the process before its exit handlers.
        """
        if self.should_exit:
            self.force_exit = True
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.collect()
        gc.freeze()  # what was imported stays: the collector need not walk through it again for every few hundred requests
        if self.started and self._on_start is not None:
            self._on_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._on_stop is not None:
            self._on_stop()
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket whose connections send small answers at once. Raises `Unavailable`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else a keep-alive POST waits 40 ms for an ACK
        opened.bind((host, port))
    except OSError as error:
        opened.close()
        reason = error.strerror or error
        raise Unavailable(f"Cannot listen on {host}:{port}: {reason}.", remedy="Choose another --port or --host.") from None
    opened.set_inheritable(False)
    return opened


def serve(
    app: Any,
    host: str = "127.0.0.1",
    port: int = 8501,
    *,
    on_stop: Callable[[], None] | None = None,
    on_start: Callable[[str], None] | None = None,
) -> None:
    """Serve an ASGI application until SIGTERM or SIGINT; returns within ten seconds of it.

    port: 0 takes any that is free. on_start: told the URL once it answers. Raises `Unavailable` for a port that is taken.
    """
    opened = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{opened.getsockname()[1]}"
    try:
        Server(config_of(app), lambda: on_start(url) if on_start else None, on_stop).run(sockets=[opened])
    finally:
        opened.close()


def config_of(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",  # the other one of that library is deprecated
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # who forwards must not be believed about who asks
        timeout_graceful_shutdown=STOP_S,
        timeout_keep_alive=KEEP_ALIVE_S,
    )
