from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import Cancelled, DeadlineExceeded, EngineClosed, ModelFailed, OutOfMemory, Overloaded, SextantError
from shared.serving import Engine, FakeDevice, Item, Step
from shared.serving.lane import Lane
from tests.shared.serving.fakes import Gate, declare


def test_a_group_alone_on_a_lane_is_always_cut_into_the_same_batches(engine: Engine) -> None:
    model, log = declare(max_batch=4)
    for _ in range(20):
        log.batches.clear()
        items = engine.submit_many(model, range(10))
        assert [item.result() for item in items] == [2 * n for n in range(10)]
        assert log.batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
        assert [item.used.batch_size for item in items if item.used] == [4] * 8 + [2] * 2


def test_a_recorded_batch_size_caps_a_repeat(engine: Engine) -> None:
    model, log = declare(max_batch=4)
    for item in engine.submit_many(model, range(5), alone=True, batch=2):
        item.result()
    assert log.batches == [[0, 1], [2, 3], [4]]


def test_alone_shares_with_its_own_group_only(engine: Engine) -> None:
    gate = Gate()
    slow, _ = declare("slow", gate)
    blocker = engine.submit(slow, 1)
    assert gate.reached.wait(5)
    model, log = declare(max_batch=8)
    engine_items = [*engine.submit_many(model, [1, 2], alone=True), engine.submit(model, 3), engine.submit(model, 4)]
    time.sleep(0.02)
    gate.open.set()
    assert [item.result() for item in [blocker, *engine_items]] == [2, 2, 4, 6, 8]
    assert [1, 2] in log.batches


def test_only_equal_keys_share_a_batch(engine: Engine) -> None:
    model, log = declare(max_batch=8, batch_key=lambda request: request % 2)
    items = engine.submit_many(model, range(6))
    assert [item.result() for item in items] == [0, 2, 4, 6, 8, 10]
    assert log.batches == [[0, 2, 4], [1, 3, 5]]


@pytest.mark.parametrize("key", [lambda request: [request], lambda request: 1 / 0])
def test_a_batch_key_that_cannot_be_one_fails_its_caller_only(engine: Engine, key: Any) -> None:
    model, _ = declare(batch_key=key, max_batch=2)
    with pytest.raises(ModelFailed):
        engine.submit(model, 1)
    assert engine.status().queued == {"model": 0}


def test_callers_that_come_back_are_waited_for(engine: Engine) -> None:
    """Eight callers in a loop fill batches of eight, though each batch's callers return one after the other."""
    model, log = declare(run=lambda requests, step: (time.sleep(0.02), requests)[1], max_batch=8)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: [engine.run(model, 1) for _ in range(8)], range(8)))
    assert sum(map(len, log.batches)) == 64
    assert len(log.batches) <= 20


def test_a_lone_caller_does_not_wait_for_others(engine: Engine) -> None:
    model, _ = declare(run=lambda requests, step: (time.sleep(0.02), requests)[1], max_batch=8)
    engine.run(model, 1)
    lane = engine._lanes["model"]
    assert lane.runner.expected == 1


def test_a_full_queue_refuses_with_a_time_to_come_back(device: FakeDevice) -> None:
    gate = Gate()
    model, _ = declare(run=gate)
    with Engine(device, max_queue=3) as engine:
        items = [engine.submit(model, number) for number in range(3)]
        with pytest.raises(Overloaded, match="3 requests wait") as caught:
            engine.run(model, 4)
        assert caught.value.retry_after_s >= 1
        gate.open.set()
        assert [item.result() for item in items] == [0, 2, 4]
        assert engine.run(model, 4) == 8


def test_cancelling_one_leaves_its_batch_mates(engine: Engine) -> None:
    gate = Gate()
    model, log = declare(run=gate, max_batch=4)
    items = engine.submit_many(model, range(4))
    assert gate.reached.wait(5)
    items[1].cancel()
    gate.open.set()
    assert [item.result() for item in items if item is not items[1]] == [0, 4, 6]
    with pytest.raises(Cancelled):
        items[1].result()
    assert len(log.batches) == 1


def test_a_whole_batch_cancelled_ends_at_the_models_next_step(engine: Engine) -> None:
    gate = Gate()
    model, _ = declare(run=gate, max_batch=4)
    items = engine.submit_many(model, range(4))
    assert gate.reached.wait(5)
    for item in items:
        item.cancel()
    steps = gate.steps
    assert engine.run(declare("next")[0], 1) == 2  # the slot is free again
    assert gate.steps <= steps + 2


def test_a_cancelled_item_never_reaches_its_model(engine: Engine) -> None:
    gate = Gate()
    model, log = declare(run=gate)
    items = [engine.submit(model, number) for number in range(3)]
    assert gate.reached.wait(5)
    items[1].cancel()
    gate.open.set()
    assert items[2].result() == 4
    assert log.batches == [[0], [2]]


def test_a_device_that_raises_where_it_must_not_fails_the_request_and_not_the_lane(engine: Engine, device: FakeDevice) -> None:
    model, _ = declare()
    broken, whole = [True], device.enter

    def enter() -> None:
        if broken[0]:
            raise SystemError("the driver is gone")
        whole()

    device.enter = enter  # type: ignore[method-assign]
    with pytest.raises(Exception, match="driver is gone"):
        engine.run(model, 1)
    broken[0] = False
    time.sleep(1.05)  # the failed load's pause
    assert engine.run(model, 1) == 2


class Chaos:
    """Fails, runs out of memory and dawdles by the request's own letter."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def __call__(self, requests: Sequence[Any], step: Step) -> list[Any]:
        time.sleep(self._chance.random() * 0.002)
        if any(kind == "poison" for _, kind in requests):
            raise ValueError("poison")
        for i, (_, kind) in enumerate(requests):
            if kind == "fail":
                step.fail(i, KeyError("no"))
        step(1, 1)
        return [2 * number for number, _ in requests]


@settings(max_examples=25, deadline=None)
@given(
    kinds=st.lists(st.sampled_from(["ok", "ok", "ok", "poison", "fail", "cancel", "late"]), min_size=1, max_size=30),
    max_batch=st.integers(1, 5),
    concurrency=st.sampled_from([1, 1, 3]),
    oom=st.sampled_from([0.0, 0.2]),
    seed=st.integers(0, 10**6),
)
def test_each_item_resolves_exactly_once_and_rightly(kinds: list[str], max_batch: int, concurrency: int, oom: float, seed: int) -> None:
    device = FakeDevice(1000, slots=2, oom_probability=oom, seed=seed)
    model, _ = declare(run=Chaos(seed), max_batch=max_batch, concurrency=concurrency)
    resolved: Counter[int] = Counter()
    with Engine(device) as engine:
        items = []
        for number, kind in enumerate(kinds):
            item = engine.submit(model, (number, kind), deadline_s=0.0005 if kind == "late" else None)
            item.add_done_callback(lambda _, number=number: resolved.update([number]))  # type: ignore[misc]
            items.append(item)
            if kind == "cancel":
                threading.Thread(target=item.cancel).start()
        allowed = {"ok": [], "poison": [ModelFailed], "fail": [ModelFailed], "cancel": [Cancelled], "late": [DeadlineExceeded]}
        for number, (item, kind) in enumerate(zip(items, kinds, strict=True)):
            try:
                assert item.result(timeout_s=10) == 2 * number
            except SextantError:
                assert isinstance(item.error, (*allowed[kind], *([OutOfMemory] if oom else [])))
            else:
                assert kind in ("ok", "cancel", "late")
        assert all(count == 0 for count in engine.status().queued.values())
    assert resolved == Counter(range(len(kinds)))
    assert device.allocated_bytes == 0


def unstarted(engine: Engine, **fields: Any) -> Lane:
    """A lane whose worker is the test itself."""
    lane = Lane(declare(**fields)[0], engine._sites, max_queue=100)
    lane._started = True
    return lane


def put(lane: Lane, request: Any, key: Any = None) -> Item[Any]:
    item: Item[Any] = Item(request, lane.pending, key, lane.model.max_batch)
    lane.pending.add(item)
    lane.put([item])
    return item


def test_rule_16_a_batch_is_filled_while_its_callers_are_on_their_way(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.serving.lane.MAX_FILL_WAIT_S", 10.0)
    lane = unstarted(engine, max_batch=8)
    lane.runner.expected, lane.runner.last_run_s, lane.runner.ended_s = 2, 100.0, time.monotonic()
    put(lane, "first")
    late = threading.Timer(0.02, put, (lane, "second"))
    late.start()
    batch = lane._next_batch()
    late.join()
    assert batch is not None
    assert [item.request for item in batch] == ["first", "second"]


def test_rule_16_no_filling_while_another_key_waits(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.serving.lane.MAX_FILL_WAIT_S", 10.0)
    lane = unstarted(engine, max_batch=8)
    lane.runner.expected, lane.runner.last_run_s, lane.runner.ended_s = 8, 100.0, time.monotonic()
    put(lane, "first", "a")
    put(lane, "other", "b")
    started = time.monotonic()
    batch = lane._next_batch()
    assert batch is not None
    assert [item.request for item in batch] == ["first"]
    assert time.monotonic() - started < 5


def test_no_waiting_for_callers_of_long_ago(engine: Engine) -> None:
    lane = unstarted(engine, max_batch=8)
    lane.runner.expected, lane.runner.last_run_s, lane.runner.ended_s = 8, 100.0, time.monotonic() - 60
    put(lane, "first")
    started = time.monotonic()
    assert lane._next_batch() is not None
    assert time.monotonic() - started < 5


def test_an_item_put_after_the_close_is_resolved(engine: Engine) -> None:
    lane = unstarted(engine)
    lane.close()
    item = put(lane, "too late")
    assert isinstance(item.error, EngineClosed)
