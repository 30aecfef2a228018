"""The independent check of a pattern: measured on its finished pieces with shapely and plain arithmetic, not with the draft's own code.

What is checked: every outline closed, of one piece, with no crossing; allowances as wide as they claim; every seam's two sides as
long as each other (with their ease or ratio); every notch opposite its partner; a grain line inside each piece; curves met squarely.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from apps.design.patterns.piece import Garment, SeamEdge

__all__ = ["MISMATCH_MM", "Check", "checked", "worst_mismatch_mm"]

MISMATCH_MM = 0.1


@dataclass(frozen=True)
class Check:
    """One finding: `value` against `limit` in `unit` (or a count), and where."""

    name: str
    passed: bool
    value: float
    limit: float
    where: str = ""
    unit: str = "mm"


def distance(a: np.ndarray, b: np.ndarray) -> float:
    return math.hypot(float(a[0]) - float(b[0]), float(a[1]) - float(b[1]))


def walked(line: np.ndarray) -> float:
    """A polyline's length, point by point."""
    return math.fsum(distance(line[i], line[i + 1]) for i in range(len(line) - 1))


def sides(garment: Garment) -> Iterable[tuple[str, float, float]]:
    """(seam, its other side's length, what that length should be), mm."""
    for seam in garment.seams:
        one = math.fsum(walked(garment.piece(each.piece).edge(each.edge).line) for each in seam.one)
        other = math.fsum(walked(garment.piece(each.piece).edge(each.edge).line) for each in seam.other)
        yield seam.name, other, seam.ratio * one + seam.ease_mm


def worst_mismatch_mm(garment: Garment) -> tuple[float, str]:
    """(mm, seam): the seam whose two sides differ most from what they should."""
    return max((abs(found - wanted), name) for name, found, wanted in sides(garment))


def closed(garment: Garment) -> Iterable[Check]:
    for piece in garment.pieces:
        gaps = [distance(edge.line[-1], piece.edges[(i + 1) % len(piece.edges)].line[0]) for i, edge in enumerate(piece.edges)]
        yield Check("outline closed", max(gaps) <= 1e-6, max(gaps), 1e-6, piece.name)


def simple(garment: Garment) -> Iterable[Check]:
    """Sewing and cutting line are simple polygons, the first inside the second."""
    from shapely import Polygon

    for piece in garment.pieces:
        inner, outer = Polygon(piece.sewing), Polygon(piece.cutting)
        valid = inner.is_valid and outer.is_valid
        yield Check("no line crosses itself", valid, float(not valid), 0, piece.name)
        outside = inner.difference(outer).area if valid else math.inf
        yield Check("sewing line inside cutting line", outside <= 0.5, outside, 0.5, piece.name)


def allowances(garment: Garment) -> Iterable[Check]:
    """The distance from the middle of each edge to the cutting line is the allowance."""
    from shapely import LinearRing, Point

    for piece in garment.pieces:
        ring, worst = LinearRing(piece.cutting), 0.0
        for edge in piece.edges:
            step = max(1, len(edge.line) // 6)
            middles = [(edge.line[i] + edge.line[i + 1]) / 2 for i in range(0, len(edge.line) - 1, step)]
            # near an end a neighbour's narrower allowance is closer, and that is right
            reach = max(30.0, edge.allowance_mm + 10)
            inside = [p for p in middles if min(distance(p, edge.line[0]), distance(p, edge.line[-1])) > reach]
            worst = max([worst, *(abs(ring.distance(Point(p)) - edge.allowance_mm) for p in inside)])
        yield Check("allowance as wide as said", worst <= 0.3, worst, 0.3, piece.name)


def grains(garment: Garment) -> Iterable[Check]:
    from shapely import LineString, Polygon

    for piece in garment.pieces:
        inside = Polygon(piece.sewing).covers(LineString(piece.grain)) and walked(piece.grain) > 10
        yield Check("grain line inside", bool(inside), float(not inside), 0, piece.name)


def marks(garment: Garment, edges: tuple[SeamEdge, ...]) -> tuple[list[tuple[str, float]], list[float]]:
    """([(label, mm from the seam's start) of notches], [mm of the places where an edge ends])."""
    notches, ends, start = [], [0.0], 0.0
    for each in edges:
        piece = garment.piece(each.piece)
        whole = walked(piece.edge(each.edge).line)
        found = [(n.label, whole - n.at_mm if each.backwards else n.at_mm) for n in piece.notches if n.edge == each.edge]
        notches += [(label, start + where) for label, where in found]
        start += whole
        ends.append(start)
    return notches, ends


def notches_meet(garment: Garment) -> Iterable[Check]:
    """Every notch of a seam faces a notch of that label on the other side, or the end of an edge."""
    for seam in garment.seams:
        (one, one_ends), (other, other_ends) = marks(garment, seam.one), marks(garment, seam.other)
        ahead = [(label, where * seam.ratio) for label, where in one]
        ends = [where * seam.ratio for where in one_ends]
        ends[-1] += seam.ease_mm
        worst = 0.0
        for mine, theirs, limits in ((ahead, other, other_ends), (other, ahead, ends)):
            for label, where in mine:
                targets = [at for name, at in theirs if name == label] + limits
                worst = max(worst, min(abs(where - at) for at in targets))
        yield Check("notches meet", worst <= MISMATCH_MM, worst, MISMATCH_MM, seam.name)


def corner_deg(before: np.ndarray, after: np.ndarray) -> float:
    """The angle inside a corner between the end of one line and the start of the next."""
    u, v = before[-2] - before[-1], after[1] - after[0]
    return math.degrees(abs(math.atan2(float(u[0] * v[1] - u[1] * v[0]), float(u[0] * v[0] + u[1] * v[1]))))


def square_to_folds(garment: Garment) -> Iterable[Check]:
    """On a fold the lines beside it are square to it, or the unfolded piece has a point or a dip there."""
    for piece in garment.pieces:
        if not piece.on_fold:
            continue
        i = next(i for i, edge in enumerate(piece.edges) if edge.kind == "fold")
        around = piece.edges[i - 1].line, piece.edges[i].line, piece.edges[(i + 1) % len(piece.edges)].line
        off = max(abs(90 - corner_deg(around[0], around[1])), abs(90 - corner_deg(around[1], around[2])))
        yield Check("square to the fold", off <= 2.0, off, 2.0, piece.name, "deg")


def checked(garment: Garment) -> tuple[Check, ...]:
    """Every check of a garment; none raises: a pattern that fails is reported."""
    found = [
        Check("seam sides equal", abs(there - wanted) <= MISMATCH_MM, abs(there - wanted), MISMATCH_MM, name)
        for name, there, wanted in sides(garment)
    ]
    parts: tuple[Callable[[Garment], Iterable[Check]], ...] = (closed, simple, allowances, grains, notches_meet, square_to_folds)
    for part in parts:
        found += part(garment)
    return tuple(found)
