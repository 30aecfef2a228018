"""The card's picture in the launcher, made by the studio itself: `python -m apps.design.card`.

Six chairs of one run at one scale, beside the outline of a T-shirt's front; with a twin for the dark.
"""

from __future__ import annotations

import io
import math
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apps.design.tasks import app, product

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image, ImageDraw

__all__ = ["main", "picture"]

SIZE_PX = (720, 405)
CELL_PX, COLUMNS = 176, 3
OVERSIZE = 3
DASH_PX = 9 * OVERSIZE
QUALITY = 84
COLOURS: dict[bool, dict[str, str]] = {
    False: {"card": "#ffffff", "line": "#c9d6db", "ink": "#10242b", "sew": "#0b5a74", "mark": "#a3176b", "piece": "#edf3f5"},
    True: {"card": "#131f24", "line": "#2e424a", "ink": "#e4ecee", "sew": "#7cc4da", "mark": "#e773b4", "piece": "#1d2d34"},
}
REQUESTS: tuple[dict[str, Any], ...] = (
    {"family": "chair", "style": "nordic", "material": "beech", "count": 1, "seed": 4},
    {"family": "chair", "style": "ladder", "material": "oak", "count": 1, "seed": 2},
    {"family": "chair", "style": "panel", "material": "birch-plywood", "count": 1, "seed": 5},
    {"family": "chair", "style": "spindle", "material": "oak", "count": 1, "seed": 3},
    {"family": "chair", "style": "nordic", "material": "oak", "option": "arms", "count": 1, "seed": 7},
    {"family": "stool", "style": "round", "material": "beech", "count": 1, "seed": 2},
)


def main(path: Path = Path(__file__).parent / app.picture) -> None:
    """Write both pictures, some 15 kB each."""
    chairs = [_drawn(product(**request).variants[0].glb.read()) for request in REQUESTS]
    for dark in (False, True):
        target = path.with_stem(f"{path.stem}-dark") if dark else path
        picture(chairs, dark=dark).save(target, "WEBP", quality=QUALITY, method=6)


def _drawn(glb: bytes) -> Image.Image:
    """A piece at the scale that all of them have."""
    import numpy as np
    import trimesh

    from apps.design.furniture.materials import MATERIALS
    from apps.design.furniture.render import picture as render

    keys = {material.title: key for key, material in MATERIALS.items()}
    meshes = {}
    scene = trimesh.load_scene(io.BytesIO(glb), file_type="glb")
    for node in scene.graph.nodes_geometry:
        mesh = scene.geometry[scene.graph[node][1]]
        points = np.asarray(mesh.vertices) * 1000
        turned = np.stack([points[:, 0], -points[:, 2], points[:, 1]], axis=1)
        meshes[keys[mesh.visual.material.name]] = trimesh.Trimesh(turned, mesh.faces, process=True)
    return render(meshes, size=2 * CELL_PX, reach_mm=960)


def picture(chairs: list[Image.Image], *, dark: bool) -> Image.Image:
    """The chairs in two rows, a rule below the outline."""
    from PIL import Image

    colours = COLOURS[dark]
    (width, height), right = SIZE_PX, COLUMNS * CELL_PX
    whole = Image.new("RGB", SIZE_PX, colours["card"])
    for number, chair in enumerate(chairs):
        cell = chair.resize((CELL_PX, CELL_PX), Image.Resampling.LANCZOS)
        whole.paste(cell, (number % COLUMNS * CELL_PX + 6, 22 + number // COLUMNS * (CELL_PX + 8)), cell)
    outline = _pattern((width - right, height), colours)
    whole.paste(outline, (right, 0))
    return whole


def _pattern(size: tuple[int, int], colours: dict[str, str]) -> Image.Image:
    """The front of a T-shirt with its seam line, and a rule: 50 cm with a tick every five."""
    from PIL import Image, ImageDraw

    from apps.design.patterns import draft

    front = draft("tshirt", {}, {}, table="women", size="38").pieces[0]
    low, high = front.cutting.min(0), front.cutting.max(0)
    scale = OVERSIZE * (size[1] - 96) / (high[1] - low[1])
    panel = Image.new("RGB", (size[0] * OVERSIZE, size[1] * OVERSIZE), colours["card"])
    pen = ImageDraw.Draw(panel)
    left = (size[0] * OVERSIZE - (high[0] - low[0]) * scale) / 2

    def placed(line: np.ndarray) -> list[tuple[float, float]]:
        return [(left + (x - low[0]) * scale, 30 * OVERSIZE + (y - low[1]) * scale) for x, y in line]

    pen.polygon(placed(front.cutting), fill=colours["piece"])
    pen.line([*placed(front.cutting), placed(front.cutting)[0]], fill=colours["ink"], width=2 * OVERSIZE, joint="curve")
    for edge in front.edges:
        if edge.kind != "fold":
            _dashed(pen, placed(edge.line), colours["sew"])
    step, base = 50 * scale, (size[1] - 34) * OVERSIZE
    count = int((high[0] - low[0]) // 50)
    for tick in range(count + 1):
        x = left + tick * step
        pen.line([(x, base), (x, base - (12 if tick % 5 == 0 else 7) * OVERSIZE)], fill=colours["mark"], width=OVERSIZE)
    pen.line([(left, base), (left + count * step, base)], fill=colours["mark"], width=2 * OVERSIZE)
    return panel.resize(size, Image.Resampling.LANCZOS)


def _dashed(pen: ImageDraw.ImageDraw, points: list[tuple[float, float]], colour: str) -> None:
    """A line of dashes, as a seam is drawn."""
    run = 0.0
    for (x0, y0), (x1, y1) in pairwise(points):
        length = math.hypot(x1 - x0, y1 - y0)
        parts = max(1, round(length / OVERSIZE))
        for part in range(parts):
            if (run + part * length / parts) % DASH_PX < 0.6 * DASH_PX:
                begin, end = part / parts, (part + 1) / parts
                ends = [(x0 + share * (x1 - x0), y0 + share * (y1 - y0)) for share in (begin, end)]
                pen.line(ends, fill=colour, width=round(1.3 * OVERSIZE))
        run += length


if __name__ == "__main__":
    main()
