"""A T-shirt for knits, drafted flat: front, back, sleeve, neckband.

The method is the flat tee block of W. Aldrich, *Metric Pattern Cutting* (womenswear; menswear), in its usual simplification: back
and front are one draft and differ in neck and armhole. From the nape 0, x outwards from the centre, y down, mm:

    neck point       x = neck girth / 5 - 2, raised 15 above the nape                       Aldrich: 1/5 neck size - 0.2 cm, 1.5 cm up
    front neck       the same distance below the nape                                       Aldrich: 1/5 neck size - 0.2 cm
    shoulder         from the neck point, the shoulder length plus ease at 20 degrees       the mean of front and back slope
    underarm         scye depth + ease down, (chest + ease) / 4 out                         Aldrich: scye depth; 1/4 chest + ease
    across back      half the back width + ease, half way from shoulder to underarm         Aldrich: half back + ease, 1/2 scye depth
    across front     8 mm further in: the front armhole is hollowed more
    neckline         one band width outside the neck base, so that the finished band lies on it
    neckband         0.85 of the neckline (0.80 rib to 0.90 jersey are customary), twice its finished width
    hem              over the hips: as wide as chest, waist or hips need, square to the side seam

The armhole leaves the shoulder and reaches the side seam at right angles; the necklines leave the centre and reach the shoulder so too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from apps.design.patterns.curves import Line, cubic, joined, length, segment
from apps.design.patterns.measurements import Body
from apps.design.patterns.options import FITS, Fit, TShirtOptions
from apps.design.patterns.piece import Edge, Garment, Notch, Piece, Seam, SeamEdge
from apps.design.patterns.sleeve import WIDEST, Armholes, sleeve
from shared.errors import BadInput

__all__ = ["NEEDS", "tshirt"]

NEEDS = ("chest_girth",)
NECK_RISE_MM = 15.0
FRONT_HOLLOW_MM = 8.0
SHOULDER_OVERHANG_MM = 12.0  # the armhole's narrowest place is at least this far inside the shoulder point
SCOOP_MM = (25.0, 55.0)  # wider along the shoulder, deeper in front
NOTCH_SHARE = 0.42  # of the armhole, from the underarm
HEAD_MM, RIB_STRETCH = 560.0, 1.5
SLEEVE_SHARES = {"short": 0.36, "elbow": 0.58, "long": 1.0}  # of the arm's length


@dataclass(frozen=True)
class Frame:
    """The points that front and back share, in mm."""

    neck: Line
    shoulder: Line
    underarm: Line
    across_x: float
    drop: float  # of the neckline from the nape, at the centre back
    front_neck_y: float
    slope: Line  # (2,) unit vector along the shoulder


def frame(body: Body, options: TShirtOptions, fit: Fit, deeper: float) -> Frame:
    """Raises BadInput where the chest is too narrow for the back or the shoulders."""
    base = body["neck_girth"] / 5 - 2
    angle = math.radians(options.shoulder_slope_deg)
    slope = np.array([math.cos(angle), math.sin(angle)])
    scoop, plunge = SCOOP_MM if options.neckline == "scoop" else (0.0, 0.0)
    drop = options.neckband_width_mm
    neck_base = np.array([base, -NECK_RISE_MM])
    neck = neck_base + (drop + scoop) * slope
    shoulder = neck_base + (body["shoulder_length"] + fit.shoulder) * slope
    if (shoulder - neck)[0] < 25:
        raise BadInput(
            f"A shoulder length of {body['shoulder_length']:.0f} mm leaves no shoulder beside this neckline.",
            remedy="Choose the crew neckline, a narrower neckband, or measure the shoulder again.",
            field="shoulder_length",
        )
    ease = fit.chest if options.chest_ease_mm is None else options.chest_ease_mm
    quarter = (body["chest_girth"] + ease) / 4
    across = min(body["across_back"] / 2 + fit.across, float(shoulder[0]) - SHOULDER_OVERHANG_MM, quarter - 22)
    if across < 0.72 * (body["across_back"] / 2) or across < neck[0] + 12:
        raise BadInput(
            f"A chest of {body['chest_girth']:.0f} mm with {ease:.0f} mm of ease is too narrow for a back of {body['across_back']:.0f} mm "
            f"and shoulders of {body['shoulder_length']:.0f} mm.",
            remedy="Measure the chest, the across back width and the shoulder again, or give more ease.",
            field="chest_girth",
        )
    underarm = np.array([quarter, body["scye_depth"] + fit.scye + deeper])
    return Frame(neck, shoulder, underarm, across, drop, base + drop + plunge, slope)


def neckline(points: Frame, depth_y: float) -> Line:
    """From the centre to the neck point: level at the centre, square to the shoulder."""
    fall = depth_y - float(points.neck[1])
    square = np.array([-points.slope[1], points.slope[0]])
    first, last = (0.42, 0.82) if fall < 0.6 * points.neck[0] else (0.58, 0.48)  # a shallow back neck turns up late but not sharply
    return cubic((0, depth_y), (first * points.neck[0], depth_y), points.neck + last * fall * square, points.neck)


def armhole(points: Frame, across_x: float) -> Line:
    """From the shoulder to the underarm, upright where it is narrowest."""
    square = np.array([-points.slope[1], points.slope[0]])
    middle = np.array([across_x, points.shoulder[1] + 0.52 * (points.underarm[1] - points.shoulder[1])])
    fall, below = middle[1] - points.shoulder[1], points.underarm[1] - middle[1]
    reach = min(0.36 * fall, 0.85 * float(points.shoulder[0] - across_x) / max(points.slope[1], 0.05))
    upper = cubic(points.shoulder, points.shoulder + reach * square, middle - np.array([0, 0.42 * fall]), middle)
    out = float(points.underarm[0]) - across_x
    lower = cubic(middle, middle + np.array([0, 0.60 * below]), points.underarm - np.array([0.62 * out, 0]), points.underarm)
    return joined(upper, lower)


def side_and_hem(points: Frame, body: Body, options: TShirtOptions, fit: Fit) -> tuple[Line, Line, float, list[str]]:
    """(side seam, hem from it to the centre, how far down the side the waist is, notes)."""
    notes: list[str] = []
    x, y = points.underarm
    waist_y, hip_y = body["back_waist_length"], body["back_waist_length"] + body["waist_to_hip"]
    bottom = hip_y if options.length_mm is None else options.length_mm
    if bottom < y + 80:
        raise BadInput(
            f"A length of {bottom:.0f} mm from the nape ends {'above' if bottom < y else 'at'} the underarm, which is {y:.0f} mm down.",
            remedy=f"Choose a length from {y + 80:.0f} mm.",
            field="length_mm",
        )
    ease = max(20.0, 0.5 * fit.chest)
    flare = 0.0
    for name, level in (("waist_girth", waist_y), ("hip_girth", hip_y)):
        if bottom >= level - 60 and level > y + 40:
            flare = max(flare, ((body[name] + ease) / 4 - x) / (level - y))
    if flare > 0.25:
        notes.append(f"The side seams flare by {math.degrees(math.atan(flare)):.0f} degrees to clear waist or hips: consider side slits.")
    width = x + flare * (bottom - y)
    rise = 0.5 * width * flare
    end = np.array([width - flare * rise, bottom - rise])
    lean = np.array([1.0, -flare]) / math.hypot(1, flare)  # square to the side seam
    hem = cubic(end, end - 0.35 * width * lean, (0.4 * width, bottom), (0, bottom))
    waist = np.array([x + flare * (waist_y - y) - options.waist_shaping_mm, waist_y])
    if options.waist_shaping_mm == 0 or not y + 60 < waist_y < end[1] - 60:
        side = segment(points.underarm, end)
        return side, hem, (waist_y - y) / float(end[1] - y) * length(side), notes
    down = np.array([flare, 1.0])
    upper = cubic(points.underarm, points.underarm + 0.33 * (waist_y - y) * down, waist - 0.4 * (waist_y - y) * down, waist)
    lower = cubic(waist, waist + 0.4 * (end[1] - waist_y) * down, end - 0.33 * (end[1] - waist_y) * down, end)
    return joined(upper, lower), hem, length(upper), notes


def body_piece(
    name: str, *, points: Frame, depth_y: float, across_x: float, side: Line, hem: Line, waist_mm: float, options: TShirtOptions
) -> Piece:
    """Front or back, on the fold."""
    hole = armhole(points, across_x)
    allowance = options.seam_allowance_mm
    edges = (
        Edge("neck", neckline(points, depth_y), allowance),
        Edge("shoulder", segment(points.neck, points.shoulder), allowance),
        Edge("armhole", hole, allowance),
        Edge("side", side, allowance),
        Edge("hem", hem, options.hem_allowance_mm, "hem"),
        Edge("fold", segment(hem[-1], (0, depth_y)), 0.0, "fold"),
    )
    is_back = name == "Back"
    marks = [Notch("armhole", (1 - NOTCH_SHARE) * length(hole), f"{name.lower()} armhole", double=is_back)]
    if 20 < waist_mm < length(side) - 20:
        marks.append(Notch("side", waist_mm, "waist"))
    x = 0.42 * float(points.underarm[0])
    grain = segment((x, points.underarm[1] + 0.3 * (hem[-1, 1] - points.underarm[1])), (x, hem[-1, 1] - 60))
    return Piece(name, edges, grain, notches=tuple(marks))


def neckband(front_mm: float, back_mm: float, options: TShirtOptions) -> Piece:
    """Half the band, folded along its length when sewn; the fold of the cloth is the centre front."""
    half, wide = options.neckband_ratio * (front_mm + back_mm), 2 * options.neckband_width_mm
    allowance, at_shoulder = options.seam_allowance_mm, options.neckband_ratio * front_mm
    edges = (
        Edge("outer", segment((0, 0), (half, 0)), allowance),
        Edge("centre back", segment((half, 0), (half, wide)), allowance),
        Edge("inner", segment((half, wide), (0, wide)), allowance),
        Edge("fold", segment((0, wide), (0, 0)), 0.0, "fold"),
    )
    marks = (Notch("outer", at_shoulder, "shoulder"), Notch("inner", half - at_shoulder, "shoulder"))
    x = half - 30
    inner = (("fold in half", segment((0, wide / 2), (half, wide / 2))),)
    return Piece("Neckband", edges, segment((x, 0.1 * wide), (x, 0.9 * wide)), material="rib or main fabric", notches=marks, inner=inner)


def seams(options: TShirtOptions) -> tuple[Seam, ...]:
    """Which edges meet; an armhole is sewn from the underarm up, so that ease lies at the top."""
    pair = SeamEdge
    half_ease = options.cap_ease_mm / 2
    return (
        Seam("shoulder", (pair("Front", "shoulder"),), (pair("Back", "shoulder"),)),
        Seam("side", (pair("Front", "side"),), (pair("Back", "side"),)),
        Seam("front armhole", (pair("Front", "armhole", True),), (pair("Sleeve", "front cap", True),), half_ease),
        Seam("back armhole", (pair("Back", "armhole", True),), (pair("Sleeve", "back cap"),), half_ease),
        Seam("underarm", (pair("Sleeve", "front underarm"),), (pair("Sleeve", "back underarm", True),)),
        Seam("neckline", (pair("Front", "neck"), pair("Back", "neck", True)), (pair("Neckband", "outer"),), 0.0, options.neckband_ratio),
        Seam("neckband", (pair("Neckband", "outer"),), (pair("Neckband", "inner", True),)),
    )


def drafted(body: Body, options: TShirtOptions, fit: Fit) -> tuple[Frame, Line, Line, list[str]]:
    """The frame and both armholes, lowered by as little as lets the arm through."""
    notes: list[str] = []
    arm = (body["upper_arm_girth"] + fit.arm) / 2
    for deeper in range(0, 85, 5):
        points = frame(body, options, fit, deeper)
        front, back = armhole(points, points.across_x - FRONT_HOLLOW_MM), armhole(points, points.across_x)
        if arm <= WIDEST * (length(front) + length(back) + options.cap_ease_mm) / 2:
            if deeper:
                notes.append(f"The armhole is {deeper} mm deeper than measured, so that the upper arm passes.")
            return points, front, back, notes
    raise BadInput(
        f"An upper arm of {body['upper_arm_girth']:.0f} mm does not pass an armhole {body['scye_depth']:.0f} mm deep, "
        "even lowered by 80 mm.",
        remedy="Measure the upper arm and the scye depth again.",
        field="upper_arm_girth",
    )


def tshirt(body: Body, options: TShirtOptions) -> Garment:
    """The T-shirt of a body. Raises BadInput where measurements contradict each other or an option does not fit the body."""
    fit = FITS[options.fit]
    points, front_hole, back_hole, notes = drafted(body, options, fit)
    side, hem, waist_mm, more = side_and_hem(points, body, options, fit)
    shared: dict[str, Any] = {"points": points, "side": side, "hem": hem, "waist_mm": waist_mm, "options": options}
    front = body_piece("Front", depth_y=points.front_neck_y, across_x=points.across_x - FRONT_HOLLOW_MM, **shared)
    back = body_piece("Back", depth_y=points.drop, across_x=points.across_x, **shared)
    lengths = length(front_hole), length(back_hole)
    arm = body["upper_arm_girth"] + fit.arm
    long = options.sleeve_length_mm or SLEEVE_SHARES[options.sleeve] * body["arm_length"] - fit.shoulder
    reached = min(1.0, max(0.0, (long / body["arm_length"] - 0.36) / 0.60))  # from the upper arm towards the wrist
    hem_girth = (1 - reached) * (arm - 16) + reached * max(body["wrist_girth"] + 60, 0.52 * arm)
    arms, figures, also = sleeve(
        Armholes(*lengths, NOTCH_SHARE * lengths[0], NOTCH_SHARE * lengths[1]),
        width_mm=arm,
        length_mm=long,
        hem_mm=hem_girth,
        cap_ease_mm=options.cap_ease_mm,
        allowance_mm=options.seam_allowance_mm,
        hem_allowance_mm=options.hem_allowance_mm,
    )
    necks = front.edge("neck").length_mm, back.edge("neck").length_mm
    band = neckband(*necks, options)
    around = 2 * options.neckband_ratio * sum(necks)
    if around * RIB_STRETCH < HEAD_MM:
        notes.append(
            f"The neckband is {around:.0f} mm round: a head of {HEAD_MM:.0f} mm needs a rib that stretches to {HEAD_MM / around:.2f} times."
        )
    notes.append("For knit cloth that stretches by a quarter or more, such as jersey: in woven cloth no head passes the neck.")
    figures |= {
        "chest_mm": 4 * float(points.underarm[0]),
        "hem_mm": 4 * length(hem),
        "armhole_mm": sum(lengths),
        "neckline_mm": 2 * sum(necks),
        "length_mm": float(hem[-1, 1]),
    }
    return Garment(
        kind="tshirt",
        title="T-shirt",
        size=body.size,
        pieces=(front, back, arms, band),
        seams=seams(options),
        measured_mm=dict(body.values_mm),
        figures=figures,
        notes=(*body.notes, *notes, *more, *also),
    )
