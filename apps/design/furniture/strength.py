"""Whether members carry their loads: stress, buckling and sway of the whole piece as a frame.

The load cases are our estimate, of the size that EN 1728 describes for EN 12520 (domestic seating, adults to 110 kg), and grow with the
declared weight of the user. They are static; nothing here stands for the thousands of cycles or the impacts of a test house.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apps.design.furniture.frame import properties, solve
from apps.design.furniture.idealise import Ideal, idealise
from apps.design.furniture.materials import MATERIALS
from apps.design.furniture.shapes import Part

__all__ = ["CASES", "REFERENCE_KG", "Strength", "strength"]

REFERENCE_KG = 110.0
CASES = {
    "seat": "1300 N down on the seat",
    "front edge": "1300 N down, 80 mm behind the front edge",
    "back": "1300 N on the seat, 450 N backwards on the back",
    "sideways": "1000 N on the seat, 300 N sideways at its height",
    "forwards": "1000 N on the seat, 400 N forwards at its height",
    "arm or footrest": "700 N down on an arm, 200 N outwards on both; or 1000 N down on the footrest",
}
"""At a user of 110 kg."""
FLOOR_N_MM = (30.0, 30.0, 1e5)
"""What a foot meets: friction lets it creep sideways, nothing lets it sink."""
EFFECTIVE_LENGTH = 1.5
"""Of a leg that is stiffly joined above and stands below: between 1 (both ends held in place) and 2 (free to sway)."""


@dataclass(frozen=True)
class Strength:
    """utilisation: stress over strength; buckling: load over a third of Euler's; sway_mm: of the seat; each the worst, and which member."""

    utilisation: float
    member: str
    case: str
    buckling: float
    sway_mm: float
    stresses: dict[str, float]
    """Largest stress of each member, MPa."""


def _loads(parts: Sequence[Part], ideal: Ideal, footrest: bool) -> np.ndarray:
    """(nodes, 3, cases) N at REFERENCE_KG."""
    nodes = ideal.beams.nodes
    loads = np.zeros((len(nodes), 3, len(CASES)))
    pads = ideal.pad if len(ideal.pad) else np.array([ideal.centre])
    for case, force in enumerate((1300, 0, 1300, 1000, 1000, 0)):
        loads[pads, 2, case] = -force / len(pads)
    plate = next(part for part in parts if part.role == "seat")
    corners = plate.rings.reshape(-1, 3)
    rim = ideal.rim if len(ideal.rim) else pads
    spot = np.array([1.0, plate.axis[0, 0], corners[:, 1].min() + 80])
    carried = np.column_stack([np.ones(len(rim)), nodes[rim, :2]])
    loads[rim, 2, 1] = -1300 * (np.linalg.pinv(carried.T) @ spot)
    loads[ideal.centre, 0, 3] = 300
    loads[ideal.centre, 1, 4] = -400
    backs = [node for k, those in ideal.by_part.items() if parts[k].role == "back" for node in those]
    if backs:
        top = max(float(part.rings[..., 2].max()) for part in parts if part.role == "back")
        height = min(corners[:, 2].max() + 300, top - 100)
        node = min(backs, key=lambda n: abs(nodes[n, 2] - height) + 0.5 * abs(nodes[n, 0]))
        loads[node, 1, 2] = 450
    arms = [those for k, those in ideal.by_part.items() if parts[k].role == "arm"]
    for those in arms:
        middle = those[len(those) // 2]
        loads[middle, 0, 5] = 200 * np.sign(nodes[middle, 0])
    if arms:
        loads[arms[0][len(arms[0]) // 2], 2, 5] = -700
    if footrest:
        rests = [those for k, those in ideal.by_part.items() if parts[k].role == "stretcher"]
        chosen = min(rests, key=lambda those: nodes[those, 1].mean())
        loads[chosen[len(chosen) // 2], 2, 5] = -1000
    return loads


def strength(parts: Sequence[Part], load_kg: float, *, footrest: bool = False) -> Strength:
    """parts: the declared members. Raises numpy.linalg.LinAlgError where a member is joined to nothing."""
    ideal = idealise(parts)
    beams = ideal.beams
    springs = np.zeros((len(beams.nodes), 3))
    springs[ideal.feet] = FLOOR_N_MM
    solved = solve(beams, springs, _loads(parts, ideal, footrest) * (load_kg / REFERENCE_KG))
    if not np.isfinite(solved.moved).all():
        raise np.linalg.LinAlgError("the frame moves without resistance")
    judged = np.flatnonzero(beams.owner >= 0)
    strengths = np.array([MATERIALS[parts[k].material].strength for k in beams.owner[judged]])
    used = solved.stress[judged] / strengths[:, None]
    element, case = np.unravel_index(int(used.argmax()), used.shape)
    stresses: dict[str, float] = {}
    for row, k in enumerate(beams.owner[judged]):
        name = parts[k].name
        stresses[name] = max(stresses.get(name, 0.0), float(solved.stress[judged[row]].max()))
    buckling = 0.0
    for k, part in enumerate(parts):
        if part.role != "leg":
            continue
        own = np.flatnonzero(beams.owner == k)
        pressed = float(max(-solved.axial[own].min(), solved.axial[own].max(), 0.0))
        _, across, upright = properties(part.sizes.mean(0), np.array(part.is_round), np.array(part.wall_mm))
        euler = np.pi**2 * MATERIALS[part.material].modulus * min(across, upright) / (EFFECTIVE_LENGTH * solved.length[own].sum()) ** 2
        buckling = max(buckling, pressed * 3 / float(euler))
    feet = solved.moved[ideal.feet, :3].mean(0)
    sway = np.linalg.norm((solved.moved[ideal.centre, :2] - feet[:2])[:, 3:5], axis=0).max()
    return Strength(
        float(used[element, case]), parts[beams.owner[judged[element]]].name, list(CASES)[case], buckling, float(sway), stresses
    )
