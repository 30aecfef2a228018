"""What the server counts about itself, and how Prometheus reads it."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import Scope

__all__ = ["Seen", "Traffic"]

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


@dataclass
class Seen:
    """One request on its way; a handler may name its `route`, so that paths with ids in them count as one."""

    route: str = "other"
    status: int = 0
    began: float = field(default_factory=time.perf_counter)


class Traffic(Collector):
    """Plain numbers that a request adds to; families `sextant_http_*` are made when scraped."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str, int], int] = {}
        self._buckets = [0] * (len(BUCKETS_S) + 1)
        self._seconds = 0.0
        self.open = 0

    def begin(self, scope: Scope) -> Seen:
        """Count one request; `end` must follow. Both in the event loop's thread."""
        self.open += 1
        seen = scope["sextant.seen"] = Seen()
        return seen

    def end(self, scope: Scope, seen: Seen) -> None:
        """Status 0 is a request whose client left before an answer."""
        self.open -= 1
        took = time.perf_counter() - seen.began
        method = scope["method"] if scope["method"] in _METHODS else "other"
        key = (_route(scope, seen), method, seen.status)
        with self._lock:
            self._counts[key] = self._counts.get(key, 0) + 1
            self._buckets[bisect_left(BUCKETS_S, took)] += 1
            self._seconds += took

    def collect(self) -> Iterator[Metric]:
        with self._lock:
            counts, buckets, seconds = dict(self._counts), list(self._buckets), self._seconds
        requests = CounterMetricFamily("sextant_http_requests", "requests answered", labels=["route", "method", "status"])
        for (route, method, status), number in counts.items():
            requests.add_metric([route, method, str(status)], number)
        yield requests
        yield GaugeMetricFamily("sextant_http_open_requests", "requests being answered", value=self.open)
        total, cumulative = 0, list[tuple[str, float]]()
        for bound, number in zip([*map(str, BUCKETS_S), "+Inf"], buckets, strict=True):
            total += number
            cumulative.append((bound, total))
        yield HistogramMetricFamily("sextant_http_seconds", "seconds from request to answer", buckets=cumulative, sum_value=seconds)

    def describe(self) -> list[Metric]:
        """Nothing, so that registering does not collect."""
        return []


def _route(scope: Scope, seen: Seen) -> str:
    """A template, never a path: a label for each id would fill Prometheus."""
    route = scope.get("route")
    return seen.route if seen.route != "other" else str(getattr(route, "path", "other"))
