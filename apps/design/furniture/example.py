"""The broken mesh among the studio's examples: a stool as a modelling program leaves it, its parts pushed into each other, two faces gone.

python -m apps.design.furniture.example
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import trimesh

from apps.design.furniture.corpus import random_design
from apps.design.furniture.family import Choices, family
from apps.design.furniture.solid import as_trimesh, loft

__all__ = ["broken_stool", "main"]

SEED = 11
LOST = 2


def broken_stool() -> trimesh.Trimesh:
    """Parts that overlap without being one body, `LOST` faces of the seat missing; mm."""
    kind = family("stool")
    choices = Choices(kind.styles[0].key, "birch-plywood", next(iter(kind.options)))
    design = random_design(kind, np.random.default_rng(SEED), choices)
    parts = [as_trimesh(loft(part.rings)) for part in design.parts()]
    parts[0].update_faces(np.arange(len(parts[0].faces)) >= LOST)
    whole: Any = trimesh.util.concatenate(parts)
    return whole


def main() -> None:
    mesh = broken_stool()
    target = Path(__file__).parents[1] / "examples" / "broken_stool.stl"
    target.write_bytes(bytes(mesh.export(file_type="stl")))  # type: ignore[arg-type]
    print(f"{target.name}: {len(mesh.faces)} faces")


if __name__ == "__main__":
    main()
