"""Engines end with their process, and do not survive a fork."""

from __future__ import annotations

import atexit
import os
import weakref
from typing import Protocol

__all__ = ["register"]


class _Mortal(Protocol):
    def close(self) -> None: ...

    def die_in_fork(self) -> None: ...


_engines: weakref.WeakSet[_Mortal] = weakref.WeakSet()


def register(engine: _Mortal) -> None:
    """Close `engine` at exit: a daemon thread inside torch while the interpreter goes aborts the process (7 of 8 times)."""
    _engines.add(engine)


def _close_all() -> None:
    for engine in list(_engines):
        engine.close()


def _die_in_fork() -> None:
    for engine in list(_engines):
        engine.die_in_fork()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_die_in_fork)
