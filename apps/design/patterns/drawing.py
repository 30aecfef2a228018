"""A piece as strokes and words, once for the screen and once for paper: svg.py and tiles.py only put them down.

Cutting line solid, sewing line dashed, grain an arrow at both ends, the fold an arrow bent towards it, notches across the allowance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from apps.design.patterns.curves import Line
from apps.design.patterns.layout import Item, at_origin, drop
from apps.design.patterns.piece import Garment, Piece

__all__ = ["Sheet", "Stroke", "Word", "arranged", "strokes", "test_squares", "words"]

TEST_CM_MM, TEST_INCH_MM = 50.0, 50.8
NOTCH_MM = 6.0


@dataclass(frozen=True)
class Stroke:
    """A polyline in mm; style: "cut", "sew", "grain", "fold", "notch", "inner", "test"; `filled` for arrowheads."""

    line: Line
    style: str
    closed: bool = False
    filled: bool = False


@dataclass(frozen=True)
class Word:
    """Text whose middle is at (x, y), `size_mm` high, turned by `angle_deg` counterclockwise."""

    text: str
    x: float
    y: float
    size_mm: float
    bold: bool = False
    angle_deg: float = 0.0


@dataclass(frozen=True)
class Sheet:
    """Pieces arranged on a rectangle: [(piece, its shift (2,))]."""

    width_mm: float
    height_mm: float
    pieces: tuple[tuple[Piece, Line], ...]


def head(tip: Line, direction: Line, size_mm: float) -> Stroke:
    """A filled arrowhead."""
    side = np.array([-direction[1], direction[0]])
    return Stroke(
        np.stack([tip, tip - size_mm * direction + 0.32 * size_mm * side, tip - size_mm * direction - 0.32 * size_mm * side]),
        "grain",
        True,
        True,
    )


def arrow(line: Line, size_mm: float) -> list[Stroke]:
    """A grain line: an arrowhead at either end, its shaft ending inside them."""
    along = line[1] - line[0]
    along = along / math.hypot(*along)
    shaft = np.stack([line[0] + 0.8 * size_mm * along, line[1] - 0.8 * size_mm * along])
    return [Stroke(shaft, "grain"), head(line[0], -along, size_mm), head(line[1], along, size_mm)]


def fold_mark(piece: Piece, size_mm: float) -> list[Stroke]:
    """The bracket whose two arrows touch the fold."""
    edge = next(edge for edge in piece.edges if edge.kind == "fold")
    low, high = sorted((float(edge.line[0, 1]), float(edge.line[1, 1])))
    inset = min(0.14 * (high - low), 40.0)
    away = min(1.6 * size_mm, 0.4 * (high - low))
    top, bottom = low + inset, high - inset
    bracket = np.array([[0.7 * size_mm, top], [away, top], [away, bottom], [0.7 * size_mm, bottom]])
    left = np.array([-1.0, 0.0])
    return [Stroke(bracket, "fold"), head(np.array([0.0, top]), left, size_mm), head(np.array([0.0, bottom]), left, size_mm)]


def strokes(piece: Piece, arrow_mm: float = 9.0) -> list[Stroke]:
    """Every line of a piece in its own coordinates; a piece on the fold is the half with the fold at x = 0."""
    found = [Stroke(piece.cutting, "cut", closed=True)]
    found += [Stroke(edge.line, "sew") for edge in piece.edges if edge.kind != "fold" and edge.allowance_mm > 0]
    found += [Stroke(line, "inner") for _, line in piece.inner]
    for _, (outer, inner) in piece.notch_lines():
        reach = math.hypot(*(inner - outer))
        found.append(Stroke(np.stack([outer, outer + NOTCH_MM / reach * (inner - outer)]), "notch"))
    found += arrow(piece.grain, min(arrow_mm, 0.3 * float(np.abs(np.ptp(piece.grain, axis=0)).max())))
    return found + (fold_mark(piece, arrow_mm) if piece.on_fold else [])


def label_lines(garment: Garment, piece: Piece) -> list[str]:
    """What stands on a piece: its name, then how it is cut."""
    size = f"size {garment.size}" if garment.size else "made to measure"
    rest = [piece.cut, size] if piece.material == "main fabric" else [piece.cut, piece.material, size]
    return [piece.name.upper(), *rest]


def words(garment: Garment, piece: Piece, size_mm: float, arrow_mm: float, *, detail: bool) -> list[Word]:
    """The label of a piece, as large as fits up to `size_mm`; with `detail` its allowances too. `arrow_mm`: as given to `strokes`."""
    lines = label_lines(garment, piece)
    low, high = piece.sewing.min(axis=0), piece.sewing.max(axis=0)
    width, height = high - low
    if detail:
        lines.append(allowance_words(piece))
    if min(width, height) < 130:  # a band: two lines along it, over its fold line
        along, across, upright = max(width, height), min(width, height), height > width
        rest = " · ".join(lines[1:]) if detail else piece.cut
        room = 0.3 if detail else 0.42  # on paper the words keep off the line to fold along
        first = min(size_mm * 1.2, room * across, 0.6 * along / (0.62 * len(lines[0])))
        second = min(size_mm * 0.8, 0.26 * across, 0.62 * along / (0.52 * len(rest)))
        middle = (low + high) / 2 if not upright else np.array([(low[0] + high[0]) / 2, low[1] + 0.3 * height])
        shift = np.array([1.0, 0.0]) if upright else np.array([0.0, 1.0])
        apart = (0.25 * across, 0.25 * across) if detail else (0.62 * second, 0.62 * first)
        one, two = middle - apart[0] * shift, middle + apart[1] * shift
        angle = 90.0 if upright else 0.0
        return [Word(lines[0], one[0], one[1], first, True, angle), Word(rest, two[0], two[1], second, False, angle)]
    x, y, room = label_place(piece, 1.6 * arrow_mm + 0.9 * size_mm, 1.4 * size_mm * len(lines))
    size = min(size_mm, room / (0.62 * max(1.35 * len(lines[0]), 0.8 * max(map(len, lines[1:])))))
    found = [Word(lines[0], x, y, 1.35 * size, bold=True)]
    found += [Word(text, x, y + 1.35 * size * (i + 1) + 0.3 * size, 0.8 * size) for i, text in enumerate(lines[1:])]
    if piece.on_fold:
        small = 0.6 * size_mm
        found.append(Word("place on fold", low[0] + 1.6 * arrow_mm + 0.9 * small, (low[1] + high[1]) / 2, small, angle_deg=90))
    return found


def allowance_words(piece: Piece) -> str:
    """'seams 10 mm, hem 25 mm included'."""
    seams = sorted({edge.allowance_mm for edge in piece.edges if edge.kind == "seam"})
    hems = sorted({edge.allowance_mm for edge in piece.edges if edge.kind == "hem"})
    said = [f"seams {seams[0]:g} mm" if seams else "", f"hem {hems[0]:g} mm" if hems else ""]
    return ", ".join(each for each in said if each) + " included"


def label_place(piece: Piece, beside_fold_mm: float, tall_mm: float) -> tuple[float, float, float]:
    """(x, y, width) of the roomiest level between the piece's sides, clear of its grain line; the words are `tall_mm` high."""
    line = np.vstack([piece.sewing, piece.sewing[:1]])
    low, high = line[:, 1].min(), line[:, 1].max()
    best = (0.0, 0.0, 0.0)
    for share in (0.30, 0.36, 0.42, 0.5, 0.58):
        y = low + share * (high - low)
        hits = []
        for p, q in pairwise(line):
            if (p[1] - y) * (q[1] - y) < 0:
                hits.append(float(p[0] + (q[0] - p[0]) * (y - p[1]) / (q[1] - p[1])))
        if len(hits) < 2:
            continue
        stops = [min(hits) + (beside_fold_mm if piece.on_fold else 12), max(hits) - 12]
        if piece.grain[:, 1].min() < y + tall_mm and y - 20 < piece.grain[:, 1].max():
            grain_x = float(piece.grain[:, 0].mean())
            spans = [(stops[0], grain_x - 10), (grain_x + 10, stops[1])]
        else:
            spans = [(stops[0], stops[1])]
        start, stop = max(spans, key=lambda span: span[1] - span[0])
        if stop - start > best[2] * 1.15:
            best = ((start + stop) / 2, y, stop - start)
    return best


def arranged(pieces: Sequence[Piece], width_mm: float, gap_mm: float = 12.0, snap_mm: float = 0.1) -> Sheet | None:
    """Pieces on a sheet of a width, none turned; None where one is wider than it."""
    items = [Item(piece.name, at_origin(piece.cutting)) for piece in pieces]
    by_height = sorted(items, key=lambda item: -float(np.ptp(item.outline[:, 1])))
    orders = (items, by_height)
    found = [laid for order in orders if (laid := drop(order, width_mm, turn=False, gap_mm=gap_mm, snap_mm=snap_mm)) is not None]
    if not found:
        return None
    height, placed = min(found, key=lambda laid: laid[0])
    named = {piece.name: piece for piece in pieces}
    shifts = tuple((named[each.name], np.array(each.shift) - named[each.name].cutting.min(axis=0)) for each in placed)
    return Sheet(max(float(each.outline[:, 0].max()) for each in placed), height, shifts)


def test_squares(x: float, y: float) -> list[tuple[Line, str]]:
    """[(closed square, what it measures)]: 5 cm and 2 inches, side by side from (x, y)."""
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    centimetres, inches = corners * TEST_CM_MM + np.array([x, y]), corners * TEST_INCH_MM + np.array([x + TEST_CM_MM + 14, y])
    return [(centimetres, "5 cm"), (inches, "2 inches")]
