"""A simple lay: the pieces on a width of fabric, largest first, each dropped where it ends lowest. The length is an estimate.

Pieces keep their grain; without nap they may be turned by half a turn. Two lays are tried: the cloth folded along its length (pieces on the
fold against it, the others cut double) and open (every piece unfolded and laid singly); the shorter is kept. A cutter's nesting
program, or a person at a table, will save some per cent more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apps.design.patterns.curves import Line
from apps.design.patterns.piece import Fabric, Garment
from shared.errors import BadInput

__all__ = ["Placed", "drop", "lay"]

COLUMN_MM = 2.5
GAP_MM = 3.0
SPARE = 1.03  # shrinkage and straightening the ends
ROUND_MM = 50.0


@dataclass(frozen=True)
class Item:
    """A polygon to lay: `at_fold` puts its x = 0 on the fold."""

    name: str
    outline: Line
    at_fold: bool = False


@dataclass(frozen=True)
class Placed:
    name: str
    outline: Line
    turned: bool
    shift: tuple[float, float]


def profile(outline: Line, gap_mm: float) -> tuple[np.ndarray, np.ndarray]:
    """(top, bottom) y of a polygon that starts at x = 0, for every column, with `gap_mm` beside and below it."""
    closed = np.vstack([outline, outline[:1]])
    steps = np.diff(closed, axis=0)
    parts = np.maximum(1, np.ceil(np.abs(steps[:, 0]) / (COLUMN_MM / 2))).astype(int)
    index = np.repeat(np.arange(len(steps)), parts)
    share = (np.arange(len(index)) - np.repeat(np.cumsum(parts) - parts, parts)) / np.repeat(parts, parts)
    dense = closed[index] + share[:, None] * steps[index]
    count = math.ceil(float(closed[:, 0].max()) / COLUMN_MM - 1e-6)
    beside = max(1, math.ceil(gap_mm / COLUMN_MM))
    top, bottom = np.full(count + 2 * beside, np.inf), np.full(count + 2 * beside, -np.inf)
    column = np.clip((dense[:, 0] / COLUMN_MM).astype(int), 0, count - 1) + beside
    np.minimum.at(top, column, dense[:, 1])
    np.maximum.at(bottom, column, dense[:, 1])
    window = np.lib.stride_tricks.sliding_window_view
    low = window(np.pad(top, beside, constant_values=np.inf), 2 * beside + 1).min(axis=1)
    high = window(np.pad(bottom, beside, constant_values=-np.inf), 2 * beside + 1).max(axis=1)
    return low[beside : beside + count], high[beside:] + gap_mm


def drop(
    items: Sequence[Item], width_mm: float, *, turn: bool = True, gap_mm: float = GAP_MM, snap_mm: float = 0.1
) -> tuple[float, list[Placed]] | None:
    """(length in mm, where each lies), laid in the order given; None where one is wider than the fabric.

    Of the places that end within `snap_mm` of the lowest, the one nearest the left is taken.
    """
    sky = np.zeros(int(width_mm / COLUMN_MM + 1e-6))
    placed: list[Placed] = []
    for item in items:
        best: tuple[tuple[float, float], int, np.ndarray, Placed] | None = None
        for half_turn in (False, True) if turn else (False,):
            # a folded half turned by half a turn is the same as turned upside down: its fold stays where it is
            flip = np.array([1.0 if item.at_fold else -1.0, -1.0]) if half_turn else np.ones(2)
            lying = item.outline * flip
            lying = lying - [0.0 if item.at_fold else lying[:, 0].min(), lying[:, 1].min()]
            top, bottom = profile(lying, gap_mm)
            if len(top) > len(sky):
                continue
            spots = np.lib.stride_tricks.sliding_window_view(sky[: len(top)] if item.at_fold else sky, len(top))
            levels = (spots - top).max(axis=1)
            ends = levels + float(lying[:, 1].max())
            spot = int(np.argmax(ends <= ends.min() + snap_mm))
            key = (float(ends[spot]), float(levels[spot]))
            if best is None or key < best[0]:
                shift = np.array([spot * COLUMN_MM, max(0.0, levels[spot])])
                found = Placed(item.name, lying + shift, half_turn, (float(shift[0]), float(shift[1])))
                best = key, spot, shift[1] + bottom, found
        if best is None:
            return None
        _, spot, below, found = best
        below = below[: len(sky) - spot]
        sky[spot : spot + len(below)] = np.maximum(sky[spot : spot + len(below)], below)
        placed.append(found)
    return max(float(each.outline[:, 1].max()) for each in placed), placed


def area(outline: Line) -> float:
    x, y = outline.T
    return abs(float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum())) / 2


def at_origin(outline: Line) -> Line:
    return outline - [outline[:, 0].min(), outline[:, 1].min()]


def lay(garment: Garment, width_mm: float, *, one_way: bool = False) -> Fabric:
    """The shorter of a folded and an open lay. Raises BadInput where a piece is wider than the fabric."""
    folded, opened, whole = [], [], 0.0
    for piece in garment.pieces:
        full = piece.unfolded().cutting
        whole += area(full) * piece.count
        opened += [Item(piece.name, at_origin(full * [1 if i % 2 == 0 else -1, 1])) for i in range(piece.count)]
        if piece.on_fold:
            folded += [Item(piece.name, piece.cutting, at_fold=True)] * piece.count
        else:
            folded += [Item(piece.name, at_origin(piece.cutting))] * math.ceil(piece.count / 2)
    best: tuple[float, str, list[Placed]] | None = None
    for name, items, width in (("folded", folded, width_mm / 2), ("open", opened, width_mm)):
        by_area = sorted(items, key=lambda item: -area(item.outline))
        by_height = sorted(items, key=lambda item: -float(np.ptp(item.outline[:, 1])))
        for order in (by_area, by_height):
            found = drop(order, width, turn=not one_way)
            if found is not None and (best is None or found[0] < best[0] - 1e-6):
                best = found[0], name, found[1]
    if best is None:
        widest = max(opened, key=lambda item: float(item.outline[:, 0].max()))
        raise BadInput(
            f"The {widest.name.lower()} is {widest.outline[:, 0].max():.0f} mm wide with its allowances, the fabric {width_mm:.0f} mm.",
            remedy="Choose a wider fabric, or more panels.",
            field="fabric_width_mm",
        )
    long, name, placed = best
    buy = math.ceil(long * SPARE / ROUND_MM) * ROUND_MM
    return Fabric(width_mm, long, buy, name, whole / (long * width_mm), tuple((each.name, each.outline) for each in placed))
