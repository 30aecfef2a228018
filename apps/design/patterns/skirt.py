"""A half-circle skirt with a waistband and a zip in the centre back seam.

The rule is geometry: half a circle's arc is the waist, so the waist's radius is (waist + ease) / pi and the hem's that radius plus the
length (Aldrich, *Metric Pattern Cutting for Women's Wear*, "circular skirts"). The waistband is straight, cut along the grain, as long as
the waist with an underlap for the button. The zip reaches down until the opening lets the hips through: at least half of what the hips are
wider than the waist, and 30 mm. The half circle is cut in the fewest panels the fabric's width takes.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from apps.design.patterns.curves import arc, segment, turned
from apps.design.patterns.measurements import Body
from apps.design.patterns.options import SkirtOptions
from apps.design.patterns.piece import Edge, Garment, Notch, Piece, Seam, SeamEdge
from shared.errors import BadInput

__all__ = ["NEEDS", "half_circle_skirt"]

NEEDS = ("waist_girth",)
LENGTH_MM = 600.0
SHORTEST_ZIP_MM = 180.0
HIP_EASE_MM = 40.0
PANELS = {"one": 90.0, "two": 45.0, "six": 30.0}  # degrees of the piece drawn: half of one, half of the front, one gore


def width_mm(panels: str, hem_radius: float, options: SkirtOptions) -> float:
    """How wide the fabric must be for the widest panel: the whole front or, of gores, one gore."""
    half = math.radians(15 if panels == "six" else PANELS[panels])
    beside = options.seam_allowance_mm * math.cos(half) + options.hem_allowance_mm * math.sin(half)
    return 2 * (hem_radius * math.sin(half) + beside) + 5


def panels_for(hem_radius: float, options: SkirtOptions) -> str:
    """The fewest panels. Raises BadInput where the fabric is too narrow for the panels chosen, or for six gores."""
    wanted = list(PANELS) if options.panels == "auto" else [options.panels]
    for panels in wanted:
        if width_mm(panels, hem_radius, options) <= options.fabric_width_mm:
            return panels
    need = width_mm(wanted[-1], hem_radius, options)
    raise BadInput(
        f"A hem radius of {hem_radius:.0f} mm in {wanted[-1]} panel{'s' if wanted[-1] != 'one' else ''} needs fabric {need:.0f} mm wide; "
        f"this is {options.fabric_width_mm:.0f} mm.",
        remedy="Choose more panels, a shorter skirt or a wider fabric.",
        field="fabric_width_mm",
    )


def sector(
    name: str, degrees: tuple[float, float], radii_mm: tuple[float, float], options: SkirtOptions, *, fold: bool, count: int
) -> Piece:
    """A part of the ring between two angles from straight down, counterclockwise on screen; `fold`: its first side is on x = 0."""
    (start_deg, end_deg), (waist_r, hem_r) = degrees, radii_mm
    # Angles from +x towards +y (down): straight down is 90 degrees, and x grows towards 0 degrees.
    first, last = math.radians(90 - start_deg), math.radians(90 - end_deg)
    a, b = turned(first), turned(last)
    if fold:
        a[0] = 0.0
    waist, hem = arc((0, 0), waist_r, first, last), arc((0, 0), hem_r, last, first)
    waist[0], waist[-1], hem[0], hem[-1] = waist_r * a, waist_r * b, hem_r * b, hem_r * a
    one = (
        Edge("fold", segment(hem[-1], waist[0]), 0.0, "fold")
        if fold
        else Edge("left", segment(hem[-1], waist[0]), options.seam_allowance_mm)
    )
    edges = (
        Edge("waist", waist, options.seam_allowance_mm),
        Edge("right", segment(waist[-1], hem[0]), options.seam_allowance_mm),
        Edge("hem", hem, options.hem_allowance_mm, "hem"),
        one,
    )
    middle = math.radians(90 - (start_deg + end_deg) / 2) if not fold else math.radians(90 - 0.3 * end_deg)
    foot = (waist_r + 0.28 * (hem_r - waist_r)) * turned(middle)
    grain = segment(foot, foot + np.array([0, 0.42 * (hem_r - waist_r)]))
    return Piece(name, edges, grain, count=count)


def with_notches(piece: Piece, *notches: Notch) -> Piece:
    return replace(piece, notches=notches)


def cut_panels(
    panels: str, waist_r: float, hem_r: float, zip_mm: float, options: SkirtOptions
) -> tuple[tuple[Piece, ...], tuple[Seam, ...]]:
    """(pieces, seams between them)."""
    balance, radii = 0.45 * (hem_r - waist_r), (waist_r, hem_r)
    if panels == "one":
        skirt = sector("Skirt", (0, 90), radii, options, fold=True, count=1)
        skirt = with_notches(skirt, Notch("right", zip_mm, "zip"), Notch("waist", waist_r * math.pi / 4, "side"))
        return (skirt,), (Seam("centre back", (SeamEdge("Skirt", "right"),), (SeamEdge("Skirt", "right"),)),)
    if panels == "two":
        front = with_notches(sector("Front", (0, 45), radii, options, fold=True, count=1), Notch("right", balance, "side"))
        back = sector("Back", (0, 45), radii, options, fold=False, count=2)
        back = with_notches(back, Notch("right", balance, "side", double=False), Notch("left", hem_r - waist_r - zip_mm, "zip"))
        pairs = (
            Seam("side", (SeamEdge("Front", "right"),), (SeamEdge("Back", "right"),)),
            Seam("centre back", (SeamEdge("Back", "left"),), (SeamEdge("Back", "left"),)),
        )
        return (front, back), pairs
    gore = sector("Gore", (-15, 15), radii, options, fold=False, count=6)
    gore = with_notches(
        gore,
        Notch("right", balance, "gore"),
        Notch("left", hem_r - waist_r - balance, "gore"),
        Notch("right", zip_mm, "zip, at one seam"),
        Notch("left", hem_r - waist_r - zip_mm, "zip, at one seam"),
    )
    return (gore,), (Seam("gores", (SeamEdge("Gore", "right"),), (SeamEdge("Gore", "left", True),)),)


def waistband(around: float, panels: str, options: SkirtOptions) -> Piece:
    """The whole band, upright along the grain: sewn to the waist on both its long sides, its underlap at the lower end."""
    wide, lap, allowance = 2 * options.waistband_width_mm, options.underlap_mm, options.seam_allowance_mm
    right = [Edge("waist", segment((wide, 0), (wide, around)), allowance)]
    left = [Edge("inside", segment((0, around), (0, 0)), allowance)]
    if lap:
        right.append(Edge("underlap", segment((wide, around), (wide, around + lap)), allowance))
        left.insert(0, Edge("underlap inside", segment((0, around + lap), (0, around)), allowance))
    edges = (
        Edge("top end", segment((0, 0), (wide, 0)), allowance),
        *right,
        Edge("bottom end", segment((wide, around + lap), (0, around + lap)), allowance),
        *left,
    )
    if panels == "six":
        labels = {around * k / 6: "gore" for k in range(1, 6)}
    else:
        labels = {around / 2: "centre front", around / 4: "side", 3 * around / 4: "side"}
    marks = [Notch("waist", where, label) for where, label in sorted(labels.items())]
    marks += [Notch("inside", around - where, label) for where, label in sorted(labels.items())]
    if lap:
        marks.append(Notch("waist", around, "centre back"))
    inner = (("fold in half", segment((wide / 2, 0), (wide / 2, around + lap))),)
    grain = segment((0.28 * wide, 0.55 * around), (0.28 * wide, 0.9 * around))
    return Piece("Waistband", edges, grain, notches=tuple(marks), inner=inner)


def half_circle_skirt(body: Body, options: SkirtOptions) -> Garment:
    """The skirt of a body. Raises BadInput where the fabric is too narrow or the length too short for a zip."""
    long = LENGTH_MM if options.length_mm is None else options.length_mm
    around = body["waist_girth"] + options.waist_ease_mm
    waist_r = around / math.pi
    hem_r = waist_r + long
    zip_mm = max(SHORTEST_ZIP_MM, (body["hip_girth"] - around) / 2 + 30)
    if zip_mm > long - 40:
        raise BadInput(
            f"A skirt {long:.0f} mm long has no room for the zip of {zip_mm:.0f} mm that hips of {body['hip_girth']:.0f} mm need.",
            remedy=f"Choose a length from {zip_mm + 40:.0f} mm, or check waist and hips.",
            field="length_mm",
        )
    panels = panels_for(hem_r, options)
    pieces, pairs = cut_panels(panels, waist_r, hem_r, zip_mm, options)
    band = waistband(around, panels, options)
    parts = {"one": ("Skirt", "Skirt"), "two": ("Back", "Front", "Front", "Back"), "six": ("Gore",) * 6}[panels]
    # the waist is walked from the centre back round: a folded piece's first half, and a pair's second, run backwards
    backwards = {"one": (True, False), "two": (False, True, False, True), "six": (False,) * 6}[panels]
    walked = tuple(SeamEdge(name, "waist", back) for name, back in zip(parts, backwards, strict=True))
    waist = Seam("waist", walked, (SeamEdge("Waistband", "waist"),))
    band_pair = Seam("waistband", (SeamEdge("Waistband", "waist"),), (SeamEdge("Waistband", "inside", True),))
    notes = list(body.notes)
    at_hip = around + math.pi * body["waist_to_hip"]
    if at_hip < body["hip_girth"] + HIP_EASE_MM:
        notes.append(
            f"The skirt is {at_hip:.0f} mm round {body['waist_to_hip']:.0f} mm below the waist, the hips are {body['hip_girth']:.0f} mm: "
            "it is tight there. Check the waist-to-hip measurement, or add ease at the waist."
        )
    notes.append(
        f"Closure: a zip of {zip_mm:.0f} mm or longer in the centre back seam, down to its notch; a button on the underlap of "
        f"{options.underlap_mm:.0f} mm. Interface the waistband, whose seam is the waist and {options.waist_ease_mm:.0f} mm of ease."
    )
    notes.append("A circular skirt drops on the bias: let it hang for a day before levelling the hem.")
    figures = {
        "waist_mm": around,
        "waist_radius_mm": waist_r,
        "hem_radius_mm": hem_r,
        "hem_mm": math.pi * hem_r,
        "zip_mm": zip_mm,
        "panels": float({"one": 1, "two": 3, "six": 6}[panels]),
    }
    return Garment(
        "half_circle_skirt",
        "Half-circle skirt",
        body.size,
        (*pieces, band),
        (*pairs, waist, band_pair),
        dict(body.values_mm),
        figures,
        tuple(notes),
    )
