"""What an engine says about itself, and what a lane counts for it."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.errors import SextantError

__all__ = ["BUCKETS_S", "Counts", "LoadedModel", "Status", "Tally"]

BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


@dataclass(frozen=True)
class LoadedModel:
    """A model on a device. nbytes: its weights; pins: batches that run on it now."""

    name: str
    device: str
    dtype: str
    nbytes: int
    pins: int


@dataclass(frozen=True)
class Counts:
    """What happened to one model since its first use.

    outcomes: requests by "ok" or error code. latency_buckets: successful requests by seconds from submission to result,
    one count for each bound of BUCKETS_S and one for what is beyond.
    """

    runs: int
    requests: int
    busy_s: float
    latency_s: float
    out_of_memory: int
    loads: int
    outcomes: Mapping[str, int]
    latency_buckets: tuple[int, ...]


@dataclass(frozen=True)
class Status:
    """An engine at one moment; bytes are those of its first device."""

    device: str
    slots: int
    budget_bytes: int
    used_bytes: int
    peak_bytes: int
    evictions: int
    loaded: tuple[LoadedModel, ...]
    queued: Mapping[str, int]
    counts: Mapping[str, Counts]


class Tally:
    """A lane's counters. Plain numbers: a scrape reads them (`metrics.py`), a run only adds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._outcomes: dict[str, int] = {"ok": 0}
        self._buckets = [0] * (len(BUCKETS_S) + 1)
        self._runs = self._requests = self._out_of_memory = self._loads = 0
        self._busy_s = self._latency_s = 0.0

    def ran(self, batch_size: int, run_s: float, latencies_s: Sequence[float] = ()) -> None:
        """A batch ran; `latencies_s` of its requests if they have results, counted as "ok"."""
        with self._lock:
            self._runs += 1
            self._requests += batch_size
            self._busy_s += run_s
            for latency_s in latencies_s:
                self._outcomes["ok"] += 1
                self._latency_s += latency_s
                self._buckets[bisect_left(BUCKETS_S, latency_s)] += 1

    def lost(self, latency_s: float, error: BaseException | None) -> None:
        """A request counted as "ok" had been resolved with `error` before its result came."""
        with self._lock:
            self._outcomes["ok"] -= 1
            self._latency_s -= latency_s
            self._buckets[bisect_left(BUCKETS_S, latency_s)] -= 1
        self.ended(error)

    def ended(self, error: BaseException | None) -> None:
        """A request that was resolved with `error`."""
        code = error.code if isinstance(error, SextantError) else "internal"
        with self._lock:
            self._outcomes[code] = self._outcomes.get(code, 0) + 1

    def ran_out_of_memory(self) -> None:
        with self._lock:
            self._out_of_memory += 1

    def loaded(self) -> None:
        with self._lock:
            self._loads += 1

    def counts(self) -> Counts:
        with self._lock:
            return Counts(
                runs=self._runs,
                requests=self._requests,
                busy_s=self._busy_s,
                latency_s=self._latency_s,
                out_of_memory=self._out_of_memory,
                loads=self._loads,
                outcomes=dict(self._outcomes),
                latency_buckets=tuple(self._buckets),
            )
