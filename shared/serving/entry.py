"""The rows of the ledger."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from shared.serving.model import Loaded

__all__ = ["Entry", "Grant", "State"]


class State(Enum):
    """Where a model's weights are."""

    ABSENT = "absent"
    LOADING = "loading"
    RESIDENT = "resident"
    CLOSING = "closing"


@dataclass(eq=False)
class Entry:
    """One model on one device. `nbytes`: its weights; `working`: granted to its running batches; `pins`: their number."""

    name: str
    nbytes: int
    loaded: Loaded[Any, Any] | None = None
    state: State = State.ABSENT
    pins: int = 0
    working: int = 0
    last_used: int = 0
    unwanted: bool = False  # `unload` was asked for while it ran


@dataclass(eq=False)
class Grant:
    """What one batch asks for, and then holds: the weights pinned, its working bytes and its slot, or nothing.

    When granted, `victims` must be closed by the asking thread before it allocates anything; `must_load` says that the
    entry is now LOADING on its behalf.
    """

    entry: Entry
    working: int
    slots: int
    victims: list[Entry] = field(default_factory=list)
    pledged: int = 0  # bytes of victims beyond the need, counted as used until they are closed
    must_load: bool = False
    error: Exception | None = None
    gate: threading.Lock = field(default_factory=threading.Lock)
