"""A server's history, files and runs under the names that the local ones have."""

from __future__ import annotations

import io
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from shared.api.connection import Connection
from shared.errors import BadInput, NotFound, Unavailable
from shared.files import Store
from shared.runs.run import Row, Run, RunProgress, as_json

if TYPE_CHECKING:
    from shared.context import Progress

__all__ = ["RemoteHandle", "RemoteHistory", "RemoteStore", "run_of"]

_Runs = list[Run]  # inside the class `list` is a method

_RECONNECT_S = 1.0
_PATIENCE_S = 60.0  # a server that is started anew goes on with its queue
_POLL_S = 0.5


def run_of(shape: dict[str, Any], store: Store) -> Run:
    """The run of a server's answer; its files open from `store`."""
    texts = {name: as_json(shape[name]) for name in ("request", "models", "artifacts")}
    row: Row = {
        **{name: shape[name] for name in ("id", "app", "task", "status", "owner", "parent", "seed", "model", "work_units", "host")},
        **texts,
        "result": None if shape.get("result") is None else as_json(shape["result"]),
        "error": None if shape["error"] is None else as_json(shape["error"]),
        "progress": _progress(shape),
        **{name: _time(shape[name]) for name in ("created_at", "started_at", "finished_at")},
        "seconds": shape["seconds"],
        "pid": None,
        "process_started_at": None,
        "heartbeat_at": None,
        "cancel_requested": False,
    }
    return _RemoteRun(row, store)


class _RemoteRun(Run):
    """A run whose times came in milliseconds; how long it took did not."""

    @property
    def seconds(self) -> float | None:
        return None if self.row["seconds"] is None else float(self.row["seconds"])


class RemoteStore:
    """The server's files, as `shared.files.Store`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, data: bytes | BinaryIO) -> tuple[str, int]:
        """Upload, unless the server has it."""
        stream = io.BytesIO(data) if isinstance(data, bytes) else data
        if stream.seekable():
            from shared.files import digest

            start = stream.tell()
            sha256, size_bytes = digest(stream)
            if self._connection.has(sha256):
                return sha256, size_bytes
            stream.seek(start)
        return self._connection.upload(stream, "file")

    def open(self, sha256: str) -> BinaryIO:
        return self._connection.download(sha256)

    def size(self, sha256: str) -> int:
        return self._connection.size(sha256)


class RemoteHistory:
    """The runs that the key's owner has there."""

    def __init__(self, connection: Connection, store: RemoteStore) -> None:
        self._connection = connection
        self.store = store

    def get(self, run_id: str, owner: str | None = None) -> Run:
        """Raises `NotFound`."""
        return run_of(self._connection.json("GET", f"/v1/runs/{_safe(run_id)}"), self.store)

    def list(
        self, *, app: str | None = None, task: str | None = None, status: str | None = None, owner: str | None = None, limit: int = 50
    ) -> _Runs:
        """Newest first; a run's result is fetched when asked for."""
        wanted = {"app": app, "task": task, "status": status, "limit": min(limit, 1_000)}
        shapes = self._connection.json("GET", "/v1/runs", params=wanted)["runs"]
        return [_RemoteRun(run_of(shape, self.store).row, self.store, self._result_loader(shape["id"])) for shape in shapes]

    def request_cancel(self, run_id: str, owner: str | None = None) -> Run:
        return run_of(self._connection.json("DELETE", f"/v1/runs/{_safe(run_id)}"), self.store)

    def seconds_a_unit(self, app: str, task: str, model: str | None, units: float) -> float | None:
        pace = self._connection.json("GET", f"/v1/{app}/{task}/pace", params={"model": model, "units": units})["seconds_a_unit"]
        return None if pace is None else float(pace)

    def position(self, run: Run) -> int:
        return int(self._connection.json("GET", f"/v1/runs/{run.id}")["position"])

    def flush(self) -> None:
        """The server writes its own."""

    def close(self) -> None:
        """The connection is the client's."""

    def _result_loader(self, run_id: str) -> Any:
        def load() -> str | None:
            return str(text) if (text := self.get(run_id).row["result"]) is not None else None

        return load


class RemoteHandle:
    """A run that was submitted there."""

    def __init__(self, run: Run, connection: Connection, store: RemoteStore, on_progress: Progress | None = None) -> None:
        self._run = run
        self._connection = connection
        self._store = store
        self._on_progress = on_progress
        self._asked_at = 0.0
        self._position = 0

    @property
    def run_id(self) -> str:
        return self._run.id

    @property
    def position(self) -> int:
        """Its place in the server's queue: 1 is next, 0 has begun or is over."""
        self._look()
        return self._position

    @property
    def progress(self) -> RunProgress:
        return self._look().progress

    @property
    def done(self) -> bool:
        return self._look().finished

    def cancel(self) -> None:
        self._connection.json("DELETE", f"/v1/runs/{self.run_id}")

    def wait(self, timeout_s: float | None = None) -> Run:
        """The finished run. Raises the builtin `TimeoutError` after `timeout_s`, in which case the run goes on."""
        until = None if timeout_s is None else time.monotonic() + timeout_s
        if until is None:
            return self.follow(self._on_progress)
        while not self._look().finished:
            if time.monotonic() > until:
                raise TimeoutError(f"The run {self.run_id} is not over after {timeout_s} s; it goes on.")
            time.sleep(min(_POLL_S, max(0.0, until - time.monotonic())))
        return self._run

    def follow(self, on_progress: Progress | None) -> Run:
        """Wait for the end, telling `on_progress`. A server that is away for less than a minute is waited for."""
        lost_at: float | None = None
        while True:
            try:
                if (run := self._listen(on_progress)) is not None:
                    return run
                lost_at = lost_at or time.monotonic()  # it ended the stream: it stops
            except Unavailable:
                lost_at = lost_at or time.monotonic()
                if time.monotonic() - lost_at > _PATIENCE_S:
                    raise
            time.sleep(_RECONNECT_S)

    def _listen(self, on_progress: Progress | None) -> Run | None:
        for event, data in self._connection.events(f"/v1/runs/{self.run_id}/events"):
            if event == "end":
                self._run = run_of(data, self._store)
                return self._run
            self._run = _RemoteRun({**self._run.row, "status": data["status"], "progress": _progress(data)}, self._store)
            self._position, self._asked_at = int(data["position"]), time.monotonic()
            progress = data["progress"]
            if on_progress is not None and data["status"] == "running":
                on_progress(progress["done"], progress["total"], progress["note"])
        return None

    def _look(self) -> Run:
        """The run as it is now, asked for at most twice a second."""
        if not self._run.finished and time.monotonic() - self._asked_at > _POLL_S:
            self._asked_at = time.monotonic()
            shape = self._connection.json("GET", f"/v1/runs/{self.run_id}")
            self._position = int(shape["position"])
            self._run = run_of(shape, self._store)
        return self._run


def _progress(shape: dict[str, Any]) -> str:
    """As a row keeps it; a server that is older than this says nothing of a text."""
    progress = shape["progress"]
    return as_json([progress["done"], progress["total"], progress["note"], progress.get("text", "")])


def _safe(run_id: str) -> str:
    """Only letters and digits become part of a path."""
    if not (run_id.isascii() and run_id.isalnum()):
        raise NotFound(f"{run_id!r} is no run here.", remedy="See `sextant runs list`.")
    return run_id


def _time(text: str | None) -> float | None:
    try:
        return None if text is None else datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise BadInput(f"The server answered a time that cannot be read: {text!r}.") from None
