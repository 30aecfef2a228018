"""6,068 measured people, and which of them a seat fits.

The U.S. Army's anthropometric survey ANSUR II (2012, public release): 4,082 men and 1,986 women, barefoot. Soldiers: fewer old, heavy, very
short and very tall people than among civilians, so a share of them is a figure for comparing seats, not a promise about any public.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np

__all__ = [
    "COLUMNS",
    "FILE",
    "MEASURES",
    "RULES",
    "SHOE_MM",
    "Measurements",
    "People",
    "SeatSize",
    "Sex",
    "accommodated",
    "best_share",
    "people",
]

Sex = Literal["all", "women", "men"]
Range = tuple[float, float]
FILE = Path(__file__).with_name("people.npz")
COLUMNS = MappingProxyType(
    {
        "popliteal_height": "poplitealheight",
        "buttock_popliteal": "buttockpopliteallength",
        "hip_breadth": "hipbreadthsitting",
        "elbow_rest_height": "elbowrestheight",
        "weight": "weightkg",
    }
)
"""Our name: the survey's. Millimetres; weight in kilograms times ten."""
MEASURES = ("popliteal_height", "buttock_popliteal", "hip_breadth", "elbow_rest_height")
"""What a seat is fitted to."""
SHOE_MM = 25.0
"""Added to the popliteal height: Gouvali and Boudolos 2006 correct by 20 mm, ISO 7250's users by 25 to 30."""
RULES = MappingProxyType(
    {
        "seat height": "(popliteal height + shoe) x cos 30 deg ... x cos 5 deg (Gouvali and Boudolos 2006)",
        "seat depth": "0.80 ... 0.99 of the buttock-popliteal length (Gouvali and Boudolos 2006); without a back only the upper bound",
        "seat width": "hip breadth; without a back 0.75 of it (our estimate)",
        "arm height": "30 mm below ... 50 mm above the elbow rest height (our estimate)",
    }
)
HEIGHT = (math.cos(math.radians(30)), math.cos(math.radians(5)))
DEPTH = (0.80, 0.99)
STOOL_WIDTH = 0.75
ARM_MM = (-30.0, 50.0)


@dataclass(frozen=True)
class SeatSize:
    """What of a seat touches a person, in mm. `height`: above whatever carries the feet, the floor or a footrest."""

    height: float
    depth: float
    width: float
    arm_height: float | None = None
    backrest: bool = True


@dataclass(frozen=True)
class Measurements:
    """One person's own, in mm and kg; barefoot."""

    popliteal_height: float
    buttock_popliteal: float
    hip_breadth: float
    elbow_rest_height: float = 235.0
    weight_kg: float = 80.0


@dataclass(frozen=True)
class People:
    """Columns by name, each (people,) float: mm, and kg for `weight`; men: (people,) bool."""

    men: np.ndarray
    columns: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.men)

    def sex(self, sex: Sex) -> np.ndarray:
        """(people,) bool."""
        return np.ones(len(self), bool) if sex == "all" else self.men if sex == "men" else ~self.men

    def percentile(self, measure: str, percent: float, sex: Sex = "all") -> float:
        """Of one measure among the men, the women or all as surveyed (two men for one woman)."""
        return float(np.percentile(self.columns[measure][self.sex(sex)], percent))

    def band(self, sex: Sex, low: float, high: float) -> np.ndarray:
        """(people,) bool: those of whom popliteal height, buttock-popliteal length and hip breadth each lie within the percentiles.

        `all` takes the low percentile of the women and the high one of the men, or the wider of the two (a hip is the women's).
        """
        chosen = self.sex(sex).copy()
        for measure in MEASURES[:3]:
            least, most = self.limits(measure, sex, low, high)
            chosen &= (self.columns[measure] >= least) & (self.columns[measure] <= most)
        return chosen

    def limits(self, measure: str, sex: Sex, low: float, high: float) -> tuple[float, float]:
        """The measure at both ends of a band."""
        each: tuple[Sex, ...] = ("women", "men") if sex == "all" else (sex,)
        return min(self.percentile(measure, low, one) for one in each), max(self.percentile(measure, high, one) for one in each)

    @classmethod
    def of(cls, person: Measurements) -> People:
        """A population of one."""
        columns = {name: np.array([getattr(person, name)], float) for name in MEASURES}
        return cls(np.zeros(1, bool), {**columns, "weight": np.array([person.weight_kg])})

    def subset(self, chosen: np.ndarray) -> People:
        return People(self.men[chosen], {name: column[chosen] for name, column in self.columns.items()})


@cache
def people() -> People:
    """The survey."""
    with np.load(FILE, allow_pickle=False) as file:
        columns = {name: file[name].astype(float) for name in COLUMNS}
        columns["weight"] /= 10
        return People(file["men"].astype(bool), columns)


def _height_fits(who: People, height: np.ndarray) -> np.ndarray:
    shod = who.columns["popliteal_height"] + SHOE_MM
    return (height >= shod * HEIGHT[0]) & (height <= shod * HEIGHT[1])


def _depth_fits(who: People, depth: np.ndarray, backrest: bool) -> np.ndarray:
    length = who.columns["buttock_popliteal"]
    fits = depth <= DEPTH[1] * length
    return fits & (depth >= DEPTH[0] * length) if backrest else fits


def accommodated(who: People, seat: SeatSize) -> np.ndarray:
    """(people,) bool: whom the seat fits in every respect of RULES."""
    fits = _height_fits(who, np.array(seat.height)) & _depth_fits(who, np.array(seat.depth), seat.backrest)
    fits &= who.columns["hip_breadth"] * (1.0 if seat.backrest else STOOL_WIDTH) <= seat.width
    if seat.arm_height is not None:
        over = seat.arm_height - who.columns["elbow_rest_height"]
        fits &= (over >= ARM_MM[0]) & (over <= ARM_MM[1])
    return fits


@dataclass(frozen=True)
class BestSeat:
    """share: the largest that one seat fits; seat: the middle of those that fit nearly as many; windows: how far each size may stray."""

    share: float
    seat: SeatSize
    windows: dict[str, Range]


def best_share(who: People, heights: Range, depths: Range, width: float, arms: Range | None, *, backrest: bool) -> BestSeat:
    """The seat of these ranges (mm) that fits the most of `who`. Searched on a grid of about 5 mm; empty `who`: a share of 0."""
    grid = [np.linspace(*heights, 32), np.linspace(*depths, 32), np.linspace(*arms, 10) if arms else np.zeros(1)]
    hips = who.columns["hip_breadth"] * (1.0 if backrest else STOOL_WIDTH)
    tall = _height_fits(who, grid[0][:, None]) & (hips <= width)
    deep = _depth_fits(who, grid[1][:, None], backrest).astype(np.float32)
    shares = np.empty((32, 32, len(grid[2])))
    for at, arm in enumerate(grid[2]):
        over = arm - who.columns["elbow_rest_height"]
        chosen = tall & (over >= ARM_MM[0]) & (over <= ARM_MM[1]) if arms else tall
        shares[:, :, at] = chosen.astype(np.float32) @ deep.T / max(1, len(who))
    share = float(shares.max())
    good = np.argwhere(shares >= 0.985 * share)
    h, d, a = good[((good - good.mean(0)) ** 2).sum(1).argmin()]
    windows = {}
    for name, axis, line in (("height", 0, shares[:, d, a]), ("depth", 1, shares[h, :, a]), ("arm_height", 2, shares[h, d, :])):
        enough = grid[axis][line >= 0.95 * shares[h, d, a]]
        windows[name] = (float(enough.min()), float(enough.max()))
    windows["width"] = (float(np.percentile(hips, 97)) if len(hips) else 0.0, width)
    seat = SeatSize(float(grid[0][h]), float(grid[1][d]), width, float(grid[2][a]) if arms else None, backrest)
    return BestSeat(share, seat, windows)
