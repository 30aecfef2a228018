"""What must hold when things go wrong: counts, not times."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from shared.errors import Cancelled, OutOfMemory
from shared.serving import CpuDevice, Engine, FakeDevice, Model, Source, Step
from shared.serving.device import Device
from shared.serving.fake import Block
from tests.benchmarks.measure import Row, row

WEIGHTS_BYTES = 100
REQUEST_BYTES = 5


class Allocating:
    """Holds weights and working bytes on a fake device; the result of x is 3 x + 1."""

    def __init__(self, device: FakeDevice) -> None:
        self._device = device
        self._weights: Block = device.allocate(WEIGHTS_BYTES)

    def run(self, requests: Sequence[int], step: Step) -> list[int]:
        block = self._device.allocate(REQUEST_BYTES * len(requests))
        try:
            time.sleep(0.0002)
            step(1, 1)
            return [3 * request + 1 for request in requests]
        finally:
            self._device.free(block)

    def close(self) -> None:
        self._device.free(self._weights)


def allocating_model(name: str) -> Model[int, int]:
    def load(device: Device, dtype: object) -> Allocating:
        assert isinstance(device, FakeDevice)
        return Allocating(device)

    return Model(
        name=name,
        task="bench",
        licence="Apache-2.0",
        source=Source("embedded", "tests"),
        load=load,
        nbytes=lambda dtype: WEIGHTS_BYTES,
        working_bytes=lambda requests: REQUEST_BYTES * len(requests),
        batch_key=lambda request: None,
        max_batch=8,
    )


def callers(engine: Engine, models: Sequence[Model[int, int]], requests: int, threads: int) -> list[int | BaseException]:
    """The outcome of each of `requests` from many threads, request n being n."""

    def call(number: int) -> int | BaseException:
        try:
            return engine.run(random.Random(number).choice(models), number)
        except Exception as error:
            return error

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(call, range(requests)))


def budget_row() -> Row:
    budget = 3 * (WEIGHTS_BYTES + 8 * REQUEST_BYTES)
    device = FakeDevice(10 * budget, slots=2)
    models = [allocating_model(f"model {number}") for number in range(20)]
    with Engine(device, budget_bytes=budget) as engine:
        outcomes = callers(engine, models, 1500, 16)
    right = sum(outcome == 3 * number + 1 for number, outcome in enumerate(outcomes))
    met = device.peak_bytes <= budget and right == 1500 and device.allocated_bytes == 0
    return Row(
        "20 models, budget for 3: bytes by the device's count", f"<= {budget}", f"{device.peak_bytes}", f"{right} of 1500 right", met
    )


def injected_row(probability: float) -> Row:
    device = FakeDevice(1200, slots=2, oom_probability=probability, seed=7)
    models = [allocating_model(f"model {number}") for number in range(6)]
    with Engine(device) as engine:
        outcomes = callers(engine, models, 500, 16)
    right = sum(outcome == 3 * number + 1 for number, outcome in enumerate(outcomes))
    typed = sum(isinstance(outcome, OutOfMemory) for outcome in outcomes)
    met = right + typed == 500 and typed <= 5
    what = f"500 requests, an allocation fails with p = {probability}: typed errors"
    return Row(what, "<= 5", str(typed), f"{right} right, {device.refusals} refusals", met)


class Stepping:
    """Twenty steps of a product a row; what was cancelled leaves the batch."""

    def __init__(self, on_step: Callable[[int], None] = lambda number: None) -> None:
        self._weights = np.random.default_rng(1).normal(0, 0.06, (256, 256)).astype(np.float32)
        self._on_step = on_step

    def run(self, requests: Sequence[Any], step: Step) -> list[Any]:
        state = np.stack(requests)
        live = np.arange(len(requests))
        for number in range(20):
            self._on_step(number)
            live = np.array([i for i in live if step.live(i)], dtype=int)
            state[live] = np.tanh(state[live] @ self._weights)
            step(number + 1, 20)
        return list(state)

    def close(self) -> None:
        """The weights go with it."""


def stepping_model(loaded: Stepping) -> Model[Any, Any]:
    return Model(
        name="stepping",
        task="bench",
        licence="Apache-2.0",
        source=Source("embedded", "tests"),
        load=lambda device, dtype: loaded,
        nbytes=lambda dtype: 1,
        working_bytes=lambda requests: 1,
        batch_key=lambda request: None,
        max_batch=4,
        tolerance=1e-6,
    )


def cancel_row() -> Row:
    """Steps that start after a cancel, over 20 cancels at random moments."""
    steps_after: list[float] = []
    for trial in range(20):
        begun = [0]

        def note(number: int, begun: list[int] = begun) -> None:
            begun[0] += 1
            time.sleep(0.004)

        with Engine(CpuDevice()) as engine:
            item = engine.submit(stepping_model(Stepping(note)), np.ones(256, np.float32))
            time.sleep(random.Random(trial).uniform(0.005, 0.05))
            item.cancel()
            before = begun[0]
            time.sleep(0.02)
            assert isinstance(item.error, Cancelled)
            steps_after.append(begun[0] - before)
    return row("steps begun after a cancel", "", steps_after, 1, at_most=True)


def mates_row() -> Row:
    """The largest difference that cancelling one of four makes to the others."""
    requests = [np.random.default_rng(number).normal(0, 1, 256).astype(np.float32) for number in range(4)]
    reached, go_on = threading.Event(), threading.Event()

    def pause(number: int) -> None:
        if number == 10:
            reached.set()
            go_on.wait()

    differences: list[float] = []
    with Engine(CpuDevice()) as engine:
        model = stepping_model(Stepping(pause))
        go_on.set()
        whole = [item.result() for item in engine.submit_many(model, requests)]
        for victim in range(4):
            reached.clear(), go_on.clear()
            items = engine.submit_many(model, requests)
            reached.wait()
            items[victim].cancel()
            go_on.set()
            mates = [i for i in range(4) if i != victim]
            differences.append(max(float(np.abs(items[i].result() - whole[i]).max()) for i in mates))
    return row("one of four cancelled: difference to the others", "", differences, model.tolerance, at_most=True)


def fault_rows() -> list[Row]:
    return [budget_row(), injected_row(0.05), injected_row(0.3), cancel_row(), mates_row()]
