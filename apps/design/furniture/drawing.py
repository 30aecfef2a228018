"""A three-view drawing as SVG: first-angle projection, dimensions in millimetres, to scale on a sheet of A4 or A3.

Front, the view from the left to its right, the plan below it (ISO 128, first angle). Visible edges come from the exact solid: outlines and
creases, the hidden parts of which are left out by the z-buffer that also draws the pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np
import trimesh

from apps.design.furniture.checker import Report
from apps.design.furniture.family import Design
from apps.design.furniture.materials import MATERIALS
from apps.design.furniture.solid import Solid

__all__ = ["SCALES", "drawing"]

SCALES = (2, 5, 10, 20, 50, 100)
SHEETS = {"A4": (297.0, 210.0), "A3": (420.0, 297.0)}
MARGIN, GAP = 12.0, 22.0
BLOCK = (124.0, 28.0)
"""The title block's width and height."""
CREASE = 0.72
"""Cosine of the angle between faces from which their edge is drawn."""
INK, THIN = "#1c1f24", "#5a6472"


@dataclass(frozen=True)
class _View:
    """right, up: (3,) world directions of the sheet; towards: the viewer. origin: sheet mm of world (0, 0)."""

    name: str
    right: np.ndarray
    up: np.ndarray
    towards: np.ndarray
    origin: tuple[float, float]
    scale: float

    def flat(self, points: np.ndarray) -> np.ndarray:
        """(..., 2) sheet mm."""
        return np.stack([self.origin[0] + points @ self.right / self.scale, self.origin[1] - points @ self.up / self.scale], -1)


def _edges(mesh: trimesh.Trimesh, towards: np.ndarray) -> np.ndarray:
    """(n, 2, 3): outlines and creases with at least one face turned to the viewer."""
    normals = mesh.face_normals[mesh.face_adjacency]
    faces = normals @ towards > 1e-6
    turned = faces[:, 0] != faces[:, 1]
    crease = (np.einsum("ij,ij->i", normals[:, 0], normals[:, 1]) < CREASE) & faces.any(1)
    edges: np.ndarray = np.asarray(mesh.vertices)[mesh.face_adjacency_edges[turned | crease]]
    return edges


def _visible(mesh: trimesh.Trimesh, view: _View, step_mm: float = 3.0) -> list[np.ndarray]:
    """Sheet lines (2, 2): pieces of edges that nothing hides, judged every few millimetres against a depth image."""
    edges = _edges(mesh, view.towards)
    frame = np.stack([view.right, view.up, view.towards], 1)
    points = np.asarray(mesh.vertices) @ frame
    low, high = points[:, :2].min(0) - 4, points[:, :2].max(0) + 4
    size = (np.ceil((high - low) / step_mm)).astype(int)
    depth = _depth(points[np.asarray(mesh.faces)[mesh.face_normals @ view.towards > 0]], low, size, step_mm)
    lines = []
    for edge in edges:
        count = max(2, int(np.linalg.norm(edge[1] - edge[0]) / step_mm) + 1)
        samples = edge[0] + np.linspace(0, 1, count)[:, None] * (edge[1] - edge[0])
        seen = samples @ frame
        cell = np.clip(((seen[:, :2] - low) / step_mm).astype(int), 0, size - 1)
        # the nearest of the surroundings' farthest: an outline touches what lies behind it
        free = seen[:, 2] >= depth[cell[:, 0], cell[:, 1]] - 4.0
        flat = view.flat(samples)
        start = None
        for k in range(count):
            if free[k] and start is None:
                start = k
            if start is not None and (k == count - 1 or not free[k + 1]):
                if k > start:
                    lines.append(flat[[start, k]])
                start = None
    return lines


def _depth(triangles: np.ndarray, low: np.ndarray, size: np.ndarray, step_mm: float) -> np.ndarray:
    """(columns, rows): the depth of what is nearest; less, where a neighbouring cell is deeper."""
    depth = np.full((size[0], size[1]), -np.inf)
    for a, b, c in triangles:
        span_low = np.floor((np.minimum(np.minimum(a, b), c)[:2] - low) / step_mm).astype(int)
        span_high = np.ceil((np.maximum(np.maximum(a, b), c)[:2] - low) / step_mm).astype(int)
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if abs(area) < 1e-9:
            continue
        x = (np.arange(span_low[0], span_high[0] + 1) + 0.5) * step_mm + low[0]
        y = ((np.arange(span_low[1], span_high[1] + 1) + 0.5) * step_mm + low[1])[None]
        u = ((x[:, None] - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / area
        w = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x[:, None] - a[0])) / area
        z = np.where((u >= 0) & (w >= 0) & (u + w <= 1), a[2] + u * (b[2] - a[2]) + w * (c[2] - a[2]), -np.inf)
        box = depth[span_low[0] : span_high[0] + 1, span_low[1] : span_high[1] + 1]
        np.maximum(box, z[: box.shape[0], : box.shape[1]], out=box)
    padded = np.pad(depth, 1, constant_values=-np.inf)
    return np.min([padded[1 + dx : 1 + dx + size[0], 1 + dy : 1 + dy + size[1]] for dx in (-1, 0, 1) for dy in (-1, 0, 1)], axis=0)


def _line(a: np.ndarray | tuple, b: np.ndarray | tuple, kind: str) -> str:
    return f'<path class="{kind}" d="M{a[0]:.2f} {a[1]:.2f}L{b[0]:.2f} {b[1]:.2f}"/>'


def _dimension(a: tuple[float, float], b: tuple[float, float], offset: float, value: float, *, key: str) -> str:
    """Between two points of the sheet, across (same y wanted) or upright (same x): extension lines, arrows, the number above the line."""
    upright = abs(b[1] - a[1]) > abs(b[0] - a[0])
    extend: list[tuple[tuple[float, float], tuple[float, float]]]
    if upright:
        x = offset
        p, q, turn = (x, a[1]), (x, b[1]), -90
        extend = [((end[0], end[1]), (x + float(np.sign(x - end[0])) * 1.5, end[1])) for end in (a, b)]
    else:
        y = offset
        p, q, turn = (a[0], y), (b[0], y), 0
        extend = [((end[0], end[1]), (end[0], y + float(np.sign(y - end[1])) * 1.5)) for end in (a, b)]
    middle = ((p[0] + q[0]) / 2, (p[1] + q[1]) / 2)
    at = (middle[0] - 1.2, middle[1]) if upright else (middle[0], middle[1] - 1.2)
    if upright and abs(b[1] - a[1]) < 9:  # too short for its number, which then stands beside it
        at, turn = (middle[0] + 4.5, middle[1] + 1.2), 0
    label = f"{value:.0f}" if abs(value - round(value)) < 0.05 else f"{value:.1f}"
    parts = [_line(start, end, "thin") for start, end in extend]
    parts.append(f'<path class="arrow" d="M{p[0]:.2f} {p[1]:.2f}L{q[0]:.2f} {q[1]:.2f}"/>')
    parts.append(f'<text class="size" data-key="{key}" transform="translate({at[0]:.2f} {at[1]:.2f}) rotate({turn})">{label}</text>')
    return f"<g>{''.join(parts)}</g>"


def drawing(design: Design, solid: Solid, report: Report, title: str) -> str:
    """SVG text of an A3 sheet, width and height in mm."""
    low, high = np.asarray(solid.mesh.bounds)
    size = high - low
    sheet, scale = _fitted(size)
    x0 = MARGIN + 24 + size[0] / 2 / scale
    floor = MARGIN + 18 + size[2] / scale
    x, y, z = np.eye(3)
    start_x = x0 + size[0] / 2 / scale + GAP + 14
    views = [
        _View("front", x, z, -y, (x0, floor), scale),
        # first angle: what is seen from the left stands to the right, its front to the right
        _View("from the left", -y, z, -x, (start_x + high[1] / scale, floor), scale),
        _View("plan", x, y, z, (x0, floor + GAP + high[1] / scale), scale),
    ]
    # looked at from the front, the right and above, all three axes equally short
    iso = _View("", np.array([1, 1, 0]) / 2**0.5, np.array([-1, 1, 2]) / 6**0.5, np.array([1, -1, 1]) / 3**0.5, (0, 0), scale)
    corners = iso.flat(np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T)
    left_x = start_x + size[1] / scale + 14
    place = (
        (left_x + SHEETS[sheet][0] - MARGIN) / 2 - corners[:, 0].mean(),
        (MARGIN + SHEETS[sheet][1] - MARGIN - BLOCK[1]) / 2 - corners[:, 1].mean(),
    )
    views.append(_View("", iso.right, iso.up, iso.towards, place, scale))
    body = []
    for view in views:
        body += [_line(line[0], line[1], "edge") for line in _visible(solid.mesh, view)]
    v = design.named
    front, side, plan = views[:3]
    seat_top = report.measured.seat_top if report.measured else v["seat_height"]
    left, right = front.flat(np.array([low[0], 0, 0])), front.flat(np.array([high[0], 0, 0]))
    ground, head = float(front.flat(low)[1]), float(front.flat(high)[1])
    seat_y = float(front.flat(np.array([0, 0, seat_top]))[1])
    half = v["seat_width"] / 2
    edges = front.flat(np.array([[-half, 0, seat_top], [half, 0, seat_top]]))
    body.append(_dimension((left[0], ground), (left[0], seat_y), left[0] - 10, v["seat_height"], key="seat_height"))
    body.append(
        _dimension(tuple(edges[0]), tuple(edges[1]), head - 7 if design.family.backrest else seat_y - 7, v["seat_width"], key="seat_width")
    )
    body.append(_dimension((left[0], ground), (right[0], ground), ground + 8, size[0], key="width"))
    b, a = side.flat(np.array([[0, high[1], 0], [0, low[1], 0]]))  # b: the rear, on the left
    body.append(_dimension(tuple(b), tuple(a), ground + 8, size[1], key="depth"))
    if design.family.backrest:
        body.append(_dimension((b[0], ground), (b[0], head), b[0] - 14, size[2], key="height"))
        body.append(_dimension((b[0], seat_y), (b[0], head), b[0] - 7, v["back_height"], key="back_height"))
    if design.choices.option == "arms":
        arm = side.flat(np.array([0, low[1], seat_top + v["arm_height"]]))
        start = side.flat(np.array([0, low[1], seat_top]))
        body.append(_dimension(tuple(start), tuple(arm), start[0] + 7, v["arm_height"], key="arm_height"))
    if report.measured is not None:
        depth = report.measured.seat.depth
        rim = report.measured.rim["front"][1]
        c, d = plan.flat(np.array([[high[0], rim, 0], [high[0], rim + depth, 0]]))
        body.append(_dimension(tuple(c), tuple(d), c[0] + 9, depth, key="seat_depth"))
        edge = side.flat(np.array([0, rim, seat_top]))
        under = side.flat(np.array([0, rim, seat_top - v["seat_thickness"]]))
        body.append(_dimension(tuple(edge), tuple(under), a[0] + 14, v["seat_thickness"], key="seat_thickness"))
    for view in views[:3]:
        middle = view.flat((low + high) / 2)
        top = view.flat(np.array([[low[0], low[1], low[2]], high]))[:, 1].min()
        body.append(f'<text class="name" x="{middle[0]:.1f}" y="{top - (15 if view.name == "front" else 7):.1f}">{view.name}</text>')
    return _sheet("".join(body), _title_block(design, report, title, f"1:{scale}, {sheet}", SHEETS[sheet]), SHEETS[sheet])


def _fitted(size: np.ndarray) -> tuple[str, int]:
    """The sheet and scale on which the piece is drawn largest; on the smaller sheet, if both do."""
    for scale in SCALES:
        for sheet, (width, height) in SHEETS.items():
            views = (size[0] + size[1]) / scale + GAP + 2 * MARGIN + 52
            iso = max((size[0] + size[1]) / 2**0.5 / scale, BLOCK[0] - 20) if sheet == "A4" else BLOCK[0]
            if views + iso * 0.9 < width and (size[2] + size[1]) / scale + GAP + 2 * MARGIN + 22 < height:
                return sheet, scale
    return "A3", 1000


def _title_block(design: Design, report: Report, title: str, scale: str, paper: tuple[float, float]) -> str:
    """Title, scale, material, mass and what was checked, at the lower right."""
    worst = "all checks passed" if report.passed else "failed: " + ", ".join(report.failed)
    rows = [
        (title, f"scale {scale}"),
        (f"{design.family.title}, {design.family.style(design.choices.style).title}", "mm, first angle"),
        (f"{MATERIALS[design.choices.material].title}; {report.mass_kg:.2f} kg", worst),
        (f"fits {report.share_of_group:.0%} of its users, {report.share:.0%} of 6,068 measured (ANSUR II)", "estimate, not certified"),
    ]
    (width, height), row_mm = BLOCK, BLOCK[1] / 4
    x, y = paper[0] - MARGIN - width, paper[1] - MARGIN - height
    parts = [f'<rect class="frame" x="{x}" y="{y}" width="{width}" height="{height}"/>', _line((x + 84, y), (x + 84, y + height), "thin")]
    for k, (left, right) in enumerate(rows):
        below = y + row_mm * (k + 1)
        if k:
            parts.append(_line((x, below - row_mm), (x + width, below - row_mm), "thin"))
        parts.append(f'<text class="{"title" if k == 0 else "note"}" x="{x + 2.5}" y="{below - 2.3}">{escape(left)}</text>')
        parts.append(f'<text class="note" x="{x + 86}" y="{below - 2.3}">{escape(right)}</text>')
    return "".join(parts)


def _sheet(body: str, block: str, paper: tuple[float, float]) -> str:
    style = (
        f".edge{{stroke:{INK};stroke-width:.35;stroke-linecap:round}}.thin{{stroke:{THIN};stroke-width:.15}}"
        f".arrow{{stroke:{THIN};stroke-width:.18;marker-start:url(#tip);marker-end:url(#tip)}}.frame{{stroke:{INK};stroke-width:.35}}"
        f"path,rect{{fill:none}}text{{font-family:'Inter','DejaVu Sans',sans-serif;fill:{INK}}}"
        f".size{{font-size:3.4px;text-anchor:middle}}.name{{font-size:3px;text-anchor:middle;fill:{THIN}}}.note{{font-size:2.8px}}.title{{font-size:3.8px;font-weight:600}}"
    )
    tip = (
        '<marker id="tip" viewBox="0 0 10 6" refX="10" refY="3" markerWidth="2.6" markerHeight="1.6" markerUnits="userSpaceOnUse"'
        f' orient="auto-start-reverse"><path d="M0 0L10 3L0 6z" style="fill:{THIN}"/></marker>'
    )
    w, h = paper
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w:g}mm" height="{h:g}mm" viewBox="0 0 {w:g} {h:g}">'
        f'<defs>{tip}</defs><style>{style}</style><rect width="{w:g}" height="{h:g}" style="fill:#fff"/>'
        f'<rect class="frame" x="6" y="6" width="{w - 12:g}" height="{h - 12:g}"/>{body}{block}</svg>\n'
    )
