"""How `people.npz` was made: five measurements of the 6,068 people of ANSUR II.

    python -m apps.design.furniture.derive --data FOLDER

FOLDER holds MALE.csv.gz and FEMALE.csv.gz of the 2012 U.S. Army Anthropometric Survey (ANSUR II), approved for public release. The columns
are kept as the survey wrote them: millimetres, and kilograms times ten. No identifier, age, place or origin is kept.
"""

from __future__ import annotations

import argparse
import csv
import gzip
from pathlib import Path

import numpy as np

from apps.design.furniture.people import COLUMNS, FILE

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    folder: Path = parser.parse_args(arguments).data
    rows, men = [], []
    for name, is_man in (("FEMALE", 0), ("MALE", 1)):
        with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="latin-1") as file:
            for person in csv.DictReader(file):
                rows.append([int(person[column]) for column in COLUMNS.values()])
                men.append(is_man)
    # one block a column: neighbours of a kind compress better
    columns = {name: np.array([row[at] for row in rows], np.uint16) for at, name in enumerate(COLUMNS)}
    np.savez_compressed(FILE, allow_pickle=False, men=np.array(men, np.uint8), **columns)
    print(f"{FILE}: {len(rows)} people, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
