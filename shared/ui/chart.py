"""A card's picture for a studio without one: depth lines of a sea chart, always the same for the same name."""

from __future__ import annotations

import math
import random

__all__ = ["chart_svg"]

_WIDTH, _HEIGHT = 680, 380
_LIGHT = ("#DCEAEE", "#CFE2E8", "#BFD8E0", "#A9C9D4", "#8FB7C5")
_DARK = ("#14262D", "#17303A", "#1A3B47", "#1E4756", "#245667")


def chart_svg(name: str, *, dark: bool = False) -> str:
    """Closed curves about two shoals, deeper towards the middle."""
    draw = random.Random(name)
    colours = _DARK if dark else _LIGHT
    centres = [(draw.uniform(0.2, 0.42), draw.uniform(0.35, 0.65)), (draw.uniform(0.6, 0.82), draw.uniform(0.3, 0.7))]
    phases = [draw.uniform(0, 2 * math.pi) for _ in range(6)]
    shapes = [f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="{colours[0]}"/>']
    for depth in range(1, 5):
        for x, y in centres:
            path = _curve(x * _WIDTH, y * _HEIGHT, (5 - depth) * 46.0, phases)
            shapes.append(f'<path d="{path}" fill="{colours[depth]}" stroke="{"#4F97AC" if dark else "#5B93A6"}" stroke-width="1"/>')
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(shapes)}</svg>'


def _curve(x: float, y: float, radius: float, phases: list[float]) -> str:
    points = []
    for step in range(72):
        angle = 2 * math.pi * step / 72
        wave = sum(math.sin((k + 2) * angle + phase) / (k + 2) for k, phase in enumerate(phases))
        reach = radius * (1 + 0.22 * wave)
        points.append(f"{x + 1.35 * reach * math.cos(angle):.1f},{y + reach * math.sin(angle):.1f}")
    return f"M{' L'.join(points)}Z"
