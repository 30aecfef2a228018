"""What the routes of one server share: its studios, executor, engine, keys and threads, and its start and stop."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import anyio.to_thread

from shared.api.keys import Keys
from shared.api.pool import Pool
from shared.api.traffic import Traffic
from shared.discovery import BrokenApp, load_apps
from shared.errors import EngineClosed, NotFound, SextantError
from shared.settings import Settings, settings

if TYPE_CHECKING:
    from shared.app import App
    from shared.runs import Executor
    from shared.serving import Engine
    from shared.task import Task

__all__ = ["Site"]

T = TypeVar("T")

log = logging.getLogger("sextant.api")

RUN_THREADS = 64  # as many runs as one GPU batches at a time; the engine, not this, bounds memory
WAITING_RUNS = 1_000
GRACE_S = 2.0  # a stop lets what is nearly done finish, then cancels
CLOSE_TIMEOUT_S = 2.0


class Site:
    """executor, engine, apps: the process's own and all that are installed, when not given. What was given is not closed."""

    def __init__(
        self,
        executor: Executor | None = None,
        engine: Engine | None = None,
        apps: Sequence[App] | None = None,
        settings_: Settings | None = None,
    ) -> None:
        self.settings = settings_ or settings()
        self.broken: list[BrokenApp] = []
        if apps is None:
            apps, self.broken = load_apps()
        for app in self.broken:
            log.warning("%s", app.reason)
        self.apps = {app.key: app for app in apps}
        self.keys = Keys(self.settings.api_keys, self.settings.owner)
        self.pool = Pool(RUN_THREADS, WAITING_RUNS)
        self.traffic = Traffic()
        self.stopping = False
        self._executor = executor
        self._own_executor = executor is None
        self._engine = engine
        self._not_ready = "The engine is starting."

    @property
    def executor(self) -> Executor:
        if self._executor is None:
            from shared.runs.default import local_executor

            self._executor = local_executor()
        return self._executor

    @property
    def engine(self) -> Engine:
        if self._engine is None:
            from shared.serving import default_engine

            self._engine = default_engine()
        return self._engine

    def task(self, app: str, name: str) -> Task[Any, Any]:
        """Raises `NotFound`."""
        if app not in self.apps:
            broken = next((f"{app!r} is installed and broken: {b.reason}" for b in self.broken if b.key == app), "")
            raise NotFound(broken or f"No studio is named {app!r}.", remedy=f"There are: {', '.join(self.apps) or 'none'}.")
        return self.apps[app].find_task(name)

    def owner(self, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """Whose request this is. Raises `Unauthorized`."""
        return self.keys.owner(headers)

    def why_not_ready(self) -> str:
        """Why requests would not be answered yet, or no longer; empty when they are."""
        if self.stopping:
            return "The server is stopping."
        return self._not_ready

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """From the server's start to its stop: the queue is drained, the engine made in a thread, all of it let go of."""
        await anyio.to_thread.run_sync(lambda: self.executor.drain(list(self.apps.values())))
        starter = threading.Thread(target=self._start_engine, name="sextant-engine-start", daemon=True)
        starter.start()
        try:
            yield
        finally:
            self.begin_stop()
            await anyio.to_thread.run_sync(self._close)
            await anyio.to_thread.run_sync(lambda: starter.join(CLOSE_TIMEOUT_S))

    def begin_stop(self) -> None:
        """Begin no more runs, end streams of events, and cancel after `GRACE_S` what still runs. Called in the event loop."""
        if not self.stopping:
            self.stopping = True
            if self._executor is not None:
                self._executor.hand_over()
            asyncio.get_running_loop().call_later(GRACE_S, self._cancel)

    def refuse_when_stopping(self) -> None:
        """Raises `EngineClosed`."""
        if self.stopping:
            raise EngineClosed("The server is stopping.", remedy="Try again in a few seconds.")

    async def in_thread(self, work: Callable[[], T]) -> T:
        """For what reads the disk or the database and is soon done."""
        return await anyio.to_thread.run_sync(work)

    def _cancel(self) -> None:
        if self._executor is not None:
            threading.Thread(target=self._executor.cancel_running, name="sextant-stop", daemon=True).start()

    def _close(self) -> None:
        if self._executor is not None:
            if self._own_executor:
                self._executor.close(CLOSE_TIMEOUT_S)
            else:
                self._executor.cancel_running()
        self.pool.close(CLOSE_TIMEOUT_S)

    def _start_engine(self) -> None:
        """The engine answers once its device was found; that imports torch, which takes seconds."""
        try:
            self.engine.status()
        except SextantError as error:
            self._not_ready = str(error)
        except Exception as error:
            log.exception("the engine does not start")
            self._not_ready = f"The engine does not start: {type(error).__name__}: {error}"
        else:
            self._not_ready = ""
