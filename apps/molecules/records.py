"""One molecule as its source gives it: a string or a block still to be read, its name, and what else is said of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["MAX_NAME", "Record", "is_smiles_column", "kept_tags", "name_column", "one_line", "printable", "smiles_column"]

MAX_NAME = 200
MAX_TAGS = 100
MAX_TAG_NAME = 80
MAX_TAG_VALUE = 1000

SMILES_COLUMNS = ("smiles", "canonical_smiles", "isomeric_smiles", "canonicalsmiles", "isomericsmiles", "structure", "smi", "cxsmiles")
NAME_COLUMNS = (
    "name",
    "title",
    "compound_name",
    "molecule_name",
    "compound",
    "molecule",
    "compound_id",
    "molecule_id",
    "mol_id",
    "id",
    "chembl_id",
    "molecule_chembl_id",
    "zinc_id",
    "drugbank_id",
    "catalog_id",
    "cid",
    "cas",
)
"""The names that suppliers and databases give these columns, the most telling first; compared as `_plain` writes them."""


@dataclass(frozen=True)
class Record:
    """Either `smiles` or `block` (a molfile) is to be read; a `reason` says that neither can be."""

    name: str = ""
    smiles: str = ""
    block: str = ""
    reason: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def printable(line: str) -> str:
    """What cannot be printed, as a space."""
    return "".join(c if c.isprintable() else " " for c in line).strip()


def one_line(text: str, limit: int) -> str:
    """Printable, on one line, at most `limit` characters."""
    line = " ".join(printable(text).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def kept_tags(tags: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The tags as they are carried along, and notes on what is not: more than 100, or values of more than 1,000 characters."""
    kept: dict[str, str] = {}
    cut = 0
    for name, value in tags.items():
        label = one_line(name, MAX_TAG_NAME)
        text = "\n".join(printable(line) for line in value.split("\n")).strip()
        if not label or not text or len(kept) == MAX_TAGS:
            cut += bool(label and text)
            continue
        cut += len(text) > MAX_TAG_VALUE
        kept[label] = text if len(text) <= MAX_TAG_VALUE else f"{text[: MAX_TAG_VALUE - 1]}…"
    note = f"{cut} of its tags are left out or shortened: {MAX_TAGS} of {MAX_TAG_VALUE:,} characters are kept."
    return kept, (note,) if cut else ()


def _plain(column: str) -> str:
    """ "Canonical SMILES" -> "canonical_smiles"."""
    return re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_")


def is_smiles_column(column: str) -> bool:
    """Whether a column's name says that it holds SMILES."""
    plain = _plain(column)
    return plain in SMILES_COLUMNS or "smiles" in plain


def smiles_column(columns: list[str]) -> int | None:
    """Which column's name says best that it holds SMILES; None where none does."""
    plain = [_plain(column) for column in columns]
    for known in SMILES_COLUMNS:
        if known in plain:
            return plain.index(known)
    return next((index for index, column in enumerate(plain) if "smiles" in column), None)


def name_column(columns: list[str], without: int | None = None) -> int | None:
    """Which column, other than `without`, holds the molecules' names; None where none says so."""
    plain = ["" if index == without else _plain(column) for index, column in enumerate(columns)]
    return next((plain.index(known) for known in NAME_COLUMNS if known in plain), None)
