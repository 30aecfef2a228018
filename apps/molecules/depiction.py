"""Molecules drawn: a grid as PNG, one as SVG."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo
from rdkit import Chem
from rdkit.Chem import rdDepictor
from rdkit.Chem.Draw import rdMolDraw2D

from apps.molecules.molecule import Molecule
from apps.molecules.properties import PROPERTIES
from apps.molecules.quiet import quiet
from apps.molecules.records import one_line
from apps.molecules.smiles import parse_smiles
from shared.errors import BadInput

__all__ = ["depict_svg", "grid_png", "with_coordinates"]

CELL_PX = (250, 200)
MAX_PNG_BYTES = 300_000
SIDE_PX = (16, 4000)
LEGEND_LETTERS = 30
LEGEND_PX = (14, 12)
"""Type of the name and of the figures."""
LEGEND_HEIGHT_PX = 42
LONGEST_BOND = 6
"""Bonds that fill the shorter side: a molecule of three atoms is not blown up beyond that."""
IN_LEGEND = ("QED", "logP", "MW")

OTHER = -1
LIGHT = {OTHER: "57534e", 1: "1a1a1a", 6: "1a1a1a", 7: "1d4ed8", 8: "b91c1c", 9: "15803d", 15: "b45309", 16: "8a6100"}
LIGHT |= {17: "15803d", 35: "9a3412", 53: "6b21a8"}
DARK = {OTHER: "d6d3d1", 1: "e5e7eb", 6: "e5e7eb", 7: "8ab4ff", 8: "ff8f8f", 9: "6ee7a0", 15: "ffb454", 16: "e6c34a"}
DARK |= {17: "6ee7a0", 35: "ffb38a", 53: "d0a6ff"}
"""Colours by atomic number: at least 4.5 : 1 against white, and against #1e1e1e (WCAG 2.2, 1.4.3); RDKit's yellow sulphur has 1.7 : 1."""

HIGHLIGHT = {False: "ffe08a", True: "6b5200"}


def with_coordinates(smiles: str) -> Chem.Mol:
    """The molecule with 2D coordinates; macrocycles after RDKit's templates. Raises `BadInput`."""
    mol = parse_smiles(smiles)
    with quiet():
        rdDepictor.Compute2DCoords(mol, canonOrient=True, useRingTemplates=True)
    return mol


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = bytes.fromhex(colour)
    return red / 255, green / 255, blue / 255


def _set_options(options: Any, *, dark: bool, bond_px: float) -> None:
    options.fixedBondLength = bond_px  # at most: a large molecule is drawn smaller
    options.includeMetadata = False  # RDKit would put its pickle of the molecules into the picture
    options.clearBackground = False
    options.flagCloseContactsDist = -1  # no red frames around atoms that come close where a large molecule is drawn small
    options.setAtomPalette({number: _rgb(colour) for number, colour in (DARK if dark else LIGHT).items()})
    for setter in (options.setSymbolColour, options.setLegendColour, options.setAnnotationColour):
        setter(_rgb((DARK if dark else LIGHT)[6]))
    options.setHighlightColour(_rgb(HIGHLIGHT[dark]))


def depict_svg(smiles: str, width: int, height: int, *, dark: bool = False, highlight: str | None = None) -> str:
    """The molecule as an SVG element of `width` x `height` pixels without background; it holds paths only: no text, id, class or script.

    dark: colours that can be read on a dark page; highlight: SMARTS of a substructure that is marked where it is found.
    Raises `BadInput` for a SMILES or SMARTS that cannot be read.
    """
    mol = with_coordinates(smiles)
    atoms, bonds = _marked(mol, highlight) if highlight else ([], [])
    low, high = SIDE_PX
    width, height = (min(max(int(side), low), high) for side in (width, height))
    drawer = rdMolDraw2D.MolDraw2DSVG(width, height)
    _set_options(drawer.drawOptions(), dark=dark, bond_px=min(width, height) / LONGEST_BOND)
    with quiet():
        rdMolDraw2D.PrepareAndDrawMolecule(drawer, mol, highlightAtoms=atoms, highlightBonds=bonds)
    drawer.FinishDrawing()
    return _bare(drawer.GetDrawingText(), width, height)


def _marked(mol: Chem.Mol, smarts: str) -> tuple[list[int], list[int]]:
    """Atoms and bonds of the first place where the pattern is found."""
    with quiet():
        pattern = Chem.MolFromSmarts(smarts[:2000])
    if pattern is None:
        raise BadInput(f"{smarts[:80]!r} is no SMARTS.", remedy="Give a substructure such as c1ccccc1C(=O)N.")
    atoms = list(mol.GetSubstructMatch(pattern))
    pairs = [(atoms[bond.GetBeginAtomIdx()], atoms[bond.GetEndAtomIdx()]) for bond in pattern.GetBonds()] if atoms else []
    found = [mol.GetBondBetweenAtoms(*pair) for pair in pairs]
    return atoms, [bond.GetIdx() for bond in found if bond is not None]


def _bare(svg: str, width: int, height: int) -> str:
    """Without XML header, comments and classes, which would meet the page's own, and without what only repeats SVG's defaults."""
    body = svg[svg.index("<!-- END OF HEADER -->") + len("<!-- END OF HEADER -->") : svg.rindex("</svg>")]
    body = re.sub(r"<!--.*?-->|\s+class='[^']*'", "", body, flags=re.DOTALL)
    body = body.replace("fill:none;fill-rule:evenodd;", "fill:none;")
    body = re.sub(r";stroke-linecap:butt;stroke-linejoin:miter;(?:stroke-miterlimit:\d+;)?stroke-opacity:1;?", "", body).strip()
    return f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 {width} {height}'>\n{body}\n</svg>"


def grid_png(molecules: Sequence[Molecule], columns: int = 4, rows: int = 3, *, origin: Mapping[str, str] | None = None) -> bytes:
    """The first `columns` x `rows` molecules on white, with their names and figures; at most 300 kB. origin: goes into tEXt chunks."""
    shown = list(molecules[: columns * rows])
    white = _drawn(shown, columns) if shown else _nothing()
    note = PngInfo()
    for key, value in (origin or {}).items():
        note.add_text(one_line(f"Sextant {key}", 79).encode("latin-1", "replace").decode("latin-1"), one_line(value, 1000))
    for colours in (None, 64, 16):
        buffer = io.BytesIO()
        (white if colours is None else white.quantize(colours)).save(buffer, "PNG", pnginfo=note, optimize=True)
        if buffer.tell() <= MAX_PNG_BYTES:
            break
    return buffer.getvalue()


def _drawn(molecules: Sequence[Molecule], columns: int) -> Image.Image:
    across = min(columns, len(molecules))
    width, height = CELL_PX
    white = Image.new("RGB", (across * width, -(-len(molecules) // across) * height), "white")
    pen, fonts = ImageDraw.Draw(white), [ImageFont.load_default(size) for size in LEGEND_PX]
    for place, molecule in enumerate(molecules):
        left, top = place % across * width, place // across * height
        picture = _cell(molecule.smiles, width, height - LEGEND_HEIGHT_PX)
        white.paste(picture, (left, top), picture)
        line = top + height - LEGEND_HEIGHT_PX + 2
        for text, font, size in zip(_legend(molecule), fonts, LEGEND_PX, strict=True):
            # RDKit's own legends draw a second line across the first
            pen.text((left + width / 2, line), text, fill=f"#{LIGHT[6]}", font=font, anchor="ma")
            line += size + 5
    return white


def _cell(smiles: str, width: int, height: int) -> Image.Image:
    drawer = rdMolDraw2D.MolDraw2DCairo(width, height)
    _set_options(drawer.drawOptions(), dark=False, bond_px=height / LONGEST_BOND)
    with quiet():
        drawer.DrawMolecule(with_coordinates(smiles))
    drawer.FinishDrawing()
    return Image.open(io.BytesIO(drawer.GetDrawingText())).convert("RGBA")


def _legend(molecule: Molecule) -> tuple[str, str]:
    name = one_line(molecule.name, LEGEND_LETTERS) or f"No. {molecule.row}"
    figures = [f"{key} {PROPERTIES[key].text(molecule.properties[key])}" for key in IN_LEGEND if key in molecule.properties]
    return name, "   ".join(figures)


def _nothing() -> Image.Image:
    picture = Image.new("RGB", CELL_PX, "white")
    ImageDraw.Draw(picture).text((CELL_PX[0] / 2, CELL_PX[1] / 2), "No molecule was kept", fill="#57534e", anchor="mm", font_size=14)
    return picture
