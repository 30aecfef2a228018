"""Sheets from files, whole and broken."""

from __future__ import annotations

import codecs
import json
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.marketing.cleaning import clean_field, suspicious
from apps.marketing.contradictions import contradictions
from apps.marketing.numerals import ambiguous_numbers
from apps.marketing.reading import EXAMPLES, example, read_file, read_sheet
from shared.errors import BadInput, NotFound, SextantError, TooLarge, Unsupported

YAML = b"""name: Kettle
brand: Varm
keywords: [kettle, steel]
facts:
  - {key: weight, value: 1.000, must: true}
  - capacity: 1,7 l
  - boil dry: no
"""


def test_yaml_keeps_values_as_they_are_written() -> None:
    (sheet,) = read_sheet(YAML, "kettle.yaml")
    assert [(fact.key, fact.value, fact.must) for fact in sheet.facts] == [
        ("weight", "1.000", True),
        ("capacity", "1,7 l", False),
        ("boil dry", "no", False),
    ]
    assert sheet.keywords == ["kettle", "steel"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.yaml", b"name: Kettle\nfacts: {weight*: 300 g, power: 900 W}"),
        ("a.yaml", b"name: Kettle\nweight: 300 g\npower: 900 W\nmust: [Weight]"),
        ("a.yaml", b"products:\n- name: Kettle\n  facts: [{key: weight, value: 300 g, must: yes}, {power: 900 W}]"),
        ("a.json", b'{"name": "Kettle", "facts": {"weight": {"value": "300 g", "must": true}, "power": "900 W"}}'),
        ("a.json", b'[{"name": "Kettle", "weight*": "300 g", "power": "900 W"}]'),
        ("a.csv", b"key,value,must\nname,Kettle,\nweight,300 g,yes\npower,900 W,"),
        ("a.csv", b'name,weight*,power\n"Kettle",300 g,900 W\n'),
        ("a.csv", b"name;weight*;power\r\nKettle;300 g;900 W\r\n"),
        ("a.tsv", b"name\tweight*\tpower\nKettle\t300 g\t900 W\n"),
        ("a.txt", b"# a comment\nName: Kettle\n- weight*: 300 g\n\xe2\x80\xa2 power: 900 W\n"),
        ("unnamed", b"name: Kettle\nweight*: 300 g\npower: 900 W\n"),
        ("unnamed", b'{"name": "Kettle", "weight*": "300 g", "power": "900 W"}'),
        ("unnamed", b"name,weight*,power\nKettle,300 g,900 W\n"),
    ],
)
def test_every_format_gives_the_same_sheet(name: str, data: bytes) -> None:
    (sheet,) = read_sheet(data, name)
    assert sheet.name == "Kettle"
    assert [(fact.key, fact.value, fact.must) for fact in sheet.facts] == [("weight", "300 g", True), ("power", "900 W", False)]


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, b""])
@pytest.mark.parametrize("line", ["\n", "\r\n", "\r"])
def test_a_byte_order_mark_and_line_ends_leave_no_trace(mark: bytes, line: str) -> None:
    (sheet,) = read_sheet(mark + line.join(["name: Kettle", "weight: 300 g"]).encode(), "a.txt")
    assert sheet.name == "Kettle" and sheet.facts[0].value == "300 g"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_sixteen_and_thirty_two_bits(encoding: str) -> None:
    assert read_sheet("name: K\u00e4nnchen\nweight: 300 g".encode(encoding), "a.txt")[0].name == "K\u00e4nnchen"


def test_windows_1252_is_read_and_said_aloud() -> None:
    reading = read_file("name: K\u00e4nnchen\nprice: 30 \u20ac".encode("cp1252"), "a.txt")
    assert reading.sheets[0].facts[0].value == "30 \u20ac"
    assert "not UTF-8 (byte 0xe4 in line 1)" in reading.notes[0] and "Windows-1252" in reading.notes[0]
    assert read_file(b"name: a\nb: c", "a.txt").notes == []


@pytest.mark.parametrize(
    ("name", "data", "lines"),
    [
        ("a.yaml", b"name: K\nweight: 300 g\nweight: 400 g\n", ("line 2", "line 3")),
        ("a.yaml", b"name: K\nfacts:\n  weight: 300 g\n  size: 3\n  Weight: 400 g\n", ("line 3", "line 5")),
        ("a.json", b'{"name": "K",\n "facts": {\n"weight": "1 g",\n"we\\u0069ght": "2 g"}}', ("line 3", "line 4")),
        ("a.csv", b"key,value\nname,K\nweight,300 g\nweight,400 g\n", ("line 3", "line 4")),
        ("a.csv", b"name,weight,Weight\nK,1,2\n", ("column 2", "3")),
        ("a.txt", b"name: K\nweight: 300 g\n\nweight: 400 g", ("line 2", "line 4")),
    ],
)
def test_a_key_given_twice_is_refused_with_both_places(name: str, data: bytes, lines: tuple[str, str]) -> None:
    with pytest.raises(BadInput) as caught:
        read_sheet(data, name)
    assert all(line in str(caught.value) for line in lines) and caught.value.remedy


def test_one_key_in_two_products_is_no_fault() -> None:
    data = json.dumps([{"name": "A", "facts": {"w": "1 g"}}, {"name": "B", "facts": {"w": "2 g"}}])
    assert [sheet.name for sheet in read_sheet(data.encode(), "a.json")] == ["A", "B"]
    assert [sheet.name for sheet in read_sheet(b"name: A\nw: 1\n---\nname: B\nw: 2", "a.txt")] == ["A", "B"]
    assert [sheet.name for sheet in read_sheet(b"name: A\nw: 1\n---\nname: B\nw: 2", "a.yaml")] == ["A", "B"]


@pytest.mark.parametrize(
    ("name", "data", "kind", "words"),
    [
        ("a.yaml", b"", BadInput, "empty"),
        ("a.yaml", b"name: [", BadInput, "not YAML in line"),
        ("a.yaml", b"a: &x 1\nb: *x", BadInput, "anchor or alias in line 1"),
        ("a.yaml", b"? [a]\n: b", BadInput, "as a key"),
        ("a.yaml", b"[" * 100_000, TooLarge, "nested"),
        ("a.yaml", b"just words", BadInput, "holds no product"),
        ("a.yaml", b"name: K", BadInput, "facts"),
        ("a.yaml", b"name: K\nfacts: 3", BadInput, "`facts` is one value"),
        ("a.yaml", b"name: K\nw: {a: 1}", BadInput, "other keys than"),
        ("a.yaml", b"name: K\nw: 1\nmust: [z]", BadInput, "names `z`, which is no fact"),
        ("a.yaml", b"name: K\ntitle: L\nw: 1", BadInput, "a second time"),
        ("a.yaml", b"name: Best K\nw: 1\nbanned: [best]", BadInput, "banned word 'best'"),
        ("a.yaml", b"name: " + b"K" * 121 + b"\nw: 1", BadInput, "at most 120"),
        ("a.json", b'{"name": "K",}', BadInput, "not JSON in line 1"),
        ("a.json", b"[" * 100_000, TooLarge, "nested"),
        ("a.json", b"[" * 50 + b"]" * 50, TooLarge, "nested"),
        ("a.csv", b"name,weight\nK,1,2\n", BadInput, "line 2: 3 cells under 2 columns"),
        ("a.csv", b'name,weight\n"K,1\n', BadInput, "line"),
        ("a.csv", b"a,b,c,d\n1,2,3,4", BadInput, "names neither"),
        ("a.csv", b"name,w\n" + b"K,1\n" * 501, TooLarge, "500 rows"),
        ("a.txt", b"name: K\njust words", BadInput, "line 2: `just words`"),
        ("a.xlsx", b"PK\x03\x04....", Unsupported, "Excel"),
        ("a.csv", b"name,weight\x00\nK,300 g\n", Unsupported, "zero bytes"),
        ("a.txt", b"name: K\xff\x81", BadInput, "cannot be read"),
        ("a.txt", b"x" * (2 << 20) + b"y", TooLarge, "at most"),
    ],
)
def test_a_broken_file_is_refused_with_what_to_do(name: str, data: bytes, kind: type[BadInput], words: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_sheet(data, name)
    assert type(caught.value) is kind and words in caught.value.message and caught.value.remedy


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["a.yaml", "a.json", "a.csv", "a.txt", "a"]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    with suppress(SextantError):
        assert read_sheet(data, name)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="nameK:,;\"'{}[]-&*!|># \n\t1.", max_size=80), st.sampled_from(["a.yaml", "a.json", "a.csv", "a.txt", "a"]))
def test_any_text_of_marks_is_read_or_refused(text: str, name: str) -> None:
    with suppress(SextantError):
        assert read_sheet(("name: K\n" + text).encode(), name)


def test_a_large_file_is_quick() -> None:
    began = time.process_time()
    rows = "\n".join(f"Kettle {at},{at} g,{'steel ' * 100}" for at in range(500))
    assert len(read_sheet(f"name,weight,material\n{rows.replace('steel ' * 100, 'steel ' * 80)}".encode(), "a.csv")) == 500
    assert time.process_time() - began < 2


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_complete_and_clean(name: str) -> None:
    sheet = example(name)
    assert 10 <= len(sheet.facts) <= 16 and sum(fact.must for fact in sheet.facts) >= 2
    assert sheet.brand and sheet.category and sheet.audience and sheet.offer and len(sheet.keywords) >= 3 and len(sheet.banned) >= 3
    assert contradictions(sheet) == suspicious(sheet) == ambiguous_numbers(sheet) == []
    assert all(clean_field(fact.value) == fact.value for fact in sheet.facts)


def test_an_example_that_is_not_there() -> None:
    with pytest.raises(NotFound, match="outdoor_gear"):
        example("../sheet")


def test_a_header_in_a_companys_own_words_is_no_fact() -> None:
    (found,) = read_file(
        "\ufeffMerkmal / Feature;Wert (value);Pflicht?\nname;Base Tee;\nmaterial;100 % merino;ja\n".encode(), "a.csv"
    ).sheets
    assert [(fact.key, fact.value) for fact in found.facts] == [("material", "100 % merino")]
