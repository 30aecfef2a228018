"""The options of a call, and how its requests become items of a lane."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from queue import SimpleQueue
from typing import Any, TypedDict

from shared.cancel import CancelToken
from shared.serving.item import Item
from shared.serving.lane import Lane
from shared.serving.model import Model
from shared.serving.step import typed

__all__ = ["GroupOptions", "OnStep", "Options", "abandon", "enqueue"]

OnStep = Callable[[float, float], None]


class Options(TypedDict, total=False):
    """What every call takes beside its model and request."""

    priority: float
    deadline_s: float | None
    cancel: CancelToken | None
    on_step: OnStep | None


class GroupOptions(Options, total=False):
    """What a queued call takes too."""

    alone: bool
    batch: int | None


def enqueue(
    lane: Lane,
    requests: Sequence[Any],
    *,
    priority: float = 0.0,
    deadline_s: float | None = None,
    cancel: CancelToken | None = None,
    on_step: OnStep | None = None,
    alone: bool = False,
    batch: int | None = None,
    parts: SimpleQueue[Any] | None = None,
    warms: bool = False,
) -> list[Item[Any]]:
    """Make items of one group and put them on `lane`, all or none.

    Raises Overloaded while the lane is full, and what the model's `batch_key` raises as ModelFailed.
    """
    if not requests:
        return []
    lane.refuse_if_full()
    model, pending = lane.model, lane.pending
    cap = model.max_batch if batch is None else max(1, min(batch, model.max_batch))
    group = object() if alone or warms else None
    items: list[Item[Any]] = []
    for request in requests:
        key = (None if warms else _batch_key(model, request), cap, group) if model.max_batch > 1 else group
        items.append(Item(request, pending, key, cap, priority, deadline_s, on_step))
    if group is not None or parts is not None:
        for item in items:
            item.parts, item.warms, item.shares = parts, warms, group is None
    try:
        pending.update(items)
        if cancel is not None:
            for item in items:
                item.forget = cancel.on_cancel(item.cancel)
        lane.put(items)
    except BaseException:
        abandon(lane, items)
        raise
    return items


def _batch_key(model: Model[Any, Any], request: Any) -> Hashable:
    try:
        key = model.batch_key(request)
        hash(key)
    except Exception as error:
        raise typed(error, model.name) from error
    return key


def abandon(lane: Lane, items: Sequence[Item[Any]]) -> None:
    """Cancel items whose caller was interrupted, wherever that was."""
    for item in items:
        item.cancel()
        lane.pending.discard(item)
