"""How logP, MW, QED, SA and TPSA are spread over the MOSES test set: what a result's own molecules are compared to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shared.errors import NotFound

__all__ = ["PROPERTIES", "Histogram", "histogram", "molecules_in_reference", "reference", "reference_median"]

FILE = Path(__file__).parent / "reference" / "histograms.json"
PROPERTIES = ("logP", "MW", "QED", "SA", "TPSA")
MAX_BINS = 24
LEAST_SHARE = 0.1
"""Percent of the reference: an end bin with less is left out."""


@dataclass(frozen=True)
class Histogram:
    """Values beside the reference in the same bins. edges: (n + 1,); own, reference: (n,) shares of all, in percent."""

    edges: tuple[float, ...]
    own: tuple[float, ...]
    reference: tuple[float, ...]


@cache
def _file() -> dict[str, Any]:
    return dict(json.loads(FILE.read_text(encoding="utf-8")))


def _of(name: str) -> dict[str, Any]:
    properties = _file()["properties"]
    if name not in properties:
        raise NotFound(f"There is no reference for {name!r}.", remedy=f"There is one for {', '.join(properties)}.")
    return dict(properties[name])


def reference(name: str) -> tuple[list[float], list[int]]:
    """(edges, counts) of a property over the MOSES test set; equal bins, one edge more than counts. Raises `NotFound`."""
    found = _of(name)
    return [float(edge) for edge in found["edges"]], [int(count) for count in found["counts"]]


def reference_median(name: str) -> float:
    """Median of a property over the MOSES test set. Raises `NotFound`."""
    return float(_of(name)["median"])


def molecules_in_reference() -> int:
    """How many molecules the reference counts."""
    return int(_file()["molecules"])


def histogram(name: str, values: Sequence[float]) -> Histogram:
    """`values` and the reference in at most `MAX_BINS` common bins: the reference's, put together and continued on both sides."""
    edges, counts = reference(name)
    width, first = (edges[-1] - edges[0]) / len(counts), edges[0]
    low = min(0, _place(min(values, default=first), first, width))
    high = max(len(counts), _place(max(values, default=first), first, width) + 1)
    merged = -(-(high - low) // MAX_BINS)
    start = low // merged
    bins = -(-(high - start * merged) // merged)
    own, known = [0] * bins, [0] * bins
    for value in values:
        own[_place(value, first, width) // merged - start] += 1
    for place, count in enumerate(counts):
        known[place // merged - start] += count
    ends = tuple(first + width * merged * (start + index) for index in range(bins + 1))
    return _trimmed(Histogram(ends, _shares(own), _shares(known)))


def _trimmed(found: Histogram) -> Histogram:
    """Without the bins at both ends that hold no value and next to nothing of the reference."""
    worth = [place for place, own in enumerate(found.own) if own or found.reference[place] >= LEAST_SHARE]
    low, high = worth[0], worth[-1] + 1
    return Histogram(found.edges[low : high + 1], found.own[low:high], found.reference[low:high])


def _place(value: float, first: float, width: float) -> int:
    """Number of the reference's bin, below 0 and above the last one as if they went on."""
    return int((value - first) // width)


def _shares(counts: Sequence[int]) -> tuple[float, ...]:
    total = sum(counts) or 1
    return tuple(100 * count / total for count in counts)
