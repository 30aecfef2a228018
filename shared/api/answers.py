"""What the server answers: JSON, and one shape for every error: {error: {code, message, remedy, field?}}."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from shared.errors import (
    EngineClosed,
    Forbidden,
    LoadFailed,
    NotFound,
    Overloaded,
    SextantError,
    TooLarge,
    Unauthorized,
    Unsupported,
    UploadStopped,
    from_dict,
)
from shared.runs.run import Run, as_json

__all__ = ["answer", "error_answer", "failed_run", "json_answer", "on_exception", "on_http_exception", "unexpected"]

log = logging.getLogger("sextant.api")

_RETRY_S = 2


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`value` as JSON. It is somebody's own data, so that no cache keeps it."""
    return json_answer(as_json(value), status, headers)


def json_answer(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """What is JSON already."""
    given = {"cache-control": "no-store", **(headers or {})}
    return Response(text.encode(), status, given, "application/json")


def error_answer(error: SextantError, *, run: str | None = None) -> Response:
    """An error in the shape that every face shows, with the id of the run that failed."""
    shape = error.as_dict()
    if len(error.lines) > 1:
        shape["message"] = "\n".join(error.lines)
    return answer({"error": shape, **({"run": run} if run else {})}, error.status, _headers(error))


def failed_run(run: Run) -> Response:
    """The error of a run that failed or was cancelled, under the status of its class."""
    return error_answer(from_dict(run.error or {}), run=run.id)


def _headers(error: SextantError) -> dict[str, str]:
    match error:
        case Overloaded():
            return {"retry-after": str(max(1, round(error.retry_after_s)))}
        case LoadFailed() | EngineClosed():
            return {"retry-after": str(_RETRY_S)}
        case Unauthorized():
            return {"www-authenticate": 'Bearer realm="sextant"', "connection": "close"}
        case TooLarge() | Unsupported() | UploadStopped() | Forbidden():
            return {"connection": "close"}  # what is left of the body is not read
    return {}


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Starlette's own refusals: an unknown path, another method."""
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return error_answer(NotFound(f"There is nothing at {request.url.path[:200]}.", remedy="See /openapi.json for what there is."))
    status = HTTPStatus(error.status_code)
    message = f"{request.method} is not possible here." if status == 405 else f"{status.phrase}: {error.detail}"
    shape = {"code": status.name.lower(), "message": message, "remedy": "See /openapi.json for what is."}
    return answer({"error": shape}, status, error.headers)


async def on_exception(request: Request, error: Exception) -> Response:
    return unexpected(error, request.scope)


def unexpected(error: Exception, scope: Scope) -> Response:
    """The error's own answer, or for a mistake of ours: what it says may be about anything, so that it is for the log alone."""
    if isinstance(error, SextantError):
        return error_answer(error)
    log.error("%s %s", scope["method"], scope["path"], exc_info=error)
    return error_answer(SextantError("The server failed at this.", remedy="Its log says why; please report it."))
