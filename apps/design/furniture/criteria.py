"""What is asked of a piece of furniture, checked against what is possible, and as the numbers the generator is given.

    brief = resolve(Criteria("chair", style="ladder", material="oak", low=5, high=95), mass_spans)

Criteria that contradict each other or the family are refused with the conflict named and the nearest feasible ones in the remedy;
`nearest` returns those.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from apps.design.furniture.checker import Demands
from apps.design.furniture.family import Choices, Family, family
from apps.design.furniture.materials import MATERIALS, PROCESSES
from apps.design.furniture.people import BestSeat, Measurements, People, Sex, best_share, people
from shared.errors import BadInput

__all__ = ["FIT_OF_BEST", "Brief", "Criteria", "MassSpans", "conditions", "nearest", "resolve", "seat_ranges"]

FIT_OF_BEST = 0.90
"""Without a share of its own, a brief asks for this much of the largest share that one fixed seat can fit."""
LOADS_KG = (40.0, 150.0)
PLAUSIBLE_MM = {"popliteal_height": (280, 580), "buttock_popliteal": (340, 650), "hip_breadth": (240, 580), "elbow_rest_height": (120, 360)}
"""What a grown person measures: beyond ANSUR II's least and largest by some 20 mm."""
MassSpans = dict[tuple[str, str, str], tuple[float, float, float]]
"""(style, material, option): kg, the 3rd, 50th and 97th percentile of designs that pass."""


@dataclass(frozen=True)
class Criteria:
    """Sizes in mm, masses in kg. `person` takes the place of sex, low and high; None leaves a number to the resolver."""

    family: str
    style: str
    material: str
    option: str
    process: str | None = None
    sex: Sex = "all"
    low: float = 5.0
    high: float = 95.0
    person: Measurements | None = None
    load_kg: float | None = None
    mass_kg: float | None = None
    fit_share: float | None = None
    bed_mm: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Brief:
    """Criteria that can be met, with everything filled in. best: the seat that fits most of `who`."""

    criteria: Criteria
    kind: Family
    choices: Choices
    who: People
    best: BestSeat
    load_kg: float
    mass_kg: float
    fit_share: float

    @property
    def demands(self) -> Demands:
        """What the checker is asked."""
        footrest = not self.kind.backrest and self.choices.option != "table"
        return Demands(self.load_kg, self.who, self.fit_share, self.mass_kg, self.criteria.bed_mm, self.kind.backrest, footrest)

    @property
    def condition(self) -> np.ndarray:
        return conditions(self.kind, self.choices, self.best, self.load_kg, self.mass_kg)


def conditions(kind: Family, choices: Choices, best: BestSeat, load_kg: float, mass_kg: float) -> np.ndarray:
    """(c,) what the network is given: the windows of the four sizes, the load, the mass, and the choices, each as ones and zeros."""
    sizes = [value for name in ("height", "depth", "arm_height", "width") for value in best.windows[name]][:7]
    numbers = [(value - 400.0) / 100.0 for value in sizes] + [(load_kg - 95.0) / 30.0, math.log(mass_kg / 5.0)]
    chosen = [float(choices.style == style.key) for style in kind.styles]
    chosen += [float(choices.material == key) for key in MATERIALS] + [float(choices.option == key) for key in kind.options]
    return np.array(numbers + chosen, np.float32)


@cache
def seat_ranges(kind_key: str, choices: Choices) -> tuple[tuple[float, float], tuple[float, float], float, tuple[float, float] | None]:
    """Heights above what carries the feet, depths, largest clear width, arm heights, that the declared ranges can give."""
    kind = family(kind_key)
    span = {parameter.key: (float(low), float(high)) for parameter, (low, high) in zip(kind.parameters, kind.ranges(choices), strict=True)}
    heights, depths, width = span["seat_height"], span["seat_depth"], span["seat_width"][1]
    if "foot_drop" in span and choices.option != "table":
        heights = (span["foot_drop"][0] - 20, span["foot_drop"][1] - 20)  # from the upper face of the bar
    if span["seat_depth"][0] == span["seat_depth"][1] and not kind.backrest:
        depths = span["seat_width"]  # a disc
    arms = span.get("arm_height")
    if choices.option == "arms":
        return heights, depths, width - 70, arms
    return heights, depths, width, None


def _sized(name: str, value: float, low: float, high: float, unit: str) -> None:
    """Raises BadInput; guesses centimetres, inches and pounds."""
    title = name.replace("_", " ").removesuffix(" kg").removesuffix(" mm")
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise BadInput(f"The {title} is not a number.", remedy=f"Give {low:g} to {high:g} {unit}.", field=name)
    if low <= value <= high:
        return
    others = [("cm", 10.0), ("inches", 25.4), ("metres", 1000.0)] if unit == "mm" else [("pounds", 0.45359), ("grams", 0.001)]
    meant = [f"{value:g} {other} are {value * factor:.0f} {unit}" for other, factor in others if low <= value * factor <= high]
    hint = f" Did you mean {' or '.join(meant)}?" if meant and value > 0 else ""
    raise BadInput(f"A {title} of {value:g} {unit} is out of range.{hint}", remedy=f"Give {low:g} to {high:g} {unit}.", field=name)


def _plausible(criteria: Criteria) -> None:
    """Numbers that no person, machine or chair has."""
    if criteria.person is not None:
        for name, (low, high) in PLAUSIBLE_MM.items():
            _sized(name, getattr(criteria.person, name), low, high, "mm")
        _sized("weight_kg", criteria.person.weight_kg, 30, 200, "kg")
    for name, (least, most), unit in (("load_kg", (20, 250), "kg"), ("mass_kg", (0.3, 60), "kg"), ("fit_share", (0.01, 1), "")):
        value = getattr(criteria, name)
        if value is not None:
            _sized(name, value, least, most, unit)
    for edge in criteria.bed_mm or ():
        _sized("bed_mm", edge, 50, 20_000, "mm")
    for name in ("low", "high"):
        _sized(name, getattr(criteria, name), 0, 100, "")
    if criteria.sex not in ("all", "women", "men"):
        raise BadInput(f"No such group: {criteria.sex!r}.", remedy="Groups: all, women, men.", field="sex")


def _who(criteria: Criteria) -> People:
    if criteria.person is not None:
        return People.of(criteria.person)
    return people().subset(people().band(criteria.sex, criteria.low, criteria.high))


def nearest(criteria: Criteria, masses: MassSpans) -> tuple[Criteria, list[str]]:
    """Feasible criteria next to these, and a line for each conflict that had to give way; the same and [] where there is none.

    Raises BadInput for numbers that mean nothing (NaN, below zero, a popliteal height of 42 mm) and names that are not there.
    """
    kind = family(criteria.family)
    choices = Choices(criteria.style, criteria.material, criteria.option)
    kind.check(choices)
    _plausible(criteria)
    lines: list[str] = []
    material = MATERIALS[criteria.material]
    if criteria.process is not None and criteria.process not in PROCESSES:
        raise BadInput(f"No process {criteria.process!r}.", remedy=f"Processes: {', '.join(PROCESSES)}.", field="process")
    if criteria.process not in (None, material.process):
        fitting = [key for key, other in MATERIALS.items() if other.process == criteria.process]
        lines.append(f"{material.title} is not made by {criteria.process}: take {material.process}, or {', '.join(fitting)}")
        criteria = replace(criteria, process=material.process)
    if criteria.low >= criteria.high:
        held_low, held_high = min(criteria.low, 95.0), min(100.0, max(criteria.low + 5, 95.0))
        lines.append(f"percentiles {criteria.low:g} to {criteria.high:g} hold nobody: take {held_low:g} to {held_high:g}")
        criteria = replace(criteria, low=held_low, high=held_high)
    if criteria.load_kg is not None and not LOADS_KG[0] <= criteria.load_kg <= LOADS_KG[1]:
        held = min(max(criteria.load_kg, LOADS_KG[0]), LOADS_KG[1])
        lines.append(f"a user of {criteria.load_kg:g} kg is outside {LOADS_KG[0]:g} to {LOADS_KG[1]:g} kg: take {held:g} kg")
        criteria = replace(criteria, load_kg=held)
    best = _best(criteria, kind, choices)
    if best.share < 1e-6:
        heights, depths, width, _ = seat_ranges(kind.key, choices)
        whose = "this person" if criteria.person else "anybody of this group"
        raise BadInput(
            f"No {kind.key} of this family fits {whose}.",
            remedy=f"Its seats are {heights[0]:.0f} to {heights[1]:.0f} mm high, {depths[0]:.0f} to {depths[1]:.0f} deep"
            f" and up to {width:.0f} wide.",
            field="person" if criteria.person else "low",
        )
    if criteria.fit_share is not None and criteria.fit_share > best.share * 0.97:
        offered = math.floor(best.share * 95) / 100
        lines.append(
            f"no one seat fits {criteria.fit_share:.0%} of this group: the best, {best.seat.height:.0f} mm high and"
            f" {best.seat.depth:.0f} deep, fits {best.share:.0%}: take {offered:.2f}, or a narrower group"
        )
        criteria = replace(criteria, fit_share=offered)
    span = masses.get((criteria.style, criteria.material, criteria.option))
    if criteria.mass_kg is not None and span is not None and not span[0] <= criteria.mass_kg <= span[2]:
        # rounded inwards: what is offered shall itself be feasible
        held = math.ceil(100 * span[0]) / 100 if criteria.mass_kg < span[0] else math.floor(100 * span[2]) / 100
        weighs = f"{span[0]:.1f} to {span[2]:.1f} kg, not {criteria.mass_kg:g}"
        lines.append(f"a {kind.key} of {material.title} in this style weighs {weighs}: take {held:g} kg")
        criteria = replace(criteria, mass_kg=held)
    return _with_bed(criteria, kind, choices, lines), lines


def _with_bed(criteria: Criteria, kind: Family, choices: Choices, lines: list[str]) -> Criteria:
    """A bed too small for the smallest piece of the family is a conflict."""
    if criteria.bed_mm is None:
        return criteria
    process = PROCESSES[MATERIALS[choices.material].process]
    smallest = kind.design(choices, kind.values(choices, np.zeros(len(kind.parameters))))
    if process.whole:
        low, high = np.asarray(smallest.solid().mesh.bounds)
        needs = np.sort(high - low)
    else:
        needs = np.max([np.sort(part.cut_mm) for part in smallest.parts()], axis=0)
    bed = np.sort(criteria.bed_mm)
    if (bed >= needs).all():
        return criteria
    offered = tuple(float(math.ceil(edge / 10) * 10) for edge in np.maximum(bed, needs * 1.15))
    what = "printed in one piece" if process.whole else "its largest part"
    given, wanted = (" x ".join(f"{edge:.0f}" for edge in edges) for edges in (bed, offered))
    lines.append(f"a bed of {given} mm is too small for the smallest {kind.key}, {what}: take {wanted} mm")
    return replace(criteria, bed_mm=(offered[0], offered[1], offered[2]))


def _best(criteria: Criteria, kind: Family, choices: Choices) -> BestSeat:
    heights, depths, width, arms = seat_ranges(kind.key, choices)
    return best_share(_who(criteria), heights, depths, width, arms, backrest=kind.backrest)


def resolve(criteria: Criteria, masses: MassSpans) -> Brief:
    """Raises BadInput: every conflict by name, and the nearest feasible criteria as the remedy."""
    feasible, conflicts = nearest(criteria, masses)
    if conflicts:
        fields = [name for name in criteria.__dataclass_fields__ if getattr(criteria, name) != getattr(feasible, name)]
        error = BadInput(
            "These criteria cannot all be met: " + "; ".join(conflicts) + ".",
            remedy="Nearest feasible: " + ", ".join(f"{name} {getattr(feasible, name)}" for name in fields) + ".",
            field=fields[0] if fields else None,
        )
        error.lines = tuple(conflicts)
        raise error
    kind = family(criteria.family)
    choices = Choices(criteria.style, criteria.material, criteria.option)
    who = _who(criteria)
    best = _best(criteria, kind, choices)
    load = criteria.load_kg
    if load is None:
        load = criteria.person.weight_kg if criteria.person else people().limits("weight", criteria.sex, criteria.low, criteria.high)[1]
        load = min(max(load, LOADS_KG[0]), LOADS_KG[1])
    mass = criteria.mass_kg or masses.get((criteria.style, criteria.material, criteria.option), (3.0, 5.0, 9.0))[1]
    share = criteria.fit_share if criteria.fit_share is not None else FIT_OF_BEST * best.share
    return Brief(criteria, kind, choices, who, best, float(load), float(mass), float(share))
