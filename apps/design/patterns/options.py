"""What a person chooses about a garment, with its limits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, TypeVar

from shared.errors import BadInput

__all__ = ["FITS", "LIMITS_MM", "Fit", "SkirtOptions", "TShirtOptions", "chosen"]

Options = TypeVar("Options", "TShirtOptions", "SkirtOptions")


@dataclass(frozen=True)
class Fit:
    """Ease in mm over the body: round the chest, under the arm, beside the armhole, round the upper arm, along the shoulder."""

    chest: float
    scye: float
    across: float
    arm: float
    shoulder: float


FITS: Mapping[str, Fit] = MappingProxyType(
    {
        "close": Fit(chest=40, scye=-4, across=2, arm=36, shoulder=0),
        "regular": Fit(chest=80, scye=6, across=6, arm=56, shoulder=6),
        "loose": Fit(chest=160, scye=32, across=18, arm=100, shoulder=30),
    }
)
SLEEVES = ("short", "elbow", "long")
NECKLINES = ("crew", "scoop")
# what a number may be; outside these nothing a person would wear comes out
LIMITS_MM: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "chest_ease_mm": (-80, 500),
        "length_mm": (300, 1500),
        "sleeve_length_mm": (100, 900),
        "neckband_width_mm": (8, 60),
        "neckband_ratio": (0.7, 1.0),
        "cap_ease_mm": (0, 40),
        "shoulder_slope_deg": (8, 32),
        "waist_shaping_mm": (0, 40),
        "waist_ease_mm": (-20, 100),
        "waistband_width_mm": (15, 100),
        "underlap_mm": (0, 60),
        "seam_allowance_mm": (0, 20),
        "hem_allowance_mm": (0, 60),
        "fabric_width_mm": (700, 3200),
    }
)


@dataclass(frozen=True)
class TShirtOptions:
    """None: from the fit or the body."""

    fit: str = "regular"
    sleeve: str = "short"
    neckline: str = "crew"
    chest_ease_mm: float | None = None
    length_mm: float | None = None  # nape to hem; None: to the hips
    sleeve_length_mm: float | None = None  # shoulder point to hem
    neckband_width_mm: float = 20
    neckband_ratio: float = 0.85  # of the neckline; 0.80 for a soft rib, 0.90 for the jersey itself
    cap_ease_mm: float = 0
    shoulder_slope_deg: float = 20
    waist_shaping_mm: float = 0
    seam_allowance_mm: float = 10
    hem_allowance_mm: float = 25
    fabric_width_mm: float = 1500
    one_way: bool = False  # nap or print: no piece upside down


@dataclass(frozen=True)
class SkirtOptions:
    """None: from the body."""

    length_mm: float | None = None  # waistband to hem; None: 600
    panels: str = "auto"  # "one" (a seam at the back), "two" (side seams too), "six" gores, "auto": the fewest the fabric takes
    waist_ease_mm: float = 10
    waistband_width_mm: float = 35
    underlap_mm: float = 30
    seam_allowance_mm: float = 15
    hem_allowance_mm: float = 15  # a circular hem does not lie flat when it is deeper
    fabric_width_mm: float = 1500
    one_way: bool = False


CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"fit": tuple(FITS), "sleeve": SLEEVES, "neckline": NECKLINES, "panels": ("auto", "one", "two", "six")}
)


def chosen(kind: type[Options], given: Options | Mapping[str, Any] | None) -> Options:
    """Options with every choice known and every number within its limits. Raises BadInput naming the option."""
    if given is None:
        given = {}
    if isinstance(given, Mapping):
        names = [each.name for each in fields(kind)]
        for name in given:
            if name not in names:
                raise BadInput(f"There is no option {name!r}.", remedy=f"Options are: {', '.join(names)}.", field=name)
        given = kind(**given)
    for each in fields(given):
        value = getattr(given, each.name)
        if each.name in CHOICES and value not in CHOICES[each.name]:
            said = each.name.capitalize()
            raise BadInput(f"{said} {value!r} is unknown.", remedy=f"Choose one of {', '.join(CHOICES[each.name])}.", field=each.name)
        if each.name in LIMITS_MM and value is not None:
            number(each.name, value)
    return given


def number(name: str, value: object) -> None:
    low, high = LIMITS_MM[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or not low <= value <= high:
        unit = " mm" if name.endswith("_mm") else " degrees" if name.endswith("_deg") else ""
        said = name.removesuffix("_mm").removesuffix("_deg").replace("_", " ").capitalize()
        raise BadInput(f"{said} {value!r} is outside {low:g} to {high:g}{unit}.", remedy="Choose a value between them.", field=name)
