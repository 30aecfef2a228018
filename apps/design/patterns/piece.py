"""What a pattern is made of: pieces with labelled edges, grain, notches and allowances; seams that say which edges meet.

A piece is walked clockwise on screen (x right, y down, mm), its edges end to start. A piece cut on the fold is drawn as one half whose
"fold" edge lies on x = 0; `unfolded` is the whole of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from apps.design.patterns.curves import Line, at, joined, length, tangent_at
from apps.design.patterns.offset import cutting_line

__all__ = ["Edge", "Fabric", "Garment", "Notch", "Piece", "Seam", "SeamEdge"]


@dataclass(frozen=True)
class Edge:
    """One side of a piece: its sewing line, the allowance outside it in mm, and what happens there."""

    name: str
    line: Line
    allowance_mm: float
    kind: str = "seam"  # "seam", "hem" or "fold"

    @cached_property
    def length_mm(self) -> float:
        return length(self.line)


@dataclass(frozen=True)
class Notch:
    """A mark on an edge, `at_mm` along it; a double notch means the back. The same label on two sewn edges means: these two meet."""

    edge: str
    at_mm: float
    label: str
    double: bool = False


@dataclass(frozen=True)
class Piece:
    """One pattern piece; `count`: how often it is cut, `grain`: (2, 2) from its tail to its head, `inner`: {name: a line drawn inside}."""

    name: str
    edges: tuple[Edge, ...]
    grain: Line
    count: int = 1
    material: str = "main fabric"
    notches: tuple[Notch, ...] = ()
    inner: tuple[tuple[str, Line], ...] = ()

    def edge(self, name: str) -> Edge:
        return next(edge for edge in self.edges if edge.name == name)

    @property
    def on_fold(self) -> bool:
        return any(edge.kind == "fold" for edge in self.edges)

    @property
    def mirrored_pair(self) -> bool:
        """Whether the second of two is the first's mirror image (fabric face to face)."""
        return self.count % 2 == 0

    @property
    def cut(self) -> str:
        """How it is cut, in words: "cut 1 on fold"."""
        return f"cut {self.count} on fold" if self.on_fold else f"cut {self.count}" + (" (1 pair)" if self.count == 2 else "")

    @cached_property
    def sewing(self) -> Line:
        """(n, 2): the sewing line all round (the fold included), closed without a repeated point."""
        return joined(*(edge.line for edge in self.edges))[:-1]

    @cached_property
    def cutting(self) -> Line:
        """(n, 2): the cutting line all round, closed without a repeated point."""
        return cutting_line([(edge.line, edge.allowance_mm, edge.kind) for edge in self.edges])

    def notch_lines(self) -> list[tuple[Notch, Line]]:
        """[(notch, (2, 2) from the cutting line inwards to the sewing line, at least 6 mm)]; a double notch gives two, 8 mm apart."""
        found = []
        for notch in self.notches:
            edge = self.edge(notch.edge)
            for shift in (-4.0, 4.0) if notch.double else (0.0,):
                where = min(max(notch.at_mm + shift, 0.0), edge.length_mm)
                along = tangent_at(edge.line, where)
                point = at(edge.line, where)
                outwards = np.array([along[1], -along[0]])
                outer = point + edge.allowance_mm * outwards
                found.append((notch, np.stack([outer, outer - max(edge.allowance_mm, 6.0) * outwards])))
        return found

    def unfolded(self) -> Piece:
        """The whole piece of one drawn on the fold: its edges, then the same edges mirrored with " (left)" to their names."""
        if not self.on_fold:
            return self
        fold = next(i for i, edge in enumerate(self.edges) if edge.kind == "fold")
        half = (*self.edges[fold + 1 :], *self.edges[:fold])
        flip = np.array([-1.0, 1.0])
        other = tuple(replace(edge, name=f"{edge.name} (left)", line=(edge.line * flip)[::-1]) for edge in reversed(half))
        marks = tuple(replace(n, edge=f"{n.edge} (left)", at_mm=self.edge(n.edge).length_mm - n.at_mm) for n in self.notches)
        inner = tuple((name, np.vstack([(line * flip)[::-1], line]) if line[0, 0] == 0 else line) for name, line in self.inner)
        return replace(self, edges=merged((*half, *other)), notches=self.notches + marks, inner=inner)


def merged(edges: tuple[Edge, ...]) -> tuple[Edge, ...]:
    """Without empty edges."""
    return tuple(edge for edge in edges if len(edge.line) > 1)


@dataclass(frozen=True)
class SeamEdge:
    """An edge as it is sewn: `backwards` where the seam runs against the piece's outline."""

    piece: str
    edge: str
    backwards: bool = False


@dataclass(frozen=True)
class Seam:
    """Edges sewn together, from the same start: length(other) = ratio * length(one) + ease_mm."""

    name: str
    one: tuple[SeamEdge, ...]
    other: tuple[SeamEdge, ...]
    ease_mm: float = 0.0
    ratio: float = 1.0


@dataclass(frozen=True)
class Fabric:
    """The estimate of a simple lay: `lay` "folded" or "open", where each piece lies, and the length to buy."""

    width_mm: float
    length_mm: float
    buy_mm: float
    lay: str
    used: float  # share of the cloth inside the cutting lines
    placed: tuple[tuple[str, Line], ...] = ()


@dataclass(frozen=True)
class Garment:
    """A drafted pattern. `checks`: what apps.design.patterns.checks found; `notes`: what the person should read before cutting."""

    kind: str
    title: str
    size: str
    pieces: tuple[Piece, ...]
    seams: tuple[Seam, ...]
    measured_mm: dict[str, float]
    figures: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    checks: tuple = ()
    fabric: Fabric | None = None

    def piece(self, name: str) -> Piece:
        return next(piece for piece in self.pieces if piece.name == name)
