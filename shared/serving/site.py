"""A device with its ledger, and a model's seat on it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from typing import Any

from shared.serving.device import Device, default_dtype
from shared.serving.entry import Entry
from shared.serving.item import Used
from shared.serving.ledger import Ledger
from shared.serving.model import Model

__all__ = ["Seat", "Site"]

log = logging.getLogger(__name__)


class Site:
    """One device and the account of its bytes and slots. budget_bytes: 0 = all the device offers."""

    def __init__(self, device: Device, budget_bytes: int = 0) -> None:
        self.device = device
        self._budget_bytes = budget_bytes
        self._lock = threading.Lock()
        self._seats: dict[str, Seat] = {}
        self.ledger = Ledger(self._ceiling_bytes, device.slots)

    def seat(self, model: Model[Any, Any]) -> Seat:
        """`model`'s seat, the same one at each call."""
        with self._lock:
            seat = self._seats.get(model.name)
            if seat is None:
                seat = self._seats[model.name] = Seat(self, model)
            return seat

    def seats(self) -> list[Seat]:
        with self._lock:
            return list(self._seats.values())

    def evict_idle(self, *, besides: Entry | None = None) -> bool:
        """Close the least recently used idle model; False if there is none."""
        entry = self.ledger.take_idle(besides=besides)
        if entry is None:
            return False
        self.shut(entry)
        return True

    def shut(self, entry: Entry) -> None:
        """Close a model that the ledger marked CLOSING, and give its bytes back."""
        self.discard((entry,))
        self.ledger.closed(entry)

    def discard(self, entries: Iterable[Entry]) -> None:
        """Close models' weights. An error there costs nobody a request: it is logged, and the bytes count as free."""
        for entry in entries:
            loaded, entry.loaded = entry.loaded, None
            try:
                if loaded is not None:
                    loaded.close()
            except Exception:
                log.warning("closing model %r failed", entry.name, exc_info=True)
        try:
            self.device.empty_cache()
        except Exception:
            log.warning("emptying the cache of %s failed", self.device.name, exc_info=True)

    def _ceiling_bytes(self) -> int:
        ceiling = self.device.ceiling_bytes()
        return min(ceiling, self._budget_bytes) if self._budget_bytes else ceiling


class Seat:
    """A model's place on a site: what it takes to admit, load and release it there."""

    def __init__(self, site: Site, model: Model[Any, Any]) -> None:
        self.site = site
        self.dtype = default_dtype(site.device)
        self.entry = site.ledger.entry(model.name, model.nbytes(self.dtype))
        self._model = model
        self._slots = 1 if model.concurrency == 1 else 0
        self._revision = model.source.revision
        self._used: dict[int, Used] = {}

    def try_pin(self, working_bytes: int) -> bool:
        """Admit at once or not at all."""
        return self.site.ledger.try_pin(self.entry, working_bytes, self._slots)

    def admit(self, working_bytes: int) -> bool:
        """Wait for weights, working bytes and slot together; True if the weights must be loaded now."""
        if self.try_pin(working_bytes):
            return False
        ledger = self.site.ledger
        grant = ledger.admit(self.entry, working_bytes, self._slots)
        victims = grant.victims
        while victims:
            self.site.discard(victims)
            victims = ledger.settle(grant)
        return grant.must_load

    def load(self) -> None:
        """Load on an admitted seat; it stays pinned, so that nobody evicts it before its first use."""
        self.site.device.enter()
        self._used.clear()  # what is pulled anew from the hub has another revision
        self._revision = self._model.revision
        self.site.ledger.loaded(self.entry, self._model.load(self.site.device, self.dtype))

    def failed(self) -> None:
        """The load failed for good: its bytes go back."""
        self.site.ledger.loaded(self.entry, None)

    def release(self, working_bytes: int) -> None:
        doomed = self.site.ledger.release(self.entry, working_bytes, self._slots)
        if doomed is not None:
            self.site.shut(doomed)

    def unload(self) -> bool:
        """Close it if it is idle; False while it runs: it then goes when that ends."""
        entry = self.site.ledger.take_idle(only=self.entry)
        if entry is None:
            return self.entry.loaded is None
        self.site.shut(entry)
        return True

    def used(self, batch_size: int) -> Used:
        """What a batch of this size ran on here; made once for each size."""
        used = self._used.get(batch_size)
        if used is None:
            model = self._model
            used = Used(model.name, self._revision, self.site.device.name, str(self.dtype), batch_size)
            self._used[batch_size] = used
        return used
