"""The wire between a client and its server: JSON and bytes over HTTP, the server's errors typed again."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

import httpx2 as httpx

from shared.errors import BadInput, NotFound, SextantError, Unavailable, from_dict
from shared.runs.run import as_json

__all__ = ["Connection"]

_CONNECT_S = 5.0
_SPOOLED_BYTES = 32 << 20
_EVENT_SILENCE_S = 60.0  # the server says something every 15 s
_ANSWER_S = 60.0


class Connection:
    """Raises `Unavailable` when nothing answers, and the typed error that the server answered."""

    def __init__(self, url: str, key: str | None) -> None:
        self.url = url.rstrip("/")
        if not self.url.startswith(("http://", "https://")):
            raise BadInput(f"{url!r} is no URL of a server.", remedy="Write it as http://host:8501 in SEXTANT_SERVER.")
        headers = {"authorization": f"Bearer {key}"} if key else {}
        # A run takes as long as it takes: only connecting has a limit where an answer is waited for.
        self._http = httpx.Client(base_url=self.url, headers=headers, timeout=httpx.Timeout(_ANSWER_S, connect=_CONNECT_S))

    def json(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        failed_run: bool = False,
    ) -> dict[str, Any]:
        """What the server answers. failed_run: the error of a run is an answer, {error, run}; it takes as long as a run."""
        given = {**(headers or {}), **({"content-type": "application/json"} if body is not None else {})}
        content = None if body is None else as_json(body).encode()
        extra: dict[str, Any] = {"timeout": httpx.Timeout(None, connect=_CONNECT_S)} if failed_run else {}
        wanted = {name: value for name, value in (params or {}).items() if value is not None}
        with self._reached():
            response = self._http.request(method, path, content=content, params=wanted, headers=given, **extra)
        answer = self._answer(response)
        if response.is_error and not (failed_run and "run" in answer):
            raise self._error(response, answer)
        return answer

    def has(self, sha256: str) -> bool:
        """Whether the server holds this file for whoever asks."""
        with self._reached():
            return self._http.head(f"/v1/artifacts/{sha256}").status_code == 200

    def upload(self, data: BinaryIO, name: str) -> tuple[str, int]:
        """sha256 and size in bytes of what was sent."""
        with self._reached():
            headers = {"content-type": "application/octet-stream"}
            response = self._http.post("/v1/files", content=_pieces(data), params={"name": name}, headers=headers)
        answer = self._answer(response)
        if response.is_error:
            raise self._error(response, answer)
        (file,) = answer["files"]
        return str(file["sha256"]), int(file["size_bytes"])

    def size(self, sha256: str) -> int:
        """Raises `NotFound`."""
        with self._reached():
            response = self._http.head(f"/v1/artifacts/{sha256}")
        if response.status_code == 404:
            raise NotFound(f"The server has no file with sha256 {sha256[:12]}… for you.", remedy="Give the file again.")
        if response.is_error:
            raise self._error(response, {})
        return int(response.headers["content-length"])

    def download(self, sha256: str) -> BinaryIO:
        """A local copy. Raises `NotFound`."""
        spooled = tempfile.SpooledTemporaryFile(_SPOOLED_BYTES)  # noqa: SIM115 (its reader closes it)
        try:
            with self._reached(), self._http.stream("GET", f"/v1/artifacts/{sha256}") as response:
                if response.is_error:
                    response.read()
                    raise self._error(response, self._answer(response))
                for piece in response.iter_bytes():
                    spooled.write(piece)
        except BaseException:
            spooled.close()
            raise
        spooled.seek(0)
        return cast(BinaryIO, spooled)

    def events(self, path: str) -> Iterator[tuple[str, Any]]:
        """(event, data) as they come, until the server ends the stream."""
        timeout = httpx.Timeout(_EVENT_SILENCE_S, connect=_CONNECT_S)
        with self._reached(), self._http.stream("GET", path, timeout=timeout) as response:
            if response.is_error:
                response.read()
                raise self._error(response, self._answer(response))
            for event in httpx.EventSource(response):
                if event.data:
                    yield event.event, json.loads(event.data)

    def close(self) -> None:
        self._http.close()

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except (httpx.HTTPError, httpx.StreamError) as error:
            reason = str(error) or type(error).__name__
            raise Unavailable(
                f"The server at {self.url} cannot be reached: {reason}.", remedy="Start it, or mend SEXTANT_SERVER."
            ) from None

    def _answer(self, response: httpx.Response) -> dict[str, Any]:
        try:
            return dict(response.json())
        except (ValueError, TypeError):
            kind = response.headers.get("content-type", "nothing")
            raise Unavailable(
                f"{self.url} answers {response.status_code} with {kind}: that is no Sextant.", remedy="Check the URL in SEXTANT_SERVER."
            ) from None

    def _error(self, response: httpx.Response, answer: dict[str, Any]) -> SextantError:
        if isinstance(answer.get("error"), dict):
            return from_dict(answer["error"])
        return Unavailable(f"The server at {self.url} answers {response.status_code}.", remedy="Check the URL in SEXTANT_SERVER.")


def _pieces(data: BinaryIO) -> Iterator[bytes]:
    yield from iter(lambda: data.read(1 << 18), b"")
