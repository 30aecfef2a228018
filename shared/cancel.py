"""Cancellation: one token a run, seen by everything that works for it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from shared.errors import Cancelled

__all__ = ["CancelToken"]


class CancelToken:
    """Set once, from any thread; what listens is told once, in the thread that cancels."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._listeners: dict[int, Callable[[], object]] = {}
        self._next = 0

    @property
    def cancelled(self) -> bool:
        return self._cancelled

    def cancel(self) -> None:
        with self._lock:
            if self._cancelled:
                return
            self._cancelled = True
            listeners = list(self._listeners.values())
            self._listeners.clear()
        for listener in listeners:
            listener()

    def on_cancel(self, listener: Callable[[], object]) -> Callable[[], None]:
        """Call `listener` when cancelled (at once if it already is); returns a function that takes it off again."""
        with self._lock:
            if not self._cancelled:
                key = self._next
                self._next += 1
                self._listeners[key] = listener
                return lambda: self._forget(key)
        listener()
        return lambda: None

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` once the token is set."""
        if self._cancelled:
            raise Cancelled("The run was cancelled.")

    def _forget(self, key: int) -> None:
        with self._lock:
            self._listeners.pop(key, None)
