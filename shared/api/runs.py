"""/v1/runs: list, look, cancel, repeat, and follow as it happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from shared.api.answers import answer
from shared.api.shapes import RunList, RunShape, errors
from shared.api.site import Site
from shared.api.tasks import accepted, finished, run_watched, wants_async
from shared.cancel import CancelToken
from shared.runs.run import Run, as_json
from shared.task import Task

__all__ = ["routes"]

_LIVE_POLL_S = 0.2  # a run of this process: two dictionary look-ups
_POLL_S = 0.5  # any other: a query
_KEEPALIVE_S = 15.0  # proxies close what is silent for a minute

Status = Literal["queued", "running", "done", "failed", "cancelled"]


def routes(site: Site) -> APIRouter:
    router = APIRouter(prefix="/v1/runs", tags=["runs"])

    def owner_of(request: Request) -> str:
        return site.owner(request.scope["headers"])

    @router.get("", summary="The newest runs", response_model=None, responses={200: {"model": RunList}, **errors(401)})
    def list_runs(
        request: Request,
        app: str | None = None,
        task: str | None = None,
        status: Status | None = None,
        limit: Annotated[int, Query(ge=1, le=1_000)] = 50,
    ) -> Response:
        """Newest first, without their results: those are in each run."""
        found = site.executor.history.list(app=app, task=task, status=status, owner=owner_of(request), limit=limit)
        return answer({"runs": [_without_result(run) for run in found]})

    @router.get("/{run_id}", summary="A run", response_model=None, responses={200: {"model": RunShape}, **errors(401, 404)})
    def get_run(request: Request, run_id: str) -> Response:
        run = site.executor.history.get(run_id, owner_of(request))
        return answer(_shape(site, run))

    @router.delete("/{run_id}", summary="Cancel a run", response_model=None, responses={200: {"model": RunShape}, **errors(401, 404)})
    def cancel_run(request: Request, run_id: str) -> Response:
        """A queued run is cancelled at once, a running one at the next step of its model; one that is over stays as it is."""
        run = site.executor.history.request_cancel(run_id, owner_of(request))
        site.executor.cancel_here(run.id)
        return answer(_shape(site, site.executor.history.get(run.id)))

    @router.post(
        "/{run_id}/repeat",
        summary="Run it again exactly",
        response_model=None,
        responses={200: {"model": RunShape}, 202: {"model": RunShape}, **errors(401, 404, 503)},
    )
    async def repeat_run(request: Request, run_id: str) -> Response:
        """The same request, seed, model and batch sizes; the same bytes come out. `Prefer: respond-async` answers 202 at once."""
        owner = owner_of(request)
        site.refuse_when_stopping()

        def submit() -> Response:
            return accepted(site, site.executor.submit_repeat(run_id, task=_task(site, run_id, owner), owner=owner).run_id)

        def repeat(cancel: CancelToken) -> Response:
            return finished(site.executor.repeat(run_id, task=_task(site, run_id, owner), owner=owner, cancel=cancel))

        if wants_async(request.headers):
            return await site.in_thread(submit)
        return await run_watched(site, request.receive, repeat)

    @router.get(
        "/{run_id}/events",
        summary="Follow a run",
        response_model=None,
        responses={200: {"content": {"text/event-stream": {}}, "description": "`progress` events, then one `end`"}, **errors(401, 404)},
    )
    async def follow_run(request: Request, run_id: str) -> Response:
        """Server-sent events: `progress` {status, position, progress} whenever one of these changes (also the text), then `end`."""
        owner = owner_of(request)
        run = await site.in_thread(lambda: site.executor.history.get(run_id, owner))
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(_events(site, run), media_type="text/event-stream", headers=headers)

    return router


async def _events(site: Site, run: Run) -> AsyncIterator[bytes]:
    """Until the run is over or the server stops; whoever still wants to know asks the next server."""
    yield b"retry: 1000\n\n"
    told: dict[str, Any] = {}
    silent_s = 0.0
    while not run.finished:
        state = await site.in_thread(partial(_state, site, run))
        if state != told:
            told, silent_s = state, 0.0
            yield f"event: progress\ndata: {as_json(state)}\n\n".encode()
        elif silent_s >= _KEEPALIVE_S:
            silent_s = 0.0
            yield b": still here\n\n"
        if site.stopping:
            return
        pause_s = _LIVE_POLL_S if site.executor.live(run.id) else _POLL_S
        await asyncio.sleep(pause_s)
        silent_s += pause_s
        run = await site.in_thread(partial(site.executor.history.get, run.id))
    yield f"event: end\ndata: {as_json(run.as_dict())}\n\n".encode()


def _task(site: Site, run_id: str, owner: str) -> Task[Any, Any]:
    run = site.executor.history.get(run_id, owner)
    return site.task(run.app, run.task)


def _state(site: Site, run: Run) -> dict[str, Any]:
    progress = run.progress if run.finished else site.executor.live(run.id) or run.progress
    return {"status": run.status, "position": site.executor.history.position(run), "progress": progress._asdict()}


def _shape(site: Site, run: Run) -> dict[str, Any]:
    return {**run.as_dict(), **_state(site, run)}


def _without_result(run: Run) -> dict[str, Any]:
    return {key: value for key, value in Run(run.row, run.store, lambda: None).as_dict().items() if key != "result"}
