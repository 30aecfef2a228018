"""DICOM: an item of the Contributing Equipment Sequence (PS3.3 C.12.1, CID 7005), with all of it in a private element of that item."""

from __future__ import annotations

import contextlib
import io
from datetime import UTC, datetime
from typing import Any

from shared.provenance.formats.kind import Format
from shared.provenance.formats.marks import from_json, to_json
from shared.provenance.origin import Origin

__all__ = ["DICOM"]

CREATOR = "SEXTANT ORIGIN"
GROUP, ELEMENT = 0x0019, 0x01
KEYWORD = "ContributingEquipmentSequence"
DEFLATED = "1.2.840.10008.1.2.1.99"
"""Read whole by any reader, however much it inflates to: not read here."""
LO, ST = 64, 1024
"""Characters that the value representations hold."""


def dataset_of(data: bytes, **how: Any) -> Any:
    """Raises `ValueError`, and whatever pydicom raises on a broken file."""
    import pydicom

    meta = pydicom.filereader.read_partial(io.BytesIO(data), stop_when=lambda tag, vr, length: True).file_meta
    if meta.TransferSyntaxUID == DEFLATED:
        raise ValueError("deflated")
    return pydicom.dcmread(io.BytesIO(data), **how)


def plain(text: str, limit: int) -> str:
    """ASCII, which every character set of DICOM holds, without the backslash that parts values."""
    return text.encode("ascii", "replace").decode().replace("\\", "/")[:limit]


def item_of(origin: Origin) -> Any:
    from pydicom.dataset import Dataset

    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "109102", "DCM", "Processing Equipment"
    item = Dataset()
    item.PurposeOfReferenceCodeSequence = [code]
    item.Manufacturer = plain(origin.tool, LO)
    item.ManufacturerModelName = plain(f"{origin.tool} {origin.task}", LO)
    item.SoftwareVersions = plain(origin.version, LO)
    with contextlib.suppress(ValueError, OverflowError):  # a time that is none: it stands in the JSON alone
        moment = datetime.fromisoformat(origin.made_at)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
        item.ContributionDateTime = f"{moment:%Y%m%d%H%M%S}+0000".rjust(19, "0")
    item.ContributionDescription = plain(origin.sentence(), ST)
    item.private_block(GROUP, CREATOR, create=True).add_new(ELEMENT, "UT", to_json(origin))
    return item


def own_text(item: Any) -> bytes | str | None:
    """The JSON of an item of ours, as text, or as bytes where the file does not say what a private element is."""
    try:
        value = item.private_block(GROUP, CREATOR)[ELEMENT].value
    except KeyError:
        return None
    return value.rstrip(b"\0 ") if isinstance(value, bytes) else str(value)


def write(data: bytes, origin: Origin) -> bytes | None:
    import pydicom

    if data[:2] in (b"II", b"MM"):
        return None  # a TIFF as well (PS3.10 7.1), whose offsets into this file would no longer hold
    dataset = dataset_of(data)
    kept = [item for item in dataset.get(KEYWORD) or () if own_text(item) is None]
    dataset.ContributingEquipmentSequence = [*kept, item_of(origin)]
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, dataset, enforce_file_format=False)
    return buffer.getvalue()


def read(data: bytes) -> Origin | None:
    dataset = dataset_of(data, stop_before_pixels=True, specific_tags=[KEYWORD])
    found = (own_text(item) for item in dataset.get(KEYWORD) or ())
    own = next((text for text in found if text is not None), None)
    return None if own is None else from_json(own)


DICOM = Format("Contributing Equipment", lambda data, hint: data[128:132] == b"DICM", write, read)
