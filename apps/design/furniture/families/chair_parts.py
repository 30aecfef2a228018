"""The parts of a chair above and below its seat, hung on a few lines: its skeleton."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from apps.design.furniture.family import Choices
from apps.design.furniture.shapes import Part, arc, bar, mirrored

__all__ = ["Skeleton", "arms", "back", "frame", "legs", "skeleton"]

OTHER = np.array([-1.0, 1.0, 1.0])
"""Times a point: the same on the left."""


@dataclass(frozen=True)
class Skeleton:
    """Lines of the right-hand side, foot or lower end first, (2, 3) mm; deep: the seat's plate from front to rear."""

    choices: Choices
    v: Mapping[str, float]
    front: np.ndarray
    rear: np.ndarray
    post: np.ndarray
    post_mm: float
    deep: float
    posts_to_floor: bool
    is_round: bool

    @property
    def wall(self) -> float:
        return self.v["wall"] if self.choices.is_tube else 0.0


def _at(line: np.ndarray, z: float) -> np.ndarray:
    """The point of a line at height z."""
    out: np.ndarray = line[0] + (line[-1] - line[0]) * (z - line[0][2]) / (line[-1][2] - line[0][2])
    return out


def skeleton(choices: Choices, v: Mapping[str, float]) -> Skeleton:
    tube = choices.is_tube
    posts_to_floor = choices.style in ("ladder", "panel")
    height, width, depth, thick, leg = (v[key] for key in ("seat_height", "seat_width", "seat_depth", "seat_thickness", "leg"))
    lean, rear_width = math.radians(v["back_lean"]), width * v["seat_taper"]
    post = leg if posts_to_floor or tube else v["post"]
    deep = depth + post * 0.5 + (0 if posts_to_floor or tube else 22)

    # legs: top inside the seat, foot on the floor
    under = height - thick
    inset = leg * 0.5 + (4 if posts_to_floor else v["corner"] * 0.3 + 8)
    lift = under + (1.0 if tube else thick * 0.6)
    out_x, out_y, out_rear = (under * math.tan(math.radians(v[key] * share)) for key, share in (("splay", 1), ("splay", 0.7), ("rake", 1)))
    front = np.array([[width / 2 - inset + out_x, inset - out_y, 0], [width / 2 - inset, inset, lift]])
    post_x, post_y = rear_width / 2 - (leg * 0.5 + 3 if posts_to_floor else inset), depth + post * 0.5
    if posts_to_floor or tube:  # the leg goes on as the back's post
        rear = np.array([[post_x + out_x, post_y + out_rear, 0], [post_x, post_y, height if not tube else under - 0.45 * leg]])
        start = rear[1]
    else:
        rear = np.array([[post_x + out_x, deep - inset + out_rear, 0], [post_x, deep - inset, lift]])
        start = np.array([rear_width / 2 - v["corner"] * 0.3 - post * 0.5 - 4, depth + post * 0.5, height - thick * 0.7])

    # posts, leaning back from the seat
    rise = v["back_height"]
    spread = rise * math.tan(math.radians(3 if not posts_to_floor else 0.5))
    top = np.array([start[0] + spread, start[1] + (height + rise - start[2]) * math.tan(lean), height + rise])
    if choices.style in ("nordic", "spindle"):  # the crest rail covers the posts' ends
        top = _at(np.array([start, top]), height + rise - v["rail_height"] * 0.45)
    is_round = choices.style in ("nordic", "spindle") or (choices.style == "ladder" and tube)
    return Skeleton(choices, v, front, rear, np.array([start, top]), post, deep, posts_to_floor, is_round)


def legs(bones: Skeleton) -> list[Part]:
    tube, leg = bones.choices.is_tube, bones.v["leg"]
    foot = 1.0 if tube else bones.v["foot"]
    parts = []
    for name, line in (("front leg", bones.front), ("rear leg", bones.rear)):
        points, sizes = line, [leg * foot, leg]
        if bones.is_round and not tube:  # a turned leg swells before it meets the seat
            points = np.array([line[0], line[0] + (line[1] - line[0]) * 0.62, line[1]])
            sizes = [leg * foot, leg * 1.06, leg * 0.86]
        one = bar(f"{name} right", "leg", bones.choices.material, points, sizes, is_round=bones.is_round, wall_mm=bones.wall)
        parts += [one, mirrored(one, f"{name} left")]
    return parts


def back(bones: Skeleton) -> list[Part]:
    """Two posts, and what the style puts between them."""
    choices, v, post = bones.choices, bones.v, bones.post_mm
    height, rise, crest, (start, _) = v["seat_height"], v["back_height"], v["rail_height"], bones.post
    sizes = [post, post * (1 if choices.is_tube else 0.8)]
    one = bar("back post right", "post", choices.material, bones.post, sizes, is_round=bones.is_round, wall_mm=bones.wall)
    parts = [one, mirrored(one, "back post left")]

    def rail(name: str, z: float, tall: float, *, overhang: float = 0.0, crown: float = 0.0) -> Part:
        x, y, _ = _at(bones.post, z)
        y -= post * 0.1
        shape = {"bow": v["back_bow"], "thickness": v["rail_thickness"], "height": tall, "lean": math.radians(v["back_lean"])}
        return arc(name, "back", choices.sheet, (-x, y, z), (x, y, z), overhang=overhang, crown=crown, **shape)

    if choices.style == "ladder":
        count = max(2, min(4, round((rise - 110) / (crest * 1.75))))
        places = np.linspace(height + 140 + crest / 2, height + rise - crest * 0.5 - 14, count)
        return parts + [rail(f"slat {k + 1}", z, crest, crown=0.25 if k == count - 1 else 0.0) for k, z in enumerate(places)]
    if choices.style == "panel":
        return [*parts, rail("back panel", height + rise - crest / 2 - 6, crest, crown=0.12)]
    middle = height + rise - crest / 2
    parts.append(rail("crest rail", middle, crest, overhang=post * 0.5 + 14, crown=0.45 if choices.style == "nordic" else 0.3))
    if choices.style == "nordic":
        return [*parts, rail("lower rail", height + rise * 0.42, max(36.0, crest * 0.45))]
    slim = max(9.0, post * 0.42) if not choices.is_print else post * 0.5
    tall = _at(bones.post, middle)
    behind = bones.deep - 16 - start[1] if not choices.is_tube else -4
    for k, t in enumerate(np.linspace(-1, 1, 9)[1:-1]):
        low = (t * start[0] * 0.92, start[1] + behind * (1 - t * t), height - v["seat_thickness"] * 0.6)
        high = (t * tall[0], tall[1] + v["back_bow"] * (1 - t * t), middle - crest * 0.2)
        parts.append(bar(f"spindle {k + 1}", "spindle", choices.sheet, [low, high], [slim, slim * 0.85]))
    return parts


def frame(bones: Skeleton) -> list[Part]:
    """Rails under the seat, stretchers between the legs."""
    choices, v, front, rear = bones.choices, bones.v, bones.front, bones.rear
    tube, leg = choices.is_tube, v["leg"]
    sides = (("right", np.ones(3)), ("left", OTHER))
    ties: list[tuple[str, np.ndarray, np.ndarray, float | tuple[float, float], bool]] = []
    if bones.posts_to_floor or tube:
        z = v["seat_height"] - v["seat_thickness"] - (leg * 0.45 if tube else 24)
        size = leg * 0.9 if tube else (18.0 if not choices.is_print else 24.0, 48.0)
        a, b = _at(front, z), _at(rear, z)
        ties += [("front apron", a, a * OTHER, size, bones.is_round), ("rear apron", b, b * OTHER, size, bones.is_round)]
        ties += [(f"side apron {side}", a * flip, b * flip, size, bones.is_round) for side, flip in sides]
    if choices.style in ("spindle", "ladder"):
        low, thin = v["stretcher_height"], min(v["stretcher"], leg * (0.9 if tube else 0.8))
        a, b = _at(front, low), _at(rear, low + (0 if bones.posts_to_floor else 12))
        ties += [(f"side stretcher {side}", a * flip, b * flip, thin, True) for side, flip in sides]
        if choices.style == "spindle":
            ties.append(("cross stretcher", (a + b) / 2, (a + b) / 2 * OTHER, thin, True))
        else:
            ahead, behind = _at(front, low + 45), _at(rear, low + 30)
            ties += [("front stretcher", ahead, ahead * OTHER, thin, True), ("rear stretcher", behind, behind * OTHER, thin, True)]
    parts = []
    for name, a, b, size, is_rod in ties:
        role = "apron" if "apron" in name else "stretcher"
        parts.append(bar(name, role, choices.material, [a, b], [size, size], is_round=is_rod, up=(0, 0, 1), wall_mm=bones.wall))
    return parts


def arms(bones: Skeleton) -> list[Part]:
    choices, v, tube = bones.choices, bones.v, bones.choices.is_tube
    z = v["seat_height"] + v["arm_height"]
    size = v["leg"] * (0.95 if tube else 0.8)
    across = size if tube else (max(size, 42.0), 24.0 if not choices.is_print else 30.0)
    x, y = v["seat_width"] / 2 - size * 0.5 - v["corner"] * 0.08 - 2, v["seat_depth"] * 0.30
    knee = np.array([x + 6, y - 14, z - (0 if tube else 11)])
    stump: list[np.ndarray | tuple[float, ...]] = [(x, y, v["seat_height"] - v["seat_thickness"] * 0.6), knee]
    sizes = [size, size * (1 if tube else 0.8)]
    one = bar("arm post right", "arm post", choices.material, stump, sizes, is_round=bones.is_round, wall_mm=bones.wall)
    line: list[np.ndarray | tuple[float, ...]] = [(knee[0], knee[1] - (0 if tube else 34), knee[2]), _at(bones.post, z - 11)]
    end = line.pop()
    # beside the seat for most of its depth, then in to the post: an arm that makes for the post at once is narrowest at the hips
    line += [(knee[0] + 4, v["seat_depth"] * 0.8, knee[2]), end]
    arm = bar("arm right", "arm", choices.material, line, [across, across, across], is_round=tube, up=(0, 0, 1), wall_mm=bones.wall)
    return [one, mirrored(one, "arm post left"), arm, mirrored(arm, "arm left")]
