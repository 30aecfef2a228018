"""A chair with a back: four legs, seat, back in one of four styles, with or without arms."""

from __future__ import annotations

from collections.abc import Mapping

from apps.design.furniture.families.chair_parts import arms, back, frame, legs, skeleton
from apps.design.furniture.family import Choices, Family, Parameter, Style
from apps.design.furniture.shapes import Part, outline, seat

__all__ = ["FAMILY"]

PARAMETERS = (
    Parameter("seat_height", "seat height", "mm", 340, 500),
    Parameter("seat_width", "seat width", "mm", 390, 560),
    Parameter("seat_depth", "seat depth", "mm", 340, 480),
    Parameter("seat_thickness", "seat thickness", "mm", 18, 42),
    Parameter("seat_taper", "rear over front width", "", 0.80, 1.0),
    Parameter("corner", "corner radius", "mm", 25, 120),
    Parameter("leg", "leg at the seat", "mm", 26, 48),
    Parameter("foot", "foot over leg", "", 0.55, 1.0),
    Parameter("splay", "splay sideways", "deg", 0, 10),
    Parameter("rake", "rake of the rear legs", "deg", 2, 14),
    Parameter("back_height", "back above the seat", "mm", 320, 460),
    Parameter("back_lean", "lean of the back", "deg", 6, 16),
    Parameter("back_bow", "bow of the back", "mm", 15, 60),
    Parameter("rail_height", "height of a back rail", "mm", 50, 130),
    Parameter("rail_thickness", "thickness of a back rail", "mm", 14, 24),
    Parameter("post", "back post", "mm", 22, 38),
    Parameter("stretcher_height", "stretchers above the floor", "mm", 90, 210),
    Parameter("stretcher", "stretcher", "mm", 14, 26),
    Parameter("wall", "wall of a tube", "mm", 1.2, 2.5),
    Parameter("arm_height", "arms above the seat", "mm", 180, 270),
)
STYLES = (
    Style(
        "nordic",
        "Nordic: turned, splayed legs, a bowed crest rail",
        {"splay": (4, 10), "corner": (60, 120), "foot": (0.5, 0.75), "rail_height": (60, 130)},
        ("stretcher", "stretcher_height"),
    ),
    Style(
        "spindle",
        "spindle back: turned legs with an H stretcher",
        {"splay": (5, 11), "corner": (60, 120), "foot": (0.55, 0.8), "rail_height": (50, 95)},
    ),
    Style(
        "ladder",
        "ladder back: posts to the floor, slats, stretchers all round",
        {"splay": (0, 1.5), "corner": (25, 45), "foot": (0.85, 1.0), "rail_height": (45, 80), "rake": (3, 10)},
        ("post",),
    ),
    Style(
        "panel",
        "panel back: square legs, aprons, one broad bent panel",
        {"splay": (0, 3), "corner": (25, 55), "foot": (0.6, 0.95), "rail_height": (140, 260), "rake": (3, 10)},
        ("post", "stretcher", "stretcher_height"),
    ),
)


def narrow(choices: Choices) -> dict[str, tuple[float, float] | None]:
    spans: dict[str, tuple[float, float] | None] = {}
    if choices.option == "plain":
        spans["arm_height"] = None
    if choices.is_tube:
        spans |= {"leg": (19, 32), "foot": None, "seat_thickness": (12, 18), "post": None, "stretcher": (14, 20), "rail_thickness": (9, 15)}
    else:
        spans["wall"] = None
    if choices.is_print:
        spans |= {
            "leg": (34, 60),
            "foot": (0.75, 1.0),
            "post": (30, 50),
            "stretcher": (22, 34),
            "rail_thickness": (18, 30),
            "seat_thickness": (24, 48),
        }
    style_of_posts = choices.style in ("ladder", "panel") or choices.is_tube
    return spans | ({"post": None} if style_of_posts else {})


def build(choices: Choices, v: Mapping[str, float]) -> list[Part]:
    bones = skeleton(choices, v)
    rear = v["seat_width"] * v["seat_taper"]
    edge = outline(v["seat_width"], rear, bones.deep, v["corner"])
    plate = seat("seat", choices.sheet, edge, v["seat_height"], v["seat_thickness"], soft=3 if choices.is_tube else 7)
    return [plate, *legs(bones), *back(bones), *frame(bones), *(arms(bones) if choices.option == "arms" else [])]


FAMILY = Family("chair", "chair", PARAMETERS, STYLES, {"plain": "without arms", "arms": "with arms"}, narrow, build, backrest=True)
