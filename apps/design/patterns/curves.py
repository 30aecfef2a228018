"""Lines of a pattern as polylines: (n, 2) float arrays in mm, x to the right, y down.

Every curve is sampled once, and every length afterwards is a length of that polyline: what is compared, drawn, cut and sewn is the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Line", "Point", "arc", "at", "cubic", "joined", "length", "segment", "tangent_at", "turned"]

Line: TypeAlias = NDArray[np.float64]
Point: TypeAlias = Sequence[float] | Line  # (2,)
SEGMENTS = 48  # of a cubic Bezier: on an armhole the chords are 0.02 mm from the curve
PARAMETER = np.linspace(0.0, 1.0, SEGMENTS + 1)[:, None]
BERNSTEIN = np.hstack([(1 - PARAMETER) ** 3, 3 * PARAMETER * (1 - PARAMETER) ** 2, 3 * PARAMETER**2 * (1 - PARAMETER), PARAMETER**3])
SAGITTA_MM = 0.005  # how far a circle's chords may lie inside it


def cubic(*points: Point) -> Line:
    """A cubic Bezier curve through four control points, as a polyline of 49 points whose ends are exact."""
    line: Line = BERNSTEIN @ np.array([np.asarray(point, float) for point in points])
    line[0], line[-1] = points[0], points[3]
    return line


def segment(start: Point, end: Point) -> Line:
    return np.array([np.asarray(start, float), np.asarray(end, float)])


def arc(centre: Point, radius_mm: float, start_rad: float, end_rad: float) -> Line:
    """A circle's arc; the angle runs from +x towards +y (clockwise on screen)."""
    step = 2 * math.acos(max(0.5, 1 - SAGITTA_MM / radius_mm))
    count = max(2, math.ceil(abs(end_rad - start_rad) / step))
    angles = np.linspace(start_rad, end_rad, count + 1)
    return np.asarray(centre, float) + radius_mm * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def joined(*lines: Line) -> Line:
    """Lines end to start as one, without doubled points."""
    return np.vstack([lines[0], *(line[1:] for line in lines[1:])])


def length(line: Line) -> float:
    """In mm."""
    steps = np.diff(line, axis=0)
    return float(np.hypot(steps[:, 0], steps[:, 1]).sum())


def place(line: Line, distance_mm: float) -> tuple[int, float]:
    """(segment, share of it) at a distance along the line, held at its ends."""
    steps = np.diff(line, axis=0)
    ends = np.cumsum(np.hypot(steps[:, 0], steps[:, 1]))
    index = min(int(np.searchsorted(ends, distance_mm)), len(ends) - 1)
    before = float(ends[index - 1]) if index else 0.0
    span = float(ends[index]) - before
    return index, min(1.0, max(0.0, (distance_mm - before) / span)) if span else 0.0


def at(line: Line, distance_mm: float) -> Line:
    """(2,): the point at a distance along the line."""
    index, share = place(line, distance_mm)
    return line[index] + share * (line[index + 1] - line[index])


def tangent_at(line: Line, distance_mm: float) -> Line:
    """(2,): the unit direction at a distance along the line."""
    index, _ = place(line, distance_mm)
    step = line[index + 1] - line[index]
    return step / math.hypot(*step)


def turned(angle_rad: float) -> Line:
    """(2,): the unit vector at an angle from +x towards +y."""
    return np.array([math.cos(angle_rad), math.sin(angle_rad)])
