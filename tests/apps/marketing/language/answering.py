"""A step as the engine hands it to a model, and an OpenAI-compatible server on 127.0.0.1."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Listening:
    """`Step` of one request. gone_after: pieces after which nobody waits any more."""

    def __init__(self, gone_after: int | None = None) -> None:
        self.pieces: list[str] = []
        self.gone_after = gone_after

    def __call__(self, done: float, total: float) -> None:
        assert 0 <= done <= total

    def live(self, i: int) -> bool:
        return self.gone_after is None or len(self.pieces) < self.gone_after

    def fail(self, i: int, error: BaseException) -> None:
        raise error

    def emit(self, i: int, part: Any) -> None:
        self.pieces.append(part)


class FakeServer:
    """status, headers: of every answer; pieces: what it streams; asked: (path, headers, JSON) of each request."""

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.pieces = ["Cold", " for", " 24", " hours."]
        self.lines: list[str] | None = None
        self.asked: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.url = ""
        self.broke_off = threading.Event()
        self.pause_s = 0.0

    def stream(self, chat: bool) -> Iterator[str]:
        if self.lines is not None:
            yield from self.lines
            return
        for piece in self.pieces:
            choice = {"delta": {"content": piece}} if chat else {"text": piece}
            yield "data: " + json.dumps({"choices": [{"index": 0, **choice, "finish_reason": None}]})
        yield "data: " + json.dumps({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        yield "data: " + json.dumps({"choices": [], "usage": {"completion_tokens": 7, "prompt_tokens": 40}})
        yield "data: [DONE]"


@contextmanager
def serving(state: FakeServer) -> Iterator[FakeServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.asked.append((self.path, dict(self.headers), body))
            self.send_response(state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            if state.status != 200:
                self.wfile.write(b'{"error": "max_tokens is too large"}')
                return
            try:
                for line in state.stream(self.path.endswith("/chat/completions")):
                    self.wfile.write(f"{line}\n\n".encode())
                    self.wfile.flush()
                    threading.Event().wait(state.pause_s)
            except OSError:
                state.broke_off.set()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
