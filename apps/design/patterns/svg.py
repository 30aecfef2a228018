"""The pattern as SVG in millimetres: a sheet to look at (legible at 390 px) or to plot at true scale, and the lay on the fabric."""

from __future__ import annotations

from html import escape

import numpy as np

from apps.design.patterns.curves import Line
from apps.design.patterns.drawing import Sheet, Stroke, Word, arranged, strokes, words
from apps.design.patterns.piece import Garment

__all__ = ["lay_svg", "sheet_svg"]

MARGIN_MM = 14.0
STYLE = (
    "svg{background:#fff}path{fill:none;stroke:#10242b;stroke-linejoin:round;stroke-linecap:round}"
    ".cut{stroke-width:W1;fill:#fbfcfc}.sew{stroke:#0b5a74;stroke-width:W2;stroke-dasharray:D1}.grain,.fold{stroke-width:W2}"
    ".notch{stroke-width:W3}.inner{stroke:#4a5f67;stroke-width:W2;stroke-dasharray:D2}.filled{fill:#10242b;stroke:none}"
    ".test{stroke-width:W2}.cloth{fill:#edf3f5;stroke:#c9d6db;stroke-width:W2}"
    "text{font-family:'IBM Plex Sans',Helvetica,Arial,sans-serif;fill:#10242b;text-anchor:middle;"
    "paint-order:stroke;stroke:#fbfcfc;stroke-width:.18em;stroke-linejoin:round}.b{font-weight:600}"
)
MARKS = ("W1", "W2", "W3", "D1", "D2")
# stroke widths and dashes (cut, thin, notch, sewing dash, inner dash): in thousandths of the sheet's width, and in mm
SCREEN = ((2.3,), (1.4,), (3.2,), (10, 7), (20, 6, 4, 6))
PLOT_MM = ((0.5,), (0.3,), (0.7,), (4, 3), (10, 3, 2, 3))


def style(weights: tuple[tuple[float, ...], ...], unit_mm: float) -> str:
    text = STYLE
    for mark, weight in zip(MARKS, weights, strict=True):
        text = text.replace(mark, " ".join(f"{each * unit_mm:.3g}" for each in weight))
    return f"<style>{text}</style>"


def path(line: Line, closed: bool = False) -> str:
    points = [f"{x:.2f} {y:.2f}".replace(".00", "") for x, y in line]
    return f"M{points[0]}L{' '.join(points[1:])}" + ("Z" if closed else "")


def stroke(each: Stroke) -> str:
    classes = "filled" if each.filled else each.style
    return f'<path class="{classes}" d="{path(each.line, each.closed)}"/>'


def word(each: Word) -> str:
    turn = f' transform="rotate({-each.angle_deg:g} {each.x:.1f} {each.y:.1f})"' if each.angle_deg else ""
    bold = ' class="b"' if each.bold else ""
    y = each.y + 0.35 * each.size_mm
    return f'<text x="{each.x:.1f}" y="{y:.1f}" font-size="{each.size_mm:.1f}"{bold}{turn}>{escape(each.text)}</text>'


def document(width: float, height: float, plot: bool, body: list[str], title: str) -> str:
    """A whole SVG; its width and height say its true size, its viewBox is in mm."""
    look = style(PLOT_MM, 1.0) if plot else style(SCREEN, width / 1000)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.1f}mm" height="{height:.1f}mm" viewBox="0 0 {width:.1f} {height:.1f}" '
        f'role="img" aria-label="{escape(title)}"><title>{escape(title)}</title>{look}{"".join(body)}</svg>\n'
    )


def screen_sheet(garment: Garment) -> Sheet:
    """The arrangement nearest to the shape of a page that stands upright."""
    found = [sheet for wide in range(500, 2600, 70) if (sheet := arranged(garment.pieces, wide, gap_mm=20, snap_mm=30)) is not None]
    return min(found, key=lambda sheet: (max(sheet.width_mm, 0.8 * sheet.height_mm), sheet.height_mm))


def sheet_svg(garment: Garment, *, plot: bool = False) -> str:
    """All pieces on one sheet; `plot`: thin lines for a plotter at true scale instead of lines and words for a screen."""
    sheet = screen_sheet(garment)
    width, height = sheet.width_mm + 2 * MARGIN_MM, sheet.height_mm + 2 * MARGIN_MM
    size, arrow = (8.0, 8.0) if plot else (width / 30, width / 55)
    body = []
    for piece, shift in sheet.pieces:
        dx, dy = shift + MARGIN_MM
        parts = [stroke(each) for each in strokes(piece, arrow)]
        parts += [word(each) for each in words(garment, piece, size, arrow, detail=plot)]
        body.append(f'<g id="{escape(piece.name.lower())}" transform="translate({dx:.2f} {dy:.2f})">{"".join(parts)}</g>')
    said = f"{garment.title}, {f'size {garment.size}' if garment.size else 'made to measure'}: {len(garment.pieces)} pieces"
    return document(width, height, plot, body, said)


def lay_svg(garment: Garment) -> str:
    """How the pieces lie on the fabric."""
    fabric = garment.fabric
    assert fabric is not None
    wide = fabric.width_mm / (2 if fabric.lay == "folded" else 1)
    text = wide / 26
    width, height = wide + 2 * MARGIN_MM, fabric.length_mm + 2 * MARGIN_MM + 3.2 * text
    corners = np.array([[0, 0], [wide, 0], [wide, fabric.length_mm], [0, fabric.length_mm]]) + MARGIN_MM
    body = [f'<path class="cloth" d="{path(corners, True)}"/>']
    for name, outline in fabric.placed:
        middle = (outline.min(axis=0) + outline.max(axis=0)) / 2 + MARGIN_MM
        extent = np.ptp(outline, axis=0)
        upright = extent[0] < 0.25 * extent[1]
        size = min(text, max(extent) / (0.7 * len(name)), 0.7 * min(extent))
        body.append(f'<path class="cut" d="{path(outline + MARGIN_MM, True)}"/>')
        body.append(word(Word(name, float(middle[0]), float(middle[1]), size, angle_deg=90 if upright else 0)))
    folded = "folded along the left edge" if fabric.lay == "folded" else "laid open"
    said = [
        f"Fabric {fabric.width_mm / 10:g} cm wide, {folded}: {fabric.length_mm / 10:.0f} cm long",
        f"Buy {fabric.buy_mm / 1000:.2f} m. Estimate of a simple lay; {fabric.used:.0%} of it is pattern.",
    ]
    y = fabric.length_mm + 2 * MARGIN_MM + 0.7 * text
    body += [word(Word(line, width / 2, y + 1.4 * text * i, 0.78 * text)) for i, line in enumerate(said)]
    return document(width, height, False, body, f"Lay of the {garment.title}")
