"""The line between a running batch and those who wait for it."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from time import monotonic
from typing import Any

from shared.errors import Cancelled, ModelFailed, Overloaded, SextantError
from shared.serving.item import FOREVER, Item

__all__ = ["MAX_PARTS", "BatchStep", "fresh", "typed"]

MAX_PARTS = 1024  # parts a stream holds for a slow reader before it is cancelled


def typed(error: BaseException, model: str) -> SextantError:
    """`error` as one of ours: a model's own `SextantError` as it is, anything else as `ModelFailed` caused by it."""
    if isinstance(error, SextantError):
        return error
    failed = ModelFailed(f"Model {model!r} failed: {type(error).__name__}: {error}")
    failed.__cause__ = error
    return failed


def fresh(error: SextantError) -> SextantError:
    """A copy for one of several waiters: threads that raise one object would write into each other's traceback."""
    try:
        twin = copy.copy(error)
    except TypeError:  # a subclass whose constructor asks for more than a message
        return error
    twin.__cause__ = error.__cause__
    return twin


class BatchStep:
    """`Step` for one run of one batch."""

    __slots__ = ("_attended", "_items", "_model")

    def __init__(self, items: Sequence[Item[Any]], model: str) -> None:
        self._items = items
        self._model = model
        self._attended = False  # whether anybody listens or has a deadline: a step costs nothing more otherwise
        for item in items:
            if item.on_step is not None or item.deadline != FOREVER:
                self._attended = True

    def __call__(self, done: float, total: float) -> None:
        if self._attended:
            self._tell(done, total)
        for item in self._items:
            if not item.done:
                return
        raise Cancelled("Every request of the batch was cancelled.")

    def live(self, i: int) -> bool:
        return not self._items[i].done

    def fail(self, i: int, error: BaseException) -> None:
        self._items[i].resolve(None, typed(error, self._model))

    def emit(self, i: int, part: Any) -> None:
        item = self._items[i]
        if item.parts is None or item.done:
            return
        if item.parts.qsize() >= MAX_PARTS:
            item.resolve(None, Overloaded(f"The stream's reader is {MAX_PARTS} parts behind.", remedy="Read it faster."))
            return
        item.emitted = True
        item.parts.put(part)

    def _tell(self, done: float, total: float) -> None:
        now = monotonic()
        for item in self._items:
            if item.deadline <= now:
                item.expire()
            if item.on_step is None or item.done:
                continue
            try:
                item.on_step(done, total)
            except Exception as error:  # a listener's error, often its own Cancelled, is its item's outcome
                item.resolve(None, typed(error, self._model))
