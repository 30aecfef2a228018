"""The OpenAPI document: FastAPI's for the fixed routes, and a path of its own for every task of every studio."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.api.shapes import ErrorShape, RunShape, errors
from shared.api.site import Site
from shared.params import Param, params
from shared.task import Task

__all__ = ["document"]

_REF = "#/components/schemas/{model}"
_STATUSES = (401, 404, 408, 413, 415, 422, 429, 503)
_PREFER = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "enum": ["respond-async"]},
    "description": "respond-async answers 202 at once; the run waits in the queue",
}

Schema = dict[str, Any]


def document(api: FastAPI, site: Site) -> Schema:
    """Made anew at each call: who asks keeps it."""
    made = get_openapi(title=api.title, version=api.version, summary=api.summary, description=api.description, routes=api.routes)
    tasks = [task for app in site.apps.values() for task in app.tasks.values()]
    refs, schemas = _schemas(tasks)
    made.setdefault("components", {}).setdefault("schemas", {}).update(schemas)
    for task in tasks:
        made["paths"][f"/v1/{task.key}"] = {"post": _operation(task, refs)}
    made["tags"] = [{"name": app.key, "description": f"{app.title}. {app.summary} {app.notice}".strip()} for app in site.apps.values()]
    if site.keys:
        made["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        made["security"] = [{"key": []}]
    return made


def _schemas(tasks: list[Task[Any, Any]]) -> tuple[dict[tuple[type[BaseModel], str], Schema], Schema]:
    """Through one call: studios may well have request classes of the same name."""
    wanted: list[Any] = [(RunShape, "serialization"), (ErrorShape, "serialization")]
    for task in tasks:
        wanted += [(task.request_type, "validation"), (task.result_type, "serialization")]
    refs, made = models_json_schema(list(dict.fromkeys(wanted)), ref_template=_REF)
    return dict(refs), dict(made["$defs"])  # type: ignore[arg-type]


def _operation(task: Task[Any, Any], refs: dict[tuple[type[BaseModel], str], Schema]) -> Schema:
    run = {"allOf": [refs[RunShape, "serialization"], {"properties": {"result": refs[task.result_type, "serialization"]}}]}
    problem = {"application/json": {"schema": refs[ErrorShape, "serialization"]}}
    return {
        "tags": [task.app.key],
        "summary": task.summary,
        "description": "\n\n".join(filter(None, [task.help, task.app.notice])),
        "operationId": f"{task.app.key}_{task.name}",
        "parameters": [_PREFER],
        "requestBody": {"required": True, "content": _content(task, refs[task.request_type, "validation"])},
        "responses": {
            "200": {"description": "the run, done", "content": {"application/json": {"schema": run}}},
            "202": {"description": "the run, queued", "content": {"application/json": {"schema": run}}},
            **{str(status): {"description": said["description"], "content": problem} for status, said in errors(*_STATUSES).items()},
        },
    }


def _content(task: Task[Any, Any], ref: Schema) -> Schema:
    fields = params(task.request_type)
    json: Schema = {"schema": ref}
    if examples := _examples(task):
        json["examples"] = examples
    content = {"application/json": json}
    if any(param.kind in ("file", "files") for param in fields):
        required = [param.name for param in fields if param.required]
        properties = {param.name: _part(param) for param in fields}
        content["multipart/form-data"] = {"schema": {"type": "object", "properties": properties, "required": required}}
    return content


def _part(param: Param) -> Schema:
    """A part of the form: files as they are, everything else as text."""
    file = {"type": "string", "format": "binary", "description": param.help}
    match param.kind:
        case "file":
            return file
        case "files":
            return {"type": "array", "items": file}
        case "integer" | "number":
            return {"type": param.kind, "description": param.help}
        case "flag":
            return {"type": "boolean", "description": param.help}
        case "list":
            return {"type": "array", "items": {"type": "string"}, "description": param.help}
    return {"type": "string", "description": param.help, **({"enum": [str(c) for c in param.choices]} if param.choices else {})}


def _examples(task: Task[Any, Any]) -> Schema:
    """Those that are JSON; an example with a file stands in the form instead."""
    plain = {}
    for number, example in enumerate(task.examples):
        if not callable(example.fields):
            values = example.values()
            if _is_json(values):
                plain[f"{task.name}_{number + 1}"] = {"summary": example.title, "value": values}
    return plain


def _is_json(value: Any) -> bool:
    match value:
        case dict():
            return all(_is_json(inner) for inner in value.values())
        case list() | tuple():
            return all(_is_json(inner) for inner in value)
    return isinstance(value, str | int | float | bool | None)
