"""The independent checker: a finished solid and its declared members in, a list of checks out.

It knows no family and no parameter. Sizes are measured on the solid by rays, mass and balance come from its mesh, stresses from a
frame of the members. Every value is an estimate; none is a certificate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from apps.design.furniture.materials import MATERIALS, PROCESSES, Process
from apps.design.furniture.measuring import Measured, least_wall_mm, measure
from apps.design.furniture.people import People, accommodated, people
from apps.design.furniture.solid import Solid
from apps.design.furniture.stability import Body, feet_polygon, stability, tilt_deg
from apps.design.furniture.strength import Strength, strength

__all__ = ["MASS_TOLERANCE", "Check", "Demands", "Report", "check"]

MASS_TOLERANCE = 0.10
LEAST_TILT_DEG = 10.0
SWAY_SHARE = 1 / 50
"""Of the seat's height, under the sideways and forwards loads: what feels firm, our estimate."""


@dataclass(frozen=True)
class Demands:
    """who: the people it is for; fit_share: how many of them it must fit; mass_kg None: any mass will do."""

    load_kg: float
    who: People
    fit_share: float
    mass_kg: float | None = None
    bed_mm: tuple[float, float, float] | None = None
    backrest: bool = True
    footrest: bool = False


@dataclass(frozen=True)
class Check:
    """A measured value beside its bound; at_least False: it must not be above."""

    key: str
    title: str
    value: float
    bound: float
    unit: str
    passed: bool
    source: str
    at_least: bool = True


@dataclass(frozen=True)
class Report:
    """share: of the 6,068 measured people, accommodated; share_of_group: of those it is for."""

    checks: tuple[Check, ...]
    mass_kg: float
    share: float
    share_of_group: float
    measured: Measured | None
    strength: Strength | None

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    @property
    def failed(self) -> tuple[str, ...]:
        return tuple(check.key for check in self.checks if not check.passed)

    def __getitem__(self, key: str) -> Check:
        return next(check for check in self.checks if check.key == key)


def _at_least(key: str, title: str, value: float, bound: float, *about: str) -> Check:
    """about: the unit and the source."""
    unit, source = about
    return Check(key, title, value, bound, unit, bool(value >= bound), source)


def _at_most(key: str, title: str, value: float, bound: float, *about: str) -> Check:
    unit, source = about
    return Check(key, title, value, bound, unit, bool(value <= bound), source, at_least=False)


def check(solid: Solid, demands: Demands) -> Report:
    """Every check of a piece with one seat."""
    process = PROCESSES[MATERIALS[next(iter(solid.volumes))].process]
    checks = _shape(solid)
    plate = next((part for part in solid.parts if part.role == "seat"), None)
    measured = None
    if plate is not None:
        measured = measure(
            solid.body, (float(plate.axis[0, 0]), float(plate.axis[0, 1])), backrest=demands.backrest, footrest=demands.footrest
        )
    checks += _balance(solid, measured)
    loaded = _strength(solid, demands)
    checks += _strong(loaded, measured.seat_top if measured else 450.0)
    checks += _made(solid, process, demands.bed_mm)
    of_all = of_group = 0.0
    if measured is not None:
        of_all, of_group = (float(accommodated(who, measured.seat).mean()) for who in (people(), demands.who))
    checks.append(_at_least("fit", "of its people, fitted", of_group, demands.fit_share, "", "ANSUR II; rules in people.py"))
    mass = solid.mass_kg
    if demands.mass_kg is not None:
        off = abs(mass / demands.mass_kg - 1)
        checks.append(_at_most("mass", "mass off its target", off, MASS_TOLERANCE, "", "volume x density"))
    return Report(tuple(checks), mass, of_all, of_group, measured, loaded)


def _shape(solid: Solid) -> list[Check]:
    mesh = solid.mesh
    finite = bool(np.isfinite(mesh.vertices).all())
    edges = np.sort(mesh.edges, axis=1)
    key = edges[:, 0] * (len(mesh.vertices) + 1) + edges[:, 1]
    closed = bool((np.unique(key, return_counts=True)[1] == 2).all())
    volume = finite and closed and bool(mesh.volume > 0)
    bodies = len(solid.body.decompose())
    return [
        Check("finite", "vertices are numbers", float(finite), 1, "", finite, "mesh"),
        Check("volume", "closed, with an inside", float(volume), 1, "", volume, "mesh"),
        Check("one_body", "bodies", bodies, 1, "", bodies == 1, "mesh", at_least=False),
    ]


def _balance(solid: Solid, measured: Measured | None) -> list[Check]:
    body = Body(solid.mass_kg, solid.centre_of_mass, feet_polygon(np.asarray(solid.mesh.vertices)))
    tilt = _at_least("tilt", "leans before it falls, empty", tilt_deg(body), LEAST_TILT_DEG, "deg", "our estimate")
    if measured is None:
        return [tilt, Check("seat", "a seat to measure", 0, 1, "", False, "mesh")]
    margins = stability(body, measured.rim, measured.seat_top, measured.back)
    return [
        tilt,
        *(
            _at_least(f"stable_{case}", f"righting over tipping moment, {case}", value, 1.0, "", "after EN 1022")
            for case, value in margins.items()
        ),
    ]


def _strength(solid: Solid, demands: Demands) -> Strength | None:
    try:
        return strength(solid.parts, demands.load_kg, footrest=demands.footrest)
    except (np.linalg.LinAlgError, ValueError):
        return None


def _strong(loaded: Strength | None, seat_top: float) -> list[Check]:
    if loaded is None:
        return [Check("stress", "members hang together", 0, 1, "", False, "frame of the declared members")]
    source = "frame of the declared members; loads after EN 1728, our estimate"
    return [
        _at_most("stress", f"stress over strength, worst in {loaded.member} ({loaded.case})", loaded.utilisation, 1.0, "", source),
        _at_most("buckling", "leg's load over a third of Euler's", loaded.buckling, 1.0, "", source),
        _at_most("sway", "sway of the seat", loaded.sway_mm, seat_top * SWAY_SHARE, "mm", source),
    ]


def _made(solid: Solid, process: Process, bed_mm: tuple[float, float, float] | None) -> list[Check]:
    bed = np.sort(bed_mm or process.bed_mm)
    low, high = np.asarray(solid.mesh.bounds)
    pieces = [np.sort(high - low)] if process.whole else [np.sort(part.cut_mm) for part in solid.parts]
    over = max(float((piece / bed).max()) for piece in pieces)
    return [
        _at_least("wall", "thinnest wall", least_wall_mm(solid.body), process.least_wall_mm, "mm", process.title),
        _at_most("bed", "largest piece over the machine's bed", over, 1.0, "", process.title),
    ]
