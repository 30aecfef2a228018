"""The pattern at true scale on A4 or US Letter: what to do with test squares, a map to assemble by, then the tiles.

A tile is the frame drawn on its page. Neighbours share `OVERLAP_MM`: the right and the lower strip of a tile are printed again on the next
one and glued under it. Half diamonds on the frames become whole ones where pages meet. Pages without a line of the pattern are not printed.
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from apps.design.patterns.drawing import Sheet, Stroke, Word, arranged, strokes, test_squares, words
from apps.design.patterns.pdf import Canvas, document
from apps.design.patterns.piece import Garment
from shared.errors import BadInput

__all__ = ["PAPERS_MM", "Plan", "plan", "tiled_pdf"]

PAPERS_MM = MappingProxyType({"A4": (210.0, 297.0), "Letter": (215.9, 279.4)})
MARGIN_MM = 10.0  # what a desktop printer leaves white
FOOT_MM = 4.0  # more room below, for the page's name
OVERLAP_MM = 12.0
# style: (width mm, dash mm, grey)
PENS = MappingProxyType(
    {
        "cut": (0.5, (), 0.0),
        "sew": (0.3, (4, 3), 0.25),
        "grain": (0.35, (), 0.0),
        "fold": (0.35, (), 0.0),
        "notch": (0.7, (), 0.0),
        "inner": (0.3, (10, 3, 2, 3), 0.35),
    }
)
LABEL_MM, ARROW_MM = 9.0, 8.0


@dataclass(frozen=True)
class Plan:
    """The sheet and its tiles: `step_mm` from one tile to the next, `tiles` [(row, column)] of the printed ones, from 0."""

    sheet: Sheet
    frame_mm: tuple[float, float]
    step_mm: tuple[float, float]
    rows: int
    columns: int
    tiles: tuple[tuple[int, int], ...]


def tiling(sheet: Sheet, frame: tuple[float, float]) -> Plan:
    """The tiles of a sheet that show a part of a cutting line or lie inside one."""
    from shapely import Polygon, box
    from shapely.prepared import prep

    step = frame[0] - OVERLAP_MM, frame[1] - OVERLAP_MM
    columns = max(1, math.ceil((sheet.width_mm - OVERLAP_MM) / step[0] - 1e-9))
    rows = max(1, math.ceil((sheet.height_mm - OVERLAP_MM) / step[1] - 1e-9))
    shapes = [prep(Polygon(piece.cutting + shift).buffer(0.5)) for piece, shift in sheet.pieces]
    shown = []
    for row in range(rows):
        for column in range(columns):
            x, y = column * step[0], row * step[1]
            # the strip a neighbour prints again is no reason for a page of its own
            tile = box(x + (OVERLAP_MM if column else 0), y + (OVERLAP_MM if row else 0), x + frame[0], y + frame[1])
            if any(shape.intersects(tile) for shape in shapes):
                shown.append((row, column))
    return Plan(sheet, frame, step, rows, columns, tuple(shown))


def plan(garment: Garment, paper: str = "A4") -> Plan:
    """The arrangement with the fewest pages. Raises BadInput for an unknown paper."""
    if paper not in PAPERS_MM:
        raise BadInput(f"There is no paper {paper!r}.", remedy=f"Choose one of {', '.join(PAPERS_MM)}.", field="paper")
    width, height = PAPERS_MM[paper]
    frame = width - 2 * MARGIN_MM, height - 2 * MARGIN_MM - FOOT_MM
    found = []
    for columns in range(2, 11):
        sheet = arranged(garment.pieces, columns * (frame[0] - OVERLAP_MM) + OVERLAP_MM)
        if sheet is not None:
            found.append(tiling(sheet, frame))
    return min(found, key=lambda each: (len(each.tiles), each.rows * each.columns))


def put(canvas: Canvas, strokes_: list[Stroke], shift: np.ndarray) -> None:
    for each in strokes_:
        width, dash, grey = PENS[each.style]
        canvas.pen(width, dash, grey)
        canvas.path(each.line + shift, closed=each.closed, filled=each.filled)


def say(canvas: Canvas, each: Word, shift: np.ndarray) -> None:
    canvas.pen(0.3)
    down = 0.35 * each.size_mm
    angle = math.radians(each.angle_deg)
    x, y = each.x + shift[0] + down * math.sin(angle), each.y + shift[1] + down * math.cos(angle)
    canvas.text(each.text, float(x), float(y), each.size_mm, bold=each.bold, angle_deg=each.angle_deg)


def pattern(garment: Garment, sheet: Sheet) -> Canvas:
    """The whole sheet at true scale."""
    canvas = Canvas(sheet.height_mm + 1)
    canvas.parts.append("1 j 1 J")
    for piece, shift in sheet.pieces:
        put(canvas, strokes(piece, ARROW_MM), shift)
        for each in words(garment, piece, LABEL_MM, ARROW_MM, detail=True):
            say(canvas, each, shift)
    return canvas


def diamond(canvas: Canvas, x: float, y: float, way: tuple[int, int], text: str) -> None:
    """A half diamond against the frame at (x, y), pointing inwards along `way`."""
    across = np.array([abs(way[1]), abs(way[0])])
    points = np.stack([np.array([x, y]) - 4 * across, np.array([x, y]) + 4 * np.array(way), np.array([x, y]) + 4 * across])
    canvas.path(points)
    if text:
        canvas.text(text, x + 6.4 * way[0], y + 6.4 * way[1] + 1, 2.8)


def tile_page(garment: Garment, made: Plan, paper: str, number: int) -> Canvas:
    """One tile with its frame, its name, and half diamonds where a printed neighbour joins."""
    row, column = made.tiles[number]
    width, height = PAPERS_MM[paper]
    wide, tall = made.frame_mm
    canvas = Canvas(height)
    shift = MARGIN_MM - column * made.step_mm[0], MARGIN_MM - row * made.step_mm[1]
    canvas.window((MARGIN_MM, MARGIN_MM, wide, tall), shift, made.sheet.height_mm + 1)
    canvas.pen(0.25, grey=0.45)
    canvas.rectangle(MARGIN_MM, MARGIN_MM, wide, tall)
    canvas.pen(0.2, (1, 2), 0.45)
    right, low = MARGIN_MM + wide, MARGIN_MM + tall
    joins = {(row, column + 1), (row + 1, column), (row, column - 1), (row - 1, column)} & set(made.tiles)
    # each tile is glued over its neighbours' right and lower strips: the glue line is where that neighbour's frame comes to lie
    if (row, column + 1) in joins:
        canvas.path(np.array([[right - OVERLAP_MM, MARGIN_MM], [right - OVERLAP_MM, low]]))
    if (row + 1, column) in joins:
        canvas.path(np.array([[MARGIN_MM, low - OVERLAP_MM], [right, low - OVERLAP_MM]]))
    canvas.pen(0.3, grey=0.3)
    middle_x, middle_y = MARGIN_MM + wide / 2, MARGIN_MM + tall / 2
    if (row, column - 1) in joins:
        diamond(canvas, MARGIN_MM, middle_y, (1, 0), "")
    if (row - 1, column) in joins:
        diamond(canvas, middle_x, MARGIN_MM, (0, 1), "")
    if (row, column + 1) in joins:
        diamond(canvas, right - OVERLAP_MM, middle_y, (-1, 0), "")
    if (row + 1, column) in joins:
        diamond(canvas, middle_x, low - OVERLAP_MM, (0, -1), "")
    name = f"Row {row + 1}, column {column + 1}"
    canvas.text(name, MARGIN_MM + 1, low + 4.6, 3.4, bold=True, anchor="start")
    canvas.text(f"{garment.title}{f', size {garment.size}' if garment.size else ''}", width / 2, low + 4.6, 3.0)
    canvas.text(f"page {number + 3} of {len(made.tiles) + 2}", right - 1, low + 4.6, 3.0, anchor="end")
    return canvas


def paragraphs(canvas: Canvas, lines: list[str], y: float, size: float, width_mm: float) -> float:
    """Text from `y` down; the y below it."""
    for line in lines:
        for part in textwrap.wrap(line, int(width_mm / (0.49 * size))):
            canvas.text(part, MARGIN_MM + 4, y, size, anchor="start")
            y += 1.4 * size
        y += 0.5 * size
    return y


def first_page(garment: Garment, made: Plan, paper: str) -> Canvas:
    """What to do, the test squares, what to cut, the notes."""
    width, height = PAPERS_MM[paper]
    canvas = Canvas(height)
    canvas.pen(0.3)
    x, room = MARGIN_MM + 4, width - 2 * MARGIN_MM - 8
    canvas.text(garment.title, x, 24, 8.5, bold=True, anchor="start")
    size = f"size {garment.size}" if garment.size else "made to measure"
    canvas.text(f"{size} · {paper}, {len(made.tiles)} pages of pattern", x, 32, 4.2, anchor="start")
    steps = [
        '1. Print at 100 % ("actual size"), not "fit to page". Print this page first.',
        "2. Measure both squares. If one is not exactly 5 cm and 2 inches, change the printer's scale and print it again.",
        f"3. Cut or fold each page along its frame on the left and at the top. Lay it over its neighbour's dotted line, {OVERLAP_MM:g} mm "
        "in, so that the half diamonds make whole ones, and glue. The map on page 2 shows where each page goes.",
        "4. Cut along the solid line: seam allowances are included. The dashed line is the seam. Snip the notches.",
    ]
    y = paragraphs(canvas, steps, 44, 3.6, room) + 4
    canvas.pen(0.25)
    for line, said in test_squares(x, y):
        canvas.rectangle(float(line[0, 0]), float(line[0, 1]), float(line[1, 0] - line[0, 0]), float(line[2, 1] - line[1, 1]))
        canvas.text(said, float(line[:, 0].mean()), float(line[:, 1].mean()) + 1.4, 4.2)
    y += 62
    canvas.text("Cut", x, y, 4.6, bold=True, anchor="start")
    cuts = [f"{piece.name}: {piece.cut}, {piece.material}" for piece in garment.pieces]
    if garment.fabric:
        fold = "folded along its length" if garment.fabric.lay == "folded" else "laid open"
        cuts.append(
            f"Fabric {garment.fabric.width_mm / 10:g} cm wide, {fold}: {garment.fabric.buy_mm / 1000:.2f} m "
            f"({garment.fabric.buy_mm / 914.4:.2f} yd), an estimate of a simple lay."
        )
    y = paragraphs(canvas, cuts, y + 7, 3.4, room) + 2
    canvas.text("Notes", x, y, 4.6, bold=True, anchor="start")
    paragraphs(canvas, list(garment.notes), y + 7, 3.2, room)
    return canvas


def map_page(garment: Garment, made: Plan, paper: str) -> Canvas:
    """The whole sheet small, with every page's frame and name."""
    width, height = PAPERS_MM[paper]
    canvas = Canvas(height)
    canvas.pen(0.3)
    canvas.text("How the pages go together", MARGIN_MM + 4, 24, 6.5, bold=True, anchor="start")
    whole = made.columns * made.step_mm[0] + OVERLAP_MM, made.rows * made.step_mm[1] + OVERLAP_MM
    scale = min((width - 2 * MARGIN_MM - 8) / whole[0], (height - 2 * MARGIN_MM - 30) / whole[1])
    left, top = MARGIN_MM + 4, 34.0
    for piece, shift in made.sheet.pieces:
        canvas.pen(0.35)
        canvas.path((piece.cutting + shift) * scale + [left, top], closed=True)
        middle = ((piece.cutting.min(axis=0) + piece.cutting.max(axis=0)) / 2 + shift) * scale + [left, top]
        extent = np.ptp(piece.cutting, axis=0) * scale
        upright = bool(extent[0] < 0.25 * extent[1])
        canvas.text(piece.name, float(middle[0]) + upright * 1.2, float(middle[1]) + 1.2, 3.4, bold=True, angle_deg=90 if upright else 0)
    for number, (row, column) in enumerate(made.tiles):
        x, y = left + column * made.step_mm[0] * scale, top + row * made.step_mm[1] * scale
        canvas.pen(0.15, grey=0.4)
        beside, below = (row, column + 1) in made.tiles, (row + 1, column) in made.tiles
        wide, tall = (made.step_mm if joined else made.frame_mm for joined in (beside, below))
        canvas.rectangle(x, y, wide[0] * scale, tall[1] * scale)
        canvas.pen(0.15, grey=0.3)
        canvas.text(f"{number + 3}", x + 1.2, y + 3.6, 3.2, anchor="start")
        canvas.text(f"r{row + 1} c{column + 1}", x + made.step_mm[0] * scale - 1.2, y + 3.2, 2.2, anchor="end")
    canvas.text(f"page 2 of {len(made.tiles) + 2}", width - MARGIN_MM - 1, height - 8, 3.0, anchor="end")
    return canvas


def tiled_pdf(garment: Garment, paper: str = "A4") -> bytes:
    """The PDF's bytes; the same pattern gives the same bytes. Raises BadInput for an unknown paper."""
    made = plan(garment, paper)
    pages = [first_page(garment, made, paper), map_page(garment, made, paper)]
    pages += [tile_page(garment, made, paper, number) for number in range(len(made.tiles))]
    title = f"{garment.title}{f', size {garment.size}' if garment.size else ''}"
    return document(pages, pattern(garment, made.sheet), made.sheet.width_mm + 1, PAPERS_MM[paper], title)
