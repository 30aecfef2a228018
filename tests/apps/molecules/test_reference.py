"""The reference files: what they must hold for those who read them."""

from __future__ import annotations

import json

import pytest

from apps.molecules.derive import BIN_WIDTHS, HISTOGRAMS
from apps.molecules.histograms import PROPERTIES, histogram

RECORD = json.loads(HISTOGRAMS.read_text(encoding="utf-8"))


def test_the_histograms_say_where_they_come_from() -> None:
    assert "MOSES" in RECORD["source"] and RECORD["licence"] == "MIT"
    assert RECORD["molecules"] >= 20_000
    assert set(RECORD["properties"]) == set(PROPERTIES) == set(BIN_WIDTHS)


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_molecule_is_in_a_bin_of_equal_width(name: str) -> None:
    found = RECORD["properties"][name]
    assert sum(found["counts"]) == RECORD["molecules"]
    assert len(found["edges"]) == len(found["counts"]) + 1
    widths = [after - before for before, after in zip(found["edges"], found["edges"][1:], strict=False)]
    assert widths == pytest.approx([BIN_WIDTHS[name]] * len(widths))
    below = sum(count for count, edge in zip(found["counts"], found["edges"][1:], strict=True) if edge <= found["median"])
    assert below <= RECORD["molecules"] / 2
    assert sum(histogram(name, [found["median"]]).reference) == pytest.approx(100, abs=1)  # a long tail is not drawn


def test_the_reference_is_lead_like() -> None:
    """MOSES keeps 250 ... 350 daltons (Polykovskiy et al. 2020, section 3)."""
    edges = RECORD["properties"]["MW"]["edges"]
    assert edges[0] >= 244 and edges[-1] <= 356
    assert 0.7 < RECORD["properties"]["QED"]["median"] < 0.9
