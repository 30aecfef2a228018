"""The charts: well-formed, escaped, and drawn where they belong."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from apps.molecules.charts import FEW, HEIGHT, WIDTH, histogram_svg, nice_ticks, radar_svg, waterfall
from apps.molecules.histograms import histogram
from apps.molecules.spread import rule_of

NAMESPACE = "{http://www.w3.org/2000/svg}"


def test_a_histogram_stays_within_its_frame() -> None:
    values = [250.0 + place for place in range(FEW + 5)]
    root = ElementTree.fromstring(histogram_svg(histogram("MW", values), values, title="Molecular <weight>", unit="g/mol", mark=300.0))
    bars = list(root.iter(f"{NAMESPACE}rect"))
    assert bars
    for bar in bars:
        x, y, width, height = (float(bar.get(name, "nan")) for name in ("x", "y", "width", "height"))
        assert x >= 0 and y >= 0 and x + width <= WIDTH and y + height <= HEIGHT and height > 0
    assert len([line for line in root.iter(f"{NAMESPACE}line") if line.get("class") == "mark"]) == 1
    assert "Molecular <weight>, g/mol" in [text.text for text in root.iter(f"{NAMESPACE}text")]


def test_a_few_values_are_marked_one_by_one() -> None:
    values = [0.5, 0.6, 0.7]
    root = ElementTree.fromstring(histogram_svg(histogram("QED", values), values, title="QED", unit=""))
    assert len([line for line in root.iter(f"{NAMESPACE}line") if line.get("class") == "rug"]) == 3
    assert not list(root.iter(f"{NAMESPACE}rect"))


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0, 10, [0, 2, 4, 6, 8, 10]), (-0.3, 1.1, [0, 0.5, 1.0]), (250, 351, [250, 300, 350]), (2, 2, [2]), (0, float("inf"), [0])],
)
def test_ticks_are_round_numbers(low: float, high: float, ticks: list[float]) -> None:
    assert nice_ticks(low, high) == ticks


def test_a_radar_names_its_axes_and_keeps_the_median() -> None:
    root = ElementTree.fromstring(radar_svg([("A & B", 0.0), ("C", 50.0), ("A long name of an axis", 100.0)], size=300, label="said"))
    assert root.get("aria-label") == "said"
    words = ["".join(text.itertext()) for text in root.iter(f"{NAMESPACE}text")]
    assert words == ["A & B 0", "C 50", "A long nameof an axis 100"]
    rings = {ring.get("class"): float(ring.get("r", "0")) for ring in root.iter(f"{NAMESPACE}circle")}
    assert rings["median"] == pytest.approx(60 / 2)
    (area,) = root.iter(f"{NAMESPACE}polygon")
    assert len(area.get("points", "").split()) == 3


def test_a_waterfall_ends_where_the_last_loss_does() -> None:
    html = waterfall(("Drawn", 200), [("Invalid <x>", 20), ("Rejected", 80)], ("Kept", 100))
    assert "Invalid &lt;x&gt;" in html and "\N{MINUS SIGN}80" in html and "40.0 %" in html
    steps = [(float(left), float(width)) for left, width in re.findall(r"left:([\d.]+)%;width:([\d.]+)%", html)]
    assert steps == [(0, 100), (90, 10), (50, 40), (0, 50)]


@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        ("Brenk: aniline, phenol ester", "Brenk"),
        ("hERG 0.54 fails hERG<=0.5", "hERG<=0.5"),
        ("MW 612.30 > 500, logP 5.81 > 5 (Lipinski, 2 violations)", "Lipinski"),
        ("similarity 0.21 outside 0.35 to 0.95", "similarity outside 0.35 to 0.95"),
        ("in the training set (novel_only)", "in the training set (novel_only)"),
        ("core not kept", "core not kept"),
        ("rotatable_bonds 12 > 10 (Veber)", "Veber"),
        ("MW 212.20 < 250, logP 3.60 > 3.5 (lead-like)", "lead-like"),
        ("PAINS: catechol_A(92)", "PAINS"),
    ],
)
def test_a_reason_names_its_rule(reason: str, rule: str) -> None:
    assert rule_of(reason) == rule


def test_a_waterfall_of_nothing_divides_by_nothing() -> None:
    assert "0 %" in waterfall(("Rows", 0), [], ("Pass", 0))
