"""What furniture is made of and by which process: densities, moduli, design strengths, prices, beds, least walls.

Design strength of timber: the characteristic bending strength of its class in EN 338:2016 x 0.9 (kmod, short load) / 1.3. Plywood: bending
strength of 12 to 24 mm birch plywood, Handbook of Finnish Plywood, with 0.9 / 1.2. Steel S235 (EN 10219): yield / 1.1. Aluminium 6060-T66:
the strength beside a weld, EN 1999-1-1, / 1.1. Printed plastics: data sheets' strength between layers / 2.5, an estimate. Prices: estimates
of what a European workshop paid in 2025, in EUR; replace them by your own.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MATERIALS", "PROCESSES", "Material", "Process"]


@dataclass(frozen=True)
class Material:
    """density kg/m3, modulus and strength MPa (N/mm2), price EUR/kg; colour: linear RGB 0-1 of its picture."""

    key: str
    title: str
    process: str
    density: float
    modulus: float
    strength: float
    price: float
    waste: float
    """Share of what is bought that does not end up in the part."""
    colour: tuple[float, float, float]
    metallic: float = 0.0
    roughness: float = 0.6
    sheet: str | None = None
    """What seat and back are made of where the frame is tube."""

    def __post_init__(self) -> None:
        if min(self.density, self.modulus, self.strength, self.price) <= 0:
            raise ValueError(f"{self.key}: a material's constants are above zero")


@dataclass(frozen=True)
class Process:
    """bed_mm: what fits on the machine; whole: the piece is made in one, not part by part."""

    key: str
    title: str
    bed_mm: tuple[float, float, float]
    least_wall_mm: float
    whole: bool
    hourly: float
    """EUR an hour of machine and operator."""
    minutes_a_part: float
    minutes_a_kg: float = 0.0


def _by_key(items: list) -> dict:
    return {item.key: item for item in items}


MATERIALS: dict[str, Material] = _by_key(
    [
        Material("beech", "beech, D40", "cnc-wood", 710, 13_000, 27.7, 2.2, 0.35, (0.62, 0.40, 0.22)),
        Material("oak", "oak, D30", "cnc-wood", 690, 11_000, 20.8, 4.2, 0.40, (0.47, 0.30, 0.14)),
        Material("pine", "pine, C24", "cnc-wood", 470, 11_000, 16.6, 1.5, 0.30, (0.76, 0.54, 0.28)),
        Material("birch-plywood", "birch plywood", "cnc-wood", 680, 9_500, 29.0, 2.4, 0.30, (0.80, 0.64, 0.42)),
        Material(
            "steel", "steel tube, S235", "welded-tube", 7850, 210_000, 213.0, 2.6, 0.08, (0.035, 0.038, 0.042), 0.25, 0.45, "birch-plywood"
        ),
        Material(
            "aluminium",
            "aluminium tube, 6060-T66",
            "welded-tube",
            2700,
            70_000,
            59.0,
            8.5,
            0.08,
            (0.56, 0.57, 0.58),
            0.9,
            0.38,
            "birch-plywood",
        ),
        Material("pla", "PLA, printed solid", "fdm-print", 1240, 2_600, 14.0, 16.0, 0.05, (0.60, 0.15, 0.10), 0.0, 0.5),
        Material("petg", "PETG, printed solid", "fdm-print", 1270, 1_900, 12.0, 18.0, 0.05, (0.09, 0.24, 0.33), 0.0, 0.4),
    ]
)
PROCESSES: dict[str, Process] = _by_key(
    [
        Process("cnc-wood", "routed and turned timber, glued joints", (2440, 1220, 200), 8.0, False, 48.0, 9.0),
        Process("welded-tube", "tube, cut, coped and welded; seat and back screwed on", (6000, 600, 600), 1.0, False, 45.0, 11.0),
        Process("fdm-print", "printed in one piece, solid, on a machine of a cubic metre", (1005, 1005, 1005), 2.4, True, 4.5, 0.0, 170.0),
    ]
)
"""Beds: a full sheet (2440 x 1220), a 6 m bar, BigRep ONE's build volume."""
