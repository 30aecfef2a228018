"""The figures of the sewing patterns, recomputed: seams that match, time, true scale on paper, real bodies.

    python -m apps.design.patterns.benchmark [--bodies 500] [--ansur FOLDER] [--out FILE]

--bodies: how many random plausible bodies, each drafted as both garments. --ansur: FEMALE.csv.gz and MALE.csv.gz of ANSUR II, for the share
of real people the drafts take. The test square is read back from the PDF with pypdfium2. Exits with 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import numpy as np

from apps.design.patterns.checks import worst_mismatch_mm
from apps.design.patterns.drafting import KINDS, draft, exports
from apps.design.patterns.measurements import Body, complete
from apps.design.patterns.piece import Garment
from shared.errors import BadInput

__all__ = ["main", "random_bodies", "square_error_mm"]

SEED = 20
# how far a measurement strays from the size table's, one standard deviation as a share of it
SPREAD = {"waist_girth": 0.08, "hip_girth": 0.05, "neck_girth": 0.05, "shoulder_length": 0.06, "across_back": 0.05, "scye_depth": 0.05}
SPREAD |= {"back_waist_length": 0.05, "waist_to_hip": 0.08, "upper_arm_girth": 0.08, "arm_length": 0.05, "wrist_girth": 0.06}
ANSUR = {
    "chest_girth": "chestcircumference",
    "waist_girth": "waistcircumference",
    "hip_girth": "buttockcircumference",
    "neck_girth": "neckcircumferencebase",
    "shoulder_length": "shoulderlength",
    "across_back": "interscyei",
    "back_waist_length": "waistbacklength",
    "upper_arm_girth": "bicepscircumferenceflexed",
    "wrist_girth": "wristcircumference",
}


class Row(NamedTuple):
    """One line of the table; `target` as a person reads it, and whether it is met."""

    figure: str
    value: str
    target: str
    met: bool = True


def random_bodies(count: int, seed: int = SEED) -> Iterator[tuple[Body, dict[str, object]]]:
    """Plausible bodies of both tables, each with options for a T-shirt."""
    rng = np.random.default_rng(seed)
    while count:
        table = ("women", "men")[int(rng.integers(2))]
        chest = float(rng.uniform(760, 1320))
        base = complete({"chest_girth": chest}, table=table, needs=("chest_girth",))
        values = {name: base[name] * (1 + spread * float(np.clip(rng.standard_normal(), -2, 2))) for name, spread in SPREAD.items()}
        options = {"fit": str(rng.choice(["close", "regular", "loose"])), "sleeve": str(rng.choice(["short", "elbow", "long"]))}
        try:
            body = complete({"chest_girth": chest, **values}, table=table)
        except BadInput:
            continue  # a draw that contradicts itself is no body
        yield body, {**options, "neckline": str(rng.choice(["crew", "scoop"])), "cap_ease_mm": float(rng.choice([0, 8]))}
        count -= 1


def square_error_mm(pdf: bytes) -> float:
    """How far the sides of the two test squares on the first page are from 50 and 50.8 mm, read with pypdfium2; the worst."""
    import ctypes

    pypdfium2 = import_module("pypdfium2")

    document = pypdfium2.PdfDocument(pdf)
    raw, sides = pypdfium2.raw, []
    for each in document[0].get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=1):
        points = []
        for i in range(raw.FPDFPath_CountSegments(each.raw)):
            x, y = ctypes.c_float(), ctypes.c_float()
            raw.FPDFPathSegment_GetPoint(raw.FPDFPath_GetPathSegment(each.raw, i), x, y)
            points.append((x.value, y.value))
        sides.append(tuple(float(side) for side in np.ptp(points, axis=0) * 25.4 / 72))
    if len(sides) != 2:
        raise ValueError(f"{len(sides)} squares on the first page, not 2")
    return max(abs(side - want) for square, want in zip(sorted(sides), (50.0, 50.8), strict=True) for side in square)


def ansur(folder: Path) -> Iterator[Body]:
    """The people of ANSUR II by what it measured; scye depth and arm length stay the size table's."""
    for name, table in (("FEMALE", "women"), ("MALE", "men")):
        with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="latin-1") as file:
            for line in csv.DictReader(file):
                values = {ours: float(line[theirs]) for ours, theirs in ANSUR.items()}
                values["waist_to_hip"] = float(line["waistheightomphalion"]) - float(line["buttockheight"])
                yield complete(values, table=table, needs=("chest_girth",))


def drafted(bodies: Sequence[tuple[Body, dict[str, object]]]) -> tuple[list[Garment], list[float], list[float], int]:
    """(garments, wall and CPU seconds of each, how many were refused)."""
    garments, wall, cpu, refused = [], [], [], 0
    for body, options in bodies:
        for kind in KINDS:
            started = time.perf_counter(), time.process_time()
            try:
                garments.append(draft(kind, body, options if kind == "tshirt" else None))
            except BadInput as error:
                refused += 1
                print(f"refused: {error}", file=sys.stderr)
                continue
            wall.append(time.perf_counter() - started[0])
            cpu.append(time.process_time() - started[1])
    return garments, wall, cpu, refused


def rows(arguments: argparse.Namespace) -> list[Row]:
    draft("tshirt", {}, size="38")  # the first call imports shapely
    garments, wall, cpu, refused = drafted(list(random_bodies(arguments.bodies)))
    worst, where = max(worst_mismatch_mm(each) for each in garments)
    failed = sum(not check.passed for each in garments for check in each.checks)
    squares = [square_error_mm(exports(draft("tshirt", {}, size="38"), paper)[f"t-shirt-{paper}.pdf"]) for paper in ("A4", "Letter")]
    median = float(np.median(cpu))
    found = [
        Row(f"worst seam mismatch of {len(garments)} garments ({where})", f"{worst:.4f} mm", "<= 0.1 mm", worst <= 0.1),
        Row("checks failed", str(failed), "0", failed == 0),
        Row(f"bodies refused of {2 * arguments.bodies} drafts", str(refused), ""),
        Row("a garment, checked and laid: median CPU, worst CPU", f"{median:.4f}, {max(cpu):.4f} s", "<= 0.1 s", max(cpu) <= 0.1),
        Row("the same on the wall, beside whatever else ran: median", f"{np.median(wall):.4f} s", ""),
        Row("test squares, A4", f"{squares[0]:.4f} mm", "<= 0.2 mm", squares[0] <= 0.2),
        Row("test squares, Letter", f"{squares[1]:.4f} mm", "<= 0.2 mm", squares[1] <= 0.2),
    ]
    if arguments.ansur:
        everybody: list[tuple[Body, dict[str, object]]] = [(body, {}) for body in ansur(arguments.ansur)]
        people = everybody[:: arguments.every]
        real, _, _, none = drafted(people)
        passed = sum(all(check.passed for check in each.checks) for each in real)
        found.append(Row(f"ANSUR II: {len(people)} people x 2 garments drafted and passed", f"{passed} of {len(real) + none}", ""))
    return found


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--bodies", type=int, default=500)
    parser.add_argument("--ansur", type=Path)
    parser.add_argument("--every", type=int, default=10, help="of ANSUR's people, every how many-th")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args(argv)
    found = rows(arguments)
    lines = ["| figure | measured | target |", "| --- | --- | --- |"]
    lines += [f"| {row.figure} | {row.value}{'' if row.met else ' **missed**'} | {row.target} |" for row in found]
    text = "\n".join(lines) + "\n"
    print(text, end="")
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")
    return int(not all(row.met for row in found))


if __name__ == "__main__":
    sys.exit(main())
