"""A small PDF 1.4 writer for line drawings: pages in mm, paths, Helvetica, one shared drawing clipped on every tile.

Written here because a tiled pattern is one drawing shown through many windows: as a form XObject it is stored once, its numbers are written
once, and every page moves it by whole numbers of mm. The bytes depend on nothing but what is drawn.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence

from apps.design.patterns.curves import Line

__all__ = ["POINT_MM", "Canvas", "document", "text_width_mm"]

POINT_MM = 25.4 / 72
# widths of Helvetica's characters 32 to 126 in thousandths of the size (Adobe's AFM file of the base 14 fonts)
WIDTHS = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556),
    *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556),
    *(333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)


def text_width_mm(text: str, size_mm: float, *, bold: bool = False) -> float:
    """How wide Helvetica sets a text; the bold is 6 per cent wider."""
    units = sum(WIDTHS[ord(each) - 32] if 32 <= ord(each) < 127 else 556 for each in text)
    return units / 1000 * size_mm * (1.06 if bold else 1.0)


def number(value: float) -> str:
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


class Canvas:
    """A drawing in mm with its origin at the top left and y down, as PDF operators."""

    def __init__(self, height_mm: float) -> None:
        self.height_mm = height_mm
        self.parts: list[str] = []

    def xy(self, x: float, y: float) -> str:
        return f"{number(x / POINT_MM)} {number((self.height_mm - y) / POINT_MM)}"

    def pen(self, width_mm: float, dash_mm: Sequence[float] = (), grey: float = 0.0) -> None:
        dashes = " ".join(number(each / POINT_MM) for each in dash_mm)
        self.parts.append(f"{number(width_mm / POINT_MM)} w [{dashes}] 0 d {number(grey)} G {number(grey)} g")

    def path(self, line: Line, *, closed: bool = False, filled: bool = False) -> None:
        points = [self.xy(float(x), float(y)) for x, y in line]
        end = "f" if filled else ("s" if closed else "S")
        self.parts.append(f"{points[0]} m {' '.join(f'{each} l' for each in points[1:])} {end}")

    def rectangle(self, x: float, y: float, width: float, height: float) -> None:
        self.parts.append(f"{self.xy(x, y + height)} {number(width / POINT_MM)} {number(height / POINT_MM)} re S")

    def text(
        self, text: str, x: float, y: float, size_mm: float, *, bold: bool = False, angle_deg: float = 0, anchor: str = "middle"
    ) -> None:
        """`anchor`: "start", "middle" or "end" of the text's baseline is at (x, y)."""
        back = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * text_width_mm(text, size_mm, bold=bold)
        c, s = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
        said = text.encode("cp1252", "replace").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)").decode("latin-1")
        matrix = f"{number(c)} {number(s)} {number(-s)} {number(c)} {self.xy(x - back * c, y + back * s)} Tm"
        self.parts.append(f"BT /{'B' if bold else 'H'} {number(size_mm / POINT_MM)} Tf {matrix} ({said}) Tj ET")

    def window(self, frame: tuple[float, float, float, float], shift: tuple[float, float], drawn_height_mm: float) -> None:
        """Show the shared drawing, moved by `shift` mm, through a frame (x, y, width, height)."""
        x, y, width, height = frame
        clip = f"{self.xy(x, y + height)} {number(width / POINT_MM)} {number(height / POINT_MM)} re W n"
        move = f"1 0 0 1 {number(shift[0] / POINT_MM)} {number((self.height_mm - shift[1] - drawn_height_mm) / POINT_MM)} cm"
        self.parts.append(f"q {clip} {move} /P Do Q")

    def bytes(self) -> bytes:
        return "\n".join(self.parts).encode("latin-1")


def document(pages: Sequence[Canvas], shared: Canvas, shared_width_mm: float, page_mm: tuple[float, float], title: str) -> bytes:
    """The file: pages of one size that may show `shared`. Viewers are asked to print at true scale (/PrintScaling /None)."""
    objects: list[bytes] = []

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    def stream(head: str, data: bytes) -> bytes:
        packed = zlib.compress(data, 9)
        return f"<< {head} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode() + packed + b"\nendstream"

    fonts = "/Font << /H 1 0 R /B 2 0 R >>"
    for name in ("Helvetica", "Helvetica-Bold"):
        add(f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode())
    box = f"/BBox [0 0 {number(shared_width_mm / POINT_MM)} {number(shared.height_mm / POINT_MM)}]"
    form = add(stream(f"/Type /XObject /Subtype /Form {box} /Resources << {fonts} >>", shared.bytes()))
    root = 4 + 2 * len(pages)
    kids = []
    media = f"[0 0 {number(page_mm[0] / POINT_MM)} {number(page_mm[1] / POINT_MM)}]"
    for page in pages:
        content = add(stream("", page.bytes()))
        resources = f"<< {fonts} /XObject << /P {form} 0 R >> >>"
        kids.append(add(f"<< /Type /Page /Parent {root} 0 R /MediaBox {media} /Resources {resources} /Contents {content} 0 R >>".encode()))
    add(f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>".encode())
    catalog = add(f"<< /Type /Catalog /Pages {root} 0 R /ViewerPreferences << /PrintScaling /None >> >>".encode())
    said = "".join(each for each in title if each not in "()\\")
    info = add(f"<< /Title ({said}) /Producer (Sextant) >>".encode("latin-1", "replace"))
    out, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for i, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{i} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root {catalog} 0 R /Info {info} 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
