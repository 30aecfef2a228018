"""A stool without a back, at table, counter or bar height; the higher two carry the feet on their stretchers."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from apps.design.furniture.family import Choices, Family, Parameter, Style
from apps.design.furniture.shapes import Part, bar, outline, seat

__all__ = ["FAMILY"]

PARAMETERS = (
    Parameter("seat_height", "seat height", "mm", 380, 820),
    Parameter("seat_width", "seat width", "mm", 320, 460),
    Parameter("seat_depth", "seat depth", "mm", 260, 420),
    Parameter("seat_thickness", "seat thickness", "mm", 20, 45),
    Parameter("corner", "corner radius", "mm", 25, 210),
    Parameter("leg", "leg at the seat", "mm", 26, 48),
    Parameter("foot", "foot over leg", "", 0.55, 1.0),
    Parameter("splay", "splay", "deg", 0, 14),
    Parameter("inset", "leg top from the rim", "mm", 14, 70),
    Parameter("foot_drop", "seat to footrest", "mm", 330, 480),
    Parameter("stretcher", "stretcher", "mm", 22, 36),
    Parameter("step", "one pair of stretchers above the other", "mm", 0, 60),
    Parameter("apron", "apron's height", "mm", 40, 75),
    Parameter("wall", "wall of a tube", "mm", 1.2, 2.5),
)
STYLES = (
    Style(
        "round",
        "round seat on four splayed legs, stretchers all round",
        {"splay": (5, 13), "foot": (0.6, 0.85), "inset": (50, 85)},
        ("corner", "seat_depth", "apron"),
    ),
    Style(
        "tripod",
        "round seat on three splayed legs",
        {"splay": (9, 17), "foot": (0.55, 0.85), "inset": (40, 75)},
        ("corner", "seat_depth", "apron", "step"),
    ),
    Style(
        "square",
        "square seat, straight legs, aprons and stretchers",
        {"splay": (0, 3), "foot": (0.75, 1.0), "inset": (14, 30), "corner": (25, 50), "seat_depth": (300, 420)},
    ),
    Style(
        "saddle",
        "oblong seat, legs splayed to all four corners, H stretcher",
        {"splay": (5, 12), "foot": (0.6, 0.85), "inset": (30, 60), "corner": (50, 110), "seat_width": (360, 480), "seat_depth": (240, 330)},
        ("apron",),
    ),
)
HEIGHTS = {"table": (380.0, 520.0), "counter": (580.0, 680.0), "bar": (700.0, 820.0)}


def narrow(choices: Choices) -> dict[str, tuple[float, float] | None]:
    spans: dict[str, tuple[float, float] | None] = {"seat_height": HEIGHTS[choices.option]}
    if choices.option == "table":
        spans |= {"foot_drop": (230, 330), "stretcher": (15, 26)}  # stretchers, no footrest
    if choices.is_tube:
        spans |= {"leg": (19, 32), "foot": None, "seat_thickness": (14, 24), "stretcher": (18, 28), "apron": None}
    else:
        spans["wall"] = None
    if choices.is_print:
        spans |= {"leg": (36, 64), "foot": (0.75, 1.0), "stretcher": (24, 38), "seat_thickness": (28, 52)}
    return spans


def build(choices: Choices, v: Mapping[str, float]) -> list[Part]:
    tube, material = choices.is_tube, choices.material
    height, width, thick, leg = (v[key] for key in ("seat_height", "seat_width", "seat_thickness", "leg"))
    is_disc, is_round = choices.style in ("round", "tripod"), choices.style != "square"
    depth = width if is_disc else v["seat_depth"]
    edge = outline(width, width, depth, width / 2 if is_disc else v["corner"], each=14 if is_disc else 7)
    parts = [seat("seat", choices.sheet, edge, height, thick, soft=3 if tube else 8)]
    under, wall = height - thick, v["wall"] if tube else 0.0
    foot = 1.0 if tube else v["foot"]
    lift = under + (1.0 if tube else thick * 0.6)
    middle = np.array([0.0, depth / 2, 0.0])

    # legs, each foot out along the line from the middle through its top
    inset = v["inset"] if is_disc else v["inset"] + leg * 0.5 + v["corner"] * 0.12
    count = 3 if choices.style == "tripod" else 4
    if is_disc:
        turn = (np.pi / 2 if count == 3 else np.pi / 4) + np.arange(count) * 2 * np.pi / count
        radius = width / 2 - inset
        tops = np.stack([np.cos(turn), np.sin(turn)], 1) * radius
    else:
        half = np.array([width / 2 - inset, depth / 2 - inset])
        tops = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * half
    legs: list[np.ndarray] = []
    reach = under * math.tan(math.radians(v["splay"]))
    for top in tops:
        out = top / np.linalg.norm(top) if is_disc else np.sign(top) * np.sqrt(0.5)
        line = np.array([[*(top + out * reach), 0.0], [*top, lift]]) + middle
        points, sizes = line, [leg * foot, leg]
        if is_round and not tube:  # a turned leg swells before it meets the seat
            points = np.array([line[0], line[0] + (line[1] - line[0]) * 0.62, line[1]])
            sizes = [leg * foot, leg * 1.06, leg * 0.86]
        # faces of square legs stay parallel to the seat's edges, round ones do not care
        parts.append(bar(f"leg {len(legs) + 1}", "leg", material, points, sizes, is_round=is_round, wall_mm=wall))
        legs.append(line)

    def at(k: int, z: float) -> np.ndarray:
        low, high = legs[k % count]
        return low + (high - low) * z / high[2]

    def tie(name: str, role: str, a: np.ndarray, b: np.ndarray, size: float | tuple[float, float], *, rod: bool = True) -> None:
        parts.append(bar(name, role, material, [a, b], [size, size], is_round=rod, up=(0, 0, 1), wall_mm=wall))

    if tube or choices.style == "square":
        size = leg * 0.9 if tube else (18.0 if not choices.is_print else 24.0, v["apron"])
        z = under - (leg * 0.45 if tube else v["apron"] / 2)
        for k in range(count):
            tie(f"apron {k + 1}", "apron", at(k, z), at(k + 1, z), size, rod=is_round)
    low = max(70.0, height - v["foot_drop"])
    thin = min(v["stretcher"], leg * (0.9 if tube else 0.85))
    if choices.style == "saddle":
        sides = [("right", 0, 3), ("left", 1, 2)]
        for name, a, b in sides:
            tie(f"side stretcher {name}", "stretcher", at(a, low + v["step"]), at(b, low + v["step"]), thin)
        ends = [(at(a, low + v["step"]) + at(b, low + v["step"])) / 2 for _, a, b in sides]
        tie("cross stretcher", "stretcher", ends[0], ends[1], thin)
        tie("front stretcher", "stretcher", at(2, low), at(3, low), thin)
    else:
        for k in range(count):
            z = low + (v["step"] if k % 2 == 0 and count == 4 else 0)
            # in front, the lowest, lies what carries the feet
            tie(
                f"stretcher {k + 1}",
                "stretcher",
                at(k + (0 if count == 3 else 1), z),
                at(k + (1 if count == 3 else 2), z),
                thin,
                rod=is_round,
            )
    return parts


OPTIONS = {"table": "for a table, feet on the floor", "counter": "for a counter, with a footrest", "bar": "for a bar, with a footrest"}
FAMILY = Family("stool", "stool", PARAMETERS, STYLES, OPTIONS, narrow, build, backrest=False)
