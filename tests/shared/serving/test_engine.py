from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.cancel import CancelToken
from shared.errors import Cancelled, DeadlineExceeded, DeclarationError, EngineClosed, LoadFailed, ModelFailed, NotFound
from shared.serving import Engine, FakeDevice, Step, Used
from tests.shared.serving.fakes import Gate, declare


def test_a_model_is_called_by_declaration_or_by_name(device: FakeDevice) -> None:
    model, _ = declare("upscaler")
    with Engine(device, models=[model]) as engine:
        engine.add(model)
        assert engine.run("upscaler", 2) == engine.run(model, 2) == 4
        with pytest.raises(NotFound, match="Known here: upscaler"):
            engine.run("upscalr", 1)


def test_two_models_of_one_name_are_refused(engine: Engine) -> None:
    first, second = declare("twin", task="a")[0], declare("twin", task="b")[0]
    engine.run(first, 1)
    with pytest.raises(DeclarationError, match=r"'twin'.*'a'.*'b'"):
        engine.run(second, 1)


def test_what_an_item_ran_on_is_told_after_success(engine: Engine) -> None:
    model, _ = declare(max_batch=2)
    items = engine.submit_many(model, [1, 2])
    assert [item.result() for item in items] == [2, 4]
    assert items[0].used == Used("model", "r1", "fake:0", "float32", 2)
    failed = engine.submit(declare("bad", lambda requests, step: 1 / 0)[0], 1)  # type: ignore[arg-type, return-value]
    with pytest.raises(ModelFailed):
        failed.result()
    assert failed.used is None


def test_arun_gives_results_errors_and_deadlines(engine: Engine) -> None:
    gate = Gate()
    slow, _ = declare("slow", gate)
    model, _ = declare()

    async def use() -> list[int]:
        with pytest.raises(DeadlineExceeded):
            await engine.arun(slow, 1, deadline_s=0.02)
        with pytest.raises(NotFound):
            await engine.arun("nothing", 1)
        return list(await asyncio.gather(*(engine.arun(model, n) for n in range(20))))

    assert asyncio.run(use()) == [2 * n for n in range(20)]


def test_cancelling_a_task_cancels_its_request(engine: Engine) -> None:
    gate = Gate()
    model, _ = declare(run=gate)

    async def use() -> None:
        task = asyncio.create_task(engine.arun(model, 1))
        while not gate.reached.is_set():
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(use())
    assert engine.run(declare("next")[0], 1) == 2


def test_a_token_cancels_all_it_was_given_to(engine: Engine) -> None:
    gate, token = Gate(), CancelToken()
    model, _ = declare(run=gate)
    other, _ = declare("other")
    items = [*engine.submit_many(model, range(3), cancel=token), engine.submit(other, 1, cancel=token)]
    assert gate.reached.wait(5)
    engine.cancel(token)
    for item in items:
        with pytest.raises(Cancelled):
            item.result()
    with pytest.raises(Cancelled):
        engine.run(model, 1, cancel=token)
    with pytest.raises(Cancelled):
        engine.run(declare("inline", inline=True)[0], 1, cancel=token)
    assert set(engine.status().queued.values()) == {0}


def test_a_token_forgets_what_is_done(engine: Engine) -> None:
    token = CancelToken()
    model, _ = declare(inline=True)
    for _ in range(3):
        engine.run(model, 1, cancel=token)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(engine.run, model, 1, cancel=token).result()
    time.sleep(0.01)
    assert token._listeners == {}


def test_progress_is_reported(engine: Engine) -> None:
    def run(requests: Sequence[Any], step: Step) -> Sequence[Any]:
        for number in range(3):
            step(number + 1, 3)
        return requests

    seen: list[tuple[float, float]] = []
    engine.run(declare(run=run)[0], 1, on_step=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_warm_loads_and_unload_frees(engine: Engine, device: FakeDevice) -> None:
    model, log = declare()
    engine.warm(model)
    assert (log.loads, log.batches, device.allocated_bytes) == (1, [], 100)
    assert [loaded.name for loaded in engine.status().loaded] == ["model"]
    assert engine.unload(model)
    assert engine.unload(model)
    assert (log.closes, device.allocated_bytes, engine.status().used_bytes) == (1, 0, 0)
    assert engine.run(model, 1) == 2


def test_warm_raises_what_the_load_raises(engine: Engine) -> None:
    def load(device: Any, dtype: Any) -> Any:
        raise RuntimeError("no")

    with pytest.raises(LoadFailed, match="RuntimeError: no"):
        engine.warm(declare(load=load)[0])


def test_unloading_a_running_model_waits_for_its_end(engine: Engine) -> None:
    gate = Gate()
    model, log = declare(run=gate)
    item = engine.submit(model, 1)
    assert gate.reached.wait(5)
    assert not engine.unload(model)
    gate.open.set()
    assert item.result() == 2
    assert log.closes == 1


def test_a_model_whose_close_fails_costs_nobody_anything(engine: Engine, device: FakeDevice, caplog: pytest.LogCaptureFixture) -> None:
    model, _ = declare()
    engine.warm(model)
    loaded = engine._sites[0].seats()[0].entry.loaded
    assert loaded is not None
    close = loaded.close
    loaded.close = lambda: (close(), 1 / 0)  # type: ignore[method-assign, assignment, func-returns-value]
    engine.unload(model)
    assert "closing model 'model' failed" in caplog.text
    assert engine.run(model, 1) == 2


def test_twenty_models_share_a_budget_for_three_by_the_devices_own_count() -> None:
    device = FakeDevice(10_000, slots=2)
    declared = [declare(f"model {n}", nbytes=100, working=5, max_batch=4) for n in range(20)]
    with Engine(device, budget_bytes=360) as engine, ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda n: engine.run(declared[(7 * n) % 20][0], n), range(400)))
    assert outcomes == [2 * n for n in range(400)]
    assert device.peak_bytes <= 360
    assert device.allocated_bytes == 0
    assert all(log.loads == log.closes for _, log in declared)


def test_status_counts(engine: Engine) -> None:
    model, _ = declare(max_batch=4)
    for item in engine.submit_many(model, range(6)):
        item.result()
    engine.close()
    status = engine.status()
    counts = status.counts["model"]
    assert (status.device, status.slots, status.budget_bytes, status.peak_bytes) == ("fake:0", 1, 1000, 104)
    assert (counts.runs, counts.requests, counts.loads, dict(counts.outcomes)) == (2, 6, 1, {"ok": 6})
    assert sum(counts.latency_buckets) == 6


def test_requests_that_come_while_it_closes_are_all_resolved(device: FakeDevice) -> None:
    model, _ = declare()
    engine = Engine(device)
    start = threading.Barrier(5)

    def call(_: int) -> list[Any]:
        outcomes: list[Any] = []
        start.wait()
        for number in range(200):
            try:
                outcomes.append(engine.run(model, number))
            except EngineClosed as error:
                outcomes.append(error)
        return outcomes

    with ThreadPoolExecutor(4) as pool:
        callers = [pool.submit(call, n) for n in range(4)]
        start.wait()
        time.sleep(0.005)
        engine.close()
        engine.close()
        outcomes = [outcome for caller in callers for outcome in caller.result(timeout=10)]
    assert len(outcomes) == 800
    assert any(isinstance(outcome, EngineClosed) for outcome in outcomes)


def test_an_engine_knows_its_device(engine: Engine, device: FakeDevice) -> None:
    assert engine.device is device
    assert not engine.closed


def test_an_empty_group_is_no_group(engine: Engine) -> None:
    model, _ = declare(max_batch=4)
    assert engine.submit_many(model, []) == []
    assert engine.run(model, 1) == 2


def test_a_paused_model_evicts_nobody(engine: Engine) -> None:
    good, log = declare("good", nbytes=600)

    def load(device: Any, dtype: Any) -> Any:
        raise OSError("no")

    bad, _ = declare("bad", nbytes=600, load=load)
    for _ in range(5):
        with pytest.raises(LoadFailed):
            engine.run(bad, 1)
        assert engine.run(good, 1) == 2
    assert log.loads == 1


def test_an_error_in_the_devices_own_cache_is_logged(engine: Engine, device: FakeDevice, caplog: pytest.LogCaptureFixture) -> None:
    model, _ = declare()
    engine.warm(model)
    device.empty_cache = lambda: 1 / 0  # type: ignore[method-assign, assignment, return-value]
    assert engine.unload(model)
    assert "emptying the cache of fake:0 failed" in caplog.text


def test_no_more_batches_run_at_a_time_than_the_device_has_slots(device: FakeDevice) -> None:
    running, most = [0], [0]
    lock = threading.Lock()

    def run(requests: Sequence[Any], step: Step) -> Sequence[Any]:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.002)
        with lock:
            running[0] -= 1
        return requests

    device.slots = 2
    models = [declare(f"model {n}", run, inline=n % 2 == 0)[0] for n in range(6)]
    with Engine(device) as engine, ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda n: engine.run(models[n % 6], n), range(120)))
    assert most[0] == 2
