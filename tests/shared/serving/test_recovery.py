from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from shared.errors import BadInput, ModelFailed, OutOfMemory, Unavailable
from shared.serving import CpuDevice, Engine, FakeDevice, Step
from shared.serving.fake import FakeOutOfMemory
from tests.shared.serving.fakes import declare, double


def refuse_above(limit: int) -> Any:
    def run(requests: Sequence[Any], step: Step) -> list[Any]:
        if len(requests) > limit:
            raise FakeOutOfMemory(f"{len(requests)} are too many")
        return double(requests, step)

    return run


def test_a_batch_too_large_is_halved_and_the_cap_remembered(engine: Engine) -> None:
    model, log = declare(run=refuse_above(3), max_batch=8)
    assert [item.result() for item in engine.submit_many(model, range(8))] == [2 * n for n in range(8)]
    assert list(map(len, log.batches)) == [8, 4, 2, 2, 4, 2, 2]
    log.batches.clear()
    assert [item.result() for item in engine.submit_many(model, range(8))] == [2 * n for n in range(8)]
    assert list(map(len, log.batches)) == [2, 2, 2, 2]


def test_a_halved_cap_recovers_after_some_good_runs(engine: Engine) -> None:
    limit = [2]

    def run(requests: Sequence[Any], step: Step) -> list[Any]:
        refuse = refuse_above(limit[0])
        return list(refuse(requests, step))

    model, log = declare(run=run, max_batch=4)
    for item in engine.submit_many(model, range(4)):
        item.result()
    limit[0] = 4
    for item in engine.submit_many(model, range(36)):
        item.result()
    assert list(map(len, log.batches)) == [4] + [2] * 16 + [4, 4]


def test_a_batch_that_was_promised_more_than_there_is_is_halved_before_it_runs(engine: Engine) -> None:
    model, log = declare(nbytes=100, working=300, max_batch=8)
    assert [item.result() for item in engine.submit_many(model, range(4))] == [0, 2, 4, 6]
    assert list(map(len, log.batches)) == [2, 2]


def test_a_poison_item_fails_alone(engine: Engine) -> None:
    def run(requests: Sequence[Any], step: Step) -> list[Any]:
        if 2 in requests:
            raise ValueError("two")
        return double(requests, step)

    model, log = declare(run=run, max_batch=4)
    items = engine.submit_many(model, range(4))
    assert [items[i].result() for i in (0, 1, 3)] == [0, 2, 6]
    with pytest.raises(ModelFailed, match="ValueError: two"):
        items[2].result()
    assert log.batches == [[0, 1, 2, 3], [0], [1], [2], [3]]


def test_a_lone_failure_is_not_run_twice(engine: Engine) -> None:
    model, log = declare(run=lambda requests, step: 1 / 0)  # type: ignore[arg-type, return-value]
    with pytest.raises(ModelFailed, match="ZeroDivisionError"):
        engine.run(model, 1)
    assert len(log.batches) == 1


def test_a_models_own_typed_error_reaches_its_caller(engine: Engine) -> None:
    def run(requests: Sequence[Any], step: Step) -> list[Any]:
        raise BadInput("not a picture")

    with pytest.raises(BadInput, match="not a picture"):
        engine.run(declare(run=run)[0], 1)


def test_too_few_results_are_an_error(engine: Engine) -> None:
    model, _ = declare(run=lambda requests, step: requests[1:], max_batch=2)
    for _ in range(2):  # the long way, then the short one
        with pytest.raises(ModelFailed, match="0 results for 1"):
            engine.run(model, 1)


def test_working_bytes_that_raise_fail_the_request(engine: Engine) -> None:
    model, _ = declare(working_bytes=lambda requests: 1 / 0)
    with pytest.raises(ModelFailed, match="ZeroDivisionError"):
        engine.run(model, 1)


def test_what_the_device_has_no_memory_for_runs_on_the_cpu_once_its_own_grant_is_back(device: FakeDevice) -> None:
    seen: list[int] = []
    model, log = declare(nbytes=2000)
    with Engine(device, fallback=CpuDevice()) as engine:
        item = engine.submit(model, 4, on_step=lambda done, total: seen.append(engine._sites[0].ledger.used))
        assert item.result() == 8
        assert item.used is not None
        assert item.used.device == "cpu"
        assert engine.status().loaded[0].device == "cpu"
    assert seen == [0]
    assert log.closes == 1


def test_a_model_may_refuse_the_cpu(device: FakeDevice) -> None:
    model, _ = declare(nbytes=2000, cpu_fallback=False)
    with Engine(device, fallback=CpuDevice()) as engine, pytest.raises(OutOfMemory):
        engine.run(model, 1)


def test_the_end_is_a_typed_error_and_the_next_request_starts_anew(engine: Engine, device: FakeDevice) -> None:
    always = [True]

    def run(requests: Sequence[Any], step: Step) -> list[Any]:
        if always[0]:
            raise FakeOutOfMemory("always")
        return double(requests, step)

    model, log = declare(run=run)
    with pytest.raises(OutOfMemory, match="always"):
        engine.run(model, 1)
    assert len(log.batches) == 6
    always[0] = False
    assert engine.run(model, 1) == 2


def test_our_own_error_while_loading_is_told_as_it_is_and_not_retried(engine: Engine) -> None:
    attempts: list[int] = []

    def load(device: Any, dtype: Any) -> Any:
        attempts.append(1)
        raise Unavailable("rdkit is missing.", remedy="pip install rdkit")

    model, _ = declare(load=load, max_batch=4)
    for item in engine.submit_many(model, range(3)):
        with pytest.raises(Unavailable, match="pip install rdkit"):
            item.result()
    assert attempts == [1]


def test_out_of_memory_inline_is_left_to_the_worker(engine: Engine) -> None:
    import threading

    failures = iter([FakeOutOfMemory("once")])

    def run(requests: Sequence[Any], step: Step) -> list[Any]:
        for failure in failures:
            raise failure
        return double(requests, step)

    model, log = declare(run=run, inline=True)
    engine.warm(model)
    results: list[int] = []
    caller = threading.Thread(target=lambda: results.append(engine.run(model, 2)))
    caller.start()
    caller.join()
    assert results == [4]
    assert [thread is caller for thread in log.threads] == [True, False]


@pytest.mark.parametrize("probability", [0.05, 0.3])
def test_injected_out_of_memory_loses_nothing(probability: float) -> None:
    from concurrent.futures import ThreadPoolExecutor

    device = FakeDevice(450, slots=2, oom_probability=probability, seed=3)
    models = [declare(f"model {n}", max_batch=4)[0] for n in range(6)]

    def call(number: int) -> Any:
        try:
            return engine.run(models[number % 6], number)
        except OutOfMemory as error:
            return error

    with Engine(device) as engine, ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(call, range(200)))
    typed = [outcome for outcome in outcomes if isinstance(outcome, OutOfMemory)]
    assert all(outcome == 2 * n for n, outcome in enumerate(outcomes) if outcome not in typed)
    assert len(typed) <= 10
    assert device.peak_bytes <= 450
    assert device.allocated_bytes == 0


def test_the_last_one_left_of_a_failed_batch_runs_again_too(engine: Engine) -> None:
    """Its mate, cancelled meanwhile, may have been the poison."""
    items: list[Any] = []

    def run(requests: Sequence[Any], step: Step) -> list[Any]:
        if len(requests) > 1:
            items[0].cancel()
            raise ValueError("one of the two")
        return double(requests, step)

    model, _ = declare(run=run, max_batch=2)
    engine.warm(model)
    lane = engine._lanes["model"]
    with lane.runner.turn:
        items += engine.submit_many(model, [1, 2])
    assert items[1].result() == 4
