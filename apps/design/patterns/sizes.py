"""Size tables as a starting point: women EU 34-54, men EU 42-60, letters after EN 13402-3.

Women's girths follow the steps of the German women's table (bust 80 to 104 cm by 4, then by 6); men's size is half the chest in cm. The
other lengths grow from the middle size by a fixed step for 4 cm of chest, as in the size charts of W. Aldrich, *Metric Pattern
Cutting*; above a chest of 100 (women) or 112 cm (men) bones grow at 0.6 of the step. A table is nobody's body: what is measured wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from shared.errors import BadInput

__all__ = ["TABLES", "row", "sizes"]

# (EU size, chest, waist, hip) in mm
WOMEN = (
    (34, 800, 650, 910),
    (36, 840, 680, 940),
    (38, 880, 720, 970),
    (40, 920, 760, 1000),
    (42, 960, 800, 1030),
    (44, 1000, 840, 1060),
    (46, 1040, 880, 1090),
    (48, 1100, 945, 1140),
    (50, 1160, 1010, 1190),
    (52, 1220, 1075, 1240),
    (54, 1280, 1140, 1290),
)
MEN = (
    (42, 840, 720, 890),
    (44, 880, 760, 920),
    (46, 920, 800, 950),
    (48, 960, 840, 980),
    (50, 1000, 880, 1020),
    (52, 1040, 930, 1050),
    (54, 1080, 980, 1080),
    (56, 1120, 1040, 1110),
    (58, 1160, 1100, 1140),
    (60, 1200, 1160, 1180),
)
# EN 13402-3: the middle of each letter's chest range
LETTERS = MappingProxyType(
    {
        "women": MappingProxyType({"XS": 780, "S": 860, "M": 940, "L": 1025, "XL": 1130, "XXL": 1250}),
        "men": MappingProxyType({"S": 900, "M": 980, "L": 1060, "XL": 1140, "XXL": 1235}),
    }
)
# name: (mm at the middle size, step for 40 mm of chest, whether the step slows down on large bodies)
WOMEN_STEPS = MappingProxyType(
    {
        "neck_girth": (370, 10, True),
        "shoulder_length": (122, 2.5, True),
        "across_back": (344, 10, True),
        "scye_depth": (210, 5, True),
        "back_waist_length": (410, 4, True),
        "waist_to_hip": (206, 3, True),
        "upper_arm_girth": (284, 13, False),
        "arm_length": (585, 3, True),
        "wrist_girth": (160, 4, True),
    }
)
MEN_STEPS = MappingProxyType(
    {
        "neck_girth": (400, 10, True),
        "shoulder_length": (155, 2.5, True),
        "across_back": (400, 10, True),
        "scye_depth": (240, 5, True),
        "back_waist_length": (446, 4, True),
        "waist_to_hip": (215, 3, True),
        "upper_arm_girth": (330, 13, False),
        "arm_length": (640, 5, True),
        "wrist_girth": (176, 4, True),
    }
)
TABLES = MappingProxyType({"women": (WOMEN, WOMEN_STEPS, 880.0, 1000.0), "men": (MEN, MEN_STEPS, 1000.0, 1120.0)})


def sizes(table: str) -> tuple[str, ...]:
    """The names of a table's sizes: EU numbers, then letters. Raises BadInput for an unknown table."""
    if table not in TABLES:
        raise BadInput(f"There is no size table {table!r}.", remedy="Choose women or men.", field="table")
    return (*(str(line[0]) for line in TABLES[table][0]), *LETTERS[table])


def row(table: str, size: str, anchor: str = "", anchor_mm: float = 0.0) -> Mapping[str, float]:
    """Every measurement in mm of a size, or, without one, of the body whose `anchor` girth is `anchor_mm` (interpolated, held at the ends).

    Raises BadInput for an unknown table or size, or where neither a size nor a girth is given.
    """
    known = sizes(table)
    lines, steps, middle, large = TABLES[table]
    chests, waists, hips = (np.array([line[column] for line in lines], float) for column in (1, 2, 3))
    name = size.strip().upper()
    if name and name not in known:
        raise BadInput(f"The table for {table} has no size {size!r}.", remedy=f"Choose one of {', '.join(known)}.", field="size")
    if name.isdigit():
        chest = float(chests[known.index(name)])
    elif name:
        chest = float(LETTERS[table][name])
    elif anchor:
        girths = {"chest_girth": chests, "waist_girth": waists, "hip_girth": hips}
        chest = extrapolated(anchor_mm, girths[anchor], chests)
    else:
        raise BadInput("Neither a size nor a girth was given.", remedy="Choose a size, or measure the chest, waist or hips.", field="size")
    found = {"chest_girth": chest, "waist_girth": extrapolated(chest, chests, waists), "hip_girth": extrapolated(chest, chests, hips)}
    for other, (base, step, slows) in steps.items():
        grown = min(chest, large) - middle + max(0.0, chest - large) * (0.6 if slows else 1.0)
        found[other] = base + step * grown / 40
    return MappingProxyType(found)


def extrapolated(at: float, xs: np.ndarray, ys: np.ndarray) -> float:
    """np.interp, going on in a straight line for up to 400 mm beyond either end."""
    if at < xs[0]:
        return float(ys[0] + (max(at, xs[0] - 400) - xs[0]) * (ys[1] - ys[0]) / (xs[1] - xs[0]))
    if at > xs[-1]:
        return float(ys[-1] + (min(at, xs[-1] + 400) - xs[-1]) * (ys[-1] - ys[-2]) / (xs[-1] - xs[-2]))
    return float(np.interp(at, xs, ys))
