"""What the server is and how it does: studios, models, health, readiness, metrics."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import Response

from shared.api.answers import answer
from shared.api.fields import parsed, read_fields
from shared.api.shapes import AppShape, EstimateShape, ModelShape, PaceShape, errors
from shared.api.site import Site

__all__ = ["routes"]


def routes(site: Site) -> APIRouter:
    router = APIRouter(tags=["about"])

    @router.get("/v1/apps", summary="The studios", response_model=None, responses={200: {"model": list[AppShape]}, **errors(401)})
    def list_apps(request: Request) -> Response:
        """Each studio with its tasks; a task's request is a JSON schema."""
        site.owner(request.scope["headers"])
        return answer([app.describe() for app in site.apps.values()])

    @router.get("/v1/models", summary="The models", response_model=None, responses={200: {"model": list[ModelShape]}, **errors(401)})
    def list_models(request: Request) -> Response:
        """Each model with its source, licence, bytes, and whether it works here or why not."""
        site.owner(request.scope["headers"])
        return answer([row for app in site.apps.values() for row in app.describe_models()])

    @router.post(
        "/v1/{app}/{task}/estimate",
        summary="What a run would cost",
        response_model=None,
        responses={200: {"model": EstimateShape}, **errors(401, 404, 413, 415, 422)},
    )
    async def estimate(request: Request, app: str, task: str) -> Response:
        """Seconds, bytes and model of a run; takes the body of the run itself."""
        owner = site.owner(request.scope["headers"])
        wanted = site.task(app, task)
        fields = await read_fields(site, wanted, owner, request.headers, request.receive)

        def estimated() -> Any:
            return wanted.estimate(parsed(site, wanted, owner, fields), history=site.executor.history)

        return answer(vars(await site.in_thread(estimated)))

    @router.get(
        "/v1/{app}/{task}/pace",
        summary="Seconds a unit of work",
        response_model=None,
        responses={200: {"model": PaceShape}, **errors(401, 404)},
    )
    def pace(request: Request, app: str, task: str, model: str | None = None, units: Annotated[float, Query(ge=0)] = 1.0) -> Response:
        """Median of the last runs on this server of about so many units of work; null when there were none."""
        site.owner(request.scope["headers"])
        site.task(app, task)
        return answer({"seconds_a_unit": site.executor.history.seconds_a_unit(app, task, model, units)})

    @router.get("/healthz", summary="Whether the process lives")
    async def healthz() -> dict[str, bool]:
        return {"alive": True}

    @router.get("/readyz", summary="Whether requests are answered", response_model=None)
    async def readyz() -> Response:
        """200 once the engine answers, 503 with the reason before, and while the server stops."""
        why_not = site.why_not_ready()
        return answer({"ready": not why_not, "why_not": why_not or None}, 503 if why_not else 200)

    @router.get("/metrics", summary="Figures for Prometheus", response_model=None)
    def metrics(request: Request) -> Response:
        site.owner(request.scope["headers"])
        registry = CollectorRegistry()
        registry.register(site.traffic)
        if not site.why_not_ready():
            from shared.serving.metrics import register

            register(site.engine, registry)
        return Response(generate_latest(registry), headers={"content-type": CONTENT_TYPE_LATEST})

    return router
