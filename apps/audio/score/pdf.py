"""Pages of Verovio's SVG -> PDF, in its own scale.

Written for what Verovio draws: paths, uses of glyphs, rectangles, polygons, ellipses and lines of text. Text is set in Times, which every
PDF reader has, with the widths of Adobe's metrics (Core 14 AFM, `times.json`); letters that Times lacks lose their accents or become `?`.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

__all__ = ["to_pdf"]

POINTS = 72 / 254
"""Points in a tenth of a millimetre, the unit of Verovio's pages."""
FONTS = ("Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic")
BOLD = {"tempo", "ending", "fing", "reh"}
ITALIC = {"dir", "dynam", "mNum"}
"""Classes that Verovio's style sheet sets in bold and italic."""
ARGUMENTS = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "z": 0}
WORD = re.compile(r"([A-Za-z])|(-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?)")
KAPPA = 4 * (math.sqrt(2) - 1) / 3
"""Of the four Bezier curves that make a circle."""


@dataclass(frozen=True)
class Style:
    """What text inherits. size in the units of the picture."""

    size: float = 0.0
    bold: bool = False
    italic: bool = False
    anchor: str = "start"

    def under(self, element: ET.Element) -> Style:
        """The style inside an element."""
        classes = set(element.get("class", "").split())
        size = element.get("font-size")
        return replace(
            self,
            size=float(size.removesuffix("px")) if size else self.size,
            bold=element.get("font-weight") == "bold" if element.get("font-weight") else self.bold or bool(classes & BOLD),
            italic=element.get("font-style") == "italic" if element.get("font-style") else self.italic or bool(classes & ITALIC),
            anchor=element.get("text-anchor", self.anchor),
        )

    @property
    def font(self) -> int:
        return self.bold + 2 * self.italic


def to_pdf(pages: Sequence[str], *, title: str = "", origin: str = "") -> bytes:
    """A PDF 1.4 of pages of `engrave`, each as large as its SVG says. title and origin are its metadata (Title, Subject).

    The same pages give the same bytes: it holds no date.
    """
    fonts = [f"<< /Type /Font /Subtype /Type1 /BaseFont /{font} /Encoding /WinAnsiEncoding >>".encode() for font in FONTS]
    named = " ".join(f"/F{number} {number + 3} 0 R" for number in range(len(fonts)))
    first = 3 + len(fonts) + 1
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    information = f"<< /Title {hexadecimal(title)} /Subject {hexadecimal(origin)} /Creator (Sextant) /Producer (Sextant) >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        *fonts,
        information.encode(),
    ]
    for number, svg in enumerate(pages):
        (width, height), operators = Page(svg).drawn()
        packed = zlib.compress(operators.encode("latin-1"), 9)
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.3f} {height:.3f}] /Resources << /Font << {named} >> >> "
            f"/Contents {first + 2 * number + 1} 0 R >>".encode(),
            f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream",
        ]
    written = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    tail = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info {first - 1} 0 R >>\nstartxref\n{len(written)}\n%%EOF\n"
    return bytes(written + (head + tail).encode())


def hexadecimal(text: str) -> str:
    """A PDF text string in UTF-16."""
    return f"<FEFF{text.encode('utf-16-be', 'replace').hex().upper()}>"


@cache
def widths() -> dict[str, list[int]]:
    """Thousandths of the size, of the characters 32 ... 255 of WinAnsiEncoding, for each font."""
    found: dict[str, list[int]] = json.loads((Path(__file__).parent / "times.json").read_text())
    return found


def printable(text: str) -> bytes:
    """Text as WinAnsiEncoding has it."""
    return b"".join(letter.encode("cp1252", "ignore") or plain(letter) for letter in text)


def plain(letter: str) -> bytes:
    return unicodedata.normalize("NFKD", letter).encode("ascii", "ignore") or b"?"


class Page:
    """One SVG picture as PDF operators."""

    def __init__(self, svg: str) -> None:
        self._root = ET.fromstring(svg)
        self._shapes = {element.get("id", ""): element for element in self._root.iter() if name_of(element) == "g"}
        self._out: list[str] = []

    def drawn(self) -> tuple[tuple[float, float], str]:
        """((width, height) in points, operators)."""
        _, _, width, height = box(self._root)
        self._out.append(f"{POINTS:.6f} 0 0 {-POINTS:.6f} 0 {height * POINTS:.3f} cm")
        for element in self._root:
            self._element(element, Style(), width)
        return (width * POINTS, height * POINTS), "\n".join(self._out)

    def _element(self, element: ET.Element, style: Style, width: float) -> None:
        name = name_of(element)
        if name in ("defs", "style", "desc", "title"):
            return
        if name == "text":
            for line in lines_of(element, style.under(element)):
                self._text(*line)
            return
        self._out.append("q")
        if name == "svg":
            left, top, inner, _ = box(element)
            self._out.append(f"{width / inner:g} 0 0 {width / inner:g} {-left:g} {-top:g} cm")
        self._out.extend(matrices(element.get("transform", "")))
        if name == "use":
            for child in self._shapes.get(element.get("href", "#")[1:], ()):
                self._element(child, style, width)
        elif name in ("g", "svg"):
            for child in element:
                self._element(child, style.under(element), width)
        else:
            self._shape(name, element)
        self._out.append("Q")

    def _shape(self, name: str, element: ET.Element) -> None:
        if name == "path":
            segments = outline(element.get("d", ""))
        elif name == "rect":
            x, y, wide, high = (float(element.get(key, 0)) for key in ("x", "y", "width", "height"))
            segments = [f"{x:g} {y:g} {wide:g} {high:g} re"]
        elif name == "ellipse":
            segments = ellipse(*(float(element.get(key, 0)) for key in ("cx", "cy", "rx", "ry")))
        elif name in ("polygon", "polyline"):
            numbers = [float(number) for _, number in WORD.findall(element.get("points", ""))]
            corners = list(zip(numbers[::2], numbers[1::2], strict=False))
            segments = [f"{x:g} {y:g} {'l' if place else 'm'}" for place, (x, y) in enumerate(corners)]
        else:
            return
        stroke = element.get("stroke-width")
        straight = name == "path" and len(segments) == 2  # a filled line without a surface would print one pixel wide
        paint = "S" if straight or element.get("fill") == "none" else "B" if stroke else "f"
        self._out.extend([*([f"{float(stroke):g} w"] if stroke else []), *segments, paint])

    def _text(self, x: float, y: float, runs: list[tuple[str, Style]]) -> None:
        """One line of text; its anchor is that of its first run."""
        lengths = [sum(widths()[FONTS[style.font]][code - 32] for code in printable(text)) * style.size / 1000 for text, style in runs]
        x -= {"middle": 0.5, "end": 1.0}.get(runs[0][1].anchor, 0.0) * sum(lengths)
        for (text, style), length in zip(runs, lengths, strict=True):
            shown = printable(text).decode("latin-1").replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
            self._out.append(f"BT /F{style.font} {style.size:g} Tf 1 0 0 -1 {x:.1f} {y:g} Tm ({shown}) Tj ET")
            x += length


def name_of(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def box(element: ET.Element) -> tuple[float, float, float, float]:
    left, top, width, height = (float(number) for number in element.get("viewBox", "0 0 2100 2970").split())
    return left, top, width, height


def matrices(transform: str) -> list[str]:
    """SVG's translate and scale as PDF's cm."""
    found = []
    for kind, inside in re.findall(r"(translate|scale)\(([^)]*)\)", transform):
        numbers = [float(number) for _, number in WORD.findall(inside)]
        x, y = numbers[0], numbers[1] if len(numbers) > 1 else (numbers[0] if kind == "scale" else 0.0)
        found.append(f"1 0 0 1 {x:g} {y:g} cm" if kind == "translate" else f"{x:g} 0 0 {y:g} 0 0 cm")
    return found


def lines_of(element: ET.Element, style: Style) -> list[tuple[float, float, list[tuple[str, Style]]]]:
    """(x, y, runs) of a text: an x of its own begins a new line. White space before the first letter counts as none, as in browsers."""
    found: list[tuple[float, float, list[tuple[str, Style]]]] = [(float(element.get("x", 0)), float(element.get("y", 0)), [])]

    def add(text: str | None, style: Style) -> None:
        words = re.sub(r"[\x00-\x1f\x7f]", " ", text or "")
        words = words if found[-1][2] else words.lstrip()
        if words:
            found[-1][2].append((words, style))

    def walk(element: ET.Element, style: Style) -> None:
        add(element.text, style)
        for child in element:
            if name_of(child) == "tspan":
                if child.get("x") or child.get("y"):
                    found.append((float(child.get("x", found[-1][0])), float(child.get("y", found[-1][1])), []))
                walk(child, style.under(child))
            add(child.tail, style)

    walk(element, style)
    return [line for line in found if line[2]]


def ellipse(x: float, y: float, wide: float, high: float) -> list[str]:
    a, b = KAPPA * wide, KAPPA * high
    return [
        f"{x + wide:g} {y:g} m",
        f"{x + wide:g} {y + b:g} {x + a:g} {y + high:g} {x:g} {y + high:g} c",
        f"{x - a:g} {y + high:g} {x - wide:g} {y + b:g} {x - wide:g} {y:g} c",
        f"{x - wide:g} {y - b:g} {x - a:g} {y - high:g} {x:g} {y - high:g} c",
        f"{x + a:g} {y - high:g} {x + wide:g} {y - b:g} {x + wide:g} {y:g} c",
    ]


def outline(data: str) -> list[str]:
    """SVG path data -> PDF's path operators. Raises ValueError for a command that Verovio does not use (arcs)."""
    found: list[str] = []
    x = y = start_x = start_y = hand_x = hand_y = 0.0
    words = WORD.findall(data)
    at, command = 0, "M"
    while at < len(words):
        if words[at][0]:
            command, at = words[at][0], at + 1
        kind, relative = command.lower(), command.islower()
        if kind not in ARGUMENTS:
            raise ValueError(f"a path with {command}")
        count = ARGUMENTS[kind]
        numbers = [float(number) for _, number in words[at : at + count]]
        at += count
        if relative:
            numbers = [number + ((x, y)[place % 2] if kind != "v" else y) for place, number in enumerate(numbers)]
        if kind == "z":
            found.append("h")
            x, y = start_x, start_y
        elif kind in "mlhv":
            x, y = {"h": (numbers[0], y), "v": (x, numbers[0])}.get(kind) or (numbers[0], numbers[1])
            found.append(f"{x:g} {y:g} {'m' if kind == 'm' else 'l'}")
        else:
            if kind == "s":
                numbers = [2 * x - hand_x, 2 * y - hand_y, *numbers]
            elif kind == "q":
                middle_x, middle_y, end_x, end_y = numbers
                numbers = [x + (middle_x - x) * 2 / 3, y + (middle_y - y) * 2 / 3]
                numbers += [end_x + (middle_x - end_x) * 2 / 3, end_y + (middle_y - end_y) * 2 / 3, end_x, end_y]
            found.append(" ".join(f"{number:g}" for number in numbers) + " c")
            hand_x, hand_y, x, y = numbers[2:]
        if kind not in "cs":
            hand_x, hand_y = x, y
        if kind == "m":
            start_x, start_y = x, y
            command = "l" if relative else "L"
    return found
