"""An OpenAI-compatible server as a model: vLLM, llama.cpp, Ollama, or somebody's service.

It is asked once: what fails is said and never repeated behind the caller's back. Answers are streamed, so that a request that nobody
waits for any more ends at the server too. Equal seeds promise nothing there, and a grammar is not sent: servers disagree about it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING, Any

from apps.marketing.language.configuration import Endpoint, endpoint, refuse_switched_off
from apps.marketing.language.prompt import Completion, Finish, Prompt
from shared.errors import BadInput, Forbidden, ModelFailed, Overloaded, Unavailable
from shared.serving import DType, Model, Source, Step

if TYPE_CHECKING:
    import httpx2

    from shared.serving import Device

__all__ = ["NAME", "OpenAiServer", "endpoint_models"]

NAME = "endpoint"
CONCURRENCY = 8
CONNECT_S, READ_S = 5.0, 60.0
"""READ_S: between two pieces, and to the first one: a long prompt on a busy server."""
RETRY_AFTER_S = 5.0


class OpenAiServer:
    """`Loaded` of a server: nothing is loaded here."""

    def __init__(self, where: Endpoint) -> None:
        import httpx2

        headers = {"Authorization": f"Bearer {where.key}"} if where.key else {}
        self._where = where
        # A redirection could take the key and the sheet to another host.
        self._client = httpx2.Client(headers=headers, timeout=httpx2.Timeout(READ_S, connect=CONNECT_S), follow_redirects=False)

    def run(self, requests: Sequence[Prompt], step: Step) -> list[Completion]:
        """Raises Unavailable, Overloaded, Forbidden and ModelFailed for what the server does, BadInput for what it refuses."""
        import httpx2

        try:
            return [self._answer(i, prompt, step) for i, prompt in enumerate(requests)]
        except httpx2.HTTPError as error:
            raise Unavailable(
                f"{self._where.url} does not answer ({type(error).__name__}).", remedy="Check SEXTANT_LLM_ENDPOINT."
            ) from error

    def close(self) -> None:
        self._client.close()

    def _answer(self, i: int, prompt: Prompt, step: Step) -> Completion:
        started = perf_counter()
        path, body = _body(prompt, self._where.model)
        pieces: list[str] = []
        finish: Finish = "stop"
        usage: dict[str, Any] = {}
        with self._client.stream("POST", self._where.url + path, json=body) as answer:
            self._refuse(answer)
            for chunk in _events(answer):
                step(min(len(pieces), prompt.max_tokens), prompt.max_tokens)
                if not step.live(i):
                    break
                usage = chunk.get("usage") or usage
                for choice in chunk.get("choices") or ():
                    piece = (choice.get("delta") or {}).get("content") or choice.get("text") or ""
                    if piece:
                        pieces.append(piece)
                        step.emit(i, piece)
                    finish = "length" if choice.get("finish_reason") == "length" else finish
        return Completion(
            text="".join(pieces),
            tokens=int(usage.get("completion_tokens") or len(pieces)),
            seconds=perf_counter() - started,
            finish=finish,
            model=f"{NAME}:{self._where.model}",
            prompt_tokens=int(usage.get("prompt_tokens") or 0),
            constrained=prompt.grammar is None,
        )

    def _refuse(self, answer: httpx2.Response) -> None:
        status = answer.status_code
        if status == 200:
            return
        if status in (401, 403):
            raise Forbidden(f"{self._where.url} refuses the key (HTTP {status}).", remedy="Set SEXTANT_LLM_KEY.")
        if status in (429, 503):
            wait = answer.headers.get("Retry-After", "")
            raise Overloaded(f"{self._where.url} is busy (HTTP {status}).", retry_after_s=float(wait) if wait.isdigit() else RETRY_AFTER_S)
        if status == 404:
            raise Unavailable(f"{self._where.url} has no model {self._where.model!r} (HTTP 404).", remedy="Check SEXTANT_LLM_MODEL.")
        if status in (400, 413, 422):
            said = " ".join(answer.read()[:300].decode(errors="replace").split())
            raise BadInput(f"{self._where.url} refuses the prompt (HTTP {status}): {said}", field="messages")
        raise ModelFailed(f"{self._where.url} answers HTTP {status}.")


def endpoint_models() -> tuple[Model[Prompt, Completion], ...]:
    """The server that SEXTANT_LLM_ENDPOINT names, as a model; none when it names none or one that cannot be used (`endpoint` says why)."""
    try:
        where = endpoint()
    except BadInput:
        return ()
    return (_declare(where),) if where is not None else ()


@cache
def _declare(where: Endpoint) -> Model[Prompt, Completion]:
    """The same object for the same server: two of one name would clash in the engine."""

    def load(device: Device, dtype: DType) -> OpenAiServer:
        refuse_switched_off(NAME)
        return OpenAiServer(where)

    return Model(
        name=NAME,
        task="write",
        also=("chat",),
        licence="of the server's model",
        source=Source("endpoint", where.url, where.model),
        load=load,
        nbytes=lambda dtype: 0,
        working_bytes=lambda prompts: 0,
        batch_key=lambda prompt: None,
        concurrency=CONCURRENCY,
        description=f"{where.model} on {where.url}",
        check=lambda: refuse_switched_off(NAME),
    )


def _body(prompt: Prompt, model: str) -> tuple[str, dict[str, Any]]:
    """(path, JSON) of a request."""
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": prompt.max_tokens,
        "temperature": prompt.temperature,
        "top_p": prompt.top_p,
        "seed": prompt.seed,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if prompt.stop:
        body["stop"] = list(prompt.stop)
    if prompt.messages:
        return "/chat/completions", {**body, "messages": [{"role": each.role, "content": each.content} for each in prompt.messages]}
    return "/completions", {**body, "prompt": prompt.text}


def _events(answer: httpx2.Response) -> Iterator[dict[str, Any]]:
    """The JSON objects of a stream of server-sent events."""
    for line in answer.iter_lines():
        data = line.removeprefix("data:").strip()
        if not line.startswith("data:") or data == "[DONE]":
            continue
        try:
            chunk = json.loads(data)
        except ValueError:
            raise ModelFailed("The endpoint streams something that is no JSON.") from None
        if not isinstance(chunk, dict) or chunk.get("error"):
            raise ModelFailed(f"The endpoint broke off: {data[:200]}")
        yield chunk
