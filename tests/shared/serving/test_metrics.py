from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest

from shared.serving import Engine
from shared.serving.metrics import register
from tests.shared.serving.fakes import declare


def test_a_scrape_shows_what_the_engine_did(engine: Engine) -> None:
    registry = CollectorRegistry()
    collector = register(engine, registry)
    model, _ = declare(max_batch=4)
    for item in engine.submit_many(model, range(6)):
        item.result()
    cancelled = engine.submit(declare("other")[0], 1)
    cancelled.cancel()
    engine.close()
    text = generate_latest(registry).decode()
    for line in (
        'sextant_engine_requests_total{model="model",outcome="ok"} 6.0',
        'sextant_engine_runs_total{model="model"} 2.0',
        'sextant_engine_loads_total{model="model"} 1.0',
        'sextant_engine_latency_seconds_count{model="model"} 6.0',
        'sextant_engine_latency_seconds_bucket{le="+Inf",model="model"} 6.0',
        'sextant_engine_queued_requests{model="model"} 0.0',
        "sextant_engine_budget_bytes 1000.0",
        "sextant_engine_used_bytes 0.0",
    ):
        assert line in text
    registry.unregister(collector)
    assert generate_latest(registry) == b""
