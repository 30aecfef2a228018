"""A server as a program sees it: with the calls of an executor and its history, so that faces need not know which they have.

client = Client("http://gpu:8501", key="sx_...")
run = client.run(enhance, enhance.parse({"image": "a.dcm"}, paths=True))
run.result_of(enhance).image.read()
"""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING, Any, Self

from shared.api.connection import Connection
from shared.api.remote import RemoteHandle, RemoteHistory, RemoteStore, run_of
from shared.cancel import CancelToken
from shared.errors import Cancelled
from shared.runs.inputs import keep_files

if TYPE_CHECKING:
    from shared.context import Progress
    from shared.runs import Run, RunProgress
    from shared.settings import Settings
    from shared.task import Request, Task

__all__ = ["Client", "default_client"]

_ASYNC = {"prefer": "respond-async"}


class Client:
    """Runs tasks on the server at `url`; safe to use from many threads.

    Raises what the tasks raise, the server's own typed errors, and `Unavailable` when it cannot be reached. Files of a
    request are uploaded unless the server has them; those of a result are fetched when they are opened. `owner` and `engine`
    of the executor's calls have no meaning here: the key says who asks, and the engine is the server's.
    """

    def __init__(self, url: str, key: str | None = None) -> None:
        self.connection = Connection(url, key)
        self.store = RemoteStore(self.connection)
        self.history = RemoteHistory(self.connection, self.store)

    def run(
        self,
        task: Task[Any, Any],
        request: Request,
        *,
        on_progress: Progress | None = None,
        cancel: CancelToken | None = None,
        **_: Any,
    ) -> Run:
        """Run `request` there and wait; always returns a finished run. An interrupt cancels it there and is raised again.

        Without anybody who watches it is one call; with `on_progress` or `cancel` it is queued and followed.
        """
        if on_progress is not None or cancel is not None:
            return self._follow(self.submit(task, request), on_progress, cancel)
        return self._finished(self._send(task, request, {}))

    def submit(self, task: Task[Any, Any], request: Request, *, on_progress: Progress | None = None, **_: Any) -> RemoteHandle:
        """Queue `request` there; it outlives this process and that server."""
        accepted = self._send(task, request, _ASYNC)
        return RemoteHandle(run_of(accepted, self.store), self.connection, self.store, on_progress)

    def repeat(self, run_id: str, *, on_progress: Progress | None = None, cancel: CancelToken | None = None, **_: Any) -> Run:
        """Run an earlier run's request again, exactly."""
        path = f"/v1/runs/{self.history.get(run_id).id}/repeat"
        if on_progress is None and cancel is None:
            return self._finished(self.connection.json("POST", path, failed_run=True))
        return self._follow(self.submit_repeat(run_id), on_progress, cancel)

    def submit_repeat(self, run_id: str, **_: Any) -> RemoteHandle:
        """`repeat`, queued."""
        accepted = self.connection.json("POST", f"/v1/runs/{self.history.get(run_id).id}/repeat", headers=_ASYNC)
        return RemoteHandle(run_of(accepted, self.store), self.connection, self.store)

    def live(self, run_id: str) -> RunProgress | None:
        """None: nothing runs in this process. What the history answers is as new as the server knows."""
        return None

    def close(self, timeout_s: float = 0.0) -> None:
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, task: Task[Any, Any], request: Request, headers: dict[str, str]) -> dict[str, Any]:
        body = keep_files(task.with_model(request), self.store).model_dump(mode="json")
        return self.connection.json("POST", f"/v1/{task.key}", body=body, headers=headers, failed_run=not headers)

    def _finished(self, answer: dict[str, Any]) -> Run:
        """A run that failed is answered as an error with its id."""
        return self.history.get(answer["run"]) if "error" in answer and "run" in answer else run_of(answer, self.store)

    def _follow(self, handle: RemoteHandle, on_progress: Progress | None, cancel: CancelToken | None) -> Run:
        forget = cancel.on_cancel(handle.cancel) if cancel is not None else lambda: None
        try:
            return handle.follow(on_progress)
        except BaseException as error:
            if not isinstance(error, Cancelled):
                with contextlib.suppress(Exception):  # what was raised first says more
                    handle.cancel()
            raise
        finally:
            forget()


_lock = threading.Lock()
_current: tuple[int, Settings, Client] | None = None


def default_client() -> Client:
    """The process's client of `SEXTANT_SERVER`; another one after a fork, or when the settings were read anew."""
    global _current  # noqa: PLW0603
    from shared.settings import settings

    with _lock:
        chosen = settings()
        if _current is not None and _current[:2] == (os.getpid(), chosen):
            return _current[2]
        if _current is not None and _current[0] == os.getpid():
            _current[2].close()
        _current = (os.getpid(), chosen, Client(chosen.server, chosen.server_key.get_secret_value() or None))
        return _current[2]
