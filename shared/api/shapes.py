"""What the server answers, as schemas for OpenAPI. The answers themselves are made from runs, not from these."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from shared.app import Artifact

__all__ = ["AppShape", "ErrorShape", "EstimateShape", "FileList", "ModelShape", "PaceShape", "RunList", "RunShape", "errors"]


class Problem(BaseModel):
    """What was wrong, and what to do. field: of the request, where one is to blame."""

    code: str
    message: str
    remedy: str
    field: str | None = None


class ErrorShape(BaseModel):
    """run: the run that failed, when there is one."""

    error: Problem
    run: str | None = None


class ProgressShape(BaseModel):
    done: float
    total: float
    note: str
    text: str = Field(default="", description="what is written so far, while the run is under way")


class RunShape(BaseModel):
    """A run. result: what its task answered, once it is done; position: its place in the queue, 1 is next."""

    id: str
    app: str
    task: str
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    owner: str
    parent: str | None = Field(description="the run that this one repeats")
    seed: int
    model: str | None
    models: list[dict[str, Any]] = Field(description="what it ran on: name, revision, device, dtype, batch_size")
    request: dict[str, Any]
    result: dict[str, Any] | None = None
    error: Problem | None
    artifacts: list[Artifact]
    progress: ProgressShape
    work_units: float | None
    seconds: float | None
    host: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    position: int = 0


class RunList(BaseModel):
    runs: list[RunShape]


class FileShape(BaseModel):
    """A file that was uploaded; its sha256 stands for it in every request."""

    sha256: str
    name: str
    size_bytes: int


class FileList(BaseModel):
    files: list[FileShape]


class ModelShape(BaseModel):
    app: str
    task: str
    name: str
    description: str
    licence: str
    source: dict[str, str]
    size_bytes: int
    works: bool
    why_not: str | None


class AppShape(BaseModel):
    key: str
    title: str
    summary: str
    tasks: list[dict[str, Any]]


class EstimateShape(BaseModel):
    """seconds: null when nothing is known yet; basis: where the figure comes from."""

    seconds: float | None
    size_bytes: int
    model: str | None
    basis: str


class PaceShape(BaseModel):
    seconds_a_unit: float | None


_WHEN = {
    401: "no API key, or one that is not known",
    404: "there is none, or it is somebody else's",
    408: "the body did not come to its end",
    413: "over a limit",
    415: "a type that is not read here",
    416: "a range that the file does not have",
    422: "the request is wrong: one line a field",
    429: "too much is waiting already",
    503: "something that is needed is missing, or the server stops",
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route that may end so."""
    return {status: {"model": ErrorShape, "description": _WHEN[status]} for status in statuses}
