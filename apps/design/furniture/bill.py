"""What it is made of, what it weighs and what it costs: a bill of materials with cut sizes.

Costs are estimates: material by weight with the process' waste, machine and operator by the hour; no finish, glue, packing or profit.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np

from apps.design.furniture.materials import MATERIALS, PROCESSES
from apps.design.furniture.solid import Solid, centre_and_volume, loft

__all__ = ["Bill", "Line", "bill"]


@dataclass(frozen=True)
class Line:
    """`count` equal pieces, cut_mm: length, width, thickness of one; mass_kg of all."""

    name: str
    count: int
    material: str
    cut_mm: tuple[float, float, float]
    wall_mm: float
    mass_kg: float
    cost: float


@dataclass(frozen=True)
class Bill:
    """mass_kg: of the solid, less than the lines' sum by what the joints overlap. Costs in EUR."""

    lines: tuple[Line, ...]
    mass_kg: float
    material_cost: float
    work_cost: float
    hours: float

    @property
    def cost(self) -> float:
        return self.material_cost + self.work_cost

    def csv(self) -> str:
        """One row a line, a total below."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["part", "count", "material", "length_mm", "width_mm", "thickness_mm", "wall_mm", "mass_kg", "material_eur"])
        for line in self.lines:
            sizes = [f"{edge:.1f}" for edge in line.cut_mm]
            writer.writerow(
                [
                    line.name,
                    line.count,
                    line.material,
                    *sizes,
                    f"{line.wall_mm:.1f}" if line.wall_mm else "",
                    f"{line.mass_kg:.3f}",
                    f"{line.cost:.2f}",
                ]
            )
        writer.writerow(
            ["total", sum(line.count for line in self.lines), "", "", "", "", "", f"{self.mass_kg:.3f}", f"{self.material_cost:.2f}"]
        )
        writer.writerow(["work, estimate", "", "", "", "", "", "", "", f"{self.work_cost:.2f}"])
        return out.getvalue()


def _plain(name: str) -> str:
    """A part's name without its side or number."""
    words = [word for word in name.split() if word not in ("left", "right") and not word.isdigit()]
    return " ".join(words)


def bill(solid: Solid) -> Bill:
    """Equal pieces make one line; a piece's mass is that of its own shape, tenons included."""
    groups: dict[tuple, list] = {}
    for part in solid.parts:
        volume = centre_and_volume(loft(part.rings))[1] - (centre_and_volume(loft(part.bore))[1] if part.bore is not None else 0.0)
        key = (_plain(part.name), part.material, tuple(np.round(part.cut_mm).tolist()), part.wall_mm)
        groups.setdefault(key, []).append((part, volume))
    lines = []
    for (name, material, _, wall), members in groups.items():
        about = MATERIALS[material]
        mass = sum(volume for _, volume in members) * about.density * 1e-9
        cut = tuple(round(float(edge), 1) for edge in members[0][0].cut_mm)
        lines.append(Line(name, len(members), about.title, (cut[0], cut[1], cut[2]), wall, mass, mass * about.price / (1 - about.waste)))
    process = PROCESSES[MATERIALS[next(iter(solid.volumes))].process]
    hours = (len(solid.parts) * process.minutes_a_part + solid.mass_kg * process.minutes_a_kg) / 60
    return Bill(tuple(lines), solid.mass_kg, sum(line.cost for line in lines), hours * process.hourly, hours)
