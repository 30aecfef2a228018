"""One request on its way through the engine: queued, running, resolved exactly once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from queue import SimpleQueue
from time import monotonic
from typing import Any, Generic, TypeVar

from shared.errors import Cancelled, DeadlineExceeded, NestedCall

__all__ = ["END", "FOREVER", "RUNNING", "Item", "Used", "refuse_nested"]

Res = TypeVar("Res")

FOREVER = float("inf")
END: Any = object()  # the last part of every stream
RUNNING: set[int] = set()  # threads that run a model just now; `add`, `discard` and `in` are atomic


def refuse_nested() -> None:
    """Raise `NestedCall` in a thread that runs a model: waiting there for the engine can wait for itself."""
    if threading.get_ident() in RUNNING:
        raise NestedCall(
            "A model called the engine from its own `run` or `load`.",
            remedy="Compose models in the task: call the engine there, once for each model.",
        )


@dataclass(frozen=True)
class Used:
    """What an item ran on; a repeat asks for the same. batch_size: requests in its batch, itself included."""

    model: str
    revision: str
    device: str
    dtype: str
    batch_size: int


class Item(Generic[Res]):
    """A request and its outcome. `cancel`, `done` and `result` may be called from any thread.

    No lock is taken to resolve it, since a cancel may come from `__del__`, in the middle of anything: the claim is one
    `list.pop`, the waiters' gate a lock that only its winner releases.
    """

    __slots__ = (
        "_callbacks",
        "_claim",
        "_done",
        "_error",
        "_gate",
        "_pending",
        "_value",
        "cap",
        "created",
        "deadline",
        "emitted",
        "forget",
        "key",
        "on_step",
        "parts",
        "rank",
        "request",
        "shares",
        "taken",
        "used",
        "warms",
    )

    def __init__(  # noqa: PLR0917 (made once a request: keywords cost it half a microsecond)
        self,
        request: Any,
        pending: set[Item[Any]],
        key: Hashable = None,
        cap: int = 1,
        priority: float = 0.0,
        deadline_s: float | None = None,
        on_step: Callable[[float, float], None] | None = None,
    ) -> None:
        self.request = request
        self.key = key
        self.cap = cap
        self.created = now = monotonic()
        self.rank = now - priority
        self.deadline = FOREVER if deadline_s is None else now + deadline_s
        self.on_step = on_step
        self.parts: SimpleQueue[Any] | None = None
        self.used: Used | None = None
        self.taken = False
        self.warms = False
        self.shares = True
        self.emitted = False
        self.forget: Callable[[], None] | None = None
        self._pending = pending
        self._claim = [True]
        self._done = False
        self._value: Any = None
        self._error: BaseException | None = None
        self._callbacks: list[Callable[[Item[Any]], None]] = []
        self._gate = threading.Lock()
        self._gate.acquire()

    @property
    def done(self) -> bool:
        """True once it has a result or an error."""
        return self._done

    @property
    def error(self) -> BaseException | None:
        """The error it was resolved with, if any."""
        return self._error

    def result(self, timeout_s: float | None = None) -> Res:
        """Wait for the result.

        Raises the typed error it was resolved with; `DeadlineExceeded` at its deadline; the builtin `TimeoutError`
        after `timeout_s`, in which case it goes on; `NestedCall` inside a model.
        """
        if not self._done:
            self._wait(timeout_s)
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[no-any-return]

    def cancel(self) -> bool:
        """Resolve it with `Cancelled` at once; its model learns of it at its next step. False if it was done."""
        return self.resolve(None, Cancelled("The request was cancelled."))

    def expire(self) -> bool:
        """Resolve it with `DeadlineExceeded`."""
        given_s = self.deadline - self.created
        return self.resolve(None, DeadlineExceeded(f"Not finished within its deadline of {given_s:.3g} s."))

    def resolve(self, value: Any, error: BaseException | None = None, used: Used | None = None) -> bool:
        """Set its outcome; only the first call wins and gets True."""
        try:
            self._claim.pop()
        except IndexError:
            return False
        self._value = value
        self._error = error
        self.used = used
        self._done = True
        self._pending.discard(self)
        if self.parts is not None:
            self.parts.put(END)
        if self.forget is not None and not isinstance(error, Cancelled):
            self.forget()  # takes the token's lock, which a cancel from `__del__` must not
        self._gate.release()
        if self._callbacks:
            self._call_back()
        return True

    def add_done_callback(self, callback: Callable[[Item[Any]], None]) -> None:
        """Call `callback(item)` once it is done (at once if it is), in the thread that resolves it: return quickly."""
        self._callbacks.append(callback)
        if self._done:
            self._call_back()

    def _call_back(self) -> None:
        while self._callbacks:
            try:
                callback = self._callbacks.pop()
            except IndexError:  # another thread took the last one
                return
            callback(self)

    def _wait(self, timeout_s: float | None) -> None:
        refuse_nested()
        if timeout_s is None and self.deadline == FOREVER:
            self._gate.acquire()
            self._gate.release()  # for whoever waits beside this thread
            return
        limit = FOREVER if timeout_s is None else monotonic() + timeout_s
        until = min(limit, self.deadline)
        if not self._gate.acquire(timeout=max(0.0, until - monotonic())):
            if limit < self.deadline:
                raise TimeoutError(f"Not finished within {timeout_s} s; it goes on.")
            self.expire()  # who loses the claim here waits for the winner: exactly one outcome
            self._gate.acquire()
        self._gate.release()
