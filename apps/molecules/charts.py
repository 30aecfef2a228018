"""The page's charts: histograms against a reference and a radar of percentiles as SVG for `shared.ui.drawing`, and a waterfall of counts.

Names are escaped here; how lines and bars look is in `drawing.css` and in `dashboard.css`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from apps.molecules.histograms import Histogram
from apps.molecules.listing import number
from shared.ui.text import escape, figure

__all__ = ["histogram_svg", "nice_ticks", "radar_svg", "waterfall"]

WIDTH, HEIGHT = 348, 196
LEFT, RIGHT, TOP, BOTTOM = 32, 6, 22, 38
LINE, LONG_NAME = 13, 13
RADAR_SHARE = 0.2
"""Radius by width: the rest is for the names beside it."""
FEW = 20
"""So few values are marked one by one: bars of one or two molecules say nothing of a spread."""


def nice_ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers from `low` to `high`: steps of 1, 2 or 5 times a power of ten."""
    span = high - low
    if not (math.isfinite(span) and span > 0):
        return [low]
    raw = span / about
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    first = math.ceil(low / step - 1e-9)
    return [round(place * step, 12) for place in range(first, math.floor(high / step + 1e-9) + 1)]


@dataclass(frozen=True)
class Plot:
    """Where values from `low` to `high`, and shares up to `top` percent, lie in the drawing."""

    low: float
    high: float
    top: float

    def x(self, value: float) -> float:
        return LEFT + (value - self.low) / (self.high - self.low) * (WIDTH - LEFT - RIGHT)

    def y(self, share: float) -> float:
        return HEIGHT - BOTTOM - share / self.top * (HEIGHT - TOP - BOTTOM)


def histogram_svg(found: Histogram, values: Sequence[float], *, title: str, unit: str, mark: float | None = None) -> str:
    """Shares of the molecules as bars, those of the reference as an outline. mark: the value of one molecule, in magenta."""
    few = len(values) < FEW
    top = max([*found.reference, *(() if few else found.own), 1.0]) * 1.06
    plot = Plot(found.edges[0], found.edges[-1], top)
    base = plot.y(0)
    parts = [_axes(plot, f"{title}, {unit}" if unit else title)]
    if few:
        parts += [_upright("rug", plot.x(value), base - 34, base) for value in values]
    else:
        bars = zip(found.edges, found.edges[1:], found.own, strict=False)
        parts += [_bar(plot, left, right, share) for left, right, share in bars if share]
    parts.append(_outline(plot, found))
    if mark is not None:
        parts.append(_upright("mark", plot.x(mark), TOP, base))
    return _svg(WIDTH, HEIGHT, f"{title}: {len(values)} molecules against the MOSES test set", parts)


def _upright(look: str, x: float, top: float, bottom: float) -> str:
    return f'<line class="{look}" x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}"/>'


def _bar(plot: Plot, left: float, right: float, share: float) -> str:
    x, y = plot.x(left) + 0.5, plot.y(share)
    return f'<rect class="bar" x="{x:.1f}" y="{y:.1f}" width="{plot.x(right) - x - 0.5:.1f}" height="{plot.y(0) - y:.1f}"/>'


def _axes(plot: Plot, label: str) -> str:
    base = plot.y(0)
    parts = [f'<text x="2" y="{TOP - 4}">% of molecules</text>']
    for tick in nice_ticks(0, plot.top, 3):
        y = plot.y(tick)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for tick in nice_ticks(plot.low, plot.high):
        parts.append(_upright("axis", plot.x(tick), base, base + 4))
        text = number(tick, 0 if tick == int(tick) else 1)
        parts.append(f'<text x="{plot.x(tick):.1f}" y="{base + 17:.1f}" text-anchor="middle">{escape(text)}</text>')
    parts.append(f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base:.1f}" y2="{base:.1f}"/>')
    parts.append(f'<text class="name" x="{(LEFT + WIDTH - RIGHT) / 2:.1f}" y="{HEIGHT - 3}" text-anchor="middle">{escape(label)}</text>')
    return "".join(parts)


def _outline(plot: Plot, found: Histogram) -> str:
    points = [f"M{plot.x(found.edges[0]):.1f} {plot.y(0):.1f}"]
    for left, right, share in zip(found.edges, found.edges[1:], found.reference, strict=False):
        points.append(f"L{plot.x(left):.1f} {plot.y(share):.1f}L{plot.x(right):.1f} {plot.y(share):.1f}")
    points.append(f"L{plot.x(found.edges[-1]):.1f} {plot.y(0):.1f}")
    return f'<path class="outline" d="{"".join(points)}"/>'


def radar_svg(axes: Sequence[tuple[str, float]], *, size: int, label: str) -> str:
    """(name, percentile 0 to 100) around a circle; the dashed ring at 50 is the median approved drug. size: width."""
    radius = size * RADAR_SHARE
    angles = [2 * math.pi * index / len(axes) - math.pi / 2 for index in range(len(axes))]
    lowest = max(math.sin(angle) for angle in angles)
    middle_x, middle_y = size / 2, radius + 2 * LINE + 10
    height = middle_y + radius * max(lowest, 0.5) + 2 * LINE + 8

    def at(index: int, percent: float) -> tuple[float, float]:
        return middle_x + radius * percent / 100 * math.cos(angles[index]), middle_y + radius * percent / 100 * math.sin(angles[index])

    parts = []
    for ring in (25, 50, 75, 100):
        kind = "median" if ring == 50 else "ring"
        parts.append(f'<circle class="{kind}" cx="{middle_x:.1f}" cy="{middle_y:.1f}" r="{radius * ring / 100:.1f}"/>')
    for index, (name, percent) in enumerate(axes):
        end_x, end_y = at(index, 100)
        parts.append(f'<line class="ring" x1="{middle_x:.1f}" y1="{middle_y:.1f}" x2="{end_x:.1f}" y2="{end_y:.1f}"/>')
        parts.append(_axis_name(name, percent, at(index, 100 + 900 / radius), (middle_x, middle_y)))
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(index, percent) for index, (_, percent) in enumerate(axes)))
    parts.append(f'<polygon class="area" points="{corners}"/>')
    for index, (_, percent) in enumerate(axes):
        x, y = at(index, percent)
        parts.append(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>')
    return _svg(size, height, label, parts)


def _axis_name(name: str, percent: float, place: tuple[float, float], middle: tuple[float, float]) -> str:
    """In at most two lines, the percentile behind the last one; it grows away from the middle."""
    x, y = place
    lines = _wrapped(name)
    side, above = x - middle[0], y < middle[1] - 20
    anchor = "middle" if abs(side) < 8 else ("start" if side > 0 else "end")
    first = y - LINE * (len(lines) - 1) if above and anchor == "middle" else y - LINE * (len(lines) - 1) / 2 + 4
    if y > middle[1] + 20:
        first = y + 8
    text = ""
    for index, line in enumerate(lines):
        last = f'<tspan class="number"> {percent:.0f}</tspan>' if index == len(lines) - 1 else ""
        text += f'<tspan x="{x:.1f}" y="{first + LINE * index:.1f}">{escape(line)}{last}</tspan>'
    return f'<text class="name" text-anchor="{anchor}">{text}</text>'


def _wrapped(name: str) -> list[str]:
    """Broken where its two halves are closest in length, if it is long."""
    words = name.split()
    if len(name) <= LONG_NAME or len(words) == 1:
        return [name]
    breaks = [(abs(len(" ".join(words[:at])) - len(" ".join(words[at:]))), at) for at in range(1, len(words))]
    at = min(breaks)[1]
    return [" ".join(words[:at]), " ".join(words[at:])]


def waterfall(start: tuple[str, int], losses: Sequence[tuple[str, int]], end: tuple[str, int]) -> str:
    """What was there, what was lost step after step, and what is left, as rows of HTML: name, bar, count, share of the start."""
    total = max(start[1], 1)
    rows, left = [_step(start, 0, total, "start")], start[1]
    for name, count in losses:
        left -= count
        rows.append(_step((name, count), left, total, "loss"))
    rows.append(_step(end, 0, total, "end"))
    return f'<div class="mol-fall" role="table" aria-label="What became of the candidates">{"".join(rows)}</div>'


def _step(step: tuple[str, int], offset: int, total: int, kind: str) -> str:
    name, count = step
    share = 100 * count / total
    bar = f'<i style="left:{100 * max(offset, 0) / total:.2f}%;width:{share:.2f}%"></i>'
    counted = figure(-count if kind == "loss" else count)
    percent = "< 0.1" if 0 < share < 0.1 else f"{share:.{0 if share in (0, 100) else 1}f}"
    return (
        f'<div role="row" class="{kind}"><span role="rowheader">{escape(name)}</span><span role="cell" class="track">{bar}</span>'
        f'<span role="cell">{counted}</span><span role="cell">{percent} %</span></div>'
    )


def _svg(width: float, height: float, label: str, parts: Sequence[str]) -> str:
    size = f'viewBox="0 0 {width:.0f} {height:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'
