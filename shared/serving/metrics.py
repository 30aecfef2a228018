"""An engine's counters for Prometheus.

A collector that reads `Engine.status()` when scraped: a run pays for plain additions only (0.4 us), nothing at all is
imported while nobody scrapes, and engines never clash over names in a global registry.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import REGISTRY, CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from shared.serving.engine import Engine
from shared.serving.status import BUCKETS_S, Counts, Status

__all__ = ["EngineCollector", "register"]


def register(engine: Engine, registry: CollectorRegistry = REGISTRY) -> EngineCollector:
    """Show `engine`'s counters in `registry`; take them off with `registry.unregister(the returned collector)`."""
    collector = EngineCollector(engine)
    registry.register(collector)
    return collector


class EngineCollector(Collector):
    """Families `sextant_engine_*`, labelled by model."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def describe(self) -> list[Metric]:
        """Nothing, so that registering does not read the engine."""
        return []

    def collect(self) -> Iterator[Metric]:
        status = self._engine.status()
        yield from _device_families(status)
        yield _queue_family(status)
        yield from _counter_families(status)
        yield _latency_family(status)


def _device_families(status: Status) -> Iterator[Metric]:
    for name, text, value in (
        ("budget_bytes", "bytes that models may hold together", status.budget_bytes),
        ("used_bytes", "bytes that models and running batches hold", status.used_bytes),
        ("peak_bytes", "most bytes ever held at a time", status.peak_bytes),
        ("loaded_models", "models with weights on a device", len(status.loaded)),
    ):
        yield GaugeMetricFamily(f"sextant_engine_{name}", text, value=value)
    yield CounterMetricFamily("sextant_engine_evictions", "models closed to make room or by request", value=status.evictions)


def _queue_family(status: Status) -> Metric:
    queued = GaugeMetricFamily("sextant_engine_queued_requests", "requests that wait or run", labels=["model"])
    for model, number in status.queued.items():
        queued.add_metric([model], number)
    return queued


def _counter_families(status: Status) -> Iterator[Metric]:
    outcomes = CounterMetricFamily("sextant_engine_requests", "requests resolved", labels=["model", "outcome"])
    families = {
        "runs": CounterMetricFamily("sextant_engine_runs", "batches run", labels=["model"]),
        "busy_s": CounterMetricFamily("sextant_engine_busy_seconds", "seconds spent in models", labels=["model"]),
        "out_of_memory": CounterMetricFamily("sextant_engine_out_of_memory", "runs and loads out of memory", labels=["model"]),
        "loads": CounterMetricFamily("sextant_engine_loads", "times a model was loaded", labels=["model"]),
    }
    for model, counts in status.counts.items():
        for outcome, number in counts.outcomes.items():
            outcomes.add_metric([model, outcome], number)
        for field, family in families.items():
            family.add_metric([model], getattr(counts, field))
    yield outcomes
    yield from families.values()


def _latency_family(status: Status) -> Metric:
    latency = HistogramMetricFamily("sextant_engine_latency_seconds", "seconds from submission to result", labels=["model"])
    for model, counts in status.counts.items():
        latency.add_metric([model], _cumulative(counts), sum_value=counts.latency_s)
    return latency


def _cumulative(counts: Counts) -> list[tuple[str, float]]:
    bounds = [str(bound) for bound in BUCKETS_S] + ["+Inf"]
    total = 0
    buckets: list[tuple[str, float]] = []
    for bound, number in zip(bounds, counts.latency_buckets, strict=True):
        total += number
        buckets.append((bound, total))
    return buckets
