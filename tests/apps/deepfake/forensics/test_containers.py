"""Any bytes are answered: nothing raises, and nothing takes long."""

import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from apps.deepfake.forensics.compression import compression_evidence
from apps.deepfake.forensics.containers import kind_of, read_container
from apps.deepfake.forensics.jpeg_segments import ZIGZAG
from apps.deepfake.forensics.metadata import metadata_evidence
from apps.deepfake.forensics.quality import image_quality
from apps.deepfake.forensics.structure import structure_evidence
from tests.apps.deepfake.forensics.made import jpeg, png, scene, wav

PIXELS = scene(0, (72, 88))
EXIF = Image.Exif()
EXIF[0x010F], EXIF[0x0131], EXIF[0x0112] = "Canon", "GIMP", 6


def _webp() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, "WEBP", exif=EXIF, xmp=b"<x:xmpmeta/>")
    return buffer.getvalue()


def _tiff() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, "TIFF", exif=EXIF)
    return buffer.getvalue()


def _gif() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, "GIF", comment=b"x")
    return buffer.getvalue()


SEEDS = (
    jpeg(PIXELS, exif=EXIF, comment=b"hello", xmp=b"<x:xmpmeta DigitalSourceType='a'/>"),
    png(PIXELS, {"parameters": "Steps: 1, Seed: 2"}, exif=EXIF),
    _webp(),
    _tiff(),
    _gif(),
    wav({b"ISFT": b"Lavf", b"ICMT": b"comment"}, extra=b"id3 \x16\0\0\0ID3\x03\0\0\0\0\0\x0cTXXX\0\0\0\x02\0\0\0a"),
    b"ID3\x04\0\0\0\0\0\x0cTXXX\0\0\0\x02\0\0\0a" + b"\xff\xfb\x90\0" * 4,
    b"fLaC\x84\0\0\x20\x05\0\0\0Lavf!\x01\0\0\0\x0b\0\0\0COMMENT=hey" + bytes(10),
    b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x30moov\0\0\0\x28\xa9too\0\0\0\x20data" + bytes(24),
)


def examine(data: bytes) -> None:
    container = read_container(data)
    assert container.trailing_bytes >= 0
    structure_evidence(data, "name.png", container)
    metadata_evidence(data, container=container, pixels=PIXELS)
    compression_evidence(PIXELS, container)
    image_quality(PIXELS, container)


@given(st.binary(max_size=400))
@settings(max_examples=30, deadline=None)
def test_random_bytes(data):
    examine(data)


@given(st.sampled_from([data[:12] for data in SEEDS]), st.binary(max_size=300))
@settings(max_examples=40, deadline=None)
def test_a_signature_and_rubbish(head, rest):
    examine(head + rest)


@given(st.sampled_from(SEEDS), st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_cut_files(data, share):
    examine(data[: int(len(data) * share)])


@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=12), st.booleans())
@settings(max_examples=80, deadline=None)
def test_changed_bytes(data, changes, near_the_head):
    changed = bytearray(data)
    for share, value in changes:
        changed[int(share * min(len(data), 300 if near_the_head else len(data)))] = value
    examine(bytes(changed))


def test_seeds_are_read():
    kinds = [kind_of(data) for data in SEEDS]
    assert kinds == ["jpeg", "png", "webp", "tiff", "gif", "wav", "mp3", "flac", "mp4"]
    for data in SEEDS[:4]:
        exif = read_container(data).exif
        assert exif.texts["Make"] == "Canon" and exif.orientation == 6
    assert read_container(SEEDS[7]).texts[1].value == "hey"


def test_dimensions_tables_and_zigzag():
    assert ZIGZAG[:6] == (0, 1, 8, 16, 9, 2) and sorted(ZIGZAG) == list(range(64))
    for data in SEEDS[:2]:
        found = read_container(data).found
        assert (found.width, found.height) == (88, 72) and found.complete
    with Image.open(io.BytesIO(SEEDS[0])) as opened:
        assert np.array_equal(opened.quantization[0], read_container(SEEDS[0]).found.jpeg.tables[0])
