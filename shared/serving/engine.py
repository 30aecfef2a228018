"""The engine: many different models on one device, within a budget of bytes."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import Sequence
from queue import SimpleQueue
from typing import Any, TypeVar, Unpack, overload

from shared.cancel import CancelToken
from shared.errors import EngineClosed
from shared.serving import lifetime
from shared.serving.device import CpuDevice, Device, find_device
from shared.serving.intake import GroupOptions, OnStep, Options, abandon, enqueue
from shared.serving.item import Item, refuse_nested
from shared.serving.lane import Lane
from shared.serving.model import Model
from shared.serving.registry import Registry
from shared.serving.site import Site
from shared.serving.status import LoadedModel, Status
from shared.serving.stream import Stream

__all__ = ["Engine", "OnStep"]

Req = TypeVar("Req")
Res = TypeVar("Res")
MAX_QUEUE = 4096
_MAIN_THREAD = threading.main_thread().ident


class Engine:
    """Serves declared models on one device.

        engine = Engine()                                  # the best device here
        engine = Engine("cpu", models=[upscaler])
        engine = Engine(FakeDevice(1000), budget_bytes=800)
        engine.run(upscaler, tile)                         # blocking
        await engine.arun(upscaler, tile)
        items = engine.submit_many(upscaler, tiles)        # then item.result()
        for part in engine.stream(writer, prompt): ...

    device: "auto", "cpu", "cuda:1", ..., or a Device. budget_bytes: for weights and running batches together; None = what
    the device has. fallback: where a batch goes that the device has no memory for; by default the CPU beside an
    accelerator found by name. max_queue: unresolved requests of one model above which more are refused.

    Calls take a Model or its name, and raise NotFound for an unknown name, Overloaded while its queue is full,
    NestedCall inside a model, EngineClosed after `close` or a fork. `priority`: seconds by which a request counts as
    older than it is. `deadline_s`: from now, after which it is resolved with DeadlineExceeded. `on_step(done, total)` is
    called in the model's thread.
    """

    def __init__(
        self,
        device: str | Device = "auto",
        budget_bytes: int | None = None,
        models: Sequence[Model[Any, Any]] = (),
        *,
        fallback: Device | None = None,
        max_queue: int = MAX_QUEUE,
    ) -> None:
        if isinstance(device, str):
            device = find_device(device)
            if fallback is None and not isinstance(device, CpuDevice):
                fallback = CpuDevice()
        self._sites = [Site(device, budget_bytes or 0)] + ([Site(fallback)] if fallback is not None else [])
        self._registry = Registry()
        self._lanes: dict[str | Model[Any, Any], Lane] = {}
        self._lock = threading.Lock()
        self._max_queue = max_queue
        self._refusal = ""
        self.forked = False
        self.add(*models)
        lifetime.register(self)

    @property
    def device(self) -> Device:
        """The device it serves on."""
        return self._sites[0].device

    def add(self, *models: Model[Any, Any]) -> None:
        """Declare models; the same object again changes nothing.

        Raises DeclarationError when another model has the name.
        """
        for model in models:
            self._registry.add(model)

    def model(self, model: str | Model[Any, Any]) -> Model[Any, Any]:
        """The declaration named `model`; raises NotFound."""
        return self._registry.get(model) if isinstance(model, str) else model

    @overload
    def run(self, model: Model[Req, Res], request: Req, **options: Unpack[Options]) -> Res: ...
    @overload
    def run(self, model: str, request: Any, **options: Unpack[Options]) -> Any: ...
    def run(
        self,
        model: str | Model[Any, Any],
        request: Any,
        *,
        priority: float = 0.0,
        deadline_s: float | None = None,
        cancel: CancelToken | None = None,
        on_step: OnStep | None = None,
    ) -> Any:
        """Run one request and wait for its result; in this thread, if the model is declared `inline` and idle."""
        return self.run_item(model, request, priority=priority, deadline_s=deadline_s, cancel=cancel, on_step=on_step).result()

    def run_item(
        self,
        model: str | Model[Any, Any],
        request: Any,
        *,
        priority: float = 0.0,
        deadline_s: float | None = None,
        cancel: CancelToken | None = None,
        on_step: OnStep | None = None,
    ) -> Item[Any]:
        """`run`, but the item, once it is resolved: its result or error, and what it ran on."""
        lane = self._lanes.get(model) or self._lane(model)
        if self._refusal:
            raise EngineClosed(self._refusal)
        refuse_nested()
        if lane.inline and deadline_s is None and _may_run_inline():
            inline: Item[Any] = Item(request, lane.pending, None, 1, 0.0, None, on_step)
            if cancel is not None:
                inline.forget = cancel.on_cancel(inline.cancel)
            if inline.done or lane.run_inline(inline):
                return inline
            if inline.forget is not None:
                inline.forget()
        item: Item[Any] = enqueue(lane, (request,), priority=priority, deadline_s=deadline_s, cancel=cancel, on_step=on_step)[0]
        try:
            item.result()
        except BaseException as error:
            if not item.done:  # KeyboardInterrupt: nobody waits for it any more
                abandon(lane, (item,))
            if error is not item.error:
                raise
        return item

    async def arun(self, model: str | Model[Any, Res], request: Any, **options: Unpack[Options]) -> Res:
        """`run` for an event loop, never in its thread. Cancelling the task cancels the request."""
        loop = asyncio.get_running_loop()
        arrived = asyncio.Event()
        item = self.submit(model, request, **options)

        def tell(_: Item[Any]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop was closed before its request was done
                loop.call_soon_threadsafe(arrived.set)

        item.add_done_callback(tell)
        try:
            async with asyncio.timeout(options.get("deadline_s")):
                await arrived.wait()
        except TimeoutError:
            item.expire()
        except asyncio.CancelledError:
            item.cancel()
            raise
        return item.result()

    def submit(self, model: str | Model[Any, Res], request: Any, **options: Unpack[GroupOptions]) -> Item[Res]:
        """Queue one request and return its item at once."""
        return enqueue(self._open_lane(model), (request,), **options)[0]

    def submit_many(self, model: str | Model[Any, Res], requests: Sequence[Any], **options: Unpack[GroupOptions]) -> list[Item[Res]]:
        """Queue a group that the worker sees all at once: alone on a lane it is always cut into the same batches.

        alone: never batched with requests from outside the group. batch: the largest batch for it; a repeat passes the
        recorded `Used.batch_size`.
        """
        return enqueue(self._open_lane(model), requests, **options)

    def stream(self, model: str | Model[Any, Res], request: Any, **options: Unpack[GroupOptions]) -> Stream[Res]:
        """Queue one request whose parts (`step.emit`) are read as they come."""
        parts: SimpleQueue[Any] = SimpleQueue()
        return Stream(enqueue(self._open_lane(model), (request,), parts=parts, **options)[0], parts)

    def cancel(self, what: CancelToken | Item[Any]) -> None:
        """Cancel one item, or all that a token was given to."""
        what.cancel()

    def warm(self, model: str | Model[Any, Any]) -> None:
        """Load `model` now. Raises what its load raises."""
        enqueue(self._open_lane(model), (None,), warms=True)[0].result()

    def unload(self, model: str | Model[Any, Any]) -> bool:
        """Free `model`'s memory. False while it runs: it then goes when that ends."""
        return self._open_lane(model).runner.unload()

    def status(self) -> Status:
        """What is loaded, what waits, and what has happened so far."""
        site = self._sites[0]
        lanes = self._distinct_lanes()
        return Status(
            device=site.device.name,
            slots=site.device.slots,
            budget_bytes=site.ledger.ceiling,
            used_bytes=site.ledger.used,
            peak_bytes=site.ledger.peak,
            evictions=site.ledger.evictions,
            loaded=tuple(
                LoadedModel(seat.entry.name, each.device.name, str(seat.dtype), seat.entry.nbytes, seat.entry.pins)
                for each in self._sites
                for seat in each.seats()
                if seat.entry.loaded is not None
            ),
            queued={lane.model.name: len(lane.pending) for lane in lanes},
            counts={lane.model.name: lane.runner.tally.counts() for lane in lanes},
        )

    def close(self) -> None:
        """Fail what waits with EngineClosed, stop what runs at its next step, join the threads, unload every model."""
        with self._lock:
            if self._refusal:
                return
            self._refusal = "The engine was closed."
        lanes = self._distinct_lanes()
        for lane in lanes:
            lane.close()
        for site in self._sites:
            site.ledger.close()
        for lane in lanes:
            lane.join()
        for site in self._sites:
            while site.evict_idle():
                pass

    @property
    def closed(self) -> bool:
        return bool(self._refusal)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def die_in_fork(self) -> None:
        """In a forked child: its threads are gone and its locks are in no known state, so that nothing is touched."""
        self.forked = True
        self._refusal = "This process was forked from one with a running engine: start workers with `spawn`."

    def _open_lane(self, model: str | Model[Any, Any]) -> Lane:
        self._refuse_if_closed()
        refuse_nested()
        return self._lanes.get(model) or self._lane(model)

    def _refuse_if_closed(self) -> None:
        if self._refusal:
            raise EngineClosed(self._refusal)

    def _lane(self, model: str | Model[Any, Any]) -> Lane:
        """The lane of a model used for the first time."""
        self._refuse_if_closed()
        if isinstance(model, str):
            model = self._registry.get(model)
        else:
            self._registry.add(model)
        with self._lock:
            lane = self._lanes.get(model)
            if lane is None:
                lane = Lane(model, self._sites, self._max_queue)
                self._lanes[model] = self._lanes[model.name] = lane
            if self._refusal:  # closed meanwhile, by a thread that did not see this lane
                lane.close()
            return lane

    def _distinct_lanes(self) -> list[Lane]:
        with self._lock:
            return [lane for key, lane in self._lanes.items() if isinstance(key, str)]


def _may_run_inline() -> bool:
    """Not in an event loop, which it would block, nor in the main thread where Ctrl-C could strike at any instruction."""
    if threading.get_ident() == _MAIN_THREAD and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        return False
    return asyncio._get_running_loop() is None
