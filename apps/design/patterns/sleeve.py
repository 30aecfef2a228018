"""The T-shirt's set-in sleeve: its cap is solved to the armhole it is sewn into.

The cap of a flat knit sleeve is one S-shaped curve on each side of its top: level at the top and square to the underarm seam below, with
the front scooped more than the back (as in Aldrich's one-piece sleeve, whose head is raised on the upper third of the diagonal
and hollowed on the lower). The width at the upper arm is given by the body; height and top of the cap follow from the lengths of the
two armholes by Newton's method, each half matched by itself, so that the shoulder seam meets the notch at the top.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from apps.design.patterns.curves import Line, cubic, joined, length, segment
from apps.design.patterns.piece import Edge, Notch, Piece
from shared.errors import BadInput

__all__ = ["Armholes", "sleeve"]

# Handles of the cap's curve, shares of its half width: (at the top, at the underarm)
FRONT_HANDLES = (0.50, 0.46)
BACK_HANDLES = (0.56, 0.38)
NARROWEST, WIDEST = 0.68, 0.95  # half the sleeve's width over half the armhole: a higher cap binds, a flatter one folds
SHORTEST_UNDERARM_MM = 50.0
STEEPEST = 0.25  # of the underarm seam: a wider hem rather than a seam on the bias
WORTH_SAYING_MM = 10.0


@dataclass(frozen=True)
class Armholes:
    """Lengths in mm to sew into, and where the notches are, from the underarm."""

    front: float
    back: float
    front_notch: float
    back_notch: float


def half_cap(side: int, width: float, height: float, top: float, taper: float) -> Line:
    """From the top to the underarm; side: +1 front, -1 back. taper: how far the underarm seam leans in, per mm downwards."""
    first, last = FRONT_HANDLES if side > 0 else BACK_HANDLES
    span = abs(side * width - top)
    lean = np.array([1.0, taper]) / math.hypot(1, taper)  # square to the underarm seam
    end = np.array([width, height])
    points = np.array([[side * top, 0.0], [side * top + first * span, 0.0], end - last * span * lean, end])
    return cubic(*(points * np.array([side, 1.0])))


def lean_of(drop: float, underarm: float) -> float:
    """How far the underarm seam leans in for each mm downwards."""
    return min(STEEPEST, drop / max(underarm, SHORTEST_UNDERARM_MM))


def solved(armholes: Armholes, width: float, ease_mm: float, drop: float, full_length: float) -> tuple[float, float]:
    """(cap height, x of its top) in mm; drop: how much narrower half the hem is than half the sleeve."""
    want = np.array([armholes.front, armholes.back]) + ease_mm / 2

    def excess(state: np.ndarray) -> np.ndarray:
        height, top = float(state[0]), float(state[1])
        taper = lean_of(drop, full_length - height)
        return np.array([length(half_cap(side, width, height, top, taper)) for side in (1, -1)]) - want

    state = np.array([0.9 * math.sqrt(max(float(want.mean()) ** 2 - width**2, 100.0)), 0.0])
    for _ in range(40):
        error = excess(state)
        if np.abs(error).max() < 1e-7:
            return float(state[0]), float(state[1])
        slope = np.stack([(excess(state + step) - error) / 1e-4 for step in (np.array([1e-4, 0.0]), np.array([0.0, 1e-4]))], axis=1)
        change = np.linalg.solve(slope, error)
        state = state - change * min(1.0, 30.0 / float(np.abs(change).max()))
        state[0] = max(state[0], 5.0)
    raise BadInput(
        f"No sleeve of {2 * width:.0f} mm round the upper arm fits an armhole of {want.sum():.0f} mm.",
        remedy="Measure the upper arm and the scye depth again.",
        field="upper_arm_girth",
    )


def sleeve(
    armholes: Armholes,
    *,
    width_mm: float,
    length_mm: float,
    hem_mm: float,
    cap_ease_mm: float,
    allowance_mm: float,
    hem_allowance_mm: float,
) -> tuple[Piece, dict[str, float], list[str]]:
    """The sleeve, its figures in mm and what to note; width_mm and hem_mm are whole girths.

    Raises BadInput where the arm is too thick for the armhole (`fits` says so before).
    """
    notes = []
    mean = (armholes.front + armholes.back + cap_ease_mm) / 2
    width = width_mm / 2
    if width < NARROWEST * mean:
        width = NARROWEST * mean
        notes.append(
            f"The sleeve is {2 * width - width_mm:.0f} mm wider than the arm and its ease: a narrower one would need a binding cap."
        )
    hem = min(hem_mm / 2, width)
    height, top = solved(armholes, width, cap_ease_mm, width - hem, length_mm)
    if length_mm < height + SHORTEST_UNDERARM_MM:
        if height + SHORTEST_UNDERARM_MM - length_mm > WORTH_SAYING_MM:
            notes.append(
                f"The sleeve is {height + SHORTEST_UNDERARM_MM:.0f} mm long, not {length_mm:.0f}: its cap alone is {height:.0f} mm."
            )
        length_mm = height + SHORTEST_UNDERARM_MM
        for _ in range(4):  # the seam's lean moves with the length, and the cap's height with the lean
            height, top = solved(armholes, width, cap_ease_mm, width - hem, length_mm)
    taper = lean_of(width - hem, length_mm - height)
    hem = width - taper * (length_mm - height)
    back, front = (half_cap(side, width, height, top, taper) for side in (-1, 1))
    sag = 0.5 * hem * taper  # the hem is square to both seams: lower at the seams than in the middle
    right = cubic((0, length_mm - sag), (0.4 * hem, length_mm - sag), (0.65 * hem, length_mm - 0.35 * hem * taper), (hem, length_mm))
    hem_line = joined(right[::-1], (right * np.array([-1.0, 1.0])))
    edges = (
        Edge("back cap", back[::-1], allowance_mm),
        Edge("front cap", front, allowance_mm),
        Edge("front underarm", segment((width, height), (hem, length_mm)), allowance_mm),
        Edge("hem", hem_line, hem_allowance_mm, "hem"),
        Edge("back underarm", segment((-hem, length_mm), (-width, height)), allowance_mm),
    )
    notches = (
        Notch("back cap", armholes.back_notch, "back armhole", double=True),
        Notch("front cap", 0.0, "shoulder"),
        Notch("front cap", edges[1].length_mm - armholes.front_notch, "front armhole"),
    )
    grain = segment((0, 0.3 * height), (0, length_mm - sag - 12))
    figures = {"cap_height_mm": height, "sleeve_width_mm": 2 * width, "sleeve_hem_mm": 2 * hem}
    return Piece("Sleeve", edges, grain, count=2, notches=notches), figures, notes
