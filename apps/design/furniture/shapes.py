"""The shapes furniture is built of: bars, curved rails and seats, each a stack of rings with the beam that stands for it.

x to the sitter's right, y from front to back, z up; mm. A ring is a closed convex outline; a loft of rings is a solid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Part", "arc", "bar", "mirrored", "outline", "seat"]

ROUND = (12, 16, 20)
"""Sides of a round bar thinner than 20 mm, than 34 mm, and of others; the polygon has the circle's area."""


@dataclass(frozen=True)
class Part:
    """rings (k, n, 3) and, of a tube, bore (k, n, 3); axis (a, 3) with sizes (a, 2): breadth across `up`, depth along it.

    cut_mm: what is cut for it: length, width, thickness.
    """

    name: str
    role: str
    material: str
    rings: np.ndarray
    axis: np.ndarray
    sizes: np.ndarray
    up: np.ndarray
    is_round: bool
    cut_mm: tuple[float, float, float]
    wall_mm: float = 0.0
    bore: np.ndarray | None = None


def _section(sides: int) -> np.ndarray:
    """(n, 2): an outline of breadth and depth 1, counter-clockwise; 0 sides: a square with edges rounded by a sixth."""
    if sides:
        turn = np.arange(sides) * 2 * np.pi / sides
        area = 0.5 * sides * np.sin(2 * np.pi / sides)
        return np.stack([np.cos(turn), np.sin(turn)], 1) * 0.5 * np.sqrt(np.pi / area)
    turn = np.arange(3) * np.pi / 4  # three points a corner
    corner = np.stack([np.cos(turn), np.sin(turn)], 1) / 6 + 1 / 3
    quarter = np.array([[0.0, -1.0], [1.0, 0.0]])
    return np.concatenate([corner @ np.linalg.matrix_power(quarter.T, k) for k in range(4)])


SECTIONS = {sides: _section(sides) for sides in (0, *ROUND)}


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """np.cross for rows of three: ten times as fast where rows are few."""
    out = np.empty(np.broadcast_shapes(a.shape, b.shape))
    out[..., 0] = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    out[..., 1] = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    out[..., 2] = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return out


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]


def _swept(axis: np.ndarray, sizes: np.ndarray, up: np.ndarray, is_round: bool, *, floor: bool, wall_mm: float = 0.0) -> np.ndarray:
    """Rings (k, n, 3) along an axis; floor: the first ring lies in the horizontal plane of its point.

    wall_mm: of a bore; it has as many sides as the tube around it, so that the wall is even.
    """
    step = _unit(axis[1:] - axis[:-1])
    along = _unit(np.concatenate([step[:1], step[1:] + step[:-1], step[-1:]]))
    across = _unit(_cross(along, up))
    upward = _cross(across, along)
    sides = ROUND[int(np.searchsorted((20, 34), sizes.max() + 2 * wall_mm, side="right"))] if is_round else 0
    section = SECTIONS[sides]
    rings = (
        axis[:, None]
        + section[None, :, :1] * sizes[:, None, :1] * across[:, None]
        + section[None, :, 1:] * sizes[:, None, 1:] * upward[:, None]
    )
    if floor:
        rings[0] += along[0] * ((axis[0, 2] - rings[0][:, 2:]) / along[0, 2])
    return rings


def bar(
    name: str,
    role: str,
    material: str,
    points: np.ndarray | Sequence[np.ndarray | Sequence[float]],
    sizes: Sequence[float | tuple[float, float]],
    *,
    is_round: bool = True,
    up: Sequence[float] = (0, 1, 0),
    wall_mm: float = 0.0,
) -> Part:
    """A straight or gently bent bar through `points`. A size is a diameter, or (across `up`, along it).

    wall_mm > 0: a tube, closed at its ends; a leg's foot is open, so that the hollow of a frame has a way out.
    """
    axis = np.array(points, float)
    both = np.array([(size, size) if isinstance(size, int | float) else size for size in sizes], float)
    direction = np.array(up, float)
    floor = role == "leg"
    rings = _swept(axis, both, direction, is_round, floor=floor)
    bore = None
    if wall_mm > 0:
        ends, cap = axis.copy(), wall_mm + 1.0
        along = _unit(axis[[1, -1]] - axis[[0, -2]])
        ends[0] += along[0] * (-cap if floor else cap)
        ends[-1] -= along[1] * cap
        bore = _swept(ends, both - 2 * wall_mm, direction, is_round, floor=floor, wall_mm=wall_mm)
    length = float(np.linalg.norm(np.diff(axis, axis=0), axis=1).sum())
    cut = (length, float(both[:, 0].max()), float(both[:, 1].max()))
    if len(axis) == 2 and role in (
        "leg",
        "apron",
        "stretcher",
    ):  # a bar's middle is a node of its beam: it may sag there, carry a seat, thin out
        axis, both = np.insert(axis, 1, axis.mean(0), axis=0), np.insert(both, 1, both.mean(0), axis=0)
    return Part(name, role, material, rings, axis, both, direction, is_round, cut, wall_mm, bore)


def arc(
    name: str,
    role: str,
    material: str,
    left: Sequence[float],
    right: Sequence[float],
    *,
    bow: float,
    thickness: float,
    height: float,
    lean: float = 0.0,
    overhang: float = 0.0,
    crown: float = 0.0,
) -> Part:
    """A rail that bows backwards by `bow` between two points and leans by `lean` radians; `crown`: the share of height lost at its ends."""
    a, b = np.array(left, float), np.array(right, float)
    half = np.linalg.norm(b - a) / 2
    reach = 1 + overhang / half
    t = np.linspace(-reach, reach, 13 if bow > 8 else 5)[:, None]
    axis = (a + b) / 2 + t * (b - a) / 2 + np.array([[0.0, 1.0, 0.0]]) * bow * (1 - t**2)
    up = np.array([0.0, np.sin(lean), np.cos(lean)])
    heights = height * (1 - crown * (t[:, 0] / reach) ** 2)
    sizes = np.stack([np.full(len(t), thickness), heights], 1)
    length = float(np.linalg.norm(np.diff(axis, axis=0), axis=1).sum())
    rings = _swept(axis, sizes, up, False, floor=False)
    return Part(
        name, role, material, rings, axis[:: len(t) // 4], sizes[:: len(t) // 4], up, False, (length, height, thickness + bow * 0.5)
    )


def outline(front: float, back: float, depth: float, corner: float, each: int = 7) -> np.ndarray:
    """(4 each, 2): a trapezoid with rounded corners, counter-clockwise, its front edge on y = 0."""
    corner = min(corner, front / 2 - 1, back / 2 - 1, depth / 2 - 1)
    turn = np.linspace(0, np.pi / 2, each)
    centres = [(back / 2, depth, 0.0), (-back / 2, depth, np.pi / 2), (-front / 2, 0.0, np.pi), (front / 2, 0.0, 1.5 * np.pi)]
    points = []
    for x, y, start in centres:
        inner = (x - np.sign(x) * corner, y - corner if y > 0 else y + corner)
        points.append(np.stack([inner[0] + corner * np.cos(start + turn), inner[1] + corner * np.sin(start + turn)], 1))
    return np.concatenate(points)


def seat(name: str, material: str, edge: np.ndarray, top: float, thickness: float, *, soft: float = 4.0) -> Part:
    """A plate inside `edge` (n, 2) whose upper face lies at `top`; `soft`: radius-like bevel of its edges, mm."""
    soft = min(soft, thickness * 0.3)
    middle = (edge.min(0) + edge.max(0)) / 2
    span = edge.max(0) - edge.min(0)
    rings = []
    for height, inset in (
        (0, soft),
        (soft * 0.8, 0),
        (thickness - soft, 0),
        (thickness - soft * 0.35, soft * 0.35),
        (thickness, soft * 1.2),
    ):
        ring = middle + (edge - middle) * (1 - 2 * inset / span)
        rings.append(np.column_stack([ring, np.full(len(ring), top - thickness + height)]))
    axis = np.array([[*middle, top - thickness / 2]])
    sizes = np.array([[min(span), thickness]])
    return Part(name, "seat", material, np.array(rings), axis, sizes, np.array([0.0, 0.0, 1.0]), False, (max(span), min(span), thickness))


def mirrored(part: Part, name: str) -> Part:
    """The same on the other side of the plane x = 0."""
    flip = np.array([-1.0, 1.0, 1.0])

    def turned(rings: np.ndarray | None) -> np.ndarray | None:
        return None if rings is None else (rings * flip)[:, ::-1]

    rings = turned(part.rings)
    assert rings is not None
    return Part(
        name,
        part.role,
        part.material,
        rings,
        part.axis * flip,
        part.sizes,
        part.up * flip,
        part.is_round,
        part.cut_mm,
        part.wall_mm,
        turned(part.bore),
    )
