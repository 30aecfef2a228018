"""What a task is given beside its request: the engine, randomness, progress, cancellation and a place for files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO

from shared.cancel import CancelToken
from shared.files import Artifact, MemoryStore, Store

if TYPE_CHECKING:
    import numpy as np
    import torch

    from shared.provenance import SourceType
    from shared.provenance.stamp import Stamp
    from shared.serving import Engine, Item, Model, Stream, Used

__all__ = ["Context", "Progress"]

Progress = Callable[[float, float, str], None]
"""(done, total, note): how far a run is."""

MAX_TEXT = 20_000
"""Characters that are told of a text under way."""

_BATCHES_A_WINDOW = 8


def _silent(done: float, total: float, note: str) -> None:
    """Progress that nobody watches."""


def _unread(text: str) -> None:
    """Text that nobody watches."""


class Context:
    """One run's surroundings.

    replay: batch size by model name of a recorded run; with it, the run's requests share a batch with nobody else and are cut
    as they were then, so that the same device, dtype and model revision give the same bytes. stamp: what writes their origin into
    the files that are made.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        seed: int = 0,
        store: Store | None = None,
        cancel: CancelToken | None = None,
        on_progress: Progress = _silent,
        on_text: Callable[[str], None] = _unread,
        priority: int = 0,
        replay: Mapping[str, int] | None = None,
        stamp: Stamp | None = None,
    ) -> None:
        self.engine = engine
        self.seed = seed
        self.store: Store = store if store is not None else MemoryStore()
        self.cancel = cancel or CancelToken()
        self.priority = priority
        self.used: dict[str, Used] = {}
        self.artifacts: list[Artifact] = []
        self._on_progress = on_progress
        self._on_text = on_text
        self._replay = replay
        self._stamp = stamp

    def generator(self, index: int = 0) -> np.random.Generator:
        """numpy's generator of item `index`: items never share a stream, so their order and batching change nothing."""
        import numpy as np

        return np.random.default_rng([self.seed, index])

    def torch_generator(self, index: int = 0) -> torch.Generator:
        """torch's CPU generator of item `index`."""
        import torch

        return torch.Generator().manual_seed(int(self.generator(index).integers(2**53)))

    def progress(self, done: float, total: float, note: str = "") -> None:
        """Tell whoever watches; raises `Cancelled` once the run was cancelled."""
        self._on_progress(done, total, note)
        self.raise_if_cancelled()

    def text(self, text: str) -> None:
        """Show whoever watches what is written so far: all of it each time, of a long one the last 20,000 characters.

        Raises `Cancelled` once the run was cancelled.
        """
        self._on_text(text[-MAX_TEXT:])
        self.raise_if_cancelled()

    def raise_if_cancelled(self) -> None:
        self.cancel.raise_if_cancelled()

    def artifact(self, name: str, data: bytes | BinaryIO, media_type: str) -> Artifact:
        """Keep a file that the task made, with its origin; put it into the result to hand it over."""
        if self._stamp is None:
            made = Artifact.make(name, data, media_type, self.store)
        else:
            content = data if isinstance(data, bytes) else data.read()
            made = self._stamp.keep(name, content, media_type, self.store, self.used)
        self.artifacts.append(made)
        return made

    def made_as(self, source_type: SourceType) -> None:
        """What the files that follow are, where only the work shows it: a model failed, and what stands in for it is none."""
        if self._stamp is not None:
            self._stamp.origin = replace(self._stamp.origin, source_type=source_type)

    def finish(self) -> None:
        """Once all files are made: the origin of those whose formats have no place for it stands in one beside them."""
        sidecar = None if self._stamp is None else self._stamp.sidecar(self.store, self.used)
        if sidecar is not None:
            self.artifacts.append(sidecar)

    def run(self, model: str | Model[Any, Any], request: Any) -> Any:
        """One request through one model; in this thread, if the model is declared `inline` and idle."""
        if self._replay is not None:
            return self.map(model, [request])[0]
        self.raise_if_cancelled()
        item = self.engine.run_item(model, request, priority=self.priority, cancel=self.cancel)
        result = item.result()
        self._note_use(model if isinstance(model, str) else model.name, item)
        return result

    def map(self, model: str | Model[Any, Any], requests: Sequence[Any], note: str = "") -> list[Any]:
        """Many requests through one model, batched by the engine; results in the requests' order.

        With a `note`, progress counts the requests. When one fails, the others are cancelled and its error is raised.
        """
        return list(self.imap(model, requests, note))

    def imap(self, model: str | Model[Any, Any], requests: Sequence[Any], note: str = "") -> Iterator[Any]:
        """As `map`, one result at a time: what was taken can be let go of."""
        name = model if isinstance(model, str) else model.name
        window = self.engine.model(model).max_batch * _BATCHES_A_WINDOW
        done = 0
        for start in range(0, len(requests), window):
            for item in self._submitted(model, requests[start : start + window]):
                result = item.result()
                self._note_use(name, item)
                done += 1
                if note:
                    self.progress(done, len(requests), note)
                yield result

    @contextmanager
    def stream(self, model: str | Model[Any, Any], request: Any) -> Iterator[Stream[Any]]:
        """One request whose parts are read as they come.

            with context.stream(model, prompt) as parts:
                for part in parts: ...
                whole = parts.result()

        Left before its end, the request is cancelled at the model's next step and its model is not noted as used.
        """
        self.raise_if_cancelled()
        name = model if isinstance(model, str) else model.name
        alone, batch = self._alone(name)
        with self.engine.stream(model, request, priority=self.priority, cancel=self.cancel, alone=alone, batch=batch) as parts:
            try:
                yield parts
            finally:
                self._note_use(name, parts.item)

    def _submitted(self, model: str | Model[Any, Any], requests: Sequence[Any]) -> Iterator[Item[Any]]:
        """Items of one atomic group; whatever is not taken from here any more is cancelled."""
        self.raise_if_cancelled()
        name = model if isinstance(model, str) else model.name
        alone, batch = self._alone(name)
        items = self.engine.submit_many(model, requests, priority=self.priority, cancel=self.cancel, alone=alone, batch=batch)
        try:
            yield from items
        finally:
            for item in items:
                item.cancel()

    def _alone(self, name: str) -> tuple[bool, int | None]:
        """Whether requests share a batch with nobody else, and the largest batch of the model `name`."""
        return self._replay is not None, None if self._replay is None else self._replay.get(name)

    def _note_use(self, name: str, item: Item[Any]) -> None:
        used, known = item.used, self.used.get(name)
        if used is not None and (known is None or used.batch_size > known.batch_size):
            self.used[name] = used
