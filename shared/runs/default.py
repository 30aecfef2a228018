"""The process's own executor, made from its settings."""

from __future__ import annotations

import atexit
import logging
import os
import threading
from typing import TYPE_CHECKING, cast

from shared.errors import StorageFailed
from shared.runs.artifacts import ArtifactStore
from shared.runs.executor import Executor
from shared.runs.history import History

if TYPE_CHECKING:
    from shared.settings import Settings

__all__ = ["default_executor", "local_executor"]

log = logging.getLogger("sextant.runs")

_lock = threading.Lock()
_current: tuple[int, Settings, Executor] | None = None


def default_executor() -> Executor:
    """What runs tasks for this process: its own executor, or with `SEXTANT_SERVER` a client of that server.

    The client has the executor's and the history's calls that faces use, not what executor and history are to each other.
    """
    from shared.settings import settings

    if settings().server:
        from shared.api.client import default_client

        return cast("Executor", default_client())
    return local_executor()


def local_executor() -> Executor:
    """One a process, closed when it ends; another one after a fork, or when the settings were read anew and differ."""
    global _current  # noqa: PLW0603
    from shared.settings import settings

    with _lock:
        chosen = settings()
        if _current is not None and _current[:2] == (os.getpid(), chosen) and not _current[2].closed:
            return _current[2]
        if _current is not None and _current[0] == os.getpid():
            _close(_current[2])
        store = ArtifactStore(chosen.resolved_artifacts_url)
        history = History(chosen.resolved_database_url, store=store)
        executor = Executor(history, store, workers=chosen.workers, owner=chosen.owner)
        _current = (os.getpid(), chosen, executor)
        return executor


def _close(executor: Executor) -> None:
    executor.close()
    executor.history.close()


@atexit.register
def _close_at_exit() -> None:
    if _current is not None and _current[0] == os.getpid():
        try:
            _close(_current[2])
        except StorageFailed as error:
            log.error("the last runs could not be written: %s", error)
