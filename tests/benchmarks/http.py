"""Our HTTP server beside LitServe and Ray Serve: `python -m tests.benchmarks.http [--without-rivals]`.

One run, interleaved, the median of five rounds: all servers are up at once, each round asks each of them in turn, and every
figure is a comparison within its round. Server CPU is of the whole process tree, less what it uses while nobody asks.
Exit status 1 where a target is missed, or a rival could not be made. `FIGURES` takes further ones: each is a function from the
running servers to rows of the table.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack

from tests.benchmarks.http_load import cpu_s, press
from tests.benchmarks.http_rivals import CONTENDERS, Running, make_rivals
from tests.benchmarks.measure import Row, print_table, row

ROUNDS, CLIENTS, REQUESTS, IDLE_S = 5, 8, 1_000, 2.0
NULL = b'{"text":"ahoy"}'
MODEL_S, MODEL_CALLS = 0.03, 30
MODEL = b'{"text":"ahoy","wait_s":0.03}'

Servers = Mapping[str, Running]


def cpu_figures(servers: Servers) -> list[Row]:
    """Server CPU of a small request at eight clients."""
    idle = {name: _idle_rate(server) for name, server in servers.items()}
    rounds: list[dict[str, float]] = []
    for number in range(-1, ROUNDS):  # the first warms up
        names = list(servers) if number % 2 else list(servers)[::-1]
        cost = {name: _cpu_ms(servers[name], idle[name]) for name in names}
        if number >= 0:
            rounds.append(cost)
    for name in servers:
        print(f"server CPU a request, {name:9} {statistics.median(r[name] for r in rounds):6.3f} ms", file=sys.stderr)
    rows = [row("CPU that a run record adds", "ms", [r["recorded"] - r["plain"] for r in rounds], 0.3, at_most=True)]
    for name, share in (("litserve", 1 / 3), ("ray", 1 / 15)):
        if name in servers:
            rows.append(row(f"CPU without a record, of {name}'s", "", [r["plain"] / r[name] for r in rounds], share, at_most=True))
        else:
            rows.append(Row(f"CPU without a record, of {name}'s", f"<= {share:.3g}", "no server", "", "--without-rivals" in sys.argv))
    return rows


def latency_figures(servers: Servers) -> list[Row]:
    """One client: a small request on a kept-alive connection, and what HTTP adds to a model of 30 ms."""
    url = servers["recorded"].url
    small = [statistics.median(press(url, NULL, clients=1, requests=200).latencies_s) * 1e3 for _ in range(ROUNDS)]
    added = []
    for _ in range(ROUNDS):
        direct = statistics.median(_direct_s() for _ in range(MODEL_CALLS))
        served = statistics.median(press(url, MODEL, clients=1, requests=MODEL_CALLS).latencies_s)
        added.append(served / direct)
    return [
        row("keep-alive POST, 1 client, median", "ms", small, 5, at_most=True),
        row("a model of 30 ms at 1 client, of a direct call", "", added, 1.05, at_most=True),
    ]


FIGURES: list[Callable[[Servers], list[Row]]] = [cpu_figures, latency_figures]


def _direct_s() -> float:
    started = time.perf_counter()
    time.sleep(MODEL_S)  # what the model does
    return time.perf_counter() - started


def _idle_rate(server: Running) -> float:
    """CPU seconds a second while nobody asks."""
    before = cpu_s(server.pid)
    time.sleep(IDLE_S)
    return (cpu_s(server.pid) - before) / IDLE_S


def _cpu_ms(server: Running, idle: float) -> float:
    before = cpu_s(server.pid)
    load = press(server.url, NULL, clients=CLIENTS, requests=REQUESTS)
    return (cpu_s(server.pid) - before - idle * load.seconds) / REQUESTS * 1e3


def main() -> int:
    started_s = time.monotonic()
    alone = "--without-rivals" in sys.argv
    if not alone:
        make_rivals()
    with ExitStack() as stack:
        servers: dict[str, Running] = {}
        for contender in CONTENDERS[:2] if alone else CONTENDERS:
            try:
                servers[contender.name] = stack.enter_context(Running(contender, NULL))
            except (OSError, RuntimeError) as error:
                print(f"{contender.name}: {error}", file=sys.stderr)
        rows = [line for figures in FIGURES for line in figures(servers)]
    print_table(rows, started_s)
    return 0 if all(line.met for line in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
