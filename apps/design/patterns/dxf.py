"""The pattern as DXF for cutting rooms: a block a piece, lines by layer, as ANSI/AAMA-292 and ASTM D6673 lay them down.

Layers written: 1 boundary (cut), piece and style texts; 2 turn points; 3 curve points; 4 notches (points on the boundary, group 50 their
direction); 7 grain; 8 internal lines; 14 sewing line; 15 annotation. Drawing units are millimetres ("Units: METRIC", $INSUNITS 4). The file
is DXF R12, which every reader of these files takes. A piece cut on the fold is written unfolded, so that no reader has to mirror it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from apps.design.patterns.curves import Line
from apps.design.patterns.piece import Garment, Piece

__all__ = ["LAYERS", "boundary", "dxf"]

LAYERS = {
    1: "boundary",
    2: "turn points",
    3: "curve points",
    4: "notches",
    7: "grain line",
    8: "internal lines",
    14: "sew line",
    15: "annotation",
}
COLOURS = {1: 7, 2: 1, 3: 3, 4: 1, 7: 5, 8: 8, 14: 4, 15: 2}
TURN_DEG = 12.0  # a vertex that bends more is a turn point, not a point of a curve


def pair(code: int, value: object) -> str:
    return f"{code:3d}\n{value:.4f}\n" if isinstance(value, float) else f"{code:3d}\n{value}\n"


def point(x: float, y: float, layer: int, angle_deg: float | None = None) -> str:
    text = pair(0, "POINT") + pair(8, layer) + pair(10, float(x)) + pair(20, float(-y)) + pair(30, 0.0)
    return text if angle_deg is None else text + pair(50, float(angle_deg))


def line(ends: Line, layer: int) -> str:
    (x, y), (u, v) = ends
    text = pair(0, "LINE") + pair(8, layer) + pair(10, float(x)) + pair(20, float(-y)) + pair(30, 0.0)
    return text + pair(11, float(u)) + pair(21, float(-v)) + pair(31, 0.0)


def polyline(vertices: Line, layer: int, *, closed: bool) -> str:
    parts = [pair(0, "POLYLINE") + pair(8, layer) + pair(66, 1) + pair(10, 0.0) + pair(20, 0.0) + pair(30, 0.0) + pair(70, int(closed))]
    parts += [pair(0, "VERTEX") + pair(8, layer) + pair(10, float(x)) + pair(20, float(-y)) + pair(30, 0.0) for x, y in vertices]
    return "".join(parts) + pair(0, "SEQEND") + pair(8, layer)


def text(said: str, x: float, y: float, layer: int, size_mm: float = 6.0) -> str:
    plain = said.replace("·", "-").encode("ascii", "replace").decode().replace("\n", " ")
    return (
        pair(0, "TEXT")
        + pair(8, layer)
        + pair(10, float(x))
        + pair(20, float(-y))
        + pair(30, 0.0)
        + pair(40, float(size_mm))
        + pair(1, plain)
    )


def boundary(piece: Piece) -> tuple[Line, list[tuple[Line, float]]]:
    """(cutting line with a vertex at every notch, [(notch's point, its direction inwards in degrees, y up)]) of an unfolded piece."""
    outline = piece.cutting
    marks = []
    for _, (outer, inner) in piece.notch_lines():
        outline, placed = with_vertex(outline, outer)
        inwards = inner - outer
        marks.append((placed, math.degrees(math.atan2(-float(inwards[1]), float(inwards[0])))))
    return outline, marks


def with_vertex(outline: Line, target: Line) -> tuple[Line, Line]:
    """The closed outline with a vertex where it comes nearest to `target`, and that vertex."""
    start, step = outline, np.roll(outline, -1, axis=0) - outline
    share = np.clip(((target - start) * step).sum(axis=1) / (step**2).sum(axis=1), 0, 1)
    nearest = start + share[:, None] * step
    i = int(np.argmin(np.hypot(*(nearest - target).T)))
    if not 1e-6 < share[i] < 1 - 1e-6:
        j = i if share[i] < 0.5 else (i + 1) % len(outline)
        return outline, outline[j]
    return np.insert(outline, i + 1, nearest[i], axis=0), nearest[i]


def turns(outline: Line) -> np.ndarray:
    """Whether each vertex is a turn point."""
    before, after = outline - np.roll(outline, 1, axis=0), np.roll(outline, -1, axis=0) - outline
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    bent: np.ndarray = np.abs(np.degrees(np.arctan2(cross, (before * after).sum(axis=1)))) > TURN_DEG
    return bent


def block(garment: Garment, drawn: Piece) -> Iterator[str]:
    """A piece's block: texts, boundary, points, notches, grain, inner lines, sewing line."""
    piece = drawn.unfolded()
    name = drawn.name.upper()
    yield pair(0, "BLOCK") + pair(8, 1) + pair(2, name) + pair(70, 0) + pair(10, 0.0) + pair(20, 0.0) + pair(30, 0.0) + pair(3, name)
    size = garment.size or "MTM"
    x, y = (piece.sewing.min(axis=0) + piece.sewing.max(axis=0)) / 2
    said = (f"Piece Name: {name}", f"Size: {size}", f"Quantity: {drawn.count}", f"Material: {drawn.material}")
    for i, words in enumerate(said):
        yield text(words, x, y + 9 * i, 1)
    outline, marks = boundary(piece)
    bent = turns(outline)
    yield polyline(outline, 1, closed=True)
    for (px, py), is_turn in zip(outline, bent, strict=True):
        yield point(px, py, 2 if is_turn else 3)
    for (px, py), angle in marks:
        yield point(px, py, 4, angle)
    yield line(piece.grain, 7)
    for _, inner in piece.inner:
        yield polyline(inner, 8, closed=False)
    yield polyline(piece.sewing, 14, closed=True)
    yield text(f"{garment.title}: {drawn.count} x {name}" + (", 1 pair" if drawn.mirrored_pair else ""), x, y + 40, 15)
    yield pair(0, "ENDBLK") + pair(8, 1)


def dxf(garment: Garment) -> str:
    """The file's text (ASCII, lines end in CR LF); the same pattern gives the same text."""
    low = np.min([piece.unfolded().cutting.min(axis=0) for piece in garment.pieces], axis=0)
    high = np.max([piece.unfolded().cutting.max(axis=0) for piece in garment.pieces], axis=0)
    parts = [pair(0, "SECTION") + pair(2, "HEADER"), pair(9, "$ACADVER") + pair(1, "AC1009")]
    parts += [pair(9, "$INSUNITS") + pair(70, 4), pair(9, "$MEASUREMENT") + pair(70, 1)]
    parts += [pair(9, "$EXTMIN") + pair(10, float(low[0])) + pair(20, float(-high[1])) + pair(30, 0.0)]
    parts += [pair(9, "$EXTMAX") + pair(10, float(high[0])) + pair(20, float(-low[1])) + pair(30, 0.0), pair(0, "ENDSEC")]
    parts += [pair(0, "SECTION") + pair(2, "TABLES") + pair(0, "TABLE") + pair(2, "LAYER") + pair(70, len(LAYERS))]
    parts += [pair(0, "LAYER") + pair(2, layer) + pair(70, 0) + pair(62, COLOURS[layer]) + pair(6, "CONTINUOUS") for layer in LAYERS]
    parts += [pair(0, "ENDTAB") + pair(0, "ENDSEC"), pair(0, "SECTION") + pair(2, "BLOCKS")]
    for piece in garment.pieces:
        parts += block(garment, piece)
    parts += [pair(0, "ENDSEC"), pair(0, "SECTION") + pair(2, "ENTITIES")]
    style = (
        f"Style Name: {garment.title}",
        f"Sample Size: {garment.size or 'MTM'}",
        "Units: METRIC",
        "Author: Sextant",
        "Version: ANSI/AAMA-292",
    )
    parts += [text(words, 0.0, 40.0 + 9 * i, 1) for i, words in enumerate(style)]
    # a simple row, so that a drawing program shows every piece: cutting programs read the blocks
    at = 0.0
    for piece in garment.pieces:
        outline = piece.unfolded().cutting
        at -= float(outline[:, 0].min())
        parts.append(pair(0, "INSERT") + pair(8, 1) + pair(2, piece.name.upper()) + pair(10, at) + pair(20, 0.0) + pair(30, 0.0))
        at += float(outline[:, 0].max()) + 30
    parts += [pair(0, "ENDSEC"), pair(0, "EOF")]
    return "".join(parts).replace("\n", "\r\n")
