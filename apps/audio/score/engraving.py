"""MusicXML -> pages of SVG, through Verovio, and when each note in them sounds.

    engraved = engrave(write_musicxml(chorale, ...))
    engraved.pages, engraved.strip      A4 pages; the same on one endless staff for the screen
    engraved.timeline                   which element sounds when: give it the class `sounding` and style that
    to_pdf(engraved.pages, title="Old Hundredth", origin="Harmonised by Sextant, seed 3.")

The SVG is safe to put into a page as it is: no script, no address, no font but the reader's; the one glyph that Verovio leaves to a font of
its own, the note of the tempo, becomes an outline.
"""

from __future__ import annotations

import re
import threading
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from apps.audio.chorales.chorale import VOICES
from apps.audio.score.musicxml import listened
from apps.audio.score.packing import parsed
from apps.audio.score.pdf import to_pdf
from shared.errors import BadInput

__all__ = ["Engraved", "Sounding", "engrave", "to_pdf"]

SVG = "http://www.w3.org/2000/svg"
ELEMENTS = {"svg", "g", "defs", "desc", "style", "path", "use", "rect", "polygon", "polyline", "ellipse", "text", "tspan"}
ATTRIBUTE = re.compile(r"on|style$", re.IGNORECASE)
PAGE = {
    "pageWidth": 2100,  # tenths of a millimetre: A4
    "pageHeight": 2970,
    "pageMarginTop": 150,
    "pageMarginBottom": 150,
    "pageMarginLeft": 150,
    "pageMarginRight": 150,
    "unit": 8,  # half a staff space in tenths of a millimetre: staves of 6.4 mm, as in hymn books
    "scale": 100,
    "breaks": "auto",
    "header": "auto",
    "footer": "none",
    "adjustPageWidth": False,
    "adjustPageHeight": False,
    "spacingStaff": 14,
    "spacingSystem": 14,
    "spacingLinear": 0.3,
    "minLastJustification": 0.5,
    "smuflTextFont": "none",  # else each page carries 60 kB of font, or a link to verovio.org
    "svgViewBox": True,
    "svgRemoveXlink": True,
    "svgFormatRaw": True,
    "xmlIdSeed": 1,
}
STRIP = {
    **PAGE,
    "breaks": "none",
    "header": "none",
    "adjustPageWidth": True,
    "adjustPageHeight": True,
    **{f"pageMargin{side}": 50 for side in ("Top", "Bottom", "Left", "Right")},
}
TITLE_WIDTH = 15_000
"""Verovio's units, of 1/100 mm: a title that would be longer is set smaller."""
LAST_SYSTEM = 0.6
"""Where the last system has fewer bars than this share of the others, all are made equally long."""
LOCK = threading.Lock()
"""Verovio keeps its fonts and options in static storage: one score at a time."""


@dataclass(frozen=True)
class Sounding:
    """One note head: when it sounds, in quarters from the beginning, its voice (soprano 0 ... bass 3), MIDI pitch and id in the SVG."""

    start_quarter: float
    end_quarter: float
    voice: int
    pitch: int
    svg_id: str


@dataclass(frozen=True)
class Engraved:
    """pages: SVG documents of A4 size. strip: all in one system, as wide as it takes. timeline: by start, then voice."""

    pages: tuple[str, ...]
    strip: str
    timeline: tuple[Sounding, ...]


def engrave(musicxml: bytes) -> Engraved:
    """The score as a picture. musicxml: of `write_musicxml`, or another partwise score, whose notes are on the timeline if they have ids.

    Raises BadInput for what is no MusicXML, or none that Verovio can read.
    """
    root = parsed(musicxml)
    timeline = timeline_of(root)
    with LOCK:
        verovio = import_module("verovio")
        verovio.setDefaultResourcePath(str(data_of_verovio()))  # it keeps this, and the level of its log, for each thread
        verovio.enableLog(verovio.LOG_OFF)
        pages, strips = (drawn(verovio, musicxml, options) for options in (PAGE, STRIP))
        counts = bars_of_systems(pages)
        if len(counts) > 1 and counts[-1] < LAST_SYSTEM * sum(counts[:-1]) / (len(counts) - 1):
            pages = drawn(verovio, broken(root, len(counts)), {**PAGE, "breaks": "line"})
    return Engraved(tuple(map(cleaned, pages)), cleaned(strips[0]), timeline)


def drawn(verovio: Any, musicxml: bytes, options: dict[str, Any]) -> list[str]:
    toolkit = verovio.toolkit()
    toolkit.setOptions(options)
    if not toolkit.loadData(musicxml.decode("utf-8", "replace")) or not toolkit.getPageCount():
        raise BadInput("The score cannot be engraved: Verovio does not read it.", remedy="Export it again as MusicXML.")
    return [toolkit.renderToSVG(number) for number in range(1, toolkit.getPageCount() + 1)]


def bars_of_systems(pages: list[str]) -> list[int]:
    return [len(re.findall('class="measure', system)) for page in pages for system in page.split('class="system"')[1:]]


def broken(root: Any, systems: int) -> bytes:
    """The score with its bars dealt out evenly to so many systems."""
    for part in root.iterfind("part"):
        measures = part.findall("measure")
        for system in range(1, systems):
            measures[round(system * len(measures) / systems)].insert(0, ET.Element("print", {"new-system": "yes"}))
    return ET.tostring(root, encoding="utf-8")


def timeline_of(root: Any) -> tuple[Sounding, ...]:
    """Every note head with an id; of tied heads each for its own time. A voice is told by its id (`alto-12`), else by the score's order."""
    heard = listened(root)
    _, begins = heard.bars()
    found = []
    for order, heads in enumerate(heard.lines.values()):
        for head in heads:
            if not head.identity or head.measure not in begins:
                continue
            begin = begins[head.measure] + head.begin
            name = head.identity.partition("-")[0]
            voice = VOICES.index(name) if name in VOICES else order
            found.append(Sounding(quarters(begin), quarters(begin + head.length), voice, head.pitch, head.identity))
    return tuple(sorted(found, key=lambda one: (one.start_quarter, one.voice)))


def quarters(sixteenths: Fraction) -> float:
    return float(sixteenths / 4)


def cleaned(svg: str) -> str:
    """The picture without what a page does not need or must not have."""
    ET.register_namespace("", SVG)
    root = ET.fromstring(svg)
    for parent in list(root.iter()):
        for element in list(parent):
            tag = element.tag.removeprefix(f"{{{SVG}}}") if isinstance(element.tag, str) else ""
            font = tag == "style" and "@font-face" in (element.text or "")
            if tag not in ELEMENTS or font or "placeholder" in element.get("class", "").split():
                parent.remove(element)
        for name in [name for name in parent.attrib if ATTRIBUTE.match(name)]:
            del parent.attrib[name]
    for parent in list(root.iter()):
        for text in [element for element in parent if element.tag == f"{{{SVG}}}text"]:
            outline_notes(parent, text)
    for head in root.iter(f"{{{SVG}}}g"):
        if "pgHead" in head.get("class", "").split():
            fit(head)
    return ET.tostring(root, encoding="unicode")


def outline_notes(parent: ET.Element, text: ET.Element) -> None:
    """Replace music characters at the beginning of a text by paths, and move the rest along."""
    x, y = float(text.get("x", 0)), float(text.get("y", 0))
    for run in text.iter(f"{{{SVG}}}tspan"):
        if run.get("font-family") != "Leipzig":
            continue
        size = float(run.get("font-size", "0").removesuffix("px"))
        for letter in run.text or "":
            outline, advance = glyph(f"{ord(letter):04X}")
            where = f"translate({x:g}, {y:g}) scale({size / 1000:g}, {-size / 1000:g})"
            parent.insert(list(parent).index(text), ET.Element(f"{{{SVG}}}path", {"transform": where, "d": outline}))
            x += advance * size / 1000
        run.text = ""
        text.set("x", f"{x + 0.15 * size:g}")
        following = next((other for other in text.iter(f"{{{SVG}}}tspan") if other.text), run)
        following.text = (following.text or "").lstrip()  # 0.15 em stand for it: not every browser shows a space that begins a text
        return


def data_of_verovio() -> Path:
    return Path(str(import_module("verovio").__file__)).parent / "data"


@cache
def glyph(code: str) -> tuple[str, float]:
    """(outline, advance), in thousandths of the font size, of a character of Leipzig, from the data that come with Verovio."""
    folder = data_of_verovio()
    path = folder / "Leipzig" / f"{code}.xml"
    if not path.exists():
        return "", 0.0
    outline = re.search(r' d="([^"]*)"', path.read_text())
    advance = re.search(rf'c="{code}"[^>]*h-a-x="([\d.]+)"', (folder / "Leipzig.xml").read_text())
    return outline[1] if outline else "", float(advance[1]) if advance else 0.0


def fit(head: ET.Element) -> None:
    """Set a long title smaller; half an em a letter is a little more than Times takes."""
    for run in head.iter(f"{{{SVG}}}tspan"):
        size = float(run.get("font-size", "0").removesuffix("px"))
        width = 0.5 * size * len(run.text or "")
        if width > TITLE_WIDTH:
            run.set("font-size", f"{size * TITLE_WIDTH / width:.0f}px")
