"""Models for the engine's tests: they count what happens to them, and allocate on the fake device."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.serving import DType, FakeDevice, Model, Source, Step
from shared.serving.device import Device

Run = Callable[[Sequence[Any], Step], Sequence[Any]]


def double(requests: Sequence[Any], step: Step) -> list[Any]:
    step(1, 1)
    return [2 * request for request in requests]


@dataclass
class Log:
    """What happened to a model."""

    batches: list[list[Any]] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)
    loads: int = 0
    closes: int = 0


class FakeLoaded:
    """Weights on a device; every run takes working bytes and gives them back."""

    def __init__(self, device: Device, nbytes: int, working: int, run: Run, log: Log) -> None:
        self._device = device
        self._working = working
        self._run = run
        self._log = log
        self._weights = device.allocate(nbytes) if isinstance(device, FakeDevice) else None
        log.loads += 1

    def run(self, requests: Sequence[Any], step: Step) -> Sequence[Any]:
        self._log.batches.append(list(requests))
        self._log.threads.append(threading.current_thread())
        if not isinstance(self._device, FakeDevice):
            return self._run(requests, step)
        block = self._device.allocate(self._working * len(requests))
        try:
            return self._run(requests, step)
        finally:
            self._device.free(block)

    def close(self) -> None:
        self._log.closes += 1
        if self._weights is not None and isinstance(self._device, FakeDevice):
            self._device.free(self._weights)


def declare(name: str = "model", run: Run = double, *, nbytes: int = 100, working: int = 1, **fields: Any) -> tuple[Model[Any, Any], Log]:
    """A model of `nbytes` weights and `working` bytes a request, and its log."""
    log = Log()

    def load(device: Device, dtype: DType) -> FakeLoaded:
        return FakeLoaded(device, nbytes, working, run, log)

    settings: dict[str, Any] = {
        "task": "test",
        "licence": "Apache-2.0",
        "source": Source("embedded", f"tests/{name}", revision="r1"),
        "load": load,
        "nbytes": lambda dtype: nbytes,
        "working_bytes": lambda requests: working * len(requests),
        "batch_key": lambda request: None,
    }
    return Model(name=name, **(settings | fields)), log


class Gate:
    """A run that waits in the middle until it is let go: `reached` once it runs."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()
        self.steps = 0

    def __call__(self, requests: Sequence[Any], step: Step) -> list[Any]:
        self.reached.set()
        while not self.open.wait(0.002):
            step(0, 1)
            self.steps += 1
        step(1, 1)
        return [2 * request for request in requests]
