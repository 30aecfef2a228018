"""The cutting line: parallel, mitred, cut off, mirrored at hems, nothing on folds, no loops in hollows."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import LineString, Polygon

from apps.design.patterns.curves import arc, at, cubic, length, segment, tangent_at
from apps.design.patterns.offset import cutting_line, offset


def test_a_rectangle_grows_by_each_sides_allowance() -> None:
    corners = np.array([[0, 0], [100, 0], [100, 60], [0, 60]], float)
    edges = [(segment(corners[i], corners[(i + 1) % 4]), width, "seam") for i, width in enumerate((10, 20, 5, 0))]
    outline = cutting_line(edges)
    assert sorted(map(tuple, outline.round(9))) == [(0, -10), (0, 65), (120, -10), (120, 65)]


def test_nothing_is_added_on_a_fold_and_the_allowance_ends_on_it() -> None:
    corners = np.array([[0, 0], [50, 0], [50, 80], [0, 80]], float)
    kinds = ("seam", "seam", "hem", "fold")
    widths = (10.0, 10.0, 25.0, 0.0)
    outline = cutting_line([(segment(corners[i], corners[(i + 1) % 4]), widths[i], kinds[i]) for i in range(4)])
    assert outline[:, 0].min() == 0 and outline[:, 1].max() == 105


def test_a_sharp_seam_corner_is_cut_off() -> None:
    corners = np.array([[0, 0], [200, -12], [200, 12]], float)
    outline = cutting_line([(segment(corners[i], corners[(i + 1) % 3]), 10.0, "seam") for i in range(3)])
    assert outline[:, 0].min() > -25  # the mitre would reach 167 mm


def test_the_hem_is_mirrored_so_that_it_lies_on_the_side_seam_when_turned_up() -> None:
    corners = np.array([[0, 0], [100, 0], [130, 200], [0, 200]], float)  # flares towards the hem
    kinds, widths = ("seam", "seam", "hem", "fold"), (10.0, 10.0, 40.0, 0.0)
    outline = cutting_line([(segment(corners[i], corners[(i + 1) % 4]), widths[i], kinds[i]) for i in range(4)])
    low = outline[np.argmax(outline[:, 0] + 1000 * (outline[:, 1] > 239.9))]
    slope = 30 / 200
    on_hem = 130 + 10 * np.hypot(1, slope)
    assert low == pytest.approx([on_hem - 40 * slope, 240])  # narrower again, as the side is 40 mm above the hem


@pytest.mark.parametrize("distance", [5.0, 10.0, 19.0])
def test_a_curves_offset_is_as_far_as_said(distance: float) -> None:
    line = cubic((0, 0), (60, 0), (100, 40), (100, 120))
    ring = LineString(line)
    moved = offset(line, distance)
    from shapely import Point

    assert max(abs(ring.distance(Point(p)) - distance) for p in moved) < 0.05


def test_a_hollow_tighter_than_the_allowance_makes_no_loop() -> None:
    hollow = arc((0, 0), 6.0, 0.0, np.pi)  # clockwise, walked so that outwards is towards its middle
    line = np.vstack([[[6, -40]], hollow, [[-6, -40]]])[::-1]
    moved = offset(line, -10.0) if Polygon(line).exterior.is_ccw else offset(line, 10.0)
    assert LineString(moved).is_simple


def test_places_along_a_line() -> None:
    line = np.array([[0, 0], [3, 4], [3, 14]], float)
    assert length(line) == 15
    assert at(line, 10) == pytest.approx([3, 9]) and at(line, 99) == pytest.approx([3, 14])
    assert tangent_at(line, 2) == pytest.approx([0.6, 0.8]) and tangent_at(line, 15) == pytest.approx([0, 1])


def test_a_circle_is_within_its_sagitta() -> None:
    line = arc((10, 20), 800, 0, np.pi / 2)
    middles = (line[:-1] + line[1:]) / 2
    assert np.hypot(*(middles - [10, 20]).T).min() > 800 - 0.006
    assert length(line) == pytest.approx(800 * np.pi / 2, abs=0.02)
