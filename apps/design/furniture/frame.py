"""A space frame of straight beams in three dimensions, solved directly: forces and stresses of furniture under a load.

Euler-Bernoulli beams of twelve degrees of freedom (Przemieniecki 1968, *Theory of Matrix Structural Analysis*, 5.6). N, mm and MPa.
Joints are stiff and as strong as what they join: a dry or badly glued joint is weaker than this says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Beams", "Solved", "solve"]

LINK_MM = 40.0
"""A link bridges the offset of two axes; it is of steel and this thick, and is not judged."""


@dataclass(frozen=True)
class Beams:
    """nodes (n, 3); ends (e, 2) node numbers; sizes (e, 2, 2): at both ends, across and along `up` (e, 3); owner (e,), -1 a link."""

    nodes: np.ndarray
    ends: np.ndarray
    sizes: np.ndarray
    up: np.ndarray
    is_round: np.ndarray
    wall_mm: np.ndarray
    modulus: np.ndarray
    owner: np.ndarray


@dataclass(frozen=True)
class Solved:
    """moved (n, 6, cases); axial (e, cases): compression below zero; stress (e, cases): the largest of both ends."""

    moved: np.ndarray
    axial: np.ndarray
    stress: np.ndarray
    length: np.ndarray


def properties(sizes: np.ndarray, is_round: np.ndarray, wall_mm: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """area, and second moments about the axis across (bending in the direction of `up`) and about `up`; sizes (..., 2)."""
    breadth, depth = sizes[..., 0], sizes[..., 1]
    inner_b, inner_d = np.maximum(breadth - 2 * wall_mm, 0), np.maximum(depth - 2 * wall_mm, 0)
    hollow = wall_mm > 0
    area_k, inertia_k = np.where(is_round, np.pi / 4, 1.0), np.where(is_round, np.pi / 64, 1 / 12)
    area = area_k * (breadth * depth - hollow * inner_b * inner_d)
    across = inertia_k * (breadth * depth**3 - hollow * inner_b * inner_d**3)
    upright = inertia_k * (depth * breadth**3 - hollow * inner_d * inner_b**3)
    return area, across, upright


def _directions(beams: Beams) -> tuple[np.ndarray, np.ndarray]:
    """(e, 3, 3) rows along, across, up; (e,) lengths."""
    along = beams.nodes[beams.ends[:, 1]] - beams.nodes[beams.ends[:, 0]]
    length = np.linalg.norm(along, axis=1)
    along /= length[:, None]
    across = np.cross(along, beams.up)
    weak = np.linalg.norm(across, axis=1) < 1e-3  # `up` along the beam: any other will do
    across[weak] = np.cross(along[weak], np.where(np.abs(along[weak, :1]) < 0.7, [[1.0, 0, 0]], [[0, 1.0, 0]]))
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    return np.stack([along, across, np.cross(across, along)], 1), length


def _stiffness(area: np.ndarray, across: np.ndarray, upright: np.ndarray, modulus: np.ndarray, length: np.ndarray) -> np.ndarray:
    """(e, 12, 12) in local directions: 1 along, 2 across, 3 up."""
    k = np.zeros((len(length), 12, 12))
    axial, twist = modulus * area / length, modulus / 2.6 * (across + upright) / length
    for a, b, value in ((0, 6, axial), (3, 9, twist)):
        k[:, a, a] = k[:, b, b] = value
        k[:, a, b] = k[:, b, a] = -value
    # bending: v across with rotation about up (5); w along up with rotation about across (4), whose sign is turned
    for move, turn, inertia, sign in ((1, 5, upright, 1.0), (2, 4, across, -1.0)):
        one = modulus * inertia / length**3
        index = (move, turn, move + 6, turn + 6)
        block = np.array([[12, 6, -12, 6], [6, 4, -6, 2], [-12, -6, 12, -6], [6, 2, -6, 4]], float)
        turns = np.array([0, 1, 0, 1])
        for i, a in enumerate(index):
            for j, b in enumerate(index):
                k[:, a, b] = block[i, j] * one * length ** (turns[i] + turns[j]) * sign ** (turns[i] + turns[j])
    return k


def solve(beams: Beams, springs: np.ndarray, loads: np.ndarray) -> Solved:
    """springs (n, 3): N/mm that hold a node; loads (n, 3, cases): N. Raises numpy.linalg.LinAlgError where something hangs in the air."""
    turn, length = _directions(beams)
    both = [properties(beams.sizes[:, end], beams.is_round, beams.wall_mm) for end in (0, 1)]
    area, across, upright = (np.sqrt(first * second) for first, second in zip(*both, strict=True))
    local = _stiffness(area, across, upright, beams.modulus, length)
    big = np.zeros((len(length), 12, 12))
    for k in range(4):
        big[:, 3 * k : 3 * k + 3, 3 * k : 3 * k + 3] = turn
    turned = local @ big
    count = len(beams.nodes) * 6
    freedom = (beams.ends[:, :, None] * 6 + np.arange(6)).reshape(-1, 12)
    index = freedom[:, :, None] * count + freedom[:, None, :]
    whole = np.bincount(index.ravel(), (big.transpose(0, 2, 1) @ turned).ravel(), count * count).reshape(count, count)
    held = (np.arange(len(beams.nodes))[:, None] * 6 + np.arange(3)).ravel()
    whole[held, held] += springs.ravel()
    cases = loads.shape[2]
    right = np.zeros((len(beams.nodes), 6, cases))
    right[:, :3] = loads
    moved = np.linalg.solve(whole, right.reshape(count, cases))
    forces = turned @ moved[freedom]  # (e, 12, cases)
    worst = np.zeros((len(length), cases))
    for end, (area, across, upright) in enumerate(both):
        about_across, about_up = forces[:, 6 * end + 4], forces[:, 6 * end + 5]
        size = beams.sizes[:, end]
        bend_up = np.abs(about_across) * (size[:, 1] / 2 / across)[:, None]
        bend_across = np.abs(about_up) * (size[:, 0] / 2 / upright)[:, None]
        # a round section's two bendings add as vectors, a square's at its corner
        bending = np.where(beams.is_round[:, None], np.hypot(bend_up, bend_across), bend_up + bend_across)
        worst = np.maximum(worst, np.abs(forces[:, 6 * end]) / area[:, None] + bending)
    return Solved(moved.reshape(-1, 6, cases), forces[:, 6], worst, length)
