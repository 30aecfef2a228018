"""Furniture by hand: a stool whose numbers can be worked out on paper."""

from __future__ import annotations

import numpy as np

from apps.design.furniture.family import Choices, Design, family
from apps.design.furniture.shapes import Part, bar, outline, seat

__all__ = ["designed", "plain_stool"]


def plain_stool(leg_mm: float = 40.0, spread_mm: float = 300.0, height_mm: float = 450.0, material: str = "beech") -> list[Part]:
    """A square seat of 360 x 360 x 30 on four upright square legs, `spread_mm` apart."""
    parts = [seat("seat", material, outline(360, 360, 360, 20), height_mm, 30, soft=1)]
    for number, (x, y) in enumerate(((1, 1), (-1, 1), (-1, -1), (1, -1))):
        at = (x * spread_mm / 2, 180 + y * spread_mm / 2)
        line = [(*at, 0), (*at, height_mm - 15)]
        parts.append(bar(f"leg {number + 1}", "leg", material, line, [leg_mm, leg_mm], is_round=False))
    return parts


def designed(key: str, style: str, material: str, option: str, **values: float) -> Design:
    """The middle of every range, but for the values named."""
    kind, choices = family(key), Choices(style, material, option)
    middle = dict(zip((p.key for p in kind.parameters), kind.values(choices, np.full(len(kind.parameters), 0.5)), strict=True))
    assert set(values) <= set(middle)
    return kind.design(choices, np.array(list((middle | values).values())))
