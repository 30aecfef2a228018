from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from shared.provenance.containers import READABLE, SIGNABLE, canonical, container, has_credentials_block, signable
from tests.shared.provenance.media import FILES, SVG, coded, picture


@pytest.mark.parametrize("media_type", sorted(FILES))
def test_a_file_is_known_by_its_first_bytes(media_type: str) -> None:
    data = FILES[media_type]()
    assert container(data) == signable(data) == media_type
    assert not has_credentials_block(data)
    assert media_type in SIGNABLE < READABLE


def test_what_is_only_read_is_not_signable() -> None:
    for data, media_type in (
        (picture("GIF"), "image/gif"),
        (coded("mov", "mpeg4"), "video/quicktime"),
        (coded("flac", "flac"), "audio/flac"),
        (b"\x00\x00\x00\x1cftypavif", "image/avif"),
        (b"%PDF-1.7", "application/pdf"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "video/avi"),
    ):
        assert (container(data), signable(data)) == (media_type, None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF",
        b"RIFF1234CDR9",
        b"<html><svg></svg></html>",
        b"<svgx/>",
        b"\xff\xf1\x50\x80",
        b"\xff\xfb\xf0\x00",
        b"\xff\xff\xff\xff",
    ],
)
def test_what_is_none_of_them_is_none(data: bytes) -> None:
    assert container(data) is None


@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbf", b"\n ", b"<!DOCTYPE svg PUBLIC 'x' 'y'>\n"])
def test_a_drawing_is_known_behind_what_xml_allows_before_it(head: bytes) -> None:
    drawing = SVG[SVG.index(b"<svg") :]
    assert container(head + drawing) == "image/svg+xml"


def test_a_file_of_comments_is_looked_at_in_no_time() -> None:
    """Tried in every grouping, a thousand of them would take longer than the universe has."""
    assert container(b"<!---->" * 1000) is None


def test_a_tiff_of_several_pages_takes_none() -> None:
    out = io.BytesIO()
    page = Image.new("L", (8, 8))
    page.save(out, "TIFF", save_all=True, append_images=[page])
    assert (container(out.getvalue()), signable(out.getvalue())) == ("image/tiff", None)


@given(st.binary(max_size=64))
def test_any_bytes_are_looked_at(data: bytes) -> None:
    assert container(data) in READABLE | {None}


def test_other_names_of_a_kind() -> None:
    assert {canonical(name) for name in ("audio/x-wav", "audio/vnd.wave", "AUDIO/WAV; rate=8000")} == {"audio/wav"}
    assert canonical("image/jpg") == "image/jpeg" and canonical("text/plain") == "text/plain"
