from __future__ import annotations

import gzip
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem
from rdkit.Chem import rdDepictor, rdDistGeom

from apps.molecules import contents
from apps.molecules.molecule import Refused
from apps.molecules.reading import MAX_MOLECULES, Entry, read_molecules
from shared.errors import BadInput, TooLarge, Unsupported
from shared.files import InputFile

CHIRAL = "C[C@H](F)/C=C/Cl"


def file(content: str | bytes, name: str = "input") -> InputFile:
    return InputFile.model_validate((name, content.encode() if isinstance(content, str) else content))


def read(content: str | bytes, salts: str = "refuse") -> tuple[list[Entry], list[Refused]]:
    return read_molecules([], file(content), salts=salts)  # type: ignore[arg-type]


def refusal(function: Callable[..., object], *arguments: object) -> BadInput | None:
    try:
        function(*arguments)
    except BadInput as error:
        return error
    return None


def block(smiles: str = CHIRAL, *, v3000: bool = False, name: str = "") -> str:
    mol = Chem.MolFromSmiles(smiles)
    rdDepictor.Compute2DCoords(mol)
    mol.SetProp("_Name", name)
    return str(Chem.MolToMolBlock(mol, forceV3000=v3000))


def record(smiles: str = CHIRAL, *, tags: str = "", v3000: bool = False, name: str = "") -> str:
    return f"{block(smiles, v3000=v3000, name=name)}{tags}$$$$\n"


def test_a_polymer_is_refused() -> None:
    lines = block("CCO").split("\n")
    end = lines.index("M  END")
    lines[end:end] = ["M  STY  1   1 SRU", "M  SAL   1  1   2", "M  SBL   1  2   1   2", "M  SMT   1 n"]
    _, refused = read("\n".join(lines) + "$$$$\n" + record())
    assert "polymer" in refused[0].reason


def test_strings_bring_names_and_bad_ones_stop_nothing() -> None:
    entries, refused = read_molecules(["CCO  ethanol, pure", "", "c1ccc(C bad", "CCN\nCCC propane", "OCC again"], None)
    assert [(entry.row, entry.name, entry.smiles) for entry in entries] == [
        (1, "ethanol, pure", "CCO"),
        (4, "", "CCN"),
        (5, "propane", "CCC"),
        (6, "again", "CCO"),
    ]
    assert entries[3].notes == ["Same molecule as row 1 (InChIKey)."]
    assert [(row.row, row.name, row.text) for row in refused] == [(2, "", ""), (3, "bad", "c1ccc(C")]


def test_rows_of_the_file_follow_those_of_the_list() -> None:
    entries, _ = read_molecules(["CCO"], file("CCN amine\n"))
    assert [(entry.row, entry.name) for entry in entries] == [(1, ""), (2, "amine")]


def test_one_molecule_has_the_same_atoms_from_every_source() -> None:
    turned = Chem.MolToSmiles(Chem.MolFromSmiles(CHIRAL), rootedAtAtom=5)
    sources = [record(), record(v3000=True), f"{CHIRAL}\n", f"smiles\n{turned}\n"]
    (first, *others) = [read(source)[0][0] for source in sources]
    for other in others:
        assert other.smiles == first.smiles
        assert other.mol.ToBinary() == first.mol.ToBinary()


TABLES = {
    "list": ("CCO ethanol\nCCN\tamine\n", ["ethanol", "amine"], {}),
    "header": ("SMILES Name\nCCO 2,3-x\nCCN y\n", ["2,3-x", "y"], {}),
    "zinc": ("smiles zinc_id\nCCO 1\nCCN 2\n", ["1", "2"], {}),
    "name first": ("id smiles\nA CCO\nB CCN\n", ["A", "B"], {}),
    "comments": ("# made by\n\nCCO a\n#\nCCN b\n", ["a", "b"], {}),
    "bom": ("\ufeffid,Canonical SMILES,act\n1,CCO,5\n2,CCN,\n", ["1", "2"], {"act": "5"}),
    "semicolons": ("Name;STRUCTURE;logP\nfoo;CCO;0,5\nbar;CCN;1\n", ["foo", "bar"], {"logP": "0,5"}),
    "excel": ("sep=;\nName;smiles;x\nfoo;CCO;1\nbar;CCN;2\n", ["foo", "bar"], {"x": "1"}),
    "tabs, no header": ("CCO\tfoo\t1\nCCN\tbar\t2\n", ["foo", "bar"], {"column 3": "1"}),
    "unnamed column": ("a,b,c\n1,CCO,x\n2,CCN,y\n", ["", ""], {"a": "1", "c": "x"}),
    "quotes": ('name,smiles,d\n"a, ""b""",CCO,"two\n\nlines"\nc,CCN,\n', ['a, "b"', "c"], {"d": "two\n\nlines"}),
    "one column": ('"SMILES"\n"CCO"\n"CCN"\n', ["", ""], {}),
    "windows": ("smiles,name\r\nCCO,x\r\nCCN,y\r\n", ["x", "y"], {}),
}


@pytest.mark.parametrize("kind", TABLES)
def test_lists_and_tables(kind: str) -> None:
    text, names, tags = TABLES[kind]
    for content in (text.encode(), gzip.compress(text.encode())):
        entries, refused = read(content)
        assert [(entry.smiles, entry.name) for entry in entries] == list(zip(["CCO", "CCN"], names, strict=True))
        assert refused == []
        assert entries[0].tags == tags


def test_an_open_quote_hurts_only_its_row() -> None:
    entries, _ = read('name,smiles,d\n"open,CCO,x\nb,CCN,y\n"c, d",CCC,z\n')
    assert [(entry.name, entry.smiles) for entry in entries] == [('"open', "CCO"), ("b", "CCN"), ("c, d", "CCC")]


def test_names_in_windows_letters() -> None:
    assert read("smiles,name\nCCO,éthanol\n".encode("cp1252"))[0][0].name == "éthanol"


def test_cxsmiles_is_read_without_its_extension() -> None:
    (entry,), _ = read("C[C@H](F)Cl |&1:1| racemic\n")
    assert entry.name == "racemic"
    assert "CXSMILES" in entry.notes[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,x y\n2,z\n", "no column holds SMILES. Its columns are: a, b"),
        ("a,b,c\n1,CCO,CCCC\n2,CCN,CCCN\n", "the columns b, c all hold SMILES"),
        ("name,smiles\n", "holds no molecule"),
        ("X1\nY2\n", "None of the 2 molecules can be used. Row 1: X1"),
        ("c1ccc(C\n", "^c1ccc"),
        ("", "is empty"),
        (" \n\n", "is empty"),
        ("# only\n", "holds no molecule"),
        (",,\n,\n", "holds no molecule"),
    ],
)
def test_nothing_usable_says_why(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read(text)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (b'<?xml version="1.0"?><CDXML/>', "an XML file"),
        (b"%PDF-1.7", "a PDF"),
        (b"PK\x03\x04....", "a ZIP archive or an Excel workbook"),
        (b'[{"smiles": "CCO"}]', "a JSON file"),
        (b"$RXN\n\n", "a reaction file"),
        (b"@<TRIPOS>MOLECULE\n", "a MOL2 file"),
        (b"HETATM    1  C1  LIG", "a PDB file"),
        (gzip.compress(gzip.compress(b"CCO")), "a gzip archive within"),
        ("CCO x\n".encode("utf-16"), "UTF-16"),
        ("CCO x\n".encode("utf-16-be"), "UTF-16"),
        (random.Random(0).randbytes(5000), "binary data"),
        (bytes(1000) + b"CCO", "UTF-16|binary data"),
    ],
)
def test_files_of_other_kinds_are_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(Unsupported, match=words) as caught:
        read(content)
    assert "input is" in caught.value.message


def test_a_gzip_bomb_stops_early() -> None:
    with pytest.raises(TooLarge, match="more than 20 MiB"):
        read(gzip.compress(b"C" * (64 << 20), 9))
    with pytest.raises(BadInput, match="breaks off"):
        read(gzip.compress(random.Random(0).randbytes(9000))[:-40])
    with pytest.raises(BadInput, match="broken gzip"):
        read(b"\x1f\x8b" + bytes(50))


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLarge, match="More than 10,000"):
        read("C\n" * (MAX_MOLECULES + 1))
    monkeypatch.setattr(contents, "MAX_FILE_BYTES", 1 << 20)
    with pytest.raises(TooLarge, match="has 2 MiB"):
        read("C\n" * (1 << 20))
    entries, refused = read("C" * 5000 + " long\nCC\n")
    assert entries[0].row == 2 and "5,000 characters" in refused[0].reason and len(refused[0].text) <= 200


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_sdf_keeps_names_tags_and_stereo(newline: str) -> None:
    first = record(tags="> <Name>\nfoo\n\n>  25  <MELT.PT>  (DT12)\n1.5\nline 2\n\n> <empty>\n\n", name="title")
    text = first + record(tags="> <ID>\nX-1\n\n", v3000=True)
    entries, refused = read(text.replace("\n", newline))
    assert [(entry.name, entry.smiles) for entry in entries] == [("title", CHIRAL), ("X-1", CHIRAL)]
    assert entries[0].tags == {"Name": "foo", "MELT.PT": "1.5\nline 2"}
    assert refused == []


def test_stereo_from_three_dimensions() -> None:
    mol = Chem.AddHs(Chem.MolFromSmiles(CHIRAL))
    rdDistGeom.EmbedMolecule(mol, 1)
    assert read(Chem.MolToMolBlock(mol))[0][0].smiles == CHIRAL


BROKEN = {
    "truncated": ("\n".join(block().split("\n")[:8]) + "\n$$$$\n", "no line 'M  END'"),
    "truncated, no separator": ("\n".join(block().split("\n")[:8]) + "\n", "no line 'M  END'"),
    "unknown element": (block().replace(" F  ", " Xx ") + "$$$$\n", "Atom 3 has the symbol 'Xx'"),
    "valence": (block("C=C(C)C").replace("  1  2  2", "  1  2  3") + "$$$$\n", "carbon (C, atom 2) has 5 bonds"),
    "fewer lines": (block("CC(C)(C)C").replace("  5  4  0", "  5 14  0") + "$$$$\n", "breaks off"),
    "query": (block().replace(" F  ", " A  ") + "$$$$\n", "placeholder"),
    "R group": (block().replace(" F  ", " R# ") + "$$$$\n", "placeholder"),
    "counts": (block().replace("  6  5  0", "999999  0") + "$$$$\n", "announces 999 atoms"),
    "negative": (block().replace("  6  5  0", " -6 -5  0") + "$$$$\n", "less than no atoms"),
    "no digits": (block().replace("  6  5  0", "  x  y  0") + "$$$$\n", "counts no atoms"),
    "no atoms": ("\n\n\n  0  0  0  0  0  0  0  0  0  0999 V2000\nM  END\n$$$$\n", "announces no atom"),
    "coordinates": ("\n\n\n  2  0  0     0  0            999 V2000\n" + "    0.0    0.0    0.0 C   0\n" * 2 + "M  END\n$$$$\n", "no bond"),
    "large": (block(v3000=True).replace("COUNTS 6 5", "COUNTS 600000 5") + "$$$$\n", "at most 999"),
    "words": ("hello\nworld\n$$$$\n", "no line 'M  END'"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_record_is_one_row_and_never_eats_the_next(kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    broken, words = BROKEN[kind]
    entries, refused = read(record(name="a") + broken + record("CCO", name="b"))
    assert [(entry.row, entry.name) for entry in entries] == [(1, "a"), (3, "b")]
    assert [row.row for row in refused] == [2]
    assert words in refused[0].reason
    assert capfd.readouterr() == ("", "")


def test_a_missing_separator_and_a_molfile_within_a_tag() -> None:
    inner = block("CCO").lstrip("\n")
    text = record(name="a").replace("$$$$\n", "") + record(tags=f"> <drawing>\n{inner}\n", name="b") + record(name="c")
    entries, refused = read(text)
    assert [entry.name for entry in entries] == ["a", "b", "c"]
    assert refused == []


def test_too_many_and_too_long_tags_are_cut_with_a_note() -> None:
    tags = "".join(f"> <t{index}>\n{'x' * 5000}\n\n" for index in range(120))
    (entry,), _ = read(record(tags=tags))
    assert len(entry.tags) == 100 and max(map(len, entry.tags.values())) == 1000
    assert "left out or shortened" in entry.notes[0]


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    said = refusal(read, data)
    assert said is None or said.message


PIECES = [
    "smiles",
    "name",
    "CCO",
    "c1ccccc1",
    *',;\t\n"',
    "\r\n",
    '"',
    "'",
    "=1",
    "#",
    " ",
    "|",
    "N",
    "C(",
    "1.5",
    "$$$$",
    "M  END",
    "\ufeff",
]


@settings(max_examples=150)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_table_is_read_or_refused(text: str) -> None:
    said = refusal(read, text)
    assert said is None or said.message


@settings(max_examples=60)
@given(st.lists(st.sampled_from([*record().split("\n"), "> <x>", "1", "garbage", "  2  1  0  0  0  0  0  0  0  0999 V2000"]), max_size=60))
def test_any_lines_of_an_sdf_are_read_or_refused(lines: list[str]) -> None:
    entries, _ = read("\n".join([*lines, "$$$$", record(name="last")]))
    assert entries[-1].name == "last"
