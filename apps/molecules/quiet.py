"""RDKit kept from writing to standard error, in every thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["quiet"]


class _Silence:
    """How many threads want it, and RDKit's own block while there is one.

    `rdBase.BlockLogs` switches the process's streams: two threads with one each would switch them on again when the first
    leaves. So there is a single block, made by who comes first and dropped by who leaves last.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.wanted = 0
        self.block: object | None = None


_silence = _Silence()


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing of RDKit is printed inside: what is wrong with a molecule goes into the error its user sees."""
    from rdkit import rdBase

    with _silence.lock:
        _silence.wanted += 1
        if _silence.block is None:
            _silence.block = rdBase.BlockLogs()
    try:
        yield
    finally:
        with _silence.lock:
            _silence.wanted -= 1
            if _silence.wanted == 0:
                _silence.block = None
