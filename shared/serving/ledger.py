"""The bytes and slots of one device: who holds what, who waits, who must go.

ONE lock, a leaf: nothing is called under it but the device's byte count. Models are loaded and closed by the callers,
outside. A thread may hold a lane's turn when it comes here (order: turn -> ledger lock), never the other way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from shared.errors import EngineClosed, OutOfMemory
from shared.serving.entry import Entry, Grant, State
from shared.serving.model import Loaded

__all__ = ["Ledger"]


class Ledger:
    """Admits batches within `ceiling()` bytes and `slots`; first come, first served when something must be waited for."""

    def __init__(self, ceiling: Callable[[], int], slots: int) -> None:
        self._read_ceiling = ceiling
        self._lock = threading.Lock()
        self._entries: list[Entry] = []
        self._waiters: list[Grant] = []
        self._drained: set[Entry] = set()  # victims of the first waiter short of bytes: no new pins for them
        self._drained_for: Grant | None = None
        self._clock = 0
        self._free_slots = slots
        self._closed = False
        self.slots = slots
        self.ceiling = ceiling()
        self.used = 0
        self.peak = 0
        self.evictions = 0

    def entry(self, name: str, nbytes: int) -> Entry:
        """A new row for a model that is not on the device yet."""
        entry = Entry(name, nbytes)
        with self._lock:
            self._entries.append(entry)
        return entry

    def entries(self) -> list[Entry]:
        with self._lock:
            return list(self._entries)

    def try_pin(self, entry: Entry, working: int, slots: int) -> bool:
        """Grant at once, to a resident model and while nobody waits, or not at all: the inline path."""
        with self._lock:
            if self._waiters or entry.state is not State.RESIDENT or entry.unwanted:
                return False
            if self._free_slots < slots or self.used + working > self.ceiling:
                return False
            self._pin(entry, working, slots)
            return True

    def admit(self, entry: Entry, working: int, slots: int) -> Grant:
        """Wait until weights, working bytes and slot are there together, and take them atomically.

        Raises OutOfMemory when that is more than the device has, EngineClosed when the ledger closes meanwhile.
        """
        grant = Grant(entry, working, slots)
        grant.gate.acquire()
        with self._lock:
            if entry.state is not State.RESIDENT:
                self.ceiling = self._read_ceiling()
            if not self._decide(grant):
                self._waiters.append(grant)
                self._drain()
                waits = True
            else:
                waits = False
        if waits:
            grant.gate.acquire()
        if grant.error is not None:
            raise grant.error
        return grant

    def loaded(self, entry: Entry, loaded: Loaded[Any, Any] | None) -> None:
        """The outcome of a load: `loaded` is resident and stays pinned, or None: it failed and its bytes return."""
        with self._lock:
            entry.loaded = loaded
            if loaded is not None:
                entry.state = State.RESIDENT
            else:
                self.used -= entry.nbytes
                self._absent(entry)
            self._wake()

    def release(self, entry: Entry, working: int, slots: int) -> Entry | None:
        """Return a batch's grant; the weights stay. Returns the entry when it must be closed now (see `unload`)."""
        with self._lock:
            entry.pins -= 1
            entry.working -= working
            self.used -= working
            self._free_slots += slots
            self._clock = entry.last_used = self._clock + 1
            doomed = entry if entry.unwanted and self._begin_closing(entry) else None
            if self._waiters:
                self._wake()
        return doomed

    def take_idle(self, *, besides: Entry | None = None, only: Entry | None = None) -> Entry | None:
        """The least recently used idle model (or `only`), now CLOSING: the caller closes it, then says `closed`."""
        with self._lock:
            idle = self._idle(besides) if only is None else [only]
            for entry in idle:
                if self._begin_closing(entry):
                    return entry
            if only is not None and only.pins:
                only.unwanted = True
        return None

    def closed(self, *entries: Entry) -> None:
        """These are closed: their bytes return."""
        with self._lock:
            for entry in entries:
                self.used -= entry.nbytes
                self._absent(entry)
            self.ceiling = self._read_ceiling()
            self._wake()

    def settle(self, grant: Grant) -> list[Entry]:
        """After a grant's victims were closed: re-read the ceiling; further victims if it turned out lower."""
        with self._lock:
            for entry in grant.victims:
                self._absent(entry)
            self.used -= grant.pledged
            grant.pledged = 0
            self.ceiling = self._read_ceiling()
            victims: list[Entry] = []
            for entry in self._idle(grant.entry):
                if self.used - grant.pledged <= self.ceiling:
                    break
                self._begin_closing(entry)
                grant.pledged += entry.nbytes
                victims.append(entry)
            grant.victims = victims
            self._wake()
        return victims

    def close(self) -> None:
        """Refuse everything from now on; who waits gets EngineClosed."""
        with self._lock:
            self._closed = True
            self._wake()

    # -- under the lock ----------------------------------------------------------------------------------------------

    def _decide(self, grant: Grant) -> bool:
        """True once `grant` is settled: granted, or refused with `grant.error`."""
        entry = grant.entry
        if self._closed:
            grant.error = EngineClosed("The engine was closed.")
        elif entry.nbytes + grant.working > self.ceiling:
            grant.error = OutOfMemory(
                f"{entry.name!r} needs {entry.nbytes + grant.working:,} bytes here; the device has {self.ceiling:,} for models.",
                remedy="Use a smaller model or input, or raise SEXTANT_MEMORY_BUDGET_BYTES.",
            )
        if grant.error is not None:
            return True
        blocked = entry.state in (State.LOADING, State.CLOSING) or entry in self._drained or entry.unwanted
        if blocked or self._free_slots < grant.slots or not self._may_overtake(grant):
            return False
        victims = self._victims(entry, self._need(grant))
        if victims is None:
            return False
        self._grant(grant, victims)
        return True

    def _may_overtake(self, grant: Grant) -> bool:
        """A resident model may pass the first waiter short of bytes, if the bytes promised to that one stay whole."""
        first = self._drained_for
        if first is None or first is grant:
            return True
        if grant.entry.state is not State.RESIDENT:
            return False
        promised = self._need(first) - sum(victim.nbytes + victim.working for victim in self._drained)
        return self.used + grant.working + promised <= self.ceiling

    def _victims(self, entry: Entry, need: int) -> list[Entry] | None:
        """Idle models, oldest first, without which `need` fits; None if even that is not enough."""
        over = self.used + need - self.ceiling
        victims: list[Entry] = []
        if over > 0:
            for idle in self._idle(entry):
                victims.append(idle)
                over -= idle.nbytes
                if over <= 0:
                    break
        return victims if over <= 0 else None

    def _grant(self, grant: Grant, victims: list[Entry]) -> None:
        # The victims' bytes pass to `grant` now, since its thread closes them before it allocates; what they hold beyond
        # its need stays counted until then, or a third model would be admitted into memory that is still taken.
        need = self._need(grant)
        freed = 0
        for victim in victims:
            self._begin_closing(victim)
            freed += victim.nbytes
        grant.victims = victims
        grant.pledged = max(0, freed - need)
        self.used += grant.pledged - freed
        if grant.entry.state is not State.RESIDENT:
            grant.entry.state = State.LOADING
            grant.must_load = True
            self.used += grant.entry.nbytes
        self._pin(grant.entry, grant.working, grant.slots)

    def _pin(self, entry: Entry, working: int, slots: int) -> None:
        entry.pins += 1
        entry.working += working
        self._free_slots -= slots
        self.used += working
        if self.used > self.peak:  # noqa: PLR1730 (max() is a call, on the inline path)
            self.peak = self.used

    def _wake(self) -> None:
        """Settle whoever can be settled, in order of arrival."""
        if not self._waiters:
            return
        self._drain_anew()
        for grant in list(self._waiters):
            if self._decide(grant):
                self._waiters.remove(grant)
                if grant is self._drained_for:
                    self._drain_anew()
                grant.gate.release()

    def _drain_anew(self) -> None:
        self._drained_for, self._drained = None, set()
        self._drain()

    def _drain(self) -> None:
        """Choose the victims of the first waiter short of bytes: idle ones first, then running, each oldest first."""
        if self._drained_for is not None:
            return
        for grant in self._waiters:
            if grant.entry.state in (State.LOADING, State.CLOSING):
                continue
            over = self.used + self._need(grant) - self.ceiling
            if over <= 0:
                continue
            self._drained_for = grant
            others = [e for e in self._entries if e.state is State.RESIDENT and e is not grant.entry]
            for entry in sorted(others, key=lambda e: (e.pins > 0, e.last_used)):
                if over <= 0:
                    return
                self._drained.add(entry)
                over -= entry.nbytes + entry.working
            return

    def _need(self, grant: Grant) -> int:
        return grant.working + (0 if grant.entry.state is State.RESIDENT else grant.entry.nbytes)

    def _idle(self, besides: Entry | None) -> list[Entry]:
        idle = [e for e in self._entries if e.state is State.RESIDENT and e.pins == 0 and e is not besides]
        return sorted(idle, key=lambda e: e.last_used)

    def _begin_closing(self, entry: Entry) -> bool:
        if entry.state is not State.RESIDENT or entry.pins:
            return False
        entry.state = State.CLOSING
        self.evictions += 1
        return True

    def _absent(self, entry: Entry) -> None:
        entry.state = State.ABSENT
        entry.unwanted = False
        entry.loaded = None
