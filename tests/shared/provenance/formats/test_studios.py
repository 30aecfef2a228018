"""What the studios write of themselves, and what they know by it, stays."""

from __future__ import annotations

import io

import numpy as np
import pytest

from shared.errors import BadInput
from shared.provenance.formats import read_origin, write_origin
from tests.shared.provenance.formats.samples import ORIGIN, SAMPLES, noise, tree_of


def written(data: bytes) -> bytes:
    found = write_origin(data, ORIGIN)
    assert found is not None
    declared = read_origin(found)
    assert declared is not None and declared.origin == ORIGIN
    return found


def test_scores_are_read_as_before() -> None:
    from apps.audio.score.midi import read_midi
    from apps.audio.score.musicxml import read_musicxml

    for name, read in (("midi", read_midi), ("musicxml", read_musicxml), ("musicxml-bare", read_musicxml)):
        data = SAMPLES[name].make()
        assert read(written(data)) == read(data)


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_a_result_of_the_medical_studio_is_known_again(form: str) -> None:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    from apps.medical.formats import read_image

    note, out = PngInfo(), io.BytesIO()
    note.add_text("Software", "Sextant medical")
    more = {"pnginfo": note} if form == "PNG" else {"software": "Sextant medical"}
    Image.fromarray(noise(40, 40)).save(out, form, **more)
    with pytest.raises(BadInput, match="made by this studio already"):
        read_image(written(out.getvalue()), form)


@pytest.mark.parametrize("name", ["nifti", "nifti-gz", "nifti-2"])
def test_a_volume_of_the_medical_studio_is_refused_as_before(name: str) -> None:
    from apps.medical.formats import read_image

    with pytest.raises(BadInput):
        read_image(written(SAMPLES[name].make()), name)


def test_a_dicom_result_is_known_again_and_another_is_not_taken_for_one() -> None:
    import pydicom
    from pydicom.dataset import Dataset

    from apps.medical.dicom import EQUIPMENT_MODEL, read_dicom

    data = SAMPLES["dicom"].make()
    assert np.array_equal(read_dicom(written(data), "x").stored, read_dicom(data, "x").stored)
    dataset = pydicom.dcmread(io.BytesIO(data))
    item = Dataset()
    item.Manufacturer, item.ManufacturerModelName = "Sextant", EQUIPMENT_MODEL
    dataset.ContributingEquipmentSequence = [item]
    out = io.BytesIO()
    dataset.save_as(out)
    with pytest.raises(BadInput, match="made by this studio already"):
        read_dicom(written(out.getvalue()), "x")


def test_molecules_read_again_carry_no_origin_of_an_earlier_run() -> None:
    from apps.molecules.output import _own_tags

    assert _own_tags({"Sextant origin": "{}", "ORIGIN": "theirs"}, {}) == {"ORIGIN": "theirs"}


def test_furniture_keeps_its_own_words() -> None:
    data = SAMPLES["glb"].make()
    made = written(data)
    size = int.from_bytes(made[12:16], "little")
    assert tree_of(made[20 : 20 + size])["asset"]["extras"] == {"origin": "a sentence", "title": "t\u00e9"}
