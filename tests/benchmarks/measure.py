"""Paired measurement on a machine that others use too.

Two ways of doing the same work alternate in short blocks, the order swapped each time, and each pair gives one
comparison: what disturbs the machine disturbs both. Reported are the median and the quartiles over the pairs.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Row", "compare", "machine", "print_table", "row"]


@dataclass(frozen=True)
class Row:
    """One line of the table: `value` and its quartiles, as printed, and whether the target was met."""

    what: str
    target: str
    value: str
    spread: str
    met: bool


def compare(work: Callable[[], float], base: Callable[[], float], pairs: int, relate: Callable[[float, float], float]) -> list[float]:
    """`relate(work's figure, base's figure)` of each pair of blocks, after one pair that is not counted."""
    work(), base()
    related: list[float] = []
    for number in range(pairs):
        if number % 2:
            mine, theirs = work(), base()
        else:
            theirs, mine = base(), work()
        related.append(relate(mine, theirs))
    return related


def row(what: str, unit: str, values: Sequence[float], target: float, *, at_most: bool) -> Row:
    """A row of a measured figure against a target."""
    low, median, high = statistics.quantiles(values, n=4)
    met = median <= target if at_most else median >= target
    sign = "<=" if at_most else ">="
    return Row(what, f"{sign} {target:g} {unit}".strip(), f"{median:.3g} {unit}".strip(), f"{low:.3g} to {high:.3g}", met)


def print_table(rows: Sequence[Row], started_s: float) -> None:
    """Print rows and machine."""
    cells = [("what", "target", "median", "quartiles", "")] + [
        (r.what, r.target, r.value, r.spread, "pass" if r.met else "MISS") for r in rows
    ]
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    print(f"\n{machine()}; took {time.monotonic() - started_s:.0f} s")


def machine() -> str:
    """The machine in one line."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = names[0] if names else model
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = f", load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{model}, {cores} cores, Python {sys.version.split()[0]}{load}"
