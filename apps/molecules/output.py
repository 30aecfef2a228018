"""Molecules out: SDF and CSV with every figure and its origin; pictures (`depiction`)."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import count

from rdkit import Chem

from apps.molecules.alerts import ALERTS
from apps.molecules.depiction import depict_svg, grid_png, with_coordinates
from apps.molecules.molecule import Molecule, Refused
from apps.molecules.properties import PROPERTIES
from apps.molecules.quiet import quiet
from apps.molecules.records import one_line, printable

__all__ = ["depict_svg", "grid_png", "write_csv", "write_sdf"]

MAX_TITLE = 80
"""Of a molfile's first line (CTfile formats, BIOVIA 2020)."""

ORIGIN = "Sextant "
OWN = frozenset({"Notes", "Rejected", "Similarity", "Novel"})
"""Ours even on a molecule that has none of them: a user's text must not pass for a note of the studio."""
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
FORMULA = ("=", "+", "-", "@", "\t")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""


def _figures(molecule: Molecule) -> dict[str, str]:
    """Every figure by its name in our files."""
    found = {key: PROPERTIES[key].text(value) for key, value in molecule.properties.items() if math.isfinite(value)}
    for catalogue, names in molecule.alerts.items():
        found[f"Alerts {ALERTS[catalogue].label}"] = "; ".join(names) or "none"
    for endpoint, prediction in molecule.admet.items():
        found[f"ADMET {endpoint}"] = _short(prediction.value)
        found[f"ADMET {endpoint} SD"] = _short(prediction.deviation)
        found[f"ADMET {endpoint} percentile"] = _short(prediction.percentile)
    if molecule.similarity is not None:
        found["Similarity"] = _short(molecule.similarity)
    if molecule.novel is not None:
        found["Novel"] = "yes" if molecule.novel else "no"
    found["Notes"] = " ".join(molecule.notes)
    return {name: value for name, value in found.items() if value}


def _short(value: float) -> str:
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _own_tags(tags: Mapping[str, str], ours: Mapping[str, str]) -> dict[str, str]:
    """The user's tags beside ours: of the same name as "name (input)", unless it says the same; an earlier run's origin goes."""
    found: dict[str, str] = {}
    for tag, value in tags.items():
        name = one_line(tag, MAX_TITLE)
        if name and not name.startswith(ORIGIN) and value != ours.get(name):
            name = f"{name} (input)" if name in ours or name in OWN else name
            found[_free(name, found)] = value
    return found


def _free(name: str, taken: Container[str]) -> str:
    """`name`, or `name (2)` and so on."""
    return next(label for number in count(1) if (label := name if number == 1 else f"{name} ({number})") not in taken)


def write_sdf(molecules: Sequence[Molecule], origin: Mapping[str, str]) -> bytes:
    """SDF, V2000, 2D coordinates, UTF-8: one SD tag a figure, the user's own tags, and on every record where it comes from.

    origin: tool, version, model, revision, seed, ...: each becomes the tag `Sextant <key>`.
    """
    marks = {f"{ORIGIN}{key}": value for key, value in origin.items()}
    records = []
    for molecule in molecules:
        ours = {"SMILES": molecule.smiles, "InChIKey": molecule.inchikey, **_figures(molecule), "Rejected": "; ".join(molecule.rejected)}
        ours = {name: value for name, value in ours.items() if value}
        tags = {**ours, **_own_tags(molecule.tags, ours), **marks}
        records.append(f"{_block(molecule)}{''.join(_sd_items(tags))}$$$$\n")
    return "".join(records).encode()


def _block(molecule: Molecule) -> str:
    mol = with_coordinates(molecule.smiles)
    title = one_line(molecule.name, MAX_TITLE) or f"No. {molecule.row}"
    title = (
        f" {title}" if title.startswith("$$$$") else f"{title}." if title.endswith(("V2000", "V3000")) else title
    )  # lines with a meaning
    mol.SetProp("_Name", title)
    with quiet():
        return str(Chem.MolToMolBlock(mol, forceV3000=False))


def _sd_items(tags: Mapping[str, str]) -> Iterable[str]:
    """Data items. What a name or value could break the record with is replaced: angle brackets, blank lines, `>` and `$$$$` in front."""
    names: set[str] = set()
    for tag, value in tags.items():
        lines = [printable(line) for line in re.split(r"\r\n?|\n", value)]
        lines = [f" {line}" if line.startswith((">", "$$$$")) else line for line in lines if line]
        name = one_line(re.sub(r"[<>]", "_", tag), MAX_TITLE)
        if not lines or not name:
            continue
        name = _free(name, names)
        names.add(name)
        yield f">  <{name}>\n{chr(10).join(lines)}\n\n"


def write_csv(molecules: Sequence[Molecule], rejected: Sequence[Molecule], refused: Sequence[Refused]) -> bytes:
    """One table (RFC 4180): what was kept, what a filter rejected and what could not be used, with the reason for the last two.

    UTF-8; with a byte-order mark where it is needed, as Excel would take it for Windows' own encoding. Text that a spreadsheet
    would run as a formula gets an apostrophe in front, which `reading` takes off again.
    """
    rows: list[dict[str, str]] = []
    for molecule in (*molecules, *rejected):
        row = {
            "row": str(molecule.row),
            "name": molecule.name,
            "smiles": molecule.smiles,
            "inchikey": molecule.inchikey,
            "kept": "no" if molecule.rejected else "yes",
            "why_rejected": "; ".join(molecule.rejected),
            **_figures(molecule),
        }
        rows.append({**row, **_own_tags(molecule.tags, row)})
    rows += [{"row": str(each.row), "name": each.name, "smiles": each.text, "kept": "no", "why_rejected": each.reason} for each in refused]
    columns = dict.fromkeys(("row", "name", "smiles", "inchikey", "kept", "why_rejected"))
    known = {*PROPERTIES, "Similarity", "Novel", "Notes"}
    ours = [name for row in rows for name in row if name in known or name.startswith(("Alerts ", "ADMET "))]
    columns |= dict.fromkeys(ours) | dict.fromkeys(name for row in rows for name in row)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    header: list[str] = []
    for name in columns:
        header.append(_free(_cell(name), header))
    writer.writerow(header)
    writer.writerows([_cell(row.get(name, "")) for name in columns] for row in rows)
    text = stream.getvalue()
    return text.encode("utf-8" if text.isascii() else "utf-8-sig")


def _cell(text: str) -> str:
    """Numbers as they are; a formula made harmless; no control characters but the end of a line."""
    clean = "\n".join(printable(line) for line in re.split(r"\r\n?|\n", text)).strip()
    return f"'{clean}" if clean.startswith(FORMULA) and not NUMBER.fullmatch(clean) else clean
