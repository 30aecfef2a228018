"""Body measurements of a garment in millimetres: names after ISO 8559-1, plausible limits, contradictions, cm taken for inches.

read(values, unit="cm")                          what a person typed, in mm, each within its limits
complete(values, table="women", size="38")       a whole Body; what was not measured comes from the size table and is named
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from apps.design.patterns.sizes import row
from shared.errors import BadInput

__all__ = ["MEASUREMENTS", "UNITS_MM", "Body", "Measurement", "complete", "read"]

UNITS_MM = MappingProxyType({"mm": 1.0, "cm": 10.0, "inch": 25.4})
SIGNS = MappingProxyType({"mm": "mm", "cm": "cm", "inch": "in"})


@dataclass(frozen=True)
class Measurement:
    """One way to measure a body. The limits hold every adult of ANSUR II (4,082 men, 1,986 women) and the sizes EU 34 to 60."""

    title: str
    low_mm: float
    high_mm: float
    how: str


MEASUREMENTS: Mapping[str, Measurement] = MappingProxyType(
    {
        "chest_girth": Measurement("chest girth", 650, 1600, "level, over the fullest part of the bust or chest"),
        "waist_girth": Measurement("waist girth", 500, 1600, "at the natural waist, where the trunk bends sideways"),
        "hip_girth": Measurement("hip girth", 700, 1700, "level, over the fullest part of the buttocks"),
        "neck_girth": Measurement("neck base girth", 270, 600, "round the base of the neck, where a crew neck lies"),
        "shoulder_length": Measurement("shoulder length", 85, 210, "from the base of the neck to the shoulder point"),
        "across_back": Measurement("across back width", 250, 600, "from armhole to armhole across the shoulder blades"),
        "scye_depth": Measurement("scye depth", 140, 340, "from the nape straight down to the level of a shirt's underarm"),
        "back_waist_length": Measurement("back waist length", 310, 620, "from the nape down the spine to the waist"),
        "waist_to_hip": Measurement("waist to hip", 50, 320, "from the waist down the side to the fullest part of the hips"),
        "upper_arm_girth": Measurement("upper arm girth", 190, 600, "round the relaxed arm at its fullest"),
        "arm_length": Measurement("arm length", 400, 850, "from the shoulder point over the bent elbow to the wrist"),
        "wrist_girth": Measurement("wrist girth", 115, 280, "round the wrist bone"),
    }
)

# (one, other, lowest and highest ratio one : other). Outside these no adult of ANSUR II is found, with a tenth to spare.
RATIOS: tuple[tuple[str, str, float, float], ...] = (
    ("waist_girth", "chest_girth", 0.55, 1.40),
    ("hip_girth", "chest_girth", 0.65, 1.60),
    ("waist_girth", "hip_girth", 0.50, 1.40),
    ("neck_girth", "chest_girth", 0.26, 0.56),
    ("across_back", "chest_girth", 0.26, 0.56),
    ("upper_arm_girth", "chest_girth", 0.19, 0.50),
    ("scye_depth", "back_waist_length", 0.28, 0.80),
    ("wrist_girth", "upper_arm_girth", 0.30, 0.95),
    ("shoulder_length", "across_back", 0.20, 0.62),
)


@dataclass(frozen=True)
class Body:
    """Every measurement of `MEASUREMENTS` in mm; `assumed`: the names that nobody measured and the size table gave."""

    values_mm: Mapping[str, float]
    table: str = "women"
    size: str = ""
    assumed: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def __getitem__(self, name: str) -> float:
        return self.values_mm[name]


def shown(millimetres: float, unit: str) -> str:
    """A length in a person's own unit: '96.5 cm'."""
    return (
        f"{millimetres / UNITS_MM[unit]:,.4g} {SIGNS[unit]}"
        if abs(millimetres) < 1e7
        else f"{millimetres / UNITS_MM[unit]:.3g} {SIGNS[unit]}"
    )


def read(values: Mapping[str, float], unit: str = "mm") -> dict[str, float]:
    """{name: mm} of what was typed in `unit` (mm, cm, inch). Raises BadInput that names the measurement, its limits and a remedy."""
    if unit not in UNITS_MM:
        raise BadInput(f"The unit {unit!r} is none of {', '.join(UNITS_MM)}.", remedy="Choose one of them.", field="unit")
    return {name: one(name, value, unit) for name, value in values.items()}


def one(name: str, value: float, unit: str) -> float:
    """One measurement in mm, within its limits."""
    known = MEASUREMENTS.get(name)
    if known is None:
        raise BadInput(f"There is no measurement {name!r}.", remedy=f"Give some of: {', '.join(MEASUREMENTS)}.", field=name)
    title = known.title.capitalize()
    limits = f"{shown(known.low_mm, unit)} to {shown(known.high_mm, unit)}"
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadInput(f"{title} is not a number: {value!r}.", remedy=f"Give a length from {limits}: {known.how}.", field=name)
    millimetres = float(value) * UNITS_MM[unit]
    if known.low_mm <= millimetres <= known.high_mm:
        return millimetres
    problem = f"{title} {shown(millimetres, unit)} is outside {limits}."
    if value <= 0:
        raise BadInput(problem, remedy=f"Measure {known.how}, or leave it empty to take it from the size table.", field=name)
    fitting = [other for other in UNITS_MM if other != unit and known.low_mm <= value * UNITS_MM[other] <= known.high_mm]
    if fitting:
        other = fitting[-1] if unit != "inch" else fitting[0]
        meant = f"{value:g} {SIGNS[other]}" + ("" if other == "mm" else f" = {value * UNITS_MM[other]:.0f} mm")
        raise BadInput(problem, remedy=f"Was it {meant}? Then set the unit to {other}; otherwise measure again, {known.how}.", field=name)
    raise BadInput(problem, remedy=f"Measure again, {known.how}.", field=name)


def complete(values: Mapping[str, float], *, table: str = "women", size: str = "", needs: tuple[str, ...] = ()) -> Body:
    """A whole Body from some measurements in mm.

    needs: what must be measured where no `size` is given; the first of them also chooses the row of the size table.
    Raises BadInput for a missing, implausible or contradictory measurement.
    """
    given = read(values)
    missing = [name for name in needs if name not in given] if not size else []
    if missing:
        title = MEASUREMENTS[missing[0]].title
        raise BadInput(
            f"The {title} is missing.", remedy=f"Measure it, {MEASUREMENTS[missing[0]].how}, or choose a size.", field=missing[0]
        )
    anchor = next((name for name in (*needs, "chest_girth", "waist_girth", "hip_girth") if name in given), "")
    filled = row(table, size, anchor, given.get(anchor, 0.0))
    body = {name: given.get(name, filled[name]) for name in MEASUREMENTS}
    assumed = tuple(name for name in MEASUREMENTS if name not in given)
    refuse_contradictions(body, set(given))
    return Body(MappingProxyType(body), table, size, assumed, tuple(remarks(body)))


def refuse_contradictions(body: Mapping[str, float], given: set[str]) -> None:
    """Raises BadInput where two measurements belong to no one body; two values of the table cannot."""
    for first, second, low, high in RATIOS:
        ratio = body[first] / body[second]
        if low <= ratio <= high or not given & {first, second}:
            continue
        one, other = MEASUREMENTS[first].title, MEASUREMENTS[second].title
        whose = "" if {first, second} <= given else f" (the {one if first not in given else other} is the size table's)"
        raise BadInput(
            f"{one.capitalize()} {body[first]:.0f} mm and {other} {body[second]:.0f} mm contradict each other{whose}: "
            f"the first is {ratio:.2f} of the second, on bodies {low:.2f} to {high:.2f}.",
            remedy="Measure both again, with one unit for both.",
            field=first if first in given else second,
        )


def remarks(body: Mapping[str, float]) -> list[str]:
    """What is unusual about a body without being wrong."""
    if body["waist_girth"] <= body["hip_girth"]:
        return []
    return [
        f"The waist ({body['waist_girth']:.0f} mm) is wider than the hips ({body['hip_girth']:.0f} mm), as on one man in eleven: "
        "the garment is drafted to clear the waist and hangs straight from there. Check that the two were not swapped."
    ]
