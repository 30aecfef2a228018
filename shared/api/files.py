"""/v1/files takes files in, /v1/artifacts hands files out; both by sha256, and only to whom they belong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Any, BinaryIO
from urllib.parse import quote, unquote

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from shared.api.answers import answer, error_answer
from shared.api.body import chunks
from shared.api.fields import keep
from shared.api.multipart import FilePart, Form
from shared.api.ranges import Range, read_range
from shared.api.shapes import FileList, errors
from shared.api.site import Site
from shared.errors import BadInput
from shared.files import label
from shared.runs.holdings import Held

__all__ = ["routes"]

_PIECE_BYTES = 1 << 18
_FILE: dict[str, Any] = {"type": "string", "format": "binary"}
_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": {"type": "object", "properties": {"file": {"type": "array", "items": _FILE}}}},
            "application/octet-stream": {"schema": _FILE},
        },
    }
}


def routes(site: Site) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["files"])

    @router.post(
        "/files",
        summary="Upload files",
        status_code=201,
        response_model=None,
        openapi_extra=_UPLOAD,
        responses={201: {"model": FileList}, **errors(401, 408, 413, 422)},
    )
    async def upload(request: Request) -> Response:
        """Files in a form, or one as the plain body (its name in the query: `?name=scan.dcm`). Answers a sha256 for each."""
        owner = site.owner(request.scope["headers"])
        site.refuse_when_stopping()
        limit = site.settings.max_upload_bytes
        content_type = request.headers.get("content-type", "")
        if not content_type.lower().startswith("multipart/form-data"):
            return await _take_one(site, owner, request)
        with Form(content_type, file_limit=lambda field: limit, text_limit_bytes=site.settings.max_json_bytes) as form:
            async for chunk in chunks(request.headers, request.receive, limit):
                form.feed(chunk)
            form.finish()
            if not form.files:
                raise BadInput("The form has no file.", remedy="Send it as a part with a file name.", field="file")
            return await _kept(site, owner, form.files)

    @router.get(
        "/artifacts/{sha256}",
        summary="The bytes of a file",
        response_model=None,
        responses={200: {"content": {"*/*": {"schema": _FILE}}}, 206: {"description": "the range asked for"}, **errors(401, 404, 416)},
    )
    @router.head("/artifacts/{sha256}", include_in_schema=False, response_model=None)
    async def artifact(request: Request, sha256: str) -> Response:
        """A file that a run made or that was uploaded, whole or one range of it."""
        owner = site.owner(request.scope["headers"])
        held: Held = await site.in_thread(lambda: site.executor.history.files.find(owner, sha256))
        headers = _headers(held)
        if headers["etag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers={"etag": headers["etag"]})
        part = read_range(request.headers, held.size_bytes, headers["etag"])
        if part is None:
            refused = error_answer(BadInput("The file has no such range.", remedy=f"It has {held.size_bytes:,} bytes.", field="range"))
            refused.status_code = 416
            refused.headers["content-range"] = f"bytes */{held.size_bytes}"
            return refused
        headers["content-length"] = str(part.size_bytes)
        if part.partial:
            headers["content-range"] = f"bytes {part.start}-{part.end - 1}/{held.size_bytes}"
        status = 206 if part.partial else 200
        if request.method == "HEAD":
            return Response(None, status, headers, held.media_type)
        stream: BinaryIO = await site.in_thread(lambda: site.executor.store.open(sha256))
        return StreamingResponse(_pieces(site, stream, part), status, headers, held.media_type)

    return router


async def _take_one(site: Site, owner: str, request: Request) -> Response:
    name = label(unquote(request.query_params.get("name", "file")))
    part = FilePart("file", name, request.headers.get("content-type", "application/octet-stream").partition(";")[0])
    try:
        async for chunk in chunks(request.headers, request.receive, site.settings.max_upload_bytes):
            part.data.write(chunk)
            part.size_bytes += len(chunk)
        part.data.seek(0)
        return await _kept(site, owner, [part])
    finally:
        part.data.close()


async def _kept(site: Site, owner: str, parts: list[FilePart]) -> Response:
    kept = await site.in_thread(lambda: keep(site, owner, parts))
    return answer({"files": [file for _, file in kept]}, 201)


async def _pieces(site: Site, stream: BinaryIO, part: Range) -> AsyncIterator[bytes]:
    """The range in pieces, read by threads; the file is closed however this ends."""
    try:
        stream.seek(part.start)
        left = part.size_bytes
        while left > 0:
            piece = await site.in_thread(partial(stream.read, min(left, _PIECE_BYTES)))
            if not piece:
                return
            left -= len(piece)
            yield piece
    finally:
        stream.close()


def _headers(held: Held) -> dict[str, str]:
    """Never shown as a page of this server: a file may be HTML or SVG with a script in it, made by whoever asked for it."""
    return {
        "accept-ranges": "bytes",
        "etag": f'"{held.sha256}"',
        "cache-control": "private, max-age=31536000, immutable",
        "content-disposition": _disposition(held.name),
        "content-security-policy": "default-src 'none'; sandbox",
    }


def _disposition(name: str) -> str:
    """RFC 6266: a plain name for all, the exact one beside it where they differ."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ()") else "_" for c in name)
    exact = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'attachment; filename="{plain}"{exact}'
