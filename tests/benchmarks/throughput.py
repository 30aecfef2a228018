"""Throughput with 64 callers of one model, against a bare batcher and against direct batches of 16."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import closing
from itertools import pairwise
from queue import Empty, SimpleQueue
from typing import Any

import torch

from shared.serving import CpuDevice, Engine, Model, Source, Step
from tests.benchmarks.measure import Row, row

CALLERS = 64
BATCH = 16
BATCH_S = 0.015
BLOCK = 18  # batches; the first four of a block warm it up
WARM_UP = 4
ROUNDS = 18
WIDTH = 1024


class Layers:
    """As many matrix products in a row as take 15 ms for a batch of 16 on one core of this machine.

    One core, so that the other is left to the 64 callers, as it is beside a GPU.
    """

    def __init__(self) -> None:
        torch.set_num_threads(1)
        self._weights = torch.randn((WIDTH, WIDTH), generator=torch.Generator().manual_seed(0)) * WIDTH**-0.5
        self.depth = 1
        self.ends: list[tuple[float, int]] = []  # when each batch ended, and its size
        batch = [torch.ones(WIDTH)] * BATCH
        self.run(batch)
        for _ in range(100):
            self.run(batch)
        ends = [end for end, _ in self.ends]
        self.depth = max(1, round(BATCH_S / statistics.median(later - earlier for earlier, later in pairwise(ends))))

    def run(self, requests: Sequence[torch.Tensor], step: Step | None = None) -> list[torch.Tensor]:
        state = torch.stack(list(requests))
        for _ in range(self.depth):
            state = state @ self._weights
        self.ends.append((time.perf_counter(), len(requests)))
        return list(state)

    def close(self) -> None:
        """The weights go with it."""

    @property
    def enough(self) -> bool:
        """Whether this block has run all its batches."""
        return len(self.ends) >= BLOCK

    def rate(self) -> float:
        """Requests a second of this block, from the end of its warm-up."""
        ends = self.ends[WARM_UP - 1 : BLOCK]
        return sum(size for _, size in ends[1:]) / (ends[-1][0] - ends[0][0])


class BareBatcher:
    """The least that batches: a queue, a thread, a future a request."""

    def __init__(self, run: Callable[[Sequence[Any]], Sequence[Any]]) -> None:
        self._run = run
        self._queue: SimpleQueue[tuple[Any, Future[Any]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def __call__(self, request: Any) -> Any:
        future: Future[Any] = Future()
        self._queue.put((request, future))
        return future.result()

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        torch.set_num_threads(1)
        while (first := self._queue.get()) is not None:
            batch = [first]
            try:
                while len(batch) < BATCH:
                    batch.append(self._queue.get_nowait())  # type: ignore[arg-type]
            except Empty:
                pass
            results = self._run([request for request, _ in batch])
            for (_, future), result in zip(batch, results, strict=True):
                future.set_result(result)


def served(layers: Layers, call: Callable[[Any], Any], request: Any) -> float:
    """Requests a second of 64 callers, each waiting for its result before it asks again."""
    layers.ends.clear()

    def caller() -> None:
        while not layers.enough:
            call(request)

    threads = [threading.Thread(target=caller) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return layers.rate()


def direct(layers: Layers, request: Any) -> float:
    """Requests a second of one thread that runs batches of 16."""
    batch = [request] * BATCH
    layers.ends.clear()
    while not layers.enough:
        layers.run(batch)
    return layers.rate()


def throughput_rows() -> list[Row]:
    """Rounds of all three, so that what disturbs the machine disturbs them alike."""
    layers = Layers()
    request = torch.ones(WIDTH)
    model: Model[torch.Tensor, torch.Tensor] = Model(
        name="layers",
        task="bench",
        licence="Apache-2.0",
        source=Source("embedded", "tests"),
        load=lambda device, dtype: layers,
        nbytes=lambda dtype: WIDTH * WIDTH * dtype.itemsize,
        working_bytes=lambda requests: len(requests) * WIDTH * 8,
        batch_key=lambda request: None,
        max_batch=BATCH,
    )
    against_bare: list[float] = []
    against_direct: list[float] = []
    with Engine(CpuDevice(threads=1)) as engine, closing(BareBatcher(layers.run)) as batcher:
        ways: list[Callable[[], float]] = [
            lambda: served(layers, lambda each: engine.run(model, each), request),
            lambda: served(layers, batcher, request),
            lambda: direct(layers, request),
        ]
        for number in range(ROUNDS + 1):
            rates = dict(sorted((way, ways[way]()) for way in ((number + turn) % 3 for turn in range(3))))
            if number:  # the first round warms up
                against_bare.append(rates[0] / rates[1])
                against_direct.append(rates[0] / rates[2])
    return [
        row("64 callers, against a bare batcher", "x", against_bare, 0.95, at_most=False),
        row("64 callers, against direct batches of 16 (15 ms)", "x", against_direct, 0.90, at_most=False),
    ]
