from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem

from apps.molecules.checking import check_molecule
from apps.molecules.quiet import quiet
from apps.molecules.smiles import _Scan, parse_smiles
from shared.errors import BadInput, TooLarge


@pytest.mark.parametrize(
    ("smiles", "words"),
    [
        ("c1ccc(C", "the bracket opened at position 5 is never closed"),
        ("C[N", "the bracket opened at position 1 is never closed"),
        ("C)C", "the ')' at position 1 closes nothing"),
        ("C]", "the ']' at position 1 closes nothing"),
        ("C1CC", "ring 1, opened at position 1, is never closed"),
        ("C%12CC", "ring 12, opened at position 1, is never closed"),
        ("C11", "ring 1 is closed at position 2 on the atom that opened it"),
        ("C1C1", "joins two atoms that are bonded already"),
        ("C%1", "'%' at position 1"),
        ("CXC", "'X' at position 1 is no symbol of SMILES"),
        ("CNaC", "If sodium is meant, write [Na]"),
        ("CCL", "Chlorine is written Cl"),
        ("[Foo]", "'Foo' in the bracket at position 0 is no chemical element"),
        ("C[D]", "Deuterium is written [2H]"),
        ("[C@@@H]", "[C@@@H] at position 0 is no atom"),
        ("[]", "the bracket at position 0 is empty"),
        ("CC=", "the bond '=' at position 2 leads to no atom"),
        ("=CC", "the bond '=' at position 0 has no atom before it"),
        ("C==C", "'=' at position 2 follows another bond"),
        ("C()C", "the bracket opened at position 1 is empty"),
        ("(C)C", "the bracket opened at position 0 has no atom before it"),
        ("C..C", "the dot at position 2"),
        ("C.", "the dot at position 1"),
        ("C>>C", "not a reaction"),
        ("C C", "a space at position 1"),
        ("Cé", "the character 'é' at position 1"),
        ("c1ccccc1{}", "'{' at position 8"),
        ("CC(C)(C)(C)C", "carbon (C, atom 1 at position 1) has 5 bonds"),
        ("CN(C)(C)C", "nitrogen with four bonds is [N+]"),
        ("c1cccc1", "no alternating double bonds fit the aromatic atoms at positions 0, 2, 3, 4, 5"),
        ("cc", "C (atom 0 at position 0) is written as aromatic, but stands in no ring"),
        ("InChI=1S/CH4/h1H4", "this is an InChI"),
        ("", "No SMILES is given"),
    ],
)
def test_a_fault_is_named_with_its_position(smiles: str, words: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadInput) as caught:
        parse_smiles(smiles)
    assert words in str(caught.value)
    assert caught.value.remedy
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "smiles",
    [
        "C[C@@H](O)/C=C\\c1cc[nH]c1",
        "[13CH3][N+](=O)[O-].[Na+]",
        "C%12CCCC%12",
        "C%(100)CC%(100)",
        "[se]1cccc1",
        "C1=CC2=C(C=C1)N=CN2",
        "[2H]C([2H])=[OH+]",
        "F[P@OH1](Cl)(Br)(I)(N)O",
        "*[C:1]~C->[Fe+2]",
    ],
)
def test_the_scan_finds_no_fault_in_what_rdkit_reads(smiles: str) -> None:
    scan = _Scan(smiles)
    scan.run()
    assert len(scan.atoms) == Chem.MolFromSmiles(smiles, sanitize=False).GetNumAtoms()


def test_a_long_string_is_shown_around_its_fault() -> None:
    with pytest.raises(BadInput, match=r"^…C+X?C*.*: 'X' at position 300") as caught:
        parse_smiles("C" * 300 + "X" + "C" * 300)
    assert len(caught.value.message) < 200
    with pytest.raises(TooLarge, match="3,000 characters"):
        parse_smiles("C" * 3000)


@settings(max_examples=300)
@given(st.text(alphabet="CcNnOoSsFBrlI[]()=#-+@/\\123%.H*$ :", max_size=24))
def test_any_string_is_a_molecule_or_says_why_not(text: str) -> None:
    error: BadInput | None = None
    try:
        parse_smiles(text)
    except BadInput as raised:
        error = raised
    assert error is None or (error.message and error.remedy)


def test_threads_print_nothing_either(capfd: pytest.CaptureFixture[str]) -> None:
    def bad(_: int) -> None:
        with pytest.raises(BadInput):
            parse_smiles("c1ccc(C")
        with quiet():
            Chem.MolFromSmiles("c1cccc1")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(bad, range(200)))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("smiles", "words"),
    [
        ("CC(=O)[O-].[Na+]", "2 components, CC(=O)[O-], [Na+]"),
        ("CC(=O)O[Na]", "sodium (Na)"),
        ("N[Pt](Cl)Cl", "platinum (Pt)"),
        ("C[As](C)C", "arsenic (As)"),
        ("*CC", "placeholder"),
        ("C~C", "a query"),
        ("N->B", "of the kind 'dative'"),
        ("[H][H]", "only hydrogen"),
        ("C" * 101, "101 heavy atoms; at most 100"),
    ],
)
def test_what_is_no_single_organic_molecule_is_refused(smiles: str, words: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_molecule(parse_smiles(smiles), salts="refuse")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("smiles", "kept", "words"),
    [
        ("CC(=O)[O-].[Na+]", "CC(=O)O", "left out: [Na+]. What is left was made neutral."),
        ("[NH3+]CCCC[C@H]([NH3+])C(=O)[O-].[Cl-]", "NCCCC[C@H](N)C(=O)O", "made neutral"),
        ("C[N+](C)(C)C.[Br-]", "C[N+](C)(C)C", "keeps the charge +1"),
        ("CC[N+](=O)[O-].Cl", "CC[N+](=O)[O-]", "left out: Cl."),
        ("Cl.Cl.O.CCN1CCN(C)CC1", "CCN1CCN(C)CC1", "Cl (x 2), O"),
        ("CCO.CCO", "CCO", "One of 2 equal components"),
    ],
)
def test_salts_are_stripped_on_request(smiles: str, kept: str, words: str) -> None:
    mol, notes = check_molecule(parse_smiles(smiles), salts="strip")
    assert Chem.MolToSmiles(mol) == Chem.CanonSmiles(kept)
    assert words in notes[0]


@pytest.mark.parametrize(("smiles", "words"), [("[Na+].[Cl-]", "is organic"), ("CCO.CCN", "of one size")])
def test_no_component_to_keep(smiles: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        check_molecule(parse_smiles(smiles), salts="strip")


@pytest.mark.parametrize(
    ("smiles", "words"),
    [("[13CH3]C", "Isotopes (13C)"), ("[CH2]C", "A radical with 1 unpaired electron"), ("O", "no carbon"), ("[CH3:1]O", "Atom map")],
)
def test_oddities_are_noted(smiles: str, words: str) -> None:
    mol, notes = check_molecule(parse_smiles(smiles))
    assert words in " ".join(notes)
    assert ":" not in Chem.MolToSmiles(mol)
