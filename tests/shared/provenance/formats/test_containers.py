"""What is particular to one format."""

from __future__ import annotations

import gzip
import io
import json
import struct
import time
import zlib

import pytest

from shared.provenance.formats import read_origin, write_origin, xmp
from shared.provenance.formats.mp4 import UUID, boxes
from shared.provenance.formats.png import KEYWORD, chunks
from tests.shared.provenance.formats import samples
from tests.shared.provenance.formats.samples import ORIGIN, OTHER, SAMPLES
from tests.shared.provenance.formats.test_xmp import CAMERA


def written(data: bytes, origin: object = ORIGIN) -> bytes:
    found = write_origin(data, origin)  # type: ignore[arg-type]
    assert found is not None
    return found


def with_chunk(png: bytes, body: bytes) -> bytes:
    chunk = struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", zlib.crc32(b"iTXt" + body))
    return png[:33] + chunk + png[33:]


def test_png_merges_with_a_compressed_packet_and_keeps_one() -> None:
    made = written(with_chunk(SAMPLES["png"].make(), KEYWORD + b"\1\0\0\0" + zlib.compress(CAMERA)))
    packets = [made[begin:end] for name, begin, end in chunks(made) if name == b"iTXt" and KEYWORD in made[begin:end]]
    assert len(packets) == 1 and b"Camera 1" in packets[0]
    assert samples.seen(made)[3] == samples.seen(SAMPLES["png"].make())[3]


def test_a_packet_that_inflates_without_end_is_refused_early() -> None:
    bomb = zlib.compress(b"<a>" * 30_000_000, 9)
    data = with_chunk(SAMPLES["png"].make(), KEYWORD + b"\1\0\0\0" + bomb)
    begun = time.process_time()
    assert read_origin(data) is None and write_origin(data, ORIGIN) is None
    assert time.process_time() - begun < 3


def test_what_follows_a_picture_or_a_sound_stays() -> None:
    for name in ("png", "jpeg", "wav", "webp-lossy"):
        made = written(SAMPLES[name].make() + b"what follows")
        assert made.endswith(b"what follows") and made == written(SAMPLES[name].make()) + b"what follows"


def test_jpeg_with_pictures_found_by_offsets() -> None:
    """The offsets of a multi-picture file count from its own segment: ours goes in front of it, or nowhere."""
    jpeg = SAMPLES["jpeg"].make()
    multi = b"\xff\xe2\0\x10MPF\0" + bytes(10)
    packet = b"\xff\xe1" + (len(CAMERA) + 31).to_bytes(2, "big") + b"http://ns.adobe.com/xap/1.0/\0" + CAMERA
    assert written(jpeg[:2] + multi + jpeg[2:]).find(b"MPF\0") > written(jpeg).find(xmp.OWN.encode())
    assert write_origin(jpeg[:2] + multi + packet + jpeg[2:], ORIGIN) is None
    assert b"Camera 1" in written(jpeg[:2] + packet + jpeg[2:])


def test_jpeg_whose_packet_would_not_fit_a_segment() -> None:
    long = CAMERA.replace(b"name", b"name").replace(b" " * 100, b" " * 64_000)
    packet = b"\xff\xe1" + (len(long) + 31).to_bytes(2, "big") + b"http://ns.adobe.com/xap/1.0/\0" + long
    jpeg = SAMPLES["jpeg"].make()
    assert write_origin(jpeg[:2] + packet + jpeg[2:], ORIGIN) is None


def test_wav_without_the_byte_that_pads_its_last_chunk() -> None:
    body = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + b"data" + struct.pack("<I", 5) + b"abcde"
    data = b"RIFF" + struct.pack("<I", len(body)) + body
    made = written(data)
    assert len(made) == 8 + int.from_bytes(made[4:8], "little") and made[36:49] == b"data\5\0\0\0abcde"
    assert samples.heard(made)[3] == samples.heard(data)[3]


def test_mp4_with_a_packet_in_front_of_its_samples() -> None:
    """The packet becomes free space of the same length: no offset to a sample changes."""
    film = SAMPLES["mp4"].make()
    box = (len(CAMERA) + 24).to_bytes(4, "big") + b"uuid" + UUID + CAMERA
    first = boxes(film)[0][3]
    moved = bytearray(film[:first] + box + film[first:])
    at = moved.find(b"stco")
    count = int.from_bytes(moved[at + 8 : at + 12], "big")
    for place in range(at + 12, at + 12 + 4 * count, 4):
        moved[place : place + 4] = (int.from_bytes(moved[place : place + 4], "big") + len(box)).to_bytes(4, "big")
    made = written(bytes(moved))
    assert samples.played(made)[0] == samples.played(film)[0]
    assert [each[0] for each in boxes(made)].count(b"uuid") == 1 and made.count(b"Camera 1") == 2
    assert written(made, OTHER) == written(bytes(moved), OTHER)


def test_mp4_fragments_keep_their_index_last() -> None:
    film = SAMPLES["mp4-fragments"].make()
    assert boxes(film)[-1][0] == b"mfra" == boxes(written(film))[-1][0]


def test_tiff_grows_by_one_packet_however_often_it_is_written() -> None:
    for name in ("tiff", "tiff-big-endian", "tiff-pages"):
        once = written(SAMPLES[name].make())
        assert written(written(once, OTHER)) == once


def test_pdf_updates() -> None:
    import pypdfium2

    pdf = SAMPLES["pdf"].make()
    made = written(pdf)
    assert made.startswith(pdf) and made.count(b"%%EOF") == 2
    foreign = written(made + b"% another program's\n", OTHER)  # ours is no longer what it was made of: it is cut off, and written anew
    assert foreign.count(b"Sextant origin") == 1
    at = made.rindex(b"xref\n", 0, made.rindex(b"startxref"))
    later = (
        made
        + b"1 0 obj\n<< /Type /Font >>\nendobj\nxref\n0 0\ntrailer\n<< /Size 99 /Root 8 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            at,
            len(made) + len(b"1 0 obj\n<< /Type /Font >>\nendobj\n"),
        )
    )
    root = made[made.rindex(b"/Root") :].split()[1]
    later = later.replace(b"/Root 8 0", b"/Root %b 0" % root)
    again = written(later, OTHER)
    assert again.startswith(later)
    declared = read_origin(again)
    assert declared is not None and declared.origin == OTHER
    assert len(pypdfium2.PdfDocument(again)) == 2


@pytest.mark.parametrize("put", [b"/Encrypt 1 0 R", b"/XRefStm 12"])
def test_pdf_encrypted_or_hybrid_is_left_alone(put: bytes) -> None:
    assert write_origin(SAMPLES["pdf"].make().replace(b"trailer\n<< ", b"trailer\n<< " + put + b" "), ORIGIN) is None


def test_gltf_keeps_its_writing_and_other_json_is_left_alone() -> None:
    data = b'{"asset" : {"version":"2.0"}, "numbers":[1.10, 1e400, "\\u00e9"], "asset2": 1}'
    made = written(data)
    assert made.endswith(b', "numbers":[1.10, 1e400, "\\u00e9"], "asset2": 1}')
    assert write_origin(b'{"asset": {"version": "1.0"}}', ORIGIN) is None
    assert write_origin(b'{"asset": {"version": "2.0", "extras": 3}}', ORIGIN) is None
    indented = written(samples.gltf(indent=2)).decode()
    assert json.dumps(json.loads(indented), indent=2) == indented


def test_nifti_with_a_gap_and_with_something_in_it() -> None:
    data = SAMPLES["nifti-bare"].make()
    begin = int(struct.unpack_from("<f", data, 108)[0])
    for gap, expected in ((bytes(48), True), (b"x" * 48, False)):
        made = data[:108] + struct.pack("<f", begin + 48) + data[112:begin] + gap + data[begin:]
        assert (write_origin(made, ORIGIN) is not None) == expected


def test_nifti_gz_is_the_same_at_any_time_and_its_bombs_are_not_inflated() -> None:
    data = SAMPLES["nifti-gz"].make()
    assert written(data)[4:8] == bytes(4)
    assert write_origin(data + gzip.compress(b"another member", mtime=0), ORIGIN) is None
    head = gzip.decompress(data)[:352]
    bomb = gzip.compress(head[:108] + struct.pack("<f", 1e9) + head[112:] + bytes(50_000_000), 9)
    begun = time.process_time()
    assert read_origin(bomb) is None
    assert time.process_time() - begun < 3


def test_dicom_that_is_deflated_or_a_tiff_as_well_is_left_alone() -> None:
    data = SAMPLES["dicom"].make()
    assert write_origin(b"II*\0" + data[4:], ORIGIN) is None
    assert write_origin(samples.dicom("image_dfl.dcm"), ORIGIN) is None


def test_dicom_says_it_to_readers_who_do_not_know_us() -> None:
    import pydicom

    item = pydicom.dcmread(io.BytesIO(written(SAMPLES["dicom"].make()))).ContributingEquipmentSequence[0]
    assert (item.Manufacturer, item.ManufacturerModelName, item.SoftwareVersions) == ("Sextant", "Sextant audio/effect", "0.1.0")
    assert item.ContributionDateTime == "20261121200000+0000"
    assert item.ContributionDescription == ORIGIN.sentence()
    assert item.PurposeOfReferenceCodeSequence[0].CodeValue == "109102"


def test_step_names_the_system_where_nobody_else_did() -> None:
    made = written(samples.STEP)
    assert b"'prep','Sextant 0.1.0','')" in made
    assert b"'prep','Sextant 0.2.0','')" in written(made, OTHER)
    theirs = samples.STEP.replace(b"'prep',''", b"'prep','CAD'")
    assert b"'prep','CAD',''" in written(theirs)


def test_every_record_of_an_sdf_says_it_once() -> None:
    made = written(written(SAMPLES["sdf"].make()), OTHER)
    assert made.count(b"<Sextant origin>") == 2 == made.count(b'"version": "0.2.0"')
    ends_early = SAMPLES["sdf"].make().replace(b"theirs\n\n$$$$", b"theirs\n$$$$")  # without the blank line that the format wants
    assert samples.molecules(written(ends_early)) == samples.molecules(SAMPLES["sdf"].make())


def test_dxf_lines_are_short_enough_for_old_readers() -> None:
    assert max(map(len, written(SAMPLES["dxf"].make())[:3000].split(b"\r\n"))) <= 255


def test_a_commented_archive_does_not_end_verovio() -> None:
    for size in range(0, 300, 7):
        made = written(samples.archive(b"x" * size))
        assert struct.unpack_from("<H", made, made.rindex(b"PK\5\6") + 20)[0] & 0x80 == 0


def test_html_and_svg_of_other_shapes() -> None:
    assert write_origin(b"<html><body>no head</body></html>", ORIGIN) is None
    page = b"<html><head></head><body><svg xmlns='http://www.w3.org/2000/svg'></svg></body></html>"
    assert written(page).startswith(b'<html><head><meta name="sextant-origin"')
    prefixed = b'<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:g/></s:svg>'
    assert b"<s:metadata>" in written(prefixed) and read_origin(written(prefixed)) is not None
    assert write_origin(b'<svg xmlns="http://www.w3.org/2000/svg"/>', ORIGIN) is None
    latin = '<?xml version="1.0" encoding="iso-8859-1"?><svg xmlns="http://www.w3.org/2000/svg"><g id="\u00e9"/></svg>'.encode("latin-1")
    assert samples.elements(written(latin)) == samples.elements(latin)


@pytest.mark.parametrize("name", ["svg", "svg-bare", "svg-empty"])
def test_an_svg_has_one_metadata_element(name: str) -> None:
    """Signed with two of them, its Content Credentials cannot be read again."""
    assert written(written(SAMPLES[name].make()), OTHER).count(b"<metadata") == 1


def hostile() -> dict[str, bytes]:
    many = 4_000_000
    title = bytes.fromhex("00ff0110") + b"Sextant origin x"
    table = b"xref\n0 200000\n" + b"0000000009 00000 n \n" * 200_000 + b"trailer\n<< /Size 200000 /Root 1 0 R /Prev 9 >>\n"
    return {
        "png": b"\x89PNG\r\n\x1a\n" + (bytes(4) + b"tEXt" + bytes(4)) * (many // 12),
        "riff": b"RIFF" + struct.pack("<I", many + 4) + b"WAVE" + (b"junk" + bytes(4)) * (many // 8),
        "mp4": b"\0\0\0\x0cftypisom" + b"\0\0\0\x08free" * (many // 8),
        "jpeg": b"\xff\xd8" + b"\xff\xe0\0\2" * (many // 4),
        "flac": b"fLaC" + bytes(many),
        "midi": b"MThd\0\0\0\6\0\1\0\1\0\1MTrk" + (20 * (many // 20)).to_bytes(4, "big") + title * (many // 20),
        "pdf": b"%PDF-1.4\n" + table + b"startxref\n9\n%%EOF\n",
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<a/>" * (many // 4) + b"</svg>",
        "svg-metadata": b'<svg xmlns="http://www.w3.org/2000/svg"><metadata><!--' + b"<x:xmpmeta" * (many // 10) + b"--></metadata></svg>",
        "step": b"ISO-10303-21;HEADER;" + b"FILE_NAME('','',(" * (many // 16) + b"ENDSEC;",
        "html": b"<html><head " + b"<!--" * (many // 4),
        "xmp": b"\xff\xd8\xff\xe1",
        "dxf": b"999\nx\n" * (many // 6),
        "sdf": b"M  END\n" * (many // 14) + b"$$$$\n" + b">  <Sextant origin>\nx\n" * (many // 50),
        "gltf": b'{"asset":' + b"[" * many,
    }


@pytest.mark.parametrize("data", hostile().values(), ids=hostile())
def test_hostile_files_take_seconds_at_most(data: bytes) -> None:
    begun = time.process_time()
    read_origin(data)
    write_origin(data, ORIGIN)
    assert time.process_time() - begun < 8


def test_a_packet_full_of_ours_is_cleared_at_once() -> None:
    many = b"<sextant:task>x</sextant:task>" * 30_000
    packet = xmp.packet(ORIGIN).replace(b"</rdf:Description>", many + b"<other/></rdf:Description>")
    begun = time.process_time()
    found = xmp.merged(packet, OTHER)
    assert found is not None and len(found) < 10_000
    assert time.process_time() - begun < 2


def test_pdf_with_a_compressed_packet_of_another_program() -> None:
    pdf = SAMPLES["pdf"].make()
    size = int(pdf[pdf.rindex(b"/Size") :].split()[1])
    at = int(pdf[pdf.rindex(b"startxref") :].split()[1])
    root = pdf[pdf.rindex(b"/Root") :].split()[1]
    catalog = pdf[pdf.rindex(b"<< /Type /Catalog") :].split(b"\nendobj")[0][:-3]
    packed = zlib.compress(CAMERA)
    added, listed = bytearray(pdf), b""
    for number, body in (
        (root, catalog + b" /Metadata %d 0 R >>" % size),
        (b"%d" % size, b"<</Type/Metadata/Length %d/Filter[/FlateDecode]>>stream\n%b\nendstream" % (len(packed), packed)),
    ):
        listed += b"%b 1\n%010d 00000 n \n" % (number, len(added))
        added += b"%b 0 obj\n%b\nendobj\n" % (number, body)
    begin = len(added)
    added += b"xref\n%btrailer\n<</Size %d/Root %b 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF" % (listed, size + 1, root, at, begin)
    made = written(bytes(added))
    assert made.startswith(bytes(added)) and b"Camera 1" in made
    assert written(made, OTHER) == written(bytes(added), OTHER)
    assert samples.printed(made)[0] == samples.printed(pdf)[0]
