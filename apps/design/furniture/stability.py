"""Whether a seat tips: moments about the edges of the polygon its feet span, from the mesh alone.

Cases after EN 1022 (seating, stability; adults to 110 kg): 600 N down 60 mm inside the edge and 20 N outwards at the seat's height,
forwards and sideways; backwards 600 N down 175 mm before the back and F = 0.2857 (1000 - seat height) N at 300 mm above the seat or
at the back's top. The calculation is an estimate, not a test.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

__all__ = ["GRAVITY", "Body", "feet_polygon", "margin", "stability", "tilt_deg"]

GRAVITY = 9.81
DOWN_N, SIDE_N = 600.0, 20.0
INSIDE_MM, BEFORE_BACK_MM = 60.0, 175.0


@dataclass(frozen=True)
class Body:
    """mass kg, centre (3,) mm, feet (n, 2): corners of the support, counter-clockwise."""

    mass_kg: float
    centre: np.ndarray
    feet: np.ndarray


def feet_polygon(vertices: np.ndarray, within_mm: float = 1.0) -> np.ndarray:
    """(n, 2): convex outline, counter-clockwise, of what of a mesh lies on the floor (its lowest point). Andrew's monotone chain."""
    low = vertices[vertices[:, 2] < vertices[:, 2].min() + within_mm, :2]
    points = sorted({(round(float(x), 3), round(float(y), 3)) for x, y in low})
    if len(points) < 3:
        return np.array(points).reshape(-1, 2)

    def chain(ordered: list[tuple[float, float]]) -> list[tuple[float, float]]:
        hull: list[tuple[float, float]] = []
        for x, y in ordered:
            while len(hull) > 1 and (hull[-1][0] - hull[-2][0]) * (y - hull[-2][1]) <= (hull[-1][1] - hull[-2][1]) * (x - hull[-2][0]):
                hull.pop()
            hull.append((x, y))
        return hull[:-1]

    return np.array(chain(points) + chain(points[::-1]))


def _edges(feet: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points (n, 2) on the edges and outward unit normals (n, 2); edges shorter than 2 mm count for nothing."""
    along = np.roll(feet, -1, 0) - feet
    length = np.hypot(*along.T)
    keep = length > 2
    normals = np.stack([along[:, 1], -along[:, 0]], 1)[keep] / length[keep, None]
    return feet[keep], normals


def margin(body: Body, down_at: np.ndarray, push: np.ndarray, push_n: float, push_z: float) -> float:
    """Righting over overturning moment about the worst edge that faces the push: below 1 it tips.

    down_at (2,): where DOWN_N presses; push (2,): a unit direction; push_z: the height of the push, mm.
    """
    if len(body.feet) < 3:
        return 0.0
    points, normals = _edges(body.feet)
    facing = normals @ push
    worst = math.inf
    for point, normal, toward in zip(points, normals, facing, strict=True):
        if toward < 0.3:
            continue
        righting = body.mass_kg * GRAVITY * ((point - body.centre[:2]) @ normal) + DOWN_N * ((point - down_at) @ normal)
        worst = min(worst, float(righting / (push_n * push_z * toward)))
    return worst


def tilt_deg(body: Body) -> float:
    """The angle by which it may lean, unloaded, before it falls."""
    if len(body.feet) < 3:
        return 0.0
    points, normals = _edges(body.feet)
    nearest = float(np.einsum("ij,ij->i", points - body.centre[:2], normals).min())
    return math.degrees(math.atan2(nearest, body.centre[2]))


def stability(body: Body, rim: dict[str, np.ndarray], seat_z: float, back: tuple[float, float] | None) -> dict[str, float]:
    """Margins by case. rim: points (2,) of the seat's edge by name of the direction; back: y of its line at the seat, z of its top."""
    middle = sum(rim.values(), np.zeros(2)) / len(rim)
    margins: dict[str, float] = {"forwards": math.inf, "sideways": math.inf}
    for edge in rim.values():
        outward = (edge - middle) / np.linalg.norm(edge - middle)
        if back is not None and outward[1] > 0.5:
            continue
        case = "forwards" if outward[1] < -0.5 else "sideways"
        inside = edge - outward * INSIDE_MM
        margins[case] = min(margins[case], margin(body, inside, outward, SIDE_N, seat_z))
    if back is not None:
        line, top = back
        force = 0.2857 * max(1000 - seat_z, 280.0)
        at = np.array([middle[0], line - BEFORE_BACK_MM])
        margins["backwards"] = margin(body, at, np.array([0.0, 1.0]), force, min(seat_z + 300, top))
    return margins
