"""What a rule, a plumb line and a caliper read off a finished piece: sizes measured on its solid by rays, not taken from its parameters."""

from __future__ import annotations

from dataclasses import dataclass

import manifold3d
import numpy as np

from apps.design.furniture.people import SeatSize

__all__ = ["Measured", "least_wall_mm", "measure"]

FAR = 3000.0


@dataclass(frozen=True)
class Measured:
    """seat: what touches the sitter; rim: points (2,) of the seat's edge; back: y of its line at the seat's height, z of its top."""

    seat: SeatSize
    seat_top: float
    seat_thickness: float
    rim: dict[str, np.ndarray]
    back: tuple[float, float] | None


def _hits(body: manifold3d.Manifold, start: tuple[float, float, float], end: tuple[float, float, float]) -> np.ndarray:
    """(n, 3) in order."""
    return np.array([hit.position for hit in body.ray_cast(start, end)]).reshape(-1, 3)


def measure(body: manifold3d.Manifold, at: tuple[float, float], *, backrest: bool, footrest: bool) -> Measured | None:
    """at: x, y somewhere on the seat. None where there is no seat."""
    x, y = at
    top = body.bounding_box()[5]
    fallen = _hits(body, (x, y, top + 10), (x, y, -10))
    if len(fallen) < 2:
        return None
    seat_top, thickness = float(fallen[0, 2]), float(fallen[0, 2] - fallen[1, 2])
    level = seat_top - thickness / 2
    rim = {}
    for name, direction in (("right", (1, 0)), ("left", (-1, 0)), ("front", (0, -1)), ("rear", (0, 1))) if backrest else _around():
        out = _hits(body, (x, y, level), (x + FAR * direction[0], y + FAR * direction[1], level))
        rim[name] = out[0, :2] if len(out) else np.array(at)
    across = _hits(body, (x - FAR, y, level), (x + FAR, y, level))
    width = float(rim["right"][0] - rim["left"][0]) if len(across) else 0.0
    front, rear = float(rim["front"][1]), float(rim["rear"][1])
    back, depth, arm = None, rear - front, None
    if backrest:
        back = _back_line(body, x, front, seat_top, top)
        if back is not None:
            depth = min(depth, back[0] - front)
        arm = _arm_height(body, x, y, seat_top, width)
        if arm is not None:
            width = min(width, _between_arms(body, x, front=front, depth=depth, seat_top=seat_top, arm=arm, width=width))
    support = _footrest(body, x, front, seat_top - thickness) if footrest else 0.0
    size = SeatSize(seat_top - support, depth, width, arm, backrest)
    return Measured(size, seat_top, thickness, rim, back)


def _around() -> list[tuple[str, tuple[float, float]]]:
    """Twelve directions; a stool has no front to its seat."""
    names = {0: "right", 3: "rear", 6: "left", 9: "front"}
    return [(names.get(k, str(k)), (float(np.cos(k * np.pi / 6)), float(np.sin(k * np.pi / 6)))) for k in range(12)]


def _back_line(body: manifold3d.Manifold, x: float, front: float, seat_top: float, top: float) -> tuple[float, float] | None:
    """Where the line of the backrest's front meets the seat (ISO 7174-1's reference), and the back's top."""
    seen = []
    for z in np.arange(seat_top + 80, top, 9.0):
        hit = _hits(body, (x, front + 60, z), (x, front + FAR, z))
        if len(hit):
            seen.append(hit[0, 1:])
    if len(seen) < 3:
        return None
    y, z = np.array(seen).T
    slope, offset = np.polyfit(z, y, 1)
    keep = np.abs(y - (slope * z + offset)) < max(4.0, float(np.std(y - (slope * z + offset))) * 1.5)  # not the rounded edges of rails
    if keep.sum() >= 3:
        slope, offset = np.polyfit(z[keep], y[keep], 1)
    return float(slope * seat_top + offset), float(top)


def _arm_height(body: manifold3d.Manifold, x: float, y: float, seat_top: float, width: float) -> float | None:
    found = []
    for out in np.linspace(0.36, 0.62, 9) * width:
        hit = _hits(body, (x + out, y, seat_top + FAR), (x + out, y, seat_top + 90))
        if len(hit):
            found.append(float(hit[0, 2]))
    return max(found) - seat_top if found else None


UNDER_ARM_TOP = 11.0
"""Below an arm's upper face: about the middle of an arm."""


def _between_arms(body: manifold3d.Manifold, x: float, *, front: float, depth: float, seat_top: float, arm: float, width: float) -> float:
    """Clear width where thighs and hips are: from just above the seat to the arms' upper face, over the middle half of the depth."""
    clear = width
    for z in np.linspace(40.0, arm - UNDER_ARM_TOP, 5):
        for share in (0.25, 0.4, 0.55, 0.7):
            for way in (-1, 1):
                hit = _hits(body, (x, front + depth * share, seat_top + z), (x + way * FAR, front + depth * share, seat_top + z))
                if len(hit):
                    clear = min(clear, 2 * abs(float(hit[0, 0]) - x))
    return clear


def _footrest(body: manifold3d.Manifold, x: float, front: float, under: float) -> float:
    """The upper face of the foremost bar below the seat; 0 without one."""
    for y in np.arange(front - 160, front + 160, 5.0):
        hit = _hits(body, (x, y, under - 60), (x, y, 40))
        if len(hit):
            beside = [_hits(body, (x, y + step, under - 60), (x, y + step, 40)) for step in (5.0, 10.0, 15.0)]
            return max(float(one[0, 2]) for one in (hit, *beside) if len(one))
    return 0.0


def least_wall_mm(body: manifold3d.Manifold, rays: int = 96) -> float:
    """The thinnest of `rays` places, spread by area: from a face inwards to the face that looks the other way."""
    mesh = body.to_mesh()
    corners = np.asarray(mesh.vert_properties, float)[:, :3][np.asarray(mesh.tri_verts)]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(normal, axis=1)
    edges = np.cumsum(area)
    chosen = np.unique(np.searchsorted(edges, (np.arange(rays) + 0.5) / rays * edges[-1]))
    unit = normal[chosen] / area[chosen, None]
    starts = corners[chosen].mean(1) - unit * 0.01
    least = np.inf
    for start, inward in zip(starts, -unit, strict=True):
        for hit in body.ray_cast(tuple(start), tuple(start + inward * 400)):
            if np.dot(hit.normal, inward) > 0.7:
                least = min(least, float(np.linalg.norm(np.asarray(hit.position) - start)) + 0.01)
            break
    return least
