"""The cutting line: every edge moved outwards by its own seam allowance, and the corners between them.

A seam's corner is mitred, or cut off where the mitre would be a long spike; at a hem the side is mirrored in the hem line, so that the
turned-up hem lies on the side seam; on a fold nothing is added.
"""

from __future__ import annotations

import math

import numpy as np

from apps.design.patterns.curves import Line, at, length

__all__ = ["cutting_line", "offset"]

FOLD_MM = 60.0
SPIKE = 2.0  # a mitre may reach this many times the wider allowance from the corner


def offset(line: Line, distance_mm: float) -> Line:
    """`line` moved to its left as walked clockwise on screen (outwards), loops of tight hollows removed."""
    if distance_mm == 0:
        return line
    steps = np.diff(line, axis=0)
    steps = steps / np.hypot(steps[:, 0], steps[:, 1])[:, None]
    normals = np.stack([steps[:, 1], -steps[:, 0]], axis=1)
    mean = np.vstack([normals[:1], normals[:-1] + normals[1:], normals[-1:]])
    mean[1:-1] *= 2 / (mean[1:-1] ** 2).sum(axis=1)[:, None]
    moved: Line = line + distance_mm * mean
    backwards = (np.diff(moved, axis=0) * steps).sum(axis=1) <= 0
    return unlooped(moved, backwards) if backwards.any() else moved


def unlooped(line: Line, backwards: np.ndarray) -> Line:
    """Without the loop an offset makes where its radius is wider than the hollow's: cut where the line crosses itself."""
    first, last = int(np.argmax(backwards)), len(backwards) - 1 - int(np.argmax(backwards[::-1]))
    for i in range(first, -1, -1):
        for j in range(last, len(line) - 1):
            if i + 1 >= j:
                continue
            hit = crossing(line[i], line[i + 1] - line[i], line[j], line[j + 1] - line[j])
            if hit is not None and 0 <= hit[0] <= 1 and 0 <= hit[1] <= 1:
                return np.vstack([line[: i + 1], [line[i] + hit[0] * (line[i + 1] - line[i])], line[j + 1 :]])
    # no crossing: the hollow reaches an end of the line, and what runs backwards is left out
    return np.vstack([line[:1], line[1:-1][~(backwards[:-1] | backwards[1:])], line[-1:]])


def crossing(p: Line, u: Line, q: Line, v: Line) -> tuple[float, float] | None:
    """(s, t) with p + s u = q + t v; None where they are parallel."""
    cross = float(u[0] * v[1] - u[1] * v[0])
    if abs(cross) < 1e-9 * math.hypot(*u) * math.hypot(*v):
        return None
    gap = q - p
    return float(gap[0] * v[1] - gap[1] * v[0]) / cross, float(gap[0] * u[1] - gap[1] * u[0]) / cross


def cutting_line(edges: list[tuple[Line, float, str]]) -> Line:
    """(n, 2) closed without a repeated point, from [(sewing line, allowance mm, "seam" | "hem" | "fold")] clockwise on screen."""
    moved = [offset(line, width) for line, width, _ in edges]
    parts: list[Line] = []
    for i, (line, width, kind) in enumerate(edges):
        parts.append(moved[i][1:-1])
        j = (i + 1) % len(edges)
        after, next_width, next_kind = edges[j]
        one = (line, moved[i], width, kind)
        other = (after[::-1], moved[j][::-1], next_width, next_kind)
        parts.append(corner(one, other))
    outline = np.vstack(parts)
    keep = np.hypot(*(outline - np.roll(outline, 1, axis=0)).T) > 1e-6
    return outline[keep]


def direction(line: Line) -> Line:
    """The unit vector in which a line ends."""
    step = line[-1] - line[-2]
    return step / math.hypot(*step)


def corner(one: tuple[Line, Line, float, str], other: tuple[Line, Line, float, str]) -> Line:
    """(1..3, 2): between two edges that both run towards the corner: (sewing line, its offset, allowance, kind)."""
    (line, moved, width, kind), (after, next_moved, next_width, next_kind) = one, other
    u, v, start, end = direction(line), direction(after), moved[-1], next_moved[-1]
    hit = crossing(start, u, end, v)
    if hit is None:
        return np.vstack([start, end])
    if "hem" in (kind, next_kind) and kind != next_kind and "fold" not in (kind, next_kind):
        if kind == "hem":
            return turned_up(after, end, line, start)[::-1]
        return turned_up(line, start, after, end)
    point = start + hit[0] * u
    reach = max(width, next_width)
    if math.hypot(*(point - line[-1])) > SPIKE * reach > 0:
        return np.vstack([start + min(hit[0], reach) * u, end + min(hit[1], reach) * v])
    return point[None, :]


def turned_up(seam: Line, seam_end: Line, hem: Line, hem_end: Line) -> Line:
    """(2, 2): where the seam's cutting line meets the hem line, and its mirror image on the hem's cutting line.

    The fold is straight over the last FOLD_MM: a hem that is squared to a tapering seam at its very end folds along the line before that.
    """
    u = direction(seam)
    inner = at(hem, max(length(hem) - FOLD_MM, 0.0))
    v = (hem[-1] - inner) / math.hypot(*(hem[-1] - inner))
    hit = crossing(seam_end, u, hem[-1], v)
    assert hit is not None
    on_hem = seam_end + hit[0] * u
    mirrored = u - 2 * float(u @ v) * v  # the seam walked back, mirrored in the hem line
    below = crossing(on_hem, mirrored, hem_end, v)
    assert below is not None
    return np.vstack([on_hem, on_hem + below[0] * mirrored])
