import io
import zipfile

import pytest
from PIL import Image

from apps.deepfake.forensics.structure import structure_evidence
from tests.apps.deepfake.forensics.made import jpeg, png, scene, wav

PIXELS = scene(0, (96, 128))
MOVIE = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0\0\0\x10moov" + bytes(8) + b"\0\0\0\x20mdat" + bytes(24)


def kinds(data: bytes, name: str = "") -> dict[str, object]:
    return {evidence.kind: evidence for evidence in structure_evidence(data, name)}


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("secret.txt", "x" * 200)
    return buffer.getvalue()


def animated() -> bytes:
    buffer = io.BytesIO()
    frames = [Image.fromarray(scene(seed, (64, 64))) for seed in range(2)]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


@pytest.mark.parametrize("data", [jpeg(PIXELS), png(PIXELS), animated(), wav({b"ISFT": b"x"})], ids=["jpeg", "png", "gif", "wav"])
@pytest.mark.parametrize(
    ("trail", "looks"), [(archive(), "a ZIP archive"), (b"MZ" + bytes(range(200)), "a Windows program"), (b"<html><body>" * 20, "web page")]
)
def test_data_behind_the_end_is_named(data, trail, looks):
    assert not {"structure.trailing-data", "structure.truncated"} & set(kinds(data))
    found = kinds(data + trail)["structure.trailing-data"]
    assert looks in found.claim and found.details["bytes"] == str(len(trail)) and found.direction == "none"


def test_phones_trailers_are_benign():
    assert "motion photo" in kinds(jpeg(PIXELS) + MOVIE)["structure.trailing-benign"].claim
    samsung = b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1234567890" + b"SEFH" + bytes(20) + b"SEFT"
    assert "Samsung" in kinds(jpeg(PIXELS) + samsung)["structure.trailing-benign"].claim
    assert "structure.padding" in kinds(jpeg(PIXELS) + bytes(64))


def test_cut_files_limit():
    for data in (jpeg(PIXELS), png(PIXELS), animated()):
        assert kinds(data[: len(data) // 2])["structure.truncated"].direction == "limits"


def test_the_type_is_read_from_the_bytes():
    assert "is a JPEG file" in kinds(jpeg(PIXELS), "holiday.png")["structure.type-differs"].claim
    assert "structure.type-differs" not in kinds(jpeg(PIXELS), "holiday.JPG")
    assert "structure.type-differs" not in kinds(jpeg(PIXELS), "holiday.2026")
    assert "structure.unknown-type" in kinds(b"\x00\x01")


@pytest.mark.parametrize("quality", [35, 50, 75, 92])
def test_standard_tables_are_recognised(quality):
    details = kinds(jpeg(PIXELS, quality))["structure.coding"].details
    assert details["quality"] == str(quality) and details["tables"] == "standard"


def test_own_tables_subsampling_and_progressive():
    table = [3 + index // 4 for index in range(64)]
    details = kinds(jpeg(PIXELS, qtables=[table, table], subsampling=0, progressive=True))["structure.coding"].details
    assert (details["tables"], details["chroma"], details["progressive"]) == ("own", "4:4:4", "true")


def test_animation_print_colours_and_depth_are_told():
    assert "2 frames" in kinds(animated())["structure.coding"].claim
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).convert("CMYK").save(buffer, "JPEG")
    assert "CMYK" in kinds(buffer.getvalue())["structure.coding"].claim
    buffer = io.BytesIO()
    Image.new("I;16", (40, 40), 500).save(buffer, "PNG")
    assert "16 bits" in kinds(buffer.getvalue())["structure.coding"].claim


def test_a_script_in_a_pictures_head_is_a_polyglot():
    assert "structure.polyglot" in kinds(jpeg(PIXELS, comment=b"<script>alert(1)</script>"))
    assert "structure.polyglot" not in kinds(jpeg(PIXELS))
