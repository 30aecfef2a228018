"""What follows when a batch fails: smaller batches, more room, another device, or a typed error for each request."""

from __future__ import annotations

from typing import Any

from shared.serving.failure import Failure, Stage, drop_frames, told
from shared.serving.item import Item
from shared.serving.runner import Runner
from shared.serving.step import fresh, typed

__all__ = ["TRIES", "execute"]

TRIES = 5  # after an out-of-memory: one with an empty cache, four more with an idle model less each

_Part = tuple[list[Item[Any]], int]  # items, index of the device they run on


def execute(runner: Runner, batch: list[Item[Any]]) -> None:
    """Run `batch` until each of its items is resolved, in as many parts as it takes."""
    parts = _attempt(runner, batch, 0)
    while parts:
        items, index = parts.pop(0)
        parts = _attempt(runner, items, index) + parts


def _attempt(runner: Runner, items: list[Item[Any]], index: int) -> list[_Part]:
    """Run one part; returns the parts that must follow. Retries stand outside of every `except`."""
    failure = None
    for attempt in range(TRIES + 1):
        items = [item for item in items if not (item.done and runner.gone(item))]
        if not items:
            return []
        if attempt:
            runner.make_room(index, evict=attempt > 1)
        failure = runner.once(items, index)
        if failure is None:
            return []
        drop_frames(failure.error)
        shared = len(items) > 1
        items = _not_emitted(runner, items, failure)
        if not failure.out_of_memory:
            return _after_error(runner, items, index, failure, shared=shared)
        runner.tally.ran_out_of_memory()
        if len(items) > 1 and failure.stage is not Stage.LOAD:
            return _halve(runner, items, index)
        if failure.stage is Stage.ADMISSION:  # another try asks for just as much
            break
    assert failure is not None
    return _after_out_of_memory(runner, items, index, failure)


def _not_emitted(runner: Runner, items: list[Item[Any]], failure: Failure) -> list[Item[Any]]:
    """Fail those whose parts a reader has already: a second run would repeat them."""
    still: list[Item[Any]] = []
    for item in items:
        if item.emitted and not item.done:
            runner.fail(item, told(failure.error, runner.model.name, out_of_memory=failure.out_of_memory))
        elif not runner.gone(item):
            still.append(item)
    return still


def _after_error(runner: Runner, items: list[Item[Any]], index: int, failure: Failure, *, shared: bool) -> list[_Part]:
    """shared: several ran together, so that whose fault it was shows only when each runs alone, even the last one left."""
    if failure.stage is Stage.RUN and shared:
        return [([item], index) for item in items]
    for item in items:
        error = typed(failure.error, runner.model.name)
        runner.fail(item, error if len(items) == 1 else fresh(error))
    return []


def _halve(runner: Runner, items: list[Item[Any]], index: int) -> list[_Part]:
    half = (len(items) + 1) // 2
    runner.lower_cap(half)
    runner.make_room(index, evict=False)
    return [(items[:half], index), (items[half:], index)]


def _after_out_of_memory(runner: Runner, items: list[Item[Any]], index: int, failure: Failure) -> list[_Part]:
    """The next device, now that this one's grant was given back, or the end."""
    if runner.has_device(index + 1):
        return [(items, index + 1)]
    for item in items:
        runner.fail(item, told(failure.error, runner.model.name, out_of_memory=True))
    return []
