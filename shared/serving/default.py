"""The process's own engine."""

from __future__ import annotations

import threading

from shared.serving.engine import Engine
from shared.settings import settings

__all__ = ["default_engine"]

_lock = threading.Lock()
_engine: Engine | None = None


def default_engine() -> Engine:
    """The one engine of this process, made at first use from `SEXTANT_DEVICE` and `SEXTANT_MEMORY_BUDGET_BYTES`.

    Closed at exit. In a forked child it is the parent's, whose calls raise EngineClosed. Once closed by hand, the next
    call makes another.
    """
    global _engine  # noqa: PLW0603 (the one per process, which is what is asked for)
    engine = _engine
    if engine is not None and (engine.forked or not engine.closed):
        return engine
    with _lock:
        if _engine is None or (_engine.closed and not _engine.forked):
            wanted = settings()
            _engine = Engine(wanted.device, wanted.memory_budget_bytes or None)
        return _engine
