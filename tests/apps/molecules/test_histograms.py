"""Histograms against the reference in the same bins."""

from __future__ import annotations

from itertools import pairwise

import pytest

from apps.molecules.histograms import MAX_BINS, PROPERTIES, histogram, molecules_in_reference, reference, reference_median
from shared.errors import NotFound


@pytest.mark.parametrize("name", PROPERTIES)
def test_the_reference_is_whole(name: str) -> None:
    edges, counts = reference(name)
    assert len(edges) == len(counts) + 1
    assert sum(counts) == pytest.approx(molecules_in_reference(), rel=0.01)
    assert edges[0] < reference_median(name) < edges[-1]
    widths = [right - left for left, right in pairwise(edges)]
    assert widths == pytest.approx([widths[0]] * len(widths))


@pytest.mark.parametrize("name", PROPERTIES)
@pytest.mark.parametrize("reach", [(0.5, 0.5), (-1.0, 0.2), (0.9, 3.0), (-4.0, 5.0)])
def test_every_value_is_counted_once_and_so_is_the_reference(name: str, reach: tuple[float, float]) -> None:
    edges, _ = reference(name)
    span = edges[-1] - edges[0]
    values = [edges[0] + share * span for share in (*reach, 0.5)]
    found = histogram(name, values)
    assert len(found.own) == len(found.reference) == len(found.edges) - 1 <= MAX_BINS + 1
    assert sum(found.own) == pytest.approx(100) and 99 < sum(found.reference) <= 100.001
    assert found.edges[0] <= min(values) and max(values) <= found.edges[-1]
    for value in values:
        held = [own for left, right, own in zip(found.edges, found.edges[1:], found.own, strict=False) if left <= value < right]
        assert held and held[0] > 0


def test_without_values_the_reference_alone_is_left() -> None:
    found = histogram("QED", [])
    assert sum(found.own) == 0 and 99 < sum(found.reference) <= 100.001


def test_an_unknown_property_is_named_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match="logP"):
        reference("boiling point")
