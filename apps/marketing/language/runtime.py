"""llama.cpp in this process: a GGUF file loaded once, its slots shared by everybody who asks.

The answers of equal prompts and seeds are equal bytes, which takes three things that were measured (2 cores, SmolLM2 and Qwen2.5 0.5B):

- Sums depend on what else is in the batch: with four callers 9 of 10 answers differed. An exact prompt therefore runs alone; on a CPU that
  costs little (16 CPU-s in company, 19 alone).
- They depend on how a prompt was cut into batches, and so on what a slot had read before. Reading everything anew would cost four times
  the CPU. So an exact prompt's first part (the few-shot examples) is read by itself, and the rest behind it: always the same two cuts.
- Going on from a slot would take over whatever the last rest had in common with this one. A mark that no rest begins with (`END`) is read
  first: it takes the slot back to just the first part.
- llama.cpp reads a prompt's last token once more where it knows the whole prompt, and by itself, which is another cut. So the mark is read
  behind the rest too: the last token is by itself always, and a prompt that comes again with another seed is not read again.
"""

from __future__ import annotations

import gc
import os
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from apps.marketing.language.prompt import CLOSE, Completion, Finish, Prompt
from apps.marketing.language.turns import Turns
from shared.errors import BadInput, LoadFailed, ModelFailed, TooLarge, Unavailable
from shared.serving import Step

__all__ = ["EXACT_SLOTS", "SHARED_SLOTS", "LlamaCpp"]

EXACT_SLOTS = 2
"""First parts that are kept read: the channels that alternate in a session."""
SHARED_SLOTS = 2
BATCH_TOKENS = 256
"""Tokens of a prompt that are read at a time; between them a cancellation is noticed (2 s on a loaded core at 0.5 B)."""
TOP_K, MIN_P = 40, 0.05
"""llama.cpp's own, written out: a later version may choose others."""
END = "<|endoftext|>"

Ask = Callable[..., None]


class LlamaCpp:
    """`Loaded` of a GGUF file.

    name: of the model, for its answers; context_tokens: of one prompt and its answer together.
    Raises Unavailable without xllamacpp, LoadFailed for a file that is no GGUF.
    """

    def __init__(self, path: Path, name: str, context_tokens: int, device: str = "cpu") -> None:
        xllamacpp = _xllamacpp()
        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.n_parallel = EXACT_SLOTS + SHARED_SLOTS
        params.n_ctx = context_tokens * params.n_parallel
        params.n_batch = params.n_ubatch = BATCH_TOKENS
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = _cores()
        params.n_gpu_layers = 0 if device == "cpu" else -1
        params.fit_params = False  # it would shorten the context where memory is short, and answers with it
        params.cache_ram_mib = 0
        params.n_ctx_checkpoints = 0
        # Mapped, the file stays beside the copy that is rearranged for the CPU: 2242 MiB at 1.5 B instead of 1646.
        params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
        params.warmup = False
        params.verbosity = -1
        params.ui = params.endpoint_slots = False
        params.hostnames = ["127.0.0.1"]
        params.api_keys = [secrets.token_hex(16)]  # it opens a port, which nobody shall use: not other users, not a web page
        try:
            self._server = xllamacpp.Server(params)
        except RuntimeError as error:
            remedy = "Pull or install it again."
            raise LoadFailed(f"{path.name} cannot be loaded: it is damaged, no GGUF file, or memory is short.", remedy=remedy) from error
        # Closed before its loop has begun, xllamacpp 2026.10 waits for that loop for ever, holding the GIL.
        self._server.handle_completions({"prompt": "a", "max_tokens": 1, "id_slot": EXACT_SLOTS})
        self._name = name
        self._turns = Turns(range(EXACT_SLOTS, EXACT_SLOTS + SHARED_SLOTS))
        self._prefixes: OrderedDict[int, str] = OrderedDict((slot, "") for slot in range(EXACT_SLOTS))  # least recently used first
        self._wholes: dict[int, str] = {}  # the prompt that such a slot has read last
        self._read: dict[int, str] = {}  # what a shared slot has read, to go on with the conversation that is in it

    @property
    def address(self) -> str:
        """Of the loopback port that it has open until `close`."""
        return str(self._server.listening_address)

    def run(self, requests: Sequence[Prompt], step: Step) -> list[Completion]:
        """An answer each, one after the other; pieces of text are emitted as they come.

        Raises BadInput for a grammar that does not parse, TooLarge for a prompt longer than the context. A request that nobody waits
        for any more ends with its next token.
        """
        return [self._answer(i, prompt, step) for i, prompt in enumerate(requests)]

    def close(self) -> None:
        """Free the memory and close the port."""
        del self._server
        gc.collect()

    def _answer(self, i: int, prompt: Prompt, step: Step) -> Completion:
        def waiting() -> None:
            step(0, prompt.max_tokens)
            if not step.live(i):
                raise _Gone

        prefix, rest = prompt.rendered
        try:
            if prompt.exact:
                with self._turns.alone(waiting):
                    return self._exact(i, prompt, prefix, rest, step)
            with self._turns.shared(waiting, lambda free: self._closest(free, prefix + rest)) as slot:
                return self._generate(i, prompt, prefix + rest, slot, step, cached=True)
        except _Gone:
            return Completion(text="", tokens=0, seconds=0.0, finish="stop", model=self._name)  # nobody reads it

    def _exact(self, i: int, prompt: Prompt, prefix: str, rest: str, step: Step) -> Completion:
        slot = next((slot for slot, read in self._prefixes.items() if prefix and read == prefix), next(iter(self._prefixes)))
        known = bool(prefix) and self._prefixes[slot] == prefix
        self._prefixes[slot] = ""  # until all has gone well
        self._prefixes.move_to_end(slot)
        if not (known and self._wholes[slot] == prefix + rest):
            if prefix:
                self._ask(prefix + END, slot, _Watch(i, step, prompt.max_tokens, emits=False), cache_prompt=known, max_tokens=0)
            self._ask(prefix + rest + END, slot, _Watch(i, step, prompt.max_tokens, emits=False), cache_prompt=bool(prefix), max_tokens=0)
        answer = self._generate(i, prompt, prefix + rest, slot, step, cached=True)
        self._prefixes[slot], self._wholes[slot] = prefix, prefix + rest
        return answer

    def _closest(self, free: Sequence[int], text: str) -> int:
        """The free slot whose reading begins most like `text`."""
        slot = max(free, key=lambda each: _common(self._read.get(each, ""), text))
        self._read[slot] = text
        return slot

    def _generate(self, i: int, prompt: Prompt, text: str, slot: int, step: Step, *, cached: bool) -> Completion:
        started = perf_counter()
        watch = _Watch(i, step, prompt.max_tokens)
        self._ask(
            text,
            slot,
            watch,
            cache_prompt=cached,
            max_tokens=prompt.max_tokens,
            temperature=prompt.temperature,
            top_p=prompt.top_p,
            top_k=TOP_K,
            min_p=MIN_P,
            seed=prompt.seed,
            logprobs=1,
            stop=[*prompt.stop, CLOSE],
            **({"grammar": prompt.grammar} if prompt.grammar is not None else {}),
        )
        timings = watch.timings
        return Completion(
            text="".join(watch.pieces),
            tokens=int(timings.get("predicted_n", 0)),
            seconds=perf_counter() - started,
            finish=watch.finish,
            model=self._name,
            prompt_tokens=int(timings.get("prompt_n", 0)) + int(timings.get("cache_n", 0)),
            cached_tokens=int(timings.get("cache_n", 0)),
            logprob=sum(watch.logprobs) / len(watch.logprobs) if watch.logprobs else None,
        )

    def _ask(self, text: str, slot: int, watch: _Watch, **options: Any) -> None:
        self._server.handle_completions({"prompt": text, "id_slot": slot, "stream": True, "return_progress": True, **options}, watch)
        watch.settle()


def _common(one: str, other: str) -> int:
    """Characters at the beginning that are the same."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


class _Gone(Exception):
    """Nobody waits for this request any more."""


class _Watch:
    """Reads a stream's chunks in the caller's thread. llama.cpp drops what a callback raises, so that is kept until `settle`."""

    def __init__(self, i: int, step: Step, total: int, *, emits: bool = True) -> None:
        self._i, self._step, self._total, self._emits = i, step, total, emits
        self._raised: BaseException | None = None
        self._error: dict[str, Any] = {}
        self.pieces: list[str] = []
        self.logprobs: list[float] = []
        self.timings: dict[str, Any] = {}
        self.finish: Finish = "stop"

    def __call__(self, chunk: dict[str, Any]) -> bool:
        """True ends the stream."""
        try:
            return self._take(chunk)
        except BaseException as error:
            self._raised = error
            return True

    def settle(self) -> None:
        """Raise what was in the way."""
        if self._raised is not None:
            raise self._raised
        if not self._error:
            return
        message = str(self._error.get("message", ""))
        if self._error.get("type") == "exceed_context_size_error":
            have, most = self._error.get("n_prompt_tokens"), self._error.get("n_ctx")
            raise TooLarge(f"The prompt has {have} tokens, and {most} fit.", remedy="Shorten it.", field="messages")
        if "grammar" in message:
            raise BadInput(f"The grammar does not parse: {message}.", remedy="GBNF is expected.", field="grammar")
        raise ModelFailed(f"llama.cpp: {message}")

    def _take(self, chunk: dict[str, Any]) -> bool:
        if "error" in chunk:
            self._error = chunk["error"]
            return True
        choice = chunk["choices"][0]
        if choice["text"] and self._emits:
            self.pieces.append(choice["text"])
            self._step.emit(self._i, choice["text"])
        self.logprobs += [token["logprob"] for token in (choice.get("logprobs") or {}).get("content", ())]
        if choice["finish_reason"] is not None:
            self.finish = "length" if choice["finish_reason"] == "length" else "stop"
            self.timings = chunk.get("timings", {})
            return False
        self._step(min(len(self.pieces), self._total), self._total)
        if not self._step.live(self._i):
            raise _Gone
        return False


def _xllamacpp() -> Any:
    # Read by OpenMP once, when it is loaded: without it idle threads spin (0.4 tokens a second instead of 12 beside other work).
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        import xllamacpp  # type: ignore[import-not-found, unused-ignore]
    except ModuleNotFoundError as error:
        raise Unavailable("The package xllamacpp is not installed.", remedy="Run `pip install 'sextant-suite[marketing]'`.") from error
    except ImportError as error:
        raise Unavailable(f"xllamacpp cannot be loaded: {error}.", remedy="It needs OpenMP: Debian's libgomp1.") from error
    return xllamacpp


def _cores() -> int:
    """Cores that this process may use; a hyperthread is none."""
    import psutil

    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(allowed, psutil.cpu_count(logical=False) or allowed))
