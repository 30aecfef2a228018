"""From declared members to a frame of beams: where members meet they are joined, and a seat is a star of strips.

Works on any list of parts; a family says nothing about its joints. Two members are joined where an end of one lies within the other's
thickness; the seat reaches to every leg, post and rail that touches it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apps.design.furniture.frame import LINK_MM, Beams
from apps.design.furniture.materials import MATERIALS
from apps.design.furniture.shapes import Part

__all__ = ["Ideal", "idealise"]

PAD_MM = 100.0
"""Radius of the loading pad on a seat."""
REACH_MM = 12.0


@dataclass(frozen=True)
class Ideal:
    """beams; feet, rim (what carries the seat), pad (where it is loaded), by_part: node numbers; the seat's centre node."""

    beams: Beams
    feet: np.ndarray
    rim: np.ndarray
    pad: np.ndarray
    centre: int
    by_part: dict[int, list[int]]


class _Builder:
    def __init__(self) -> None:
        self.nodes: list[np.ndarray] = []
        self.rows: list[tuple[int, int, np.ndarray, np.ndarray, bool, float, float, int]] = []

    def node(self, point: np.ndarray) -> int:
        self.nodes.append(point)
        return len(self.nodes) - 1

    def beam(self, a: int, b: int, sizes: np.ndarray, part: Part, owner: int) -> None:
        modulus = MATERIALS[part.material].modulus
        self.rows.append((a, b, sizes, part.up, part.is_round, part.wall_mm, modulus, owner))

    def link(self, a: int, b: int) -> None:
        along = self.nodes[b] - self.nodes[a]
        if along @ along < 0.25:  # too near for a beam: half a millimetre of steel
            self.nodes[b] = self.nodes[b] + np.array([0.0, 0.0, 0.6])
        self.rows.append((a, b, np.full((2, 2), LINK_MM), np.array([0.31, 0.17, 0.93]), True, 0.0, 210_000.0, -1))

    def beams(self) -> Beams:
        a, b, sizes, up, is_round, wall, modulus, owner = zip(*self.rows, strict=True)
        return Beams(
            np.array(self.nodes),
            np.array([a, b]).T,
            np.array(sizes),
            np.array(up),
            np.array(is_round),
            np.array(wall),
            np.array(modulus),
            np.array(owner),
        )


def _meetings(parts: Sequence[Part]) -> tuple[list[list[tuple[float, np.ndarray]]], list[tuple[int, int, int, float]]]:
    """Where each member must be cut, and (part, 0 or -1, other part, position) of every end that meets another member."""
    members = [k for k, part in enumerate(parts) if part.role != "seat"]
    starts = np.concatenate([parts[k].axis[:-1] for k in members])
    steps = np.concatenate([np.diff(parts[k].axis, axis=0) for k in members])
    owner = np.concatenate([np.full(len(parts[k].axis) - 1, k) for k in members])
    order = np.concatenate([np.arange(len(parts[k].axis) - 1) for k in members])
    slim = np.concatenate([parts[k].sizes[:-1].min(1) for k in members])
    ends = np.array([parts[k].axis[end] for k in members for end in (0, -1)])
    whose = np.repeat(members, 2)
    own = np.array([parts[k].sizes[end].min() for k in members for end in (0, -1)])
    offset = ends[:, None] - starts
    along = np.clip(np.einsum("esk,sk->es", offset, steps) / np.einsum("sk,sk->s", steps, steps), 0, 1)
    gap = np.linalg.norm(offset - along[..., None] * steps, axis=2)
    gap[whose[:, None] == owner] = np.inf
    near = gap <= (own[:, None] + slim) / 2 + REACH_MM
    cuts: list[list[tuple[float, np.ndarray]]] = [[] for _ in parts]
    meetings = []
    for end in np.flatnonzero(near.any(1)):
        for other in np.unique(owner[near[end]]):
            segment = int(np.where(owner == other, gap[end], np.inf).argmin())
            position = float(order[segment] + along[end, segment])
            cuts[other].append((position, starts[segment] + along[end, segment] * steps[segment]))
            meetings.append((int(whose[end]), -int(end % 2), int(other), position))
    return cuts, meetings


def idealise(parts: Sequence[Part]) -> Ideal:
    """The frame of a piece of furniture with one seat."""
    cuts, meetings = _meetings(parts)
    build = _Builder()
    by_part: dict[int, list[int]] = {}
    positions: dict[int, list[float]] = {}
    for k, part in enumerate(parts):
        if part.role == "seat":
            continue
        places = sorted({float(n) for n in range(len(part.axis))} | {round(position, 3) for position, _ in cuts[k]})
        merged = [places[0]]
        lengths = np.linalg.norm(np.diff(part.axis, axis=0), axis=1)
        for place in places[1:]:
            if (place - merged[-1]) * lengths[min(int(merged[-1]), len(lengths) - 1)] > 4:
                merged.append(place)
        merged[-1] = places[-1] if places[-1] - merged[-1] < 0.2 else merged[-1]
        whole = np.arange(len(part.axis))
        points = np.stack([np.interp(merged, whole, part.axis[:, axis]) for axis in range(3)], 1)
        sizes = np.stack([np.interp(merged, whole, part.sizes[:, axis]) for axis in range(2)], 1)
        by_part[k], positions[k] = [build.node(point) for point in points], merged
        for i in range(len(points) - 1):
            build.beam(by_part[k][i], by_part[k][i + 1], sizes[i : i + 2], part, k)
    joined: set[tuple[int, int]] = set()
    for k, end, other, position in meetings:
        there = by_part[other][int(np.abs(np.array(positions[other]) - position).argmin())]
        pair = (min(by_part[k][end], there), max(by_part[k][end], there))
        if pair not in joined:
            joined.add(pair)
            build.link(by_part[k][end], there)
    return _with_seat(parts, build, by_part)


def _with_seat(parts: Sequence[Part], build: _Builder, by_part: dict[int, list[int]]) -> Ideal:
    plate_at = next(k for k, part in enumerate(parts) if part.role == "seat")
    plate = parts[plate_at]
    middle, thick = plate.axis[0], float(plate.sizes[0, 1])
    low, high = plate.rings.reshape(-1, 3).min(0), plate.rings.reshape(-1, 3).max(0)
    carriers = []
    for k, nodes in by_part.items():
        if parts[k].role in ("stretcher", "back", "spindle"):
            continue
        reach = parts[k].sizes[:, 1].max() / 2 + 6
        for node in nodes:
            point = build.nodes[node]
            inside = (point[:2] > low[:2] - 6).all() and (point[:2] < high[:2] + 6).all()
            if inside and low[2] - reach <= point[2] <= high[2] + 8:
                carriers.append(node)
    centre = build.node(middle.copy())
    rim, pads = [], []
    strip = np.array([np.pi * plate.sizes[0, 0] / 2 / max(len(carriers), 1), thick])
    for node in carriers:
        point = build.nodes[node]
        across = middle[:2] - point[:2]
        length = float(np.linalg.norm(across))
        if length < 20:
            build.link(node, centre)
            continue
        edge = build.node(np.array([*point[:2], middle[2]]))
        build.link(node, edge)
        pad = build.node(np.array([*(middle[:2] - across / length * min(PAD_MM, 0.6 * length)), middle[2]]))
        for a, b in ((edge, pad), (pad, centre)):
            build.beam(a, b, np.array([strip, strip]), plate, plate_at)
        rim.append(edge)
        pads.append(pad)
    # a ring from carrier to carrier: what stands on the seat bends the whole plate, not its own strip alone
    turn: list[int] = []
    if len(rim) > 2:
        turn = np.argsort([np.arctan2(*(build.nodes[node][:2] - middle[:2])) for node in rim]).tolist()
    ring = np.array([plate.sizes[0, 0] / 5, thick])
    for here, after in zip(turn, np.roll(turn, -1), strict=True):
        if np.linalg.norm(build.nodes[rim[here]] - build.nodes[rim[after]]) > 12:
            build.beam(rim[here], rim[after], np.array([ring, ring]), plate, plate_at)
        else:
            build.link(rim[here], rim[after])
    feet = [nodes[0] for k, nodes in by_part.items() if parts[k].role == "leg"]
    return Ideal(build.beams(), np.array(feet, int), np.array(rim, int), np.array(pads, int), centre, by_part)
