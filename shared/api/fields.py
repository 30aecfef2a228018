"""A request's fields out of a body, JSON or multipart; files are in the store when this is done."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Receive

from shared.api.body import chunks, read_json
from shared.api.multipart import FilePart, Form
from shared.api.site import Site
from shared.errors import BadInput, NotFound, Unsupported
from shared.files import Store
from shared.params import Param, params
from shared.runs.holdings import Held
from shared.task import Request, Task

__all__ = ["keep", "parsed", "read_fields"]

_SHA256 = re.compile(r"[0-9a-f]{64}")


async def read_fields(site: Site, task: Task[Any, Any], owner: str, headers: Headers, receive: Receive) -> dict[str, Any]:
    """Fields for `parsed`. Raises `BadInput` and what derives from it."""
    kind = headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind == "application/json":
        return await read_json(headers, receive, site.settings.max_json_bytes)
    if kind != "multipart/form-data":
        raise Unsupported(f"A body of type {kind[:100]!r} is not read here.", remedy="Send application/json or multipart/form-data.")
    known = {param.name: param for param in params(task.request_type)}

    def file_limit(field: str) -> int | None:
        file = known[field].file if field in known else None
        return None if file is None else file.max_bytes

    content_type = headers.get("content-type", "")
    with Form(content_type, file_limit=file_limit, text_limit_bytes=site.settings.max_json_bytes) as form:
        async for chunk in chunks(headers, receive, site.settings.max_upload_bytes):
            form.feed(chunk)
        form.finish()
        return _fields(known, form.texts, await site.in_thread(lambda: keep(site, owner, form.files)))


def parsed(site: Site, task: Task[Any, Any], owner: str, fields: dict[str, Any]) -> Request:
    """The checked request. A sha256 that is not the owner's is as good as one that nobody has."""
    store: Store = site.executor.store
    hashes = set(_hashes(fields))
    if hashes:
        strangers = hashes - site.executor.history.files.held(owner, hashes)
        if strangers:
            store = _Hiding(store, strangers)
    request: Request = task.parse(fields, files=store)
    return request


def keep(site: Site, owner: str, files: list[FilePart]) -> list[tuple[str, dict[str, Any]]]:
    """Put files into the store; (field, {sha256, name, size_bytes}) of each."""
    kept = []
    for part in files:
        sha256, size_bytes = site.executor.store.put(part.data)  # type: ignore[arg-type] # SpooledTemporaryFile is a BinaryIO but for its name
        kept.append((part.field, Held(sha256, part.name, part.media_type, size_bytes)))
    site.executor.history.files.hold(owner, [held for _, held in kept])
    return [(field, {"sha256": held.sha256, "name": held.name, "size_bytes": held.size_bytes}) for field, held in kept]


class _Hiding:
    """A store without some of its files."""

    def __init__(self, store: Store, hidden: set[str]) -> None:
        self._store = store
        self._hidden = hidden

    def put(self, data: Any) -> tuple[str, int]:
        return self._store.put(data)

    def open(self, sha256: str) -> Any:
        return self._shown(sha256).open(sha256)

    def size(self, sha256: str) -> int:
        return self._shown(sha256).size(sha256)

    def _shown(self, sha256: str) -> Store:
        if sha256 in self._hidden:
            raise NotFound(f"No file with sha256 {sha256[:12]}… is stored.", remedy="Give the file again.")
        return self._store


def _hashes(value: Any) -> Iterator[str]:
    """Every string in `value` that may name a file."""
    match value:
        case str():
            if _SHA256.fullmatch(value):
                yield value
        case dict():
            for inner in value.values():
                yield from _hashes(inner)
        case list():
            for inner in value:
                yield from _hashes(inner)


def _fields(known: dict[str, Param], texts: list[tuple[str, str]], files: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    many: dict[str, list[Any]] = {}
    for name, file in files:
        many.setdefault(name, []).append(file)
    typed: dict[str, list[str]] = {}
    for name, text in texts:
        typed.setdefault(name, []).append(text)
    for name in {*many, *typed}:
        if len(many.get(name, [])) + len(typed.get(name, [])) > 1 and not _is_list(known.get(name)):
            raise BadInput(f"{name}: given more than once.", remedy="Send one part of that name.", field=name)
    fields: dict[str, Any] = {name: given if _is_list(known.get(name)) else given[-1] for name, given in many.items()}
    for name, given in typed.items():
        value = _value(known.get(name), given)
        fields[name] = [*fields.get(name, []), *value] if isinstance(value, list) and name in many else value
    return fields


def _is_list(param: Param | None) -> bool:
    return param is not None and param.kind in ("files", "list")


def _value(param: Param | None, given: list[str]) -> Any:
    """Text as the command line takes it, but for `@file`: a client names no files of the server."""
    if param is None:
        return given[-1]
    if param.kind == "json" or (param.kind in ("list", "files") and len(given) == 1 and given[0].startswith("[")):
        try:
            return json.loads(given[-1])
        except (ValueError, RecursionError):
            raise BadInput(f"{param.name}: not JSON.", remedy="Send JSON in this field.", field=param.name) from None
    one = dataclasses.replace(param, kind="choice")
    return [one.read(text) for text in given] if _is_list(param) else one.read(given[-1])
