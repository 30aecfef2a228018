"""A packet that is there keeps what others wrote, in whichever way they wrote it."""

from __future__ import annotations

import dataclasses
import time
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.provenance.formats import xmp
from shared.provenance.origin import Origin
from tests.shared.provenance.formats.samples import ORIGIN, OTHER, origins

CAMERA = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="uuid:1" xmlns:xap="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xap:CreatorTool = "Camera 1 > 0" ext:DigitalSourceType='http://x/digitalCapture'>
 <dc:title><rdf:Alt><rdf:li xml:lang="x-default">n\u00e4me</rdf:li></rdf:Alt></dc:title></rdf:Description>
</rdf:RDF></x:xmpmeta>
{}<?xpacket end="w"?>""".format(" " * 100).encode()


def said(packet: bytes) -> list[tuple[str, str]]:
    """(property, text) of all descriptions, by another parser."""
    found = []
    for described in ET.fromstring(packet.replace(b"\xef\xbb\xbf", b"")).iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description"):
        found += list(described.attrib.items())
        found += [(child.tag, "".join(child.itertext())) for child in described]
    return found


def written(old: bytes | None, origin: Origin) -> bytes:
    found = xmp.merged(old, origin)
    assert found is not None
    return found


def test_a_new_packet_says_it_to_readers_who_do_not_know_us() -> None:
    properties = {name.rpartition("}")[2]: text for name, text in said(xmp.packet(ORIGIN))}
    assert properties["DigitalSourceType"] == "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    assert properties["CreatorTool"] == "Sextant 0.1.0"
    assert properties["CreateDate"] == "2026-11-21T20:00:00Z"
    assert (properties["AISystemUsed"], properties["AISystemVersionUsed"]) == ("audio/synth", "3f2a")


def test_what_a_camera_said_stays_and_only_the_source_type_is_ours() -> None:
    made = written(CAMERA, ORIGIN)
    names = [name for name, _ in said(made)]
    assert len(set(names)) == len(names) - 1  # rdf:about, of two descriptions: XMP wants it to be the same on all
    assert [text for name, text in said(made) if name.endswith("}about")] == ["uuid:1", "uuid:1"]
    properties = {name.rpartition("}")[2]: text for name, text in said(made)}
    assert properties["CreatorTool"] == "Camera 1 > 0"
    assert properties["title"] == "n\u00e4me"
    assert properties["DigitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert xmp.origin_in(made) == ORIGIN


def test_writing_again_into_a_foreign_packet_replaces() -> None:
    assert written(written(CAMERA, OTHER), ORIGIN) == written(CAMERA, ORIGIN)


def test_ours_in_another_tools_writing_is_read_and_replaced() -> None:
    """Attributes instead of elements, other prefixes, all properties in one description."""
    other = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:a="{}" xmlns:dc="d:" '
        'xmlns:x="http://ns.adobe.com/xap/1.0/" dc:format="image/png" x:CreatorTool="Sextant 0.2.0" {}/></rdf:RDF>'
    ).format(xmp.OWN, " ".join(f'a:{name}="{text}"' for name, text in OTHER.as_dict().items()))
    assert xmp.origin_in(other.encode()) == OTHER
    made = written(other.encode(), ORIGIN)
    assert xmp.origin_in(made) == ORIGIN
    assert [text for name, text in said(made) if name.endswith("}CreatorTool")] == ["Sextant 0.1.0"]
    assert ("{d:}format", "image/png") in said(made)


@given(origins(), origins())
def test_any_origin_replaces_any(first: Origin, second: Origin) -> None:
    once = written(CAMERA, first)
    assert xmp.origin_in(once) == first
    assert written(once, second) == written(CAMERA, second)
    assert written(xmp.packet(first), second) == xmp.packet(second)


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"no XML",
        b"<a/>",
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
        CAMERA.decode().encode("utf-16"),
        CAMERA[:-400],
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + xmp.packet(ORIGIN, wrapped=False),
        b"<a>" * 100_000,
        xmp.packet(ORIGIN) + b" " * xmp.MAX_PACKET_BYTES,
    ],
)
def test_a_packet_that_cannot_be_merged_is_left_alone(packet: bytes) -> None:
    assert xmp.merged(packet, ORIGIN) is None


def test_hostile_packets_take_no_time() -> None:
    gaps = CAMERA.replace(b"<rdf:Description ", b"<rdf:Description" + b" \n" * 400_000)
    begun = time.process_time()
    assert xmp.merged(gaps, ORIGIN) is not None
    assert time.process_time() - begun < 2


@given(st.binary(max_size=60), st.integers(0, 3000))
def test_damage_raises_nothing_but_a_value_error(junk: bytes, at: int) -> None:
    packet = xmp.packet(ORIGIN)
    for broken in (packet[:at] + junk + packet[at + len(junk) :], packet[:at]):
        assert isinstance(xmp.merged(broken, OTHER), bytes | None)
        try:
            found = xmp.origin_in(broken)
        except ValueError:
            continue
        assert found is None or isinstance(found, Origin)


def test_a_seed_that_is_no_number_is_no_origin() -> None:
    packet = xmp.packet(ORIGIN).replace(b":seed>7<", b":seed>seven<")
    assert xmp.origin_in(packet) is None
    assert xmp.origin_in(xmp.packet(dataclasses.replace(ORIGIN, model=None))) == dataclasses.replace(ORIGIN, model=None)
