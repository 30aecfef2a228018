"""Random designs with what the checker says of them: what the generator is trained on, and what it is compared with.

    python -m apps.design.furniture.corpus --family chair --count 4000 --seed 1 --out FOLDER

Writes FOLDER/chair-1.npz; several seeds make one corpus. Uniform draws over the declared ranges of every style, material and option.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from apps.design.furniture.checker import LEAST_TILT_DEG, SWAY_SHARE, Report, check
from apps.design.furniture.checker import Demands as Demanded
from apps.design.furniture.family import FAMILY_KEYS, Choices, Design, Family, family
from apps.design.furniture.people import People, people
from apps.design.furniture.strength import REFERENCE_KG

__all__ = ["RATIOS", "SIZES", "Corpus", "draw", "load", "main", "ratios", "sizes"]

RATIOS = ("stress", "buckling", "sway", "stable_forwards", "stable_sideways", "stable_backwards", "tilt", "wall", "bed")
"""Demand over capacity: at most 1 where the check passes. The first three grow with the user's weight, and are given at REFERENCE_KG."""
SIZES = ("height", "depth", "width", "arm_height")
WORST = 20.0


@dataclass(frozen=True)
class Corpus:
    """choice (n,): number in `every_choice`; share (n, parameters) 0-1; mass_kg (n,); ratios (n, 9); sizes (n, 4) mm, NaN without arms."""

    choice: np.ndarray
    share: np.ndarray
    mass_kg: np.ndarray
    ratios: np.ndarray
    sizes: np.ndarray
    sound: np.ndarray
    """(n,) bool: one closed body."""

    def __len__(self) -> int:
        return len(self.choice)

    def rows(self, chosen: np.ndarray) -> Corpus:
        return Corpus(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    def largest_load_kg(self) -> np.ndarray:
        """(n,): the heaviest user each design stands; 0 where another check than strength fails."""
        others = (self.ratios[:, 3:] <= 1).all(1) & self.sound
        return np.where(others, REFERENCE_KG / np.maximum(self.ratios[:, :3].max(1), 1e-3), 0.0)


def ratios(report: Report, load_kg: float = REFERENCE_KG) -> np.ndarray:
    """(9,) of RATIOS, strength at REFERENCE_KG; WORST where a check could not be made."""
    out = np.full(len(RATIOS), WORST)
    scale = REFERENCE_KG / load_kg
    for at, key in enumerate(RATIOS):
        if key == "stable_backwards" and (report.measured is None or report.measured.back is None):
            out[at] = 0.1
        elif loaded := (report.strength if at < 3 else None):
            top = report.measured.seat_top if report.measured else 450.0
            out[at] = scale * (loaded.utilisation, loaded.buckling, loaded.sway_mm / (top * SWAY_SHARE))[at]
        elif at > 2 and any(one.key == key for one in report.checks):
            value, bound = report[key].value, LEAST_TILT_DEG if key == "tilt" else report[key].bound
            out[at] = value / bound if key == "bed" else bound / max(value, bound / WORST)
    return np.clip(out, 0.01, WORST)


def sizes(report: Report) -> np.ndarray:
    """(4,) of SIZES."""
    if report.measured is None:
        return np.full(4, np.nan)
    seat = report.measured.seat
    return np.array([seat.height, seat.depth, seat.width, np.nan if seat.arm_height is None else seat.arm_height])


def demanded(kind: Family, choices: Choices, who: People | None = None, **more: float) -> Demanded:
    """Demands of nothing but strength and balance, unless more is given."""
    load = more.pop("load_kg", REFERENCE_KG)
    footrest = not kind.backrest and choices.option != "table"
    return Demanded(load, who or people(), more.pop("fit_share", 0.0), more.pop("mass_kg", None), None, kind.backrest, footrest)


def random_design(kind: Family, rng: np.random.Generator, choices: Choices | None = None) -> Design:
    """Uniform over the declared ranges; over every style, material and option where no choices are given."""
    every = kind.every_choice()
    chosen = choices or every[int(rng.integers(len(every)))]
    return kind.design(chosen, kind.values(chosen, rng.random(len(kind.parameters))))


def draw(kind: Family, count: int, seed: int) -> Corpus:
    every = {choices: at for at, choices in enumerate(kind.every_choice())}
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        design = random_design(kind, rng)
        solid = design.solid()
        report = check(solid, demanded(kind, design.choices))
        share = np.clip(kind.shares(design.choices, np.array(design.values)), 0, 1)
        sound = all(report[key].passed for key in ("finite", "volume", "one_body"))
        rows.append((every[design.choices], share, report.mass_kg, ratios(report), sizes(report), sound))
    return Corpus(*(np.array(column) for column in zip(*rows, strict=True)))


def load(folder: Path, key: str) -> Corpus:
    """All of a family's files. Raises FileNotFoundError."""
    files = sorted(folder.glob(f"{key}-*.npz"))
    if not files:
        raise FileNotFoundError(f"No {key}-*.npz in {folder}: python -m apps.design.furniture.corpus --family {key} --out {folder}")
    parts = []
    for path in files:
        with np.load(path, allow_pickle=False) as file:
            parts.append([file[name] for name in Corpus.__dataclass_fields__])
    return Corpus(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", choices=FAMILY_KEYS, required=True)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1, help="files of other seeds in FOLDER belong to the same corpus")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    corpus = draw(family(options.family), options.count, options.seed)
    np.savez_compressed(
        options.out / f"{options.family}-{options.seed}.npz", **{name: getattr(corpus, name) for name in Corpus.__dataclass_fields__}
    )
    stands = corpus.largest_load_kg()
    standing, mass = np.mean(stands >= REFERENCE_KG), np.median(corpus.mass_kg)
    print(f"{len(corpus)} {options.family}s: {standing:.1%} stand {REFERENCE_KG:.0f} kg, median {mass:.1f} kg")


if __name__ == "__main__":
    main()
