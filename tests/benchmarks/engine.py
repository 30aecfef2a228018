"""`python -m tests.benchmarks.engine`: the engine against a direct call, paired and interleaved in one process.

Exits with 1 where a target of DESIGN.md section 11 is missed. About 45 s.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import sub, truediv
from typing import Any

from shared.serving import CpuDevice, Engine, Model, Source, Step
from tests.benchmarks.engine_faults import fault_rows
from tests.benchmarks.measure import Row, compare, print_table, row
from tests.benchmarks.throughput import throughput_rows

CALLS = 200


class Null:
    """A model that does nothing: what is measured is the way to it."""

    def run(self, requests: Sequence[int], step: Step) -> Sequence[int]:
        return requests

    def close(self) -> None:
        """Nothing to let go of."""


def null_model(name: str, *, inline: bool) -> Model[int, int]:
    return Model(
        name=name,
        task="bench",
        licence="Apache-2.0",
        source=Source("embedded", "tests"),
        load=lambda device, dtype: Null(),
        nbytes=lambda dtype: 1,
        working_bytes=len,
        batch_key=lambda request: None,
        inline=inline,
    )


def timed(call: Callable[[], Any]) -> Callable[[], float]:
    """Microseconds a call, over a block of calls."""

    def block() -> float:
        started = time.perf_counter()
        for _ in range(CALLS):
            call()
        return (time.perf_counter() - started) / CALLS * 1e6

    return block


def in_thread(work: Callable[[], list[float]]) -> list[float]:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def overhead_rows() -> list[Row]:
    """An idle inline lane over a direct call, and a handed-over one against a bare pool of one thread."""
    null, step = Null(), threading.Event()
    inline, busy = null_model("inline", inline=True), null_model("busy", inline=False)
    with Engine(CpuDevice()) as engine, ThreadPoolExecutor(1) as pool:
        engine.warm(inline)
        engine.warm(busy)
        direct = timed(lambda: null.run((1,), step))  # type: ignore[arg-type]
        over = in_thread(lambda: compare(timed(lambda: engine.run(inline, 1)), direct, 200, sub))
        ratio = compare(
            timed(lambda: engine.submit(busy, 1).result()),
            timed(lambda: pool.submit(null.run, (1,), step).result()),  # type: ignore[arg-type]
            200,
            truediv,
        )
    return [
        row("idle inline lane, over a direct call", "us", over, 10, at_most=True),
        row("busy lane, against ThreadPoolExecutor(1)", "x", ratio, 1.2, at_most=True),
    ]


def main() -> int:
    started_s = time.monotonic()
    rows = overhead_rows() + throughput_rows() + fault_rows()
    print_table(rows, started_s)
    missed = [each.what for each in rows if not each.met]
    if missed:
        print(f"missed: {'; '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
