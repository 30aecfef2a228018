"""How one model runs batches: admission, loading, the run, and what is done when one of them fails."""

from __future__ import annotations

import contextlib
import threading
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from time import monotonic
from typing import Any

from shared.errors import Cancelled, EngineClosed, LoadFailed, ModelFailed, OutOfMemory, SextantError
from shared.serving.entry import Entry
from shared.serving.item import RUNNING, Item, Used
from shared.serving.model import Model
from shared.serving.site import Seat, Site
from shared.serving.status import Tally
from shared.serving.step import BatchStep, fresh, typed

__all__ = ["Runner"]

TRIES = 4  # after an out-of-memory: the first with an empty cache, each further one with an idle model less
PAUSE_S = 1.0  # a model that failed to load fails its callers at once for so long, instead of a storm of loads
RECOVER_RUNS = 16  # full batches without trouble before a halved cap is doubled again

_Part = tuple[list[Item[Any]], int]  # items, index of the seat they run on


class _Stage(Enum):
    ADMISSION = "admission"  # more than the device has
    LOAD = "load"
    RUN = "run"


@dataclass(eq=False)
class _Failure:
    stage: _Stage
    error: BaseException
    out_of_memory: bool


class Runner:
    """Runs batches of `model` on its seats: the engine's device first, the CPU when that is out of memory."""

    def __init__(self, model: Model[Any, Any], sites: Sequence[Site], pending: set[Item[Any]]) -> None:
        self.model = model
        self.tally = Tally()
        self.turn = threading.Lock()  # who holds it runs the model; one that batches by itself needs none
        self.cap = model.max_batch
        self.expected = 0  # requests to count on: those just resolved, whose callers may come back, and those that wait
        self.ended_s = 0.0
        self.last_run_s = 0.0
        self._pending = pending
        self._guard: contextlib.AbstractContextManager[Any] = contextlib.nullcontext() if model.concurrency > 1 else self.turn
        self._sites = sites if model.cpu_fallback else sites[:1]
        self._seats: list[Seat | None] = [None] * len(self._sites)
        self._good_runs = 0
        self._paused_until = 0.0
        self._load_error: SextantError | None = None

    def seat(self, index: int) -> Seat:
        """The model's place on its `index`-th device; asked for by one thread at a time or idempotent enough."""
        seat = self._seats[index]
        if seat is None:
            seat = self._seats[index] = self._sites[index].seat(self.model)
        return seat

    def unload(self) -> bool:
        """Close the model on all its devices; False while it runs on one: there it goes when that ends."""
        return all([seat.unload() for seat in self._seats if seat is not None])

    def execute(self, batch: list[Item[Any]]) -> None:
        """Run `batch` until each of its items is resolved, in as many parts as it takes."""
        parts: list[_Part] = [(batch, 0)]
        while parts:
            items, index = parts.pop()
            parts.extend(reversed(self._attempt(items, index)))

    def inline(self, item: Item[Any]) -> bool:
        """Run `item` in the calling thread, which holds the turn, if its model is loaded and admitted at once.

        False leaves it to the worker: so does running out of memory, which takes patience. An exception that is no
        `Exception` (KeyboardInterrupt) passes through to the caller.
        """
        seat = self.seat(0)
        requests = [item.request]
        working = self.model.working_bytes(requests)
        if not seat.try_pin(working):
            return False
        ident = threading.get_ident()
        loaded = seat.entry.loaded
        assert loaded is not None
        RUNNING.add(ident)
        started = monotonic()
        failure: Exception | None = None
        try:
            seat.site.device.enter()
            results = loaded.run(requests, BatchStep([item], self.model.name))
            value = results[0]
        except Exception as error:
            failure = error
        finally:
            RUNNING.discard(ident)
            seat.release(working)
        now = monotonic()
        self.tally.ran(1, now - started)
        if failure is None:
            self._settle(item, value, seat.used(1), now)
            return True
        if seat.site.device.is_out_of_memory(failure) and not item.done:
            _drop_frames(failure)
            return False
        self._fail(item, typed(failure, self.model.name))
        return True

    # -- one part, and what follows from its failure -----------------------------------------------------------------

    def _attempt(self, items: list[Item[Any]], index: int) -> list[_Part]:
        """Run one part; returns the parts that must follow."""
        items = [item for item in items if not self._gone(item)]
        failure: _Failure | None = None
        for attempt in range(TRIES + 1):
            if not items:
                return []
            if attempt:
                self._make_room(index, evict=attempt > 1)
            failure = self._once(items, index)
            if failure is None:
                return []
            _drop_frames(failure.error)
            items = self._still_open(items, failure)
            if not items:
                return []
            if not failure.out_of_memory:
                return self._after_error(items, index, failure)
            self.tally.ran_out_of_memory()
            if len(items) > 1 and failure.stage is not _Stage.LOAD:
                return self._halve(items, index)
            if failure.stage is _Stage.ADMISSION:  # trying again changes nothing
                break
        assert failure is not None
        if index + 1 < len(self._sites):
            return [(items, index + 1)]
        for item in items:
            self._fail(item, _out_of_memory(self.model.name, failure.error))
        return []

    def _still_open(self, items: list[Item[Any]], failure: _Failure) -> list[Item[Any]]:
        """Those to try again: neither resolved meanwhile, nor with parts already in a reader's hands."""
        still: list[Item[Any]] = []
        for item in items:
            if self._gone(item):
                continue
            if item.emitted:
                error = failure.error
                self._fail(item, _out_of_memory(self.model.name, error) if failure.out_of_memory else typed(error, self.model.name))
            else:
                still.append(item)
        return still

    def _after_error(self, items: list[Item[Any]], index: int, failure: _Failure) -> list[_Part]:
        if failure.stage is _Stage.RUN and len(items) > 1:  # one by one, so that a poison item fails alone
            return [([item], index) for item in items]
        for item in items:
            error = typed(failure.error, self.model.name)
            self._fail(item, error if len(items) == 1 else fresh(error))
        return []

    def _halve(self, items: list[Item[Any]], index: int) -> list[_Part]:
        self.cap = half = max(1, len(items) // 2)
        self._good_runs = 0
        self._make_room(index, evict=False)
        return [(items[start : start + half], index) for start in range(0, len(items), half)]

    def _make_room(self, index: int, *, evict: bool) -> None:
        site = self._sites[index]
        if evict:
            site.evict_idle(besides=self.seat(index).entry)
        site.device.empty_cache()

    # -- one run -----------------------------------------------------------------------------------------------------

    def _once(self, items: list[Item[Any]], index: int) -> _Failure | None:
        """Admit, load and run once. Results are handed out after the turn and the grant were given back."""
        seat = self.seat(index)
        with self._guard:
            outcome = self._admitted(items, seat)
        if isinstance(outcome, _Failure):
            return outcome
        used = seat.used(len(items))
        self._note_success(len(items))
        self.expected = len(self._pending)
        self.ended_s = now = monotonic()
        for item, value in zip(items, outcome, strict=True):
            self._settle(item, value, used, now)
        return None

    def _settle(self, item: Item[Any], value: Any, used: Used, now: float) -> None:
        """Give `item` its result, unless somebody resolved it first."""
        if item.resolve(value, None, used):
            self.tally.succeeded(now - item.created)
        else:
            self.tally.ended(item.error)

    def _admitted(self, items: list[Item[Any]], seat: Seat) -> Sequence[Any] | _Failure:
        requests = [item.request for item in items if not item.warms]
        try:
            working = self.model.working_bytes(requests) if requests else 0
        except Exception as error:
            return _Failure(_Stage.RUN, error, out_of_memory=False)
        try:
            must_load = seat.admit(working)
        except (OutOfMemory, EngineClosed) as error:
            return _Failure(_Stage.ADMISSION, error, isinstance(error, OutOfMemory))
        try:
            if must_load and (failure := self._load(seat)) is not None:
                return failure
            return self._run(items, requests, seat) if requests else [None] * len(items)
        finally:
            seat.release(working)

    def _run(self, items: list[Item[Any]], requests: list[Any], seat: Seat) -> Sequence[Any] | _Failure:
        if all(item.done for item in items):  # cancelled while it waited for its admission
            return _Failure(_Stage.RUN, Cancelled("cancelled"), out_of_memory=False)
        loaded = seat.entry.loaded
        assert loaded is not None
        started = monotonic()
        try:
            seat.site.device.enter()
            results = loaded.run(requests, BatchStep(items, self.model.name))
            if len(results) != len(items):
                raise ModelFailed(f"Model {self.model.name!r} gave {len(results)} results for {len(items)} requests.")
        except BaseException as error:
            return _Failure(_Stage.RUN, error, seat.site.device.is_out_of_memory(error))
        finally:
            self.last_run_s = monotonic() - started
            self.tally.ran(len(items), self.last_run_s)
        return results

    def _load(self, seat: Seat) -> _Failure | None:
        """Load on an admitted seat: one retry; a second failure pauses the model. Gives the weights' bytes back if it fails."""
        if self._load_error is not None and monotonic() < self._paused_until:
            seat.failed()
            return _Failure(_Stage.LOAD, fresh(self._load_error), out_of_memory=False)
        for last in (False, True):
            try:
                seat.load()
            except BaseException as error:
                cause = error
            else:
                self._load_error = None
                self.tally.loaded()
                return None
            _drop_frames(cause)
            out_of_memory = seat.site.device.is_out_of_memory(cause)
            if last or out_of_memory or isinstance(cause, SextantError):  # our own errors say what is missing: no use in a retry
                break
        seat.failed()
        if out_of_memory:
            return _Failure(_Stage.LOAD, cause, out_of_memory=True)
        self._load_error = _load_failed(self.model.name, cause)
        self._paused_until = monotonic() + PAUSE_S
        return _Failure(_Stage.LOAD, fresh(self._load_error), out_of_memory=False)

    def _note_success(self, batch_size: int) -> None:
        if self.cap == self.model.max_batch or batch_size < self.cap:
            return
        self._good_runs += 1
        if self._good_runs >= RECOVER_RUNS:
            self.cap = min(self.model.max_batch, 2 * self.cap)
            self._good_runs = 0

    def _gone(self, item: Item[Any]) -> bool:
        """Whether `item` was resolved by somebody else; counted here, once, since its worker sees it last."""
        if item.done:
            self.tally.ended(item.error)
        return item.done

    def _fail(self, item: Item[Any], error: SextantError) -> None:
        item.resolve(None, error)
        self.tally.ended(item.error)


def _drop_frames(error: BaseException) -> None:
    """Empty the frames of `error` and its causes: they keep a dead batch's tensors alive through the next try."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        traceback.clear_frames(link.__traceback__)
        link = link.__cause__ or link.__context__


def _out_of_memory(model: str, error: BaseException) -> SextantError:
    if isinstance(error, OutOfMemory):
        return fresh(error)
    failed = OutOfMemory(f"Model {model!r} ran out of memory, alone and with nothing idle left: {error}", remedy="Use a smaller input.")
    failed.__cause__ = error
    return failed


def _load_failed(model: str, error: BaseException) -> SextantError:
    if isinstance(error, SextantError):
        return error
    failed = LoadFailed(f"Model {model!r} could not be loaded: {type(error).__name__}: {error}")
    failed.__cause__ = error
    return failed
