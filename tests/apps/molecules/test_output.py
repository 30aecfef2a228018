from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from rdkit import Chem

from apps.molecules.depiction import DARK, HIGHLIGHT, LIGHT
from apps.molecules.molecule import Molecule, Prediction, Refused
from apps.molecules.output import depict_svg, grid_png, write_csv, write_sdf
from apps.molecules.properties import ALERTS, PROPERTIES, alerts, describe
from apps.molecules.reading import Entry, read_molecules
from shared.errors import BadInput
from shared.files import InputFile

ORIGIN = {"tool": "Sextant molecules", "version": "0.1.0", "model": "prior", "revision": "abc", "seed": "7"}
SMILES = [
    "C[C@H](F)/C=C/Cl",
    "CC(=O)Oc1ccccc1C(=O)O",
    "C[N+](C)(C)CC(=O)[O-]",
    "[13CH3]C#N",
    "C1CCCCCCCCCCCCC1",
    "F/C=C\\F",
    "C[S@](=O)c1ccccc1",
    "OC[C@H]1OC(O)[C@H](O)[C@@H](O)[C@@H]1O",
    "B(O)(O)c1cc[nH]c1",
]


@cache
def figures(smiles: str) -> dict[str, object]:
    mol = Chem.MolFromSmiles(smiles)
    return {
        "row": 1,
        "smiles": Chem.MolToSmiles(mol),
        "inchikey": Chem.MolToInchiKey(mol),
        "properties": describe(mol),
        "alerts": alerts(mol, ALERTS),
        "admet": {"hERG": Prediction(value=0.51234, deviation=0.02, percentile=61.0)},
    }


def molecule(smiles: str = SMILES[1], **fields: object) -> Molecule:
    return Molecule.model_validate({**figures(smiles), **fields})


def read(data: bytes) -> tuple[list[Entry], list[Refused]]:
    return read_molecules([], InputFile.model_validate(("ours", data)))


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_sdf_is_read_back_with_every_figure_and_its_origin() -> None:
    given = [
        molecule(smiles, row=row, name=f"m{row}", similarity=0.5, novel=True, notes=["a note"]) for row, smiles in enumerate(SMILES, 1)
    ]
    entries, refused = read(write_sdf(given, ORIGIN))
    assert refused == []
    assert [(entry.name, entry.smiles, entry.inchikey) for entry in entries] == [(each.name, each.smiles, each.inchikey) for each in given]
    for entry, each in zip(entries, given, strict=True):
        tags = entry.tags
        assert {f"Sextant {key}": value for key, value in ORIGIN.items()}.items() <= tags.items()
        assert all(tags[key] == PROPERTIES[key].text(value) for key, value in each.properties.items())
        assert (tags["ADMET hERG"], tags["ADMET hERG SD"], tags["ADMET hERG percentile"]) == ("0.5123", "0.02", "61")
        assert (tags["Similarity"], tags["Novel"], tags["Notes"]) == ("0.5", "yes", "a note")
        assert tags["Alerts PAINS"] == "none"


def test_rdkit_reads_the_sdf_too() -> None:
    given = [molecule(smiles) for smiles in SMILES]
    supplier = Chem.SDMolSupplier()
    supplier.SetData(write_sdf(given, ORIGIN).decode())
    for mol, each in zip(supplier, given, strict=True):
        assert Chem.MolToSmiles(mol) == each.smiles
        assert mol.GetProp("Sextant seed") == "7"
        assert not mol.GetConformer().Is3D() and mol.GetNumConformers() == 1


LINES = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    [
        "$$$$",
        "> <x>",
        "M  END",
        "  6  5  0  0  0  0  0  0  0  0999 V2000",
        ">",
        "a\n\nb",
        "=1+1",
        "\r",
        "'",
        '"',
        "'=x",
        "a,b",
        "\x00",
        "  x  y ",
    ]
)
TEXT = st.lists(LINES, max_size=4).map("\n".join)


@settings(max_examples=80)
@given(tags=st.dictionaries(TEXT, TEXT, max_size=4), name=TEXT)
@example(tags={}, name="SMILES")
@example(tags={}, name="0\nSMILES")
@example(tags={}, name="<A\n0")
def test_no_tag_or_name_breaks_an_sdf(tags: dict[str, str], name: str) -> None:
    data = write_sdf([molecule(name=name, tags=tags), molecule("CCO", name="next")], ORIGIN)
    entries, refused = read(data)
    assert refused == []
    assert [entry.smiles for entry in entries] == [molecule().smiles, "CCO"]
    assert entries[1].name == "next"
    assert entries[0].tags["Sextant tool"] == "Sextant molecules"
    first = write_sdf([molecule(name=entries[0].name, tags=entries[0].tags)], ORIGIN)
    (again,), _ = read(first)
    assert (again.name, again.tags) == (entries[0].name, entries[0].tags)  # written once, it stays as it is


@settings(max_examples=80)
@given(st.dictionaries(TEXT, TEXT, max_size=4), TEXT)
def test_csv_is_read_back_and_runs_nothing(tags: dict[str, str], name: str) -> None:
    data = write_csv([molecule(name=name, tags=tags)], [], [])
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert len(rows) == 2 and len(rows[0]) == len(rows[1]) == len(set(rows[0]))
    for cell in (*rows[0], *rows[1]):
        assert not cell.startswith(("=", "@", "\t", "\r")) and (not cell.startswith(("+", "-")) or float(cell) is not None)
    (entry,), refused = read(data)
    assert refused == []
    assert entry.smiles == molecule().smiles
    (again,), _ = read(write_csv([molecule(name=entry.name, tags=entry.tags)], [], []))
    assert again.name == entry.name
    kept = {key: value for key, value in again.tags.items() if "(input)" not in key}
    assert kept == {key: value for key, value in entry.tags.items() if "(input)" not in key}


def test_the_users_tags_are_kept_beside_ours() -> None:
    tags = {
        "IC50 (nM)": "12",
        "MW": "999",
        "logP": PROPERTIES["logP"].text(molecule().properties["logP"]),
        "Sextant seed": "3",
        "a<b>": "x",
    }
    (entry,), _ = read(write_sdf([molecule(tags=tags)], ORIGIN))
    assert (entry.tags["IC50 (nM)"], entry.tags["MW (input)"], entry.tags["a_b_"]) == ("12", "999", "x")
    assert "logP (input)" not in entry.tags
    assert (entry.tags["Sextant seed"], entry.tags["MW"]) == ("7", "180.16")


def test_equal_names_after_cleaning_do_not_hide_each_other() -> None:
    (entry,), _ = read(write_sdf([molecule(tags={"a<": "1", "a>": "2"})], ORIGIN))
    assert (entry.tags["a_"], entry.tags["a_ (2)"]) == ("1", "2")


def test_csv_says_what_was_kept_and_why_the_rest_was_not() -> None:
    rejected = molecule("CCO", row=2, rejected=["QED 0.41 fails QED>=0.6", "PAINS: catechol_A"])
    refused = Refused(row=3, name="=cmd", text="-c1ccc(C", reason="c1ccc(C: the bracket opened at position 5 is never closed.")
    data = write_csv([molecule(name="+plus", tags={"x": "-1.5", "y": "-1+2"})], [rejected], [refused])
    assert b"\r\n" in data and not data.startswith(b"\xef\xbb\xbf")
    first, second, third = table(data)
    assert (first["kept"], first["name"], first["x"], first["y"]) == ("yes", "'+plus", "-1.5", "'-1+2")
    assert float(first["logP"]) == pytest.approx(1.31)
    assert (second["kept"], second["why_rejected"]) == ("no", "QED 0.41 fails QED>=0.6; PAINS: catechol_A")
    assert (third["kept"], third["name"], third["smiles"], third["MW"]) == ("no", "'=cmd", "'-c1ccc(C", "")
    assert "position 5" in third["why_rejected"]
    assert write_csv([molecule(name="é")], [], []).startswith(b"\xef\xbb\xbf")


def test_nothing_to_write() -> None:
    assert write_sdf([], ORIGIN) == b""
    assert write_csv([], [], []) == b"row,name,smiles,inchikey,kept,why_rejected\r\n"


@pytest.mark.parametrize(("count", "size"), [(1, (250, 200)), (3, (750, 200)), (5, (1000, 400)), (20, (1000, 600))])
def test_the_grid(count: int, size: tuple[int, int]) -> None:
    given = [molecule(SMILES[row % len(SMILES)], row=row, name=f"<sub>{row}" * 20) for row in range(count)]
    data = grid_png(given, origin={**ORIGIN, "note": "β"})
    assert len(data) <= 300_000
    picture = Image.open(io.BytesIO(data))
    assert (picture.size, picture.mode, picture.getpixel((0, 0))) == (size, "RGB", (255, 255, 255))
    assert picture.text == {**{f"Sextant {key}": value for key, value in ORIGIN.items()}, "Sextant note": "β"}  # type: ignore[attr-defined]
    assert len(picture.getcolors(1 << 20) or []) > 10
    assert data == grid_png(given, origin={**ORIGIN, "note": "β"})


def test_a_grid_of_nothing_says_so() -> None:
    picture = Image.open(io.BytesIO(grid_png([])))
    assert len(picture.getcolors(1 << 20) or []) > 1


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("smiles", [*SMILES, "[NH4+]", "C" * 100])
def test_an_svg_holds_shapes_and_nothing_else(smiles: str, dark: bool) -> None:
    svg = depict_svg(smiles, 200, 150, dark=dark, highlight="c1ccccc1")
    root = ET.fromstring(svg)
    assert svg.startswith("<svg ") and (root.get("width"), root.get("viewBox")) == ("200", "0 0 200 150")
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names <= {"svg", "path", "ellipse", "polygon", "rect", "circle"}
    assert not re.search(r"\b(?:id|class|font|href|script|on\w+)\s*=", svg)
    assert "<!--" not in svg and "<?" not in svg
    colours = {colour.lower() for colour in re.findall(r"#([0-9A-Fa-f]{6})", svg)}
    assert colours <= {*(DARK if dark else LIGHT).values(), HIGHLIGHT[dark]}


def test_a_substructure_is_marked() -> None:
    plain, marked = (depict_svg(SMILES[1], 200, 150, highlight=each) for each in (None, "C(=O)O"))
    assert HIGHLIGHT[False] in marked.lower() and HIGHLIGHT[False] not in plain.lower()
    assert depict_svg(SMILES[1], 200, 150, highlight="[Br]") == plain


def test_what_cannot_be_drawn_says_why() -> None:
    with pytest.raises(BadInput, match="position 5"):
        depict_svg("c1ccc(C", 200, 150)
    with pytest.raises(BadInput, match="no SMARTS"):
        depict_svg("CCO", 200, 150, highlight="c1ccc(")
    assert "width='4000'" in depict_svg("CCO", 10**9, 100)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: contrast ratio of two colours."""

    def luminance(colour: str) -> float:
        parts = [part / 255 for part in bytes.fromhex(colour)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_every_atom_can_be_told_from_the_page() -> None:
    assert all(contrast(colour, "ffffff") >= 4.5 and contrast(colour, HIGHLIGHT[False]) >= 3 for colour in LIGHT.values())
    assert all(contrast(colour, "1e1e1e") >= 4.5 and contrast(colour, HIGHLIGHT[True]) >= 3 for colour in DARK.values())
