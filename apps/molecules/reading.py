"""Molecules in: SMILES, SDF, MOL, lists and tables. A row that cannot be used says why, and never stops the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from rdkit import Chem

from apps.molecules.checking import Salts, check_molecule
from apps.molecules.contents import file_text
from apps.molecules.molecule import Refused
from apps.molecules.molfile import is_molfile, parse_block, sdf_records
from apps.molecules.quiet import quiet
from apps.molecules.records import MAX_NAME, Record, one_line
from apps.molecules.smiles import parse_smiles
from apps.molecules.tables import line_record, table_records
from shared.errors import BadInput, SextantError, TooLarge
from shared.files import InputFile

__all__ = ["MAX_MOLECULES", "Entry", "check_molecule", "parse_smiles", "read_molecules"]

MAX_MOLECULES = 10_000
REASONS_SHOWN = 3


@dataclass(frozen=True)
class Entry:
    """One usable row of the input. mol: read again from `smiles`, so that one molecule has the same figures from every source."""

    row: int
    name: str
    mol: Chem.Mol
    smiles: str
    """Canonical, isomeric."""
    inchikey: str = ""
    """Empty where InChI has no name for it."""
    notes: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)


def read_molecules(smiles: Sequence[str], file: InputFile | None, *, salts: Salts = "refuse") -> tuple[list[Entry], list[Refused]]:
    """The molecules of the strings (`SMILES name`), then those of the file; rows are counted through, from 1.

    What the file is, its content says: SDF or MOL, a list of SMILES or a table with a column of them, plain or as gzip. Raises
    `BadInput` where nothing is usable, `TooLarge` for more than 10,000 molecules, 64 MiB or 20 MiB unpacked, and `Unsupported`
    for a file that is something else.
    """
    records = list(islice(_records(smiles, file), MAX_MOLECULES + 1))
    if len(records) > MAX_MOLECULES:
        raise TooLarge(f"More than {MAX_MOLECULES:,} molecules are given.", remedy="Give them in parts.")
    if not records:
        raise BadInput(
            f"{file.name if file else 'The list'} holds no molecule.", remedy="Give SMILES, SDF, or CSV with a column of SMILES."
        )
    entries: list[Entry] = []
    refused: list[Refused] = []
    for row, record in enumerate(records, 1):
        try:
            entries.append(_entry(row, record, salts))
        except SextantError as error:
            refused.append(Refused(row=row, name=record.name, text=one_line(record.smiles, MAX_NAME), reason=str(error)))
    if not entries:
        raise _nothing_usable(refused)
    return _with_duplicates(entries), refused


def _records(smiles: Sequence[str], file: InputFile | None) -> Iterator[Record]:
    for text in smiles:
        yield from map(line_record, text.splitlines() or [""])  # a list pasted into one field is still a list
    if file is not None:
        text = file_text(file)
        yield from sdf_records(text) if is_molfile(text) else table_records(text, file.name)


def _entry(row: int, record: Record, salts: Salts) -> Entry:
    if record.reason:
        raise BadInput(record.reason)
    mol, notes = parse_block(record.block) if record.block else (parse_smiles(record.smiles), [])
    try:
        kept, found = check_molecule(mol, salts=salts)
        smiles = Chem.MolToSmiles(kept)
        again = parse_smiles(smiles)
        with quiet():
            key = Chem.MolToInchiKey(again)
    except SextantError:
        raise
    except Exception as error:  # RDKit's broken invariants come as several kinds; the other rows have nothing to do with it
        raise BadInput(f"RDKit fails on this molecule ({type(error).__name__}).", remedy="Draw it again and export it.") from None
    return Entry(row, record.name, again, smiles, key, [*record.notes, *notes, *found], dict(record.tags))


def _with_duplicates(entries: Sequence[Entry]) -> list[Entry]:
    """A note on every molecule that was there before. InChI does not tell apart the tautomers that it knows."""
    first: dict[str, int] = {}
    found = []
    for entry in entries:
        before = first.setdefault(entry.inchikey, entry.row) if entry.inchikey else entry.row
        note = [f"Same molecule as row {before} (InChIKey)."] if before != entry.row else []
        found.append(replace(entry, notes=[*entry.notes, *note]))
    return found


def _nothing_usable(refused: Sequence[Refused]) -> BadInput:
    if len(refused) == 1:
        return BadInput(refused[0].reason)
    reasons = " ".join(f"Row {each.row}: {each.reason}" for each in refused[:REASONS_SHOWN])
    return BadInput(f"None of the {len(refused):,} molecules can be used. {reasons}")
