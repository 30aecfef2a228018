"""What holds for every format: read back, content untouched, replaced and never doubled, the same bytes again, and no exception ever."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.provenance.formats import FORMATS, Declared, format_of, read_origin, write_origin
from shared.provenance.origin import Origin
from tests.shared.provenance.formats.samples import ORIGIN, OTHER, SAMPLES, SIDECAR, Sample, origins

ALL = pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
few = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


def written(data: bytes, origin: Origin) -> bytes:
    found = write_origin(data, origin)
    assert found is not None
    return found


@ALL
def test_an_origin_is_read_back_and_nothing_else_changes(sample: Sample) -> None:
    data = sample.make()
    assert read_origin(data) is None
    for origin in (ORIGIN, OTHER):
        made = written(data, origin)
        assert read_origin(made) == Declared(origin, sample.place)
        assert sample.content(made) == sample.content(data)


@ALL
@few
@given(origin=origins())
def test_any_origin_is_read_back(sample: Sample, origin: Origin) -> None:
    found = read_origin(written(sample.make(), origin))
    assert found is not None and found.origin == origin


@ALL
@settings(few, max_examples=8)
@given(first=origins(), second=origins())
def test_writing_again_replaces(sample: Sample, first: Origin, second: Origin) -> None:
    data = sample.make()
    once = written(data, second)
    assert written(data, second) == once
    assert written(once, second) == once
    assert written(written(data, first), second) == once


@ALL
@settings(few, max_examples=5)
@given(origin=origins())
def test_content_survives_any_origin(sample: Sample, origin: Origin) -> None:
    data = sample.make()
    assert sample.content(written(data, origin)) == sample.content(data)


@ALL
@settings(few, max_examples=40)
@given(choices=st.data())
def test_a_broken_file_never_raises(sample: Sample, choices: st.DataObject) -> None:
    data = bytearray(written(sample.make(), ORIGIN))
    if choices.draw(st.booleans()):
        del data[choices.draw(st.integers(0, len(data))) :]
    for _ in range(choices.draw(st.integers(0, 6))):
        if data:
            data[choices.draw(st.integers(0, min(len(data), 2000) - 1))] = choices.draw(st.integers(0, 255))
    found = read_origin(bytes(data))
    assert found is None or isinstance(found, Declared)
    again = write_origin(bytes(data), OTHER)
    assert again is None or isinstance(again, bytes)


MAGIC = (
    *(b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x10\0\0\0WAVE", b"RIFF\x10\0\0\0WEBPVP8X", b"II*\0\x08\0\0\0", b"MM\0*"),
    *(b"fLaC", b"ID3\4\0\0\0\0\0\0\xff\xfb\x90", b"\0\0\0\x10ftypisom", b"%PDF-1.4\nstartxref\n9\n%%EOF", b"glTF\2\0\0\0"),
    *(b"MThd\0\0\0\6", b"PK\5\6", b"ply\nformat ascii 1.0\n", b"ISO-10303-21;HEADER;", bytes(128) + b"DICM", b"\x1f\x8b\x08"),
    *(b"<svg ", b"<html><head>", b"<score-partwise>", b"0\nSECTION\n", b'{"asset":', b"M  END\n$$$$\n"),
)


@settings(few, max_examples=200)
@given(st.sampled_from(MAGIC), st.binary(max_size=200))
def test_garbage_never_raises(magic: bytes, rest: bytes) -> None:
    read_origin(magic + rest)
    write_origin(magic + rest, ORIGIN)


@pytest.mark.parametrize("data", SIDECAR.values(), ids=SIDECAR)
def test_formats_without_a_place_need_a_file_beside_them(data: bytes) -> None:
    assert write_origin(data, ORIGIN) is None
    assert read_origin(data) is None


def test_a_name_decides_where_bytes_do_not() -> None:
    mol = SIDECAR["mol"]
    for hint in ({"name": "one.sdf"}, {"media_type": "chemical/x-mdl-sdfile"}):
        made = write_origin(mol, ORIGIN, **hint)
        assert made is not None and made.endswith(b"$$$$\n")
        assert read_origin(made) is not None


def test_no_two_formats_claim_a_sample() -> None:
    for name, sample in SAMPLES.items():
        claims = [each.place for each in FORMATS if each.fits(sample.make(), "")]
        assert claims == [sample.place], name
        found = format_of(sample.make())
        assert found is not None and found.place == sample.place


def test_what_xml_and_comments_cannot_hold_is_left_out_of_every_format() -> None:
    strange = dataclasses.replace(ORIGIN, task="a\0b\x1bc\r\n\ud800\uffff\u2028d" + "e" * 900)
    for name, sample in SAMPLES.items():
        found = read_origin(written(sample.make(), strange))
        assert found is not None and found.origin.task == ("abcd" + "e" * 900)[: len(found.origin.task)], name
