"""The whole of it: routes, errors and the guard, as one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from shared.api import about, files, runs
from shared.api.answers import error_answer, on_exception, on_http_exception
from shared.api.guard import Guard
from shared.api.openapi import document
from shared.api.site import Site
from shared.api.tasks import TaskDoor
from shared.errors import BadInput, DeclarationError, SextantError

if TYPE_CHECKING:
    from shared.app import App
    from shared.runs import Executor
    from shared.serving import Engine
    from shared.settings import Settings

__all__ = ["ApiRoute", "create_api", "guard", "site_of"]

RESERVED_APPS = frozenset({"runs", "files", "artifacts", "models", "apps"})
_PATHS = ("/v1", "/healthz", "/readyz", "/metrics", "/openapi.json")


def create_api(
    executor: Executor | None = None,
    engine: Engine | None = None,
    apps: Sequence[App] | None = None,
    settings: Settings | None = None,
) -> FastAPI:
    """The HTTP API of these studios; complete with guard and lifespan when served alone.

    executor, engine, apps, settings: the process's own and everything installed, when not given. Raises `DeclarationError`
    for a studio whose key is a path of the API, `BadInput` for API keys that cannot be read.
    """
    site = Site(executor, engine, apps, settings)
    if taken := sorted(RESERVED_APPS & set(site.apps)):
        raise DeclarationError(f"Studios cannot be named {', '.join(taken)}: these are paths of the HTTP API.")

    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        async with site.lifespan():
            yield

    api = _Api(
        site,
        title="Sextant",
        summary="Every task of every studio, on one engine.",
        version=_version(),
        lifespan=lifespan,
        docs_url=None,  # its page loads scripts from another host
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers={
            SextantError: on_exception,
            HTTPException: on_http_exception,
            RequestValidationError: _on_validation_error,
            Exception: on_exception,
        },
    )
    for module in (runs, files, about):
        api.include_router(module.routes(site))
    api.router.routes.append(Route("/v1/{app}/{task}", _refuse_method, methods=["POST"], include_in_schema=False))
    api.openapi = lambda: document(api, site)  # type: ignore[method-assign]
    return api


class _Api(FastAPI):
    """FastAPI behind the guard and the tasks. Both stand before even its outermost layer, which costs every request .03 ms."""

    def __init__(self, site: Site, **options: Any) -> None:
        super().__init__(**options)
        self.state.site = site
        self._door = Guard(TaskDoor(super().__call__, site=site), **_guarded(site))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._door(scope, receive, send)


def site_of(api: FastAPI) -> Site:
    """What the routes of an API share; its `lifespan` must be entered by whoever mounts them."""
    site: Site = api.state.site
    return site


def guard(site: Site) -> Middleware:
    """The Host and Origin check, for an application in which the API is mounted: it must stand before every route there."""
    return Middleware(Guard, **_guarded(site))


def _guarded(site: Site) -> dict[str, Any]:
    def listed(names: str) -> list[str]:
        return [name.strip() for name in names.split(",") if name.strip()]

    return {"hosts": listed(site.settings.hosts), "origins": listed(site.settings.origins), "traffic": site.traffic}


class ApiRoute(BaseRoute):
    """The API as one route of another Starlette application (Streamlit's): its paths as they are, everything else left alone."""

    path = "/v1"

    def __init__(self, api: FastAPI) -> None:
        self._api = api

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope.get("path", "")
        ours = scope["type"] == "http" and any(path == known or path.startswith(f"{known}/") for known in _PATHS)
        return (Match.FULL, {}) if ours else (Match.NONE, {})

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        return self._api.url_path_for(name, **path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._api(scope, receive, send)


async def _refuse_method(request: Request) -> Response:
    """Never reached: `TaskDoor` answers a POST before the router sees it, which answers 405 to everything else at this path."""
    raise HTTPException(404)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    """Of path and query; bodies are checked by their task."""
    assert isinstance(error, RequestValidationError)
    lines = [f"{problem['loc'][-1]}: {problem['msg']}" for problem in error.errors()]
    bad = BadInput("; ".join(lines), field=str(error.errors()[0]["loc"][-1]))
    bad.lines = tuple(lines)
    return error_answer(bad)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("sextant-suite")
    except PackageNotFoundError:  # a bare checkout
        return "0"
