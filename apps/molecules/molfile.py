"""SDF and MOL (CTfile formats, BIOVIA 2020; V2000 and V3000): cut into records here, so that a broken one never eats the next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from rdkit import Chem

from apps.molecules.quiet import quiet
from apps.molecules.records import MAX_NAME, Record, kept_tags, name_column, one_line, smiles_column
from apps.molecules.smiles import chemistry_fault
from shared.errors import BadInput, TooLarge

__all__ = ["is_molfile", "parse_block", "sdf_records"]

MAX_ATOMS = 999
"""Of a block, hydrogens and counter-ions among them: what V2000 can count to, and far beyond what `check_molecule` takes."""
MAX_BLOCK_LINES = 10_000

COUNTS = re.compile(r"[ \d]{3}[ \d]{3}.*V[23]000\s*$")
MOLFILE = re.compile(r"^(?:M  END|\$\$\$\$)\s*$|^[ \d]{6}.*V[23]000\s*$", re.MULTILINE)
TAG = re.compile(r">.*?<([^\n]*)>")
LINE = re.compile(r"[^\n]*\n|[^\n]+")
V3000_COUNTS = re.compile(r"^M  V30 COUNTS +(\d+) +(\d+)", re.MULTILINE)
V3000_ATOM = re.compile(r"^M  V30 \d+ ([A-Z][A-Za-z]*) ", re.MULTILINE)
SYMBOLS = frozenset(Chem.GetPeriodicTable().GetElementSymbol(number) for number in range(1, 119)) | {
    "A", "Q", "L", "LP", "R", "R#", "D", "T", "*", "M", "X", "AH", "QH", "MH", "XH", "Pol", "Mod",
}  # fmt: skip


def is_molfile(text: str) -> bool:
    """Whether it has a counts line, an `M  END` or a `$$$$`: no list of SMILES has any of them, only a table in a cell of several lines."""
    header = re.split(r"[\t;,]", text.lstrip().partition("\n")[0])
    lines = text.split("\n", 4)
    if len(header) == 1 and len(lines) > 3 and COUNTS.match(lines[3]):
        return True  # its first molecule may be named "SMILES"
    return MOLFILE.search(text) is not None and smiles_column(header) is None


def sdf_records(text: str) -> Iterator[Record]:
    """The records of an SDF, or the one of a MOL file, in order. Nothing is parsed yet."""
    lines: list[str] = []
    for match in LINE.finditer(text):
        line = match.group().rstrip("\n")
        if line.startswith("$$$$"):
            yield from _records(lines)
            lines = []
        else:
            lines.append(line)
    if any(line.strip() for line in lines):
        yield from _records(lines)


def _records(lines: list[str]) -> Iterator[Record]:
    """What stands before one `$$$$`: one record, or more where a separator is missing; each has a counts line in its fourth line."""
    starts: list[int] = []
    in_value = False
    for index, line in enumerate(lines):
        in_value = bool(TAG.match(line)) or (in_value and bool(line.strip()))
        # a tag may hold a molfile of its own, with a blank line in its header
        if not in_value and COUNTS.match(line) and not any(map(TAG.match, lines[max(0, index - 4) : index])):
            starts.append(max(0, index - 3))
    for start, end in pairwise([0, *starts[1:], len(lines)]):
        yield _record(lines[start:end])


def _record(lines: list[str]) -> Record:
    end = next((index + 1 for index, line in enumerate(lines) if line.startswith("M  END")), None)
    counts = next((index for index, line in enumerate(lines) if COUNTS.match(line)), 3)
    header = [*lines[max(0, counts - 3) : counts], "", "", ""][:3]
    tags, notes = kept_tags(_tags(lines[end:] if end else []))
    name = one_line(header[0], MAX_NAME)
    if not name and (column := name_column(list(tags))) is not None:
        name = one_line(list(tags.values())[column], MAX_NAME)
    if end is None:
        return Record(name, reason="The record has no line 'M  END': it is broken, or no molfile.", tags=tags)
    if end > MAX_BLOCK_LINES:
        return Record(name, reason=f"The record has {end:,} lines: a molecule of at most {MAX_ATOMS} atoms is expected.", tags=tags)
    return Record(name, block="\n".join((*header, *lines[counts:end], "")), tags=tags, notes=notes)


def _tags(lines: list[str]) -> dict[str, str]:
    """Values by name; a blank line within a value, which the format forbids, does not end it."""
    found: dict[str, list[str]] = {}
    value: list[str] = []
    for line in lines:
        if match := TAG.match(line):
            value = found.setdefault(match[1], [])
        else:
            value.append(line)
    return {name: "\n".join(value).strip("\n") for name, value in found.items()}


def parse_block(block: str) -> tuple[Chem.Mol, list[str]]:
    """The molecule of a molfile, sanitised, hydrogens implicit, and notes. Raises `BadInput`, atoms numbered from 1 as in the file."""
    _check_size(block)
    _check_symbols(block)
    mol = _read(block, sanitise=True, strict=True)
    if mol is not None:
        return mol, []
    raw = _read(block, sanitise=False, strict=False)
    if raw is None:
        raise BadInput("RDKit cannot read this molfile.", remedy="Export it again, as V2000 or V3000.")
    if found := chemistry_fault(raw):
        raise BadInput(f"{found[0]}.", remedy=found[1])
    mol = _read(block, sanitise=True, strict=False)
    if mol is None:
        raise BadInput("RDKit cannot read this molfile.", remedy="Export it again, as V2000 or V3000.")
    return mol, ["Its molfile breaks the rules of the format and was read as far as it could be."]


def _read(block: str, *, sanitise: bool, strict: bool) -> Chem.Mol | None:
    with quiet():
        try:
            mol: Chem.Mol | None = Chem.MolFromMolBlock(block, sanitize=sanitise, removeHs=sanitise, strictParsing=strict)
        except Exception:  # broken invariants inside RDKit come as several kinds
            return None
    return mol


def _check_size(block: str) -> None:
    """Atoms and bonds as announced, before RDKit takes memory for them."""
    line = block.split("\n", 4)[3]
    v3000 = V3000_COUNTS.search(block)
    if "V3000" in line and v3000 is None:
        raise BadInput("The V3000 block has no line 'M  V30 COUNTS'.", remedy="Export it again.")
    try:
        atoms, bonds = (int(v3000[1]), int(v3000[2])) if v3000 else (int(line[:3] or 0), int(line[3:6] or 0))
    except ValueError:
        raise BadInput("Its fourth line counts no atoms and bonds: '  6  6 ... V2000' is expected.", remedy="Export it again.") from None
    if min(atoms, bonds) < 0:
        raise BadInput("Its fourth line counts less than no atoms.", remedy="Export it again.")
    if max(atoms, bonds) > MAX_ATOMS:
        raise TooLarge(f"It announces {atoms:,} atoms and {bonds:,} bonds; at most {MAX_ATOMS} are read.", remedy="Give a small molecule.")
    if atoms == 0:
        raise BadInput("An empty structure: it announces no atom.", remedy="Export it with its structure.")
    if atoms > 1 and bonds == 0 and not v3000:
        raise BadInput(f"It has {atoms} atoms and no bond: only coordinates.", remedy="Export it with bonds, as a molecule.")
    given = block.count("\n") - 5
    if not v3000 and given < atoms + bonds:
        message = f"It announces {atoms} atoms and {bonds} bonds, but breaks off after {max(0, given)} lines."
        raise BadInput(message, remedy="Export it again.")


def _check_symbols(block: str) -> None:
    """RDKit takes what is no element for a placeholder."""
    lines = block.split("\n")
    v2000 = (line[31:34].strip() for line in lines[4 : 4 + int(lines[3][:3])])
    for number, symbol in enumerate(V3000_ATOM.findall(block) if "V3000" in lines[3] else v2000, 1):
        if symbol not in SYMBOLS:
            message = f"Atom {number} has the symbol {one_line(symbol, 12)!r}, which is no chemical element."
            raise BadInput(message, remedy="Export it again, as V2000 or V3000.")
