"""The card's picture in the launcher, made by the studio itself: `python -m apps.marketing.card`.

A text that was checked: its claims underlined with the number of their fact, what the sheet does not say on buff, and the facts beside
it; with a twin for the dark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from apps.marketing.page.marking import SIGNS, Facts
from apps.marketing.reading import example
from apps.marketing.tasks import check
from shared.ui.web import FOLDER

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

    from apps.marketing.results import Span

__all__ = ["main", "picture"]

EXAMPLE = "furniture"
TEXT = "A solid oak top, raised by two motors from 65 to 128 cm. It carries 100 kg. The quietest desk you can buy."
SIZE_PX = (720, 405)
OVERSIZE = 2
MARGIN_PX, LEFT_PX, GAP_PX = 34, 404, 30
TEXT_PX, LINE_PX, SMALL_PX = 32, 60, 19
ROW_PX, SHOWN_FACTS = 53, 6
DASH_PX = 6
QUALITY = 86
FONT = FOLDER / "fonts" / "ibm-plex-sans.woff2"
COLOURS: dict[bool, dict[str, str]] = {
    False: {
        "card": "#ffffff", "side": "#edf3f5", "ink": "#10242b", "muted": "#4a5f67", "line": "#c9d6db", "mark": "#a3176b", "warn": "#7a4a00",
        "buff": "#fbf0d2",
    },
    True: {
        "card": "#131f24", "side": "#18262c", "ink": "#e4ecee", "muted": "#a6b7bd", "line": "#2e424a", "mark": "#e773b4", "warn": "#ebc27a",
        "buff": "#33270f",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """A word. span: the claim that it is part of; sign: behind it, where its claim ends; tail: what follows that, a full stop."""

    text: str
    span: Span | None = None
    sign: str = ""
    tail: str = ""


def main(path: Path = Path(__file__).parent / "card.webp") -> None:
    """Write both pictures, some 15 kB each."""
    facts = Facts(example(EXAMPLE))
    pieces = words_of(TEXT, check(example=EXAMPLE, text=TEXT).spans, facts)
    for dark in (False, True):
        target = path.with_stem(f"{path.stem}-dark") if dark else path
        picture(pieces, facts, dark=dark).save(target, "WEBP", quality=QUALITY, method=6)


def words_of(text: str, spans: list[Span], facts: Facts) -> list[Piece]:
    """The text's words, each with its claim."""
    claims = [span for span in spans if span.status in SIGNS or (span.status == "supported" and facts.number(span))]
    pieces = []
    for match in re.finditer(r"(\S+?)([.,]?)(?=\s|$)", text):
        span = next((each for each in claims if each.start < match.end(1) and match.start() < each.end), None)
        sign = _sign(span, claims, facts) if span is not None and span.end <= match.end(1) else ""
        pieces.append(Piece(match[1], span, sign, match[2]))
    return pieces


def _sign(span: Span, claims: list[Span], facts: Facts) -> str:
    """Of neighbours that rest on one fact only the last one's is drawn."""
    if span.status in SIGNS:
        return f"{SIGNS[span.status]}a"
    beside = (each for each in claims if 0 < each.start - span.end < 3)
    return "" if any(facts.number(each) == facts.number(span) for each in beside) else str(facts.number(span))


def picture(pieces: list[Piece], facts: Facts, *, dark: bool) -> Image.Image:
    """The text at the left, the first facts at the right."""
    from PIL import Image, ImageDraw

    colours = COLOURS[dark]
    whole = Image.new("RGB", (SIZE_PX[0] * OVERSIZE, SIZE_PX[1] * OVERSIZE), colours["card"])
    pen = ImageDraw.Draw(whole)
    _draw_text(pen, pieces, colours)
    used = {facts.number(piece.span) for piece in pieces if piece.span and piece.span.status == "supported"}
    _draw_facts(pen, facts, used, colours)
    return whole.resize(SIZE_PX, Image.Resampling.LANCZOS)


def _font(size_px: int, weight: int) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    font = ImageFont.truetype(str(FONT), size_px * OVERSIZE)
    font.set_variation_by_axes([weight, 100])
    return font


def _draw_text(pen: ImageDraw.ImageDraw, pieces: list[Piece], colours: dict[str, str]) -> None:
    font, small, space = _font(TEXT_PX, 400), _font(SMALL_PX, 600), _font(TEXT_PX, 400).getlength(" ")
    left, top = MARGIN_PX * OVERSIZE, 50 * OVERSIZE
    x = float(left)
    before: Span | None = None
    for piece in pieces:
        word = font.getlength(piece.text)
        signed = word + (small.getlength(piece.sign) + 5 * OVERSIZE if piece.sign else 0)
        if x + signed + font.getlength(piece.tail) > LEFT_PX * OVERSIZE:
            x, top, before = left, top + LINE_PX * OVERSIZE, None
        wrong = piece.span is not None and piece.span.status in SIGNS
        colour, base = colours["warn" if wrong else "mark"], top + 42 * OVERSIZE
        if wrong:
            pen.rectangle((x, top, x + signed, base + 2 * OVERSIZE), fill=colours["buff"])
        pen.text((x, top), piece.text, font=font, fill=colours["warn" if wrong else "ink"])
        pen.text((x + signed, top), piece.tail, font=font, fill=colours["ink"])
        if piece.span is not None:
            start = x - space if piece.span is before else x
            _underline(pen, start, x + word, base, colour, dashed=wrong)
        pen.text((x + word + 3 * OVERSIZE, top + OVERSIZE), piece.sign, font=small, fill=colour)
        x += signed + font.getlength(piece.tail) + space
        before = piece.span


def _underline(pen: ImageDraw.ImageDraw, start: float, end: float, y: float, colour: str, *, dashed: bool) -> None:
    thick = 2 * OVERSIZE
    if not dashed:
        pen.rectangle((start, y, end, y + thick - 1), fill=colour)
        return
    at = start
    while at < end:
        pen.rectangle((at, y, min(at + DASH_PX * OVERSIZE, end), y + thick - 1), fill=colour)
        at += 1.7 * DASH_PX * OVERSIZE


def _draw_facts(pen: ImageDraw.ImageDraw, facts: Facts, used: set[int | None], colours: dict[str, str]) -> None:
    left, right = (LEFT_PX + GAP_PX) * OVERSIZE, SIZE_PX[0] * OVERSIZE
    pen.rectangle((left, 0, right, SIZE_PX[1] * OVERSIZE), fill=colours["side"])
    name, value, number = _font(17, 600), _font(16, 400), _font(17, 600)
    for row, key in enumerate(list(facts.values)[:SHOWN_FACTS]):
        top = (30 + row * ROW_PX + (SIZE_PX[1] - 60 - SHOWN_FACTS * ROW_PX) // 2) * OVERSIZE
        own = facts.numbers[key]
        pen.text((left + 18 * OVERSIZE, top), str(own), font=number, fill=colours["mark" if own in used else "muted"])
        pen.text((left + 44 * OVERSIZE, top), key, font=name, fill=colours["ink" if own in used else "muted"])
        pen.text((left + 44 * OVERSIZE, top + 21 * OVERSIZE), facts.values[key], font=value, fill=colours["muted"])
        if row < SHOWN_FACTS - 1:
            y = top + 47 * OVERSIZE
            pen.rectangle((left + 18 * OVERSIZE, y, right - 18 * OVERSIZE, y + OVERSIZE - 1), fill=colours["line"])


if __name__ == "__main__":
    main()
