"""One run of one batch: admission, loading, the model itself; and the inline path of the same."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from time import monotonic
from typing import Any

from shared.errors import Cancelled, EngineClosed, ModelFailed, OutOfMemory, SextantError
from shared.serving.failure import Failure, Stage, drop_frames, load_failed, told
from shared.serving.item import Item
from shared.serving.model import Model
from shared.serving.site import Seat, Site
from shared.serving.status import Tally
from shared.serving.step import BatchStep, fresh

__all__ = ["Runner"]

PAUSE_S = 1.0  # a model that failed to load fails its callers at once for so long (without: 55,761 errors in 10 s)
RECOVER_RUNS = 16  # full batches without trouble before a halved cap is doubled again


class Runner:
    """Runs `model` on its devices: the engine's own first, the CPU for what that has no memory for.

    turn: held by whoever runs the model, a worker or an inline caller. cap: the largest batch, lower than the model's
    while memory is short. expected: requests to count on for the next batch, those just resolved (their callers may
    come back) and those that wait.
    """

    def __init__(self, model: Model[Any, Any], sites: Sequence[Site], pending: set[Item[Any]]) -> None:
        self.model = model
        self.tally = Tally()
        self.turn = threading.Lock()
        self.cap = model.max_batch
        self.expected = 0
        self.ended_s = 0.0
        self.last_run_s = 0.0
        self._pending = pending
        # A model that batches by itself runs many batches at a time: for it the turn is no lock.
        self._guard: contextlib.AbstractContextManager[Any] = contextlib.nullcontext() if model.concurrency > 1 else self.turn
        self._sites = sites if model.cpu_fallback else sites[:1]
        self._seats: list[Seat | None] = [None] * len(self._sites)
        self._good_runs = 0
        self._paused_until = 0.0
        self._load_error: SextantError | None = None

    def lone(self, item: Item[Any]) -> bool:
        """Run `item` alone, in the thread that holds the turn, if the model is loaded and admitted at once.

        The short way, half of `once`, for an inline caller and a worker with nothing else to do. False leaves the item
        to `recovery.execute`: not admitted, or out of memory, which takes patience. What is no `Exception`
        (KeyboardInterrupt) passes through.
        """
        seat = self._seats[0]
        requests = (item.request,)
        try:
            working = self.model.working_bytes(requests)
        except Exception:  # the long way meets it too, and tells the caller with its type
            return False
        if seat is None or item.warms or item.done or not seat.try_pin(working):
            return False
        loaded = seat.entry.loaded
        assert loaded is not None
        failure: Exception | None = None
        started = monotonic()
        try:
            seat.site.device.enter()
            results = loaded.run(requests, BatchStep((item,), self.model.name))
            if len(results) != 1:
                raise self._miscounted(results, 1)
        except Exception as error:
            failure = error
        finally:
            seat.release(working)
        now = monotonic()
        if failure is not None:
            self.tally.ran(1, now - started)
            return self._lone_failed(item, seat, failure)
        self.last_run_s = now - started
        self.expected = len(self._pending)
        self.ended_s = now
        self.tally.ran(1, self.last_run_s, (now - item.created,))
        if not item.resolve(results[0], None, seat.used(1)):
            self.tally.lost(now - item.created, item.error)
        return True

    def _lone_failed(self, item: Item[Any], seat: Seat, failure: Exception) -> bool:
        drop_frames(failure)
        if seat.site.device.is_out_of_memory(failure) and not item.done and not item.emitted:
            return False
        self.fail(item, told(failure, self.model.name, out_of_memory=seat.site.device.is_out_of_memory(failure)))
        return True

    def once(self, items: list[Item[Any]], index: int) -> Failure | None:
        """Admit, load and run once, on device `index`. Results are handed out after turn and grant were given back."""
        seat = self._seat(index)
        with self._guard:
            outcome = self._admitted(items, seat)
        if isinstance(outcome, Failure):
            return outcome
        results, run_s = outcome
        used = seat.used(len(items))
        if self.cap < self.model.max_batch:
            self._note_success(len(items))
        self.last_run_s = run_s
        self.expected = len(self._pending)
        self.ended_s = now = monotonic()
        # Counted before anybody wakes: a caller who wakes while this thread still holds the GIL sleeps a second time.
        self.tally.ran(len(items), run_s, [now - item.created for item in items])
        for item, value in zip(items, results, strict=True):
            if not item.resolve(value, None, used):
                self.tally.lost(now - item.created, item.error)
        return None

    def gone(self, item: Item[Any]) -> bool:
        """Whether somebody else resolved `item`; it is counted here, where its worker drops it."""
        if item.done:
            self.tally.ended(item.error)
        return item.done

    def fail(self, item: Item[Any], error: BaseException) -> None:
        """Resolve `item` with a typed error, unless somebody resolved it first."""
        item.resolve(None, error)
        self.tally.ended(item.error)

    def has_device(self, index: int) -> bool:
        return index < len(self._sites)

    def lower_cap(self, batch_size: int) -> None:
        """Memory was short for more than `batch_size`; it is tried again after some good runs."""
        self.cap = batch_size
        self._good_runs = 0

    def make_room(self, index: int, *, evict: bool) -> None:
        """Empty the device's cache, after closing its least recently used idle model if `evict`."""
        site = self._sites[index]
        if evict:
            site.evict_idle(besides=self._seat(index).entry)
        site.device.empty_cache()

    def unload(self) -> bool:
        """Close the model on all its devices; False while it runs on one: there it goes when that ends."""
        closed = [seat.unload() for seat in self._seats if seat is not None]
        return all(closed)

    def _seat(self, index: int) -> Seat:
        seat = self._seats[index]
        if seat is None:
            seat = self._seats[index] = self._sites[index].seat(self.model)
        return seat

    def _admitted(self, items: list[Item[Any]], seat: Seat) -> tuple[Sequence[Any], float] | Failure:
        if seat.entry.loaded is None and self._load_error is not None and monotonic() < self._paused_until:
            return Failure(Stage.LOAD, fresh(self._load_error), out_of_memory=False)  # before anybody is evicted for it
        requests = [item.request for item in items if not item.warms]
        try:
            working = self.model.working_bytes(requests) if requests else 0
        except Exception as error:
            return Failure(Stage.RUN, error, out_of_memory=False)
        try:
            must_load = seat.admit(working)
        except (OutOfMemory, EngineClosed) as error:
            return Failure(Stage.ADMISSION, error, isinstance(error, OutOfMemory))
        try:
            if must_load and (failure := self._load(seat)) is not None:
                return failure
            return self._run(items, requests, seat) if requests else ([None] * len(items), 0.0)
        finally:
            seat.release(working)

    def _run(self, items: list[Item[Any]], requests: list[Any], seat: Seat) -> tuple[Sequence[Any], float] | Failure:
        if items[0].done and all(item.done for item in items):  # cancelled while it waited for its admission
            return Failure(Stage.RUN, Cancelled("The request was cancelled."), out_of_memory=False)
        loaded = seat.entry.loaded
        assert loaded is not None
        started = monotonic()
        try:
            seat.site.device.enter()
            results = loaded.run(requests, BatchStep(items, self.model.name))
            if len(results) != len(items):
                raise self._miscounted(results, len(items))
        except BaseException as error:
            self.tally.ran(len(items), monotonic() - started)
            return Failure(Stage.RUN, error, seat.site.device.is_out_of_memory(error))
        return results, monotonic() - started

    def _load(self, seat: Seat) -> Failure | None:
        """Load on an admitted seat, with one retry; then the model pauses. A failure gives the weights' bytes back."""
        cause = self._try_load(seat)
        if cause is not None and not isinstance(cause, SextantError) and not seat.site.device.is_out_of_memory(cause):
            cause = self._try_load(seat)  # a SextantError says what is missing: it would be missing again
        if cause is None:
            self._load_error = None
            self.tally.loaded()
            return None
        seat.failed()
        if seat.site.device.is_out_of_memory(cause):
            return Failure(Stage.LOAD, cause, out_of_memory=True)
        self._load_error = load_failed(self.model.name, cause)
        self._paused_until = monotonic() + PAUSE_S
        return Failure(Stage.LOAD, fresh(self._load_error), out_of_memory=False)

    def _try_load(self, seat: Seat) -> BaseException | None:
        try:
            seat.load()
        except BaseException as error:
            cause = error
        else:
            return None
        drop_frames(cause)
        return cause

    def _miscounted(self, results: Sequence[Any], expected: int) -> ModelFailed:
        return ModelFailed(f"Model {self.model.name!r} gave {len(results)} results for {expected} requests.")

    def _note_success(self, batch_size: int) -> None:
        if batch_size < self.cap:
            return
        self._good_runs += 1
        if self._good_runs >= RECOVER_RUNS:
            self.cap = min(self.model.max_batch, 2 * self.cap)
            self._good_runs = 0
