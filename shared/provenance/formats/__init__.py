"""Every file says how it was made, in its own format's standard place.

    write_origin(png, origin)                 # the file with its origin; None: no place for it, so it needs a file beside it
    write_origin(sdf, origin, name="one.sdf") # a name or media type where magic bytes are not enough
    read_origin(png)                          # Declared(origin, "XMP in an iTXt chunk"), or None

Writing again replaces. What a file is for (pixels, samples, atoms, voxels) and all else that it says stay as they are. A signature over
the bytes, Content Credentials among them, has to be made after: it holds for no file that is changed later.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.provenance.formats.dicom import DICOM
from shared.provenance.formats.flac import FLAC
from shared.provenance.formats.gltf import GLB, GLTF
from shared.provenance.formats.html import HTML
from shared.provenance.formats.jpeg import JPEG
from shared.provenance.formats.kind import Format
from shared.provenance.formats.lines import DXF, PLY, SDF, STEP
from shared.provenance.formats.midi import MIDI
from shared.provenance.formats.mp3 import MP3
from shared.provenance.formats.mp4 import MP4
from shared.provenance.formats.musicxml import MUSICXML
from shared.provenance.formats.nifti import NIFTI
from shared.provenance.formats.pdf import PDF
from shared.provenance.formats.png import PNG
from shared.provenance.formats.riff import WAV, WEBP
from shared.provenance.formats.svg import SVG
from shared.provenance.formats.tiff import TIFF
from shared.provenance.formats.zipped import ZIP
from shared.provenance.origin import Origin

__all__ = ["FORMATS", "Declared", "Format", "format_of", "read_origin", "write_origin"]

# the ones with magic bytes first, the ones that are searched for words last
FORMATS: tuple[Format, ...] = (
    *(PNG, JPEG, WAV, WEBP, DICOM, TIFF, FLAC, MP4, PDF, GLB, MIDI, ZIP, PLY, STEP, NIFTI, MP3),
    *(MUSICXML, HTML, SVG, DXF, GLTF, SDF),
)


@dataclass(frozen=True)
class Declared:
    """place: where in the file it stands, in words."""

    origin: Origin
    place: str


def format_of(data: bytes, *, name: str = "", media_type: str = "") -> Format | None:
    """None for formats without a place: CSV, SMILES, MOL, STL, JSON, plain text, Ogg, and all that is unknown."""
    hint = f"{name} {media_type}".lower()
    return next((each for each in FORMATS if each.fits(data, hint)), None)


def write_origin(data: bytes, origin: Origin, *, name: str = "", media_type: str = "") -> bytes | None:
    """The file with `origin` in its place, an earlier one of ours replaced; None where it needs a file beside it. Never raises."""
    try:
        found = format_of(data, name=name, media_type=media_type)
        return None if found is None else found.write(data, origin)
    except Exception:  # a broken file makes a parser, pydicom's too, raise whatever the broken place led to
        return None


def read_origin(data: bytes, *, name: str = "", media_type: str = "") -> Declared | None:
    """What the file says of its origin; None where it says nothing, or cannot be read. Never raises."""
    try:
        found = format_of(data, name=name, media_type=media_type)
        origin = None if found is None else found.read(data)
    except Exception:  # as above
        return None
    return None if found is None or origin is None else Declared(origin, found.place)
