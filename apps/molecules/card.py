"""The card's picture in the launcher, made by the studio itself: `python -m apps.molecules.card`.

Six molecules that the prior invents, one of them chosen; with a twin for the dark.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rdkit.Chem.Draw import rdMolDraw2D

from apps.molecules.alignment import use_palette
from apps.molecules.depiction import with_coordinates
from apps.molecules.tasks import app, generate

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["main"]

CELL_PX = (240, 202)
COLUMNS, ROWS = 3, 2
CHOSEN = 1
FRAME_PX = 4
MARGIN = 0.12
QUALITY = 84
COLOURS = {False: ("#ffffff", "#c9d6db", "#a3176b"), True: ("#131f24", "#2e424a", "#e773b4")}
"""Card, panel line and mark, for light and dark."""
REQUEST: dict[str, Any] = {
    "count": COLUMNS * ROWS,
    "where": ["QED>=0.85", "rings>=2", "heavy_atoms<=23"],
    "filters": ["pains", "brenk"],
    "seed": 11,
}


def main(path: Path = Path(__file__).parent / app.picture) -> None:
    """Write both pictures, some 20 kB each."""
    found = [molecule.smiles for molecule in generate(**REQUEST).molecules]
    for dark in (False, True):
        target = path.with_stem(f"{path.stem}-dark") if dark else path
        picture(found, dark=dark).save(target, "WEBP", quality=QUALITY, method=6)


def picture(smiles: list[str], *, dark: bool) -> Image.Image:
    """The molecules in cells, the chosen one in a frame."""
    from PIL import Image, ImageDraw

    (width, height), (card, line, mark) = CELL_PX, COLOURS[dark]
    whole = Image.new("RGB", (COLUMNS * width, ROWS * height), card)
    for index, text in enumerate(smiles):
        cell = drawn(text, dark=dark)
        whole.paste(cell, (index % COLUMNS * width, index // COLUMNS * height), cell)
    pen = ImageDraw.Draw(whole)
    for column in range(1, COLUMNS):
        pen.line([(column * width, 0), (column * width, ROWS * height)], fill=line, width=2)
    pen.line([(0, height), (COLUMNS * width, height)], fill=line, width=2)
    left, top = CHOSEN % COLUMNS * width, CHOSEN // COLUMNS * height
    pen.rectangle([left, top, left + width, top + height], outline=mark, width=FRAME_PX)
    return whole


def drawn(smiles: str, *, dark: bool) -> Image.Image:
    """One molecule without a background."""
    from PIL import Image

    drawer = rdMolDraw2D.MolDraw2DCairo(*CELL_PX)
    options: Any = drawer.drawOptions()
    use_palette(options, dark=dark)
    options.padding = MARGIN
    options.bondLineWidth = 2
    rdMolDraw2D.PrepareAndDrawMolecule(drawer, with_coordinates(smiles))
    drawer.FinishDrawing()
    return Image.open(io.BytesIO(drawer.GetDrawingText())).convert("RGBA")


if __name__ == "__main__":
    main()
