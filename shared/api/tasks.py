"""POST /v1/{app}/{task}: one route for every task, before FastAPI, whose own form and body handling it cannot use.

FastAPI's way to a route costs as much CPU as the rest of a small request (.1 ms of .4).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.api.answers import answer, failed_run, json_answer, unexpected
from shared.api.fields import parsed, read_fields
from shared.api.site import Site
from shared.cancel import CancelToken
from shared.runs.run import Run
from shared.task import Task

__all__ = ["TaskDoor", "accepted", "run_watched", "wants_async"]

_WATCH_AFTER_S = 0.05  # a client of a run shorter than this has no time to leave


class TaskDoor:
    """ASGI middleware: answers the run once it is over, or at once (202) to `Prefer: respond-async`; else lets pass."""

    def __init__(self, app: ASGIApp, *, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        steps: list[str] = scope["path"].split("/") if scope["type"] == "http" and scope["method"] == "POST" else []
        if len(steps) != 4 or steps[1] != "v1" or not (steps[2] and steps[3]):
            await self._app(scope, receive, send)
            return
        try:
            response = await self._answer(scope, receive, steps[2], steps[3])
        except Exception as error:
            response = unexpected(error, scope)
        await response(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, app: str, name: str) -> Response:
        site = self._site
        owner = site.owner(scope["headers"])
        task = site.task(app, name)
        if "sextant.seen" in scope:
            scope["sextant.seen"].route = f"/v1/{task.key}"
        site.refuse_when_stopping()
        headers = Headers(scope=scope)
        fields = await read_fields(site, task, owner, headers, receive)
        if wants_async(headers):
            return await site.in_thread(lambda: self._submit(task, owner, fields))
        return await run_watched(site, receive, lambda cancel: self._run(task, owner, fields, cancel))

    def _run(self, task: Task[Any, Any], owner: str, fields: dict[str, Any], cancel: CancelToken) -> Response:
        request = parsed(self._site, task, owner, fields)
        return finished(self._site.executor.run(task, request, owner=owner, cancel=cancel))

    def _submit(self, task: Task[Any, Any], owner: str, fields: dict[str, Any]) -> Response:
        handle = self._site.executor.submit(task, parsed(self._site, task, owner, fields), owner=owner)
        return accepted(self._site, handle.run_id)


def wants_async(headers: Headers) -> bool:
    """RFC 7240."""
    preferences = ",".join(headers.getlist("prefer")).lower().split(",")
    return any(preference.partition(";")[0].strip() == "respond-async" for preference in preferences)


def accepted(site: Site, run_id: str) -> Response:
    """202 with the queued run, its place in the queue, and where to ask for it."""
    run = site.executor.history.get(run_id)
    where = {"location": f"/v1/runs/{run.id}", "preference-applied": "respond-async"}
    return answer({**run.as_dict(), "position": site.executor.history.position(run)}, 202, where)


def finished(run: Run) -> Response:
    """A run that is over: itself when it is done, its error when not."""
    return failed_run(run) if run.row["error"] is not None else json_answer(run.as_json())


async def run_watched(site: Site, receive: Receive, work: Callable[[CancelToken], Response]) -> Response:
    """`work` in a thread for runs; its token is set when the client leaves, and when the server gives up waiting."""
    cancel = CancelToken()
    call = site.pool.submit(lambda: work(cancel))
    watchers: list[asyncio.Task[None]] = []
    watch = asyncio.get_running_loop().call_later(_WATCH_AFTER_S, lambda: watchers.append(asyncio.create_task(_watch(receive, cancel))))
    try:
        return await call
    except asyncio.CancelledError:
        cancel.cancel()
        raise
    finally:
        watch.cancel()
        for watcher in watchers:
            watcher.cancel()


async def _watch(receive: Receive, cancel: CancelToken) -> None:
    """Wait for the client to leave, then stop its run at its next step."""
    while (await receive())["type"] != "http.disconnect":
        pass
    cancel.cancel()
