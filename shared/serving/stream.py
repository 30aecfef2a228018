"""A request whose result comes in parts."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Generic, TypeVar

from shared.serving.item import END, FOREVER, Item, refuse_nested

__all__ = ["Stream"]

Res = TypeVar("Res")


class Stream(Generic[Res]):
    """Iterates over what `step.emit` handed out; it is under way from the moment it is made.

        with engine.stream(model, request) as stream:
            for part in stream: ...
            whole = stream.result()

    Dropping or closing it cancels the request at the model's next step. It is a class and no generator, since a
    generator's body, and so its `finally`, is not entered before the first `next`.
    """

    def __init__(self, item: Item[Res], parts: SimpleQueue[Any]) -> None:
        self._parts = parts
        self._ended = False
        self.item = item

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        """The next part. Raises the item's error after the last one, `DeadlineExceeded` at its deadline."""
        if self._ended:
            raise StopIteration
        part = self._next_part()
        if part is not END:
            return part
        self._ended = True
        if self.item.error is not None:
            raise self.item.error
        raise StopIteration

    def result(self, timeout_s: float | None = None) -> Res:
        """What `run` returned for it, as `Item.result`."""
        return self.item.result(timeout_s)

    def close(self) -> None:
        """Stop it; harmless when it is done."""
        self.item.cancel()

    def __enter__(self) -> Stream[Res]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()  # takes no lock: this may run at any allocation, in any thread

    def _next_part(self) -> Any:
        refuse_nested()
        if self.item.deadline == FOREVER:
            return self._parts.get()
        try:
            return self._parts.get(timeout=max(0.0, self.item.deadline - monotonic()))
        except Empty:
            self.item.expire()
            return self._parts.get()
