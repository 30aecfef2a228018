"""A hub on 127.0.0.1 with the three routes of a pull, and snapshots in HF_HOME as a pull leaves them."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from shared.serving.hub_record import Pulled, remember

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class FakeHub:
    """Serves `files` of any repository at `commit`; `fetched` names those that somebody asked for."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)
        self.commit = COMMIT
        self.status = 200
        self.fetched: list[str] = []

    def answer(self, path: str) -> tuple[bytes, dict[str, str]] | None:
        if "/revision/" in path:
            siblings = [{"rfilename": name, "size": len(data), "blobId": _etag(data)} for name, data in self.files.items()]
            return json.dumps({"id": "o/n", "modelId": "o/n", "sha": self.commit, "siblings": siblings}).encode(), {}
        if "/tree/" in path:
            rows = [{"type": "file", "path": name, "size": len(data), "oid": _etag(data)} for name, data in self.files.items()]
            return json.dumps(rows).encode(), {}
        name = path.partition(f"/resolve/{self.commit}/")[2]
        if name not in self.files:
            return None
        data = self.files[name]
        return data, {"ETag": f'"{_etag(data)}"', "X-Repo-Commit": self.commit}


@contextmanager
def serving(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Requests of huggingface_hub go to `hub` meanwhile."""
    from huggingface_hub import constants

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.reply(body=False)

        def do_GET(self) -> None:
            self.reply(body=True)

        def reply(self, *, body: bool) -> None:
            found = hub.answer(self.path.partition("?")[0]) if hub.status == 200 else None
            if found is None:
                self.send_response(404 if hub.status == 200 else hub.status)
                self.send_header("X-Error-Code", {403: "GatedRepo", 404: "RepoNotFound"}.get(hub.status, ""))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            data, headers = found
            if "/resolve/" in self.path and body:
                hub.fetched.append(self.path.rpartition(hub.commit + "/")[2])
            self.send_response(200)
            for key, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(key, value)
            self.end_headers()
            if body:
                self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}")
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def use_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """HF_HOME for this test: huggingface_hub reads the variable when it is imported, which may be long ago."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(folder))
    return folder


def snapshot(cache: Path, location: str) -> Path:
    """The folder where the files of a pulled `location` belong."""
    folder = cache / f"models--{location.replace('/', '--')}" / "snapshots" / COMMIT
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def pretend_pulled(cache: Path, location: str, patterns: tuple[str, ...], revision: str = "main") -> None:
    """Record whatever lies in the snapshot's folder as pulled."""
    folder = snapshot(cache, location)
    files = {str(path.relative_to(folder)): path.stat().st_size for path in sorted(folder.rglob("*")) if path.is_file()}
    remember(location, Pulled(revision=revision, commit=COMMIT, patterns=patterns, files=files))


def _etag(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()
