"""A small file of every kind, and what an independent reader gets out of it."""

from __future__ import annotations

import base64
import gzip
import io
import json
import warnings
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import strategies as st

from shared.provenance.origin import SOURCE_TYPES, Origin

__all__ = ["ORIGIN", "OTHER", "SAMPLES", "SIDECAR", "Sample", "origins"]

ORIGIN = Origin(
    tool="Sextant",
    version="0.1.0",
    task="audio/effect",
    model="audio/synth",
    revision="3f2a",
    seed=7,
    request_sha256="ab" * 32,
    made_at="2026-11-21T20:00:00Z",
    source_type="trainedAlgorithmicMedia",
)
OTHER = Origin("Sextant", "0.2.0", "design/chair", None, None, -1, "cd" * 32, "2027-01-01T00:00:01Z", "algorithmicMedia")
printable = st.text(st.characters(codec="utf-8").filter(str.isprintable), max_size=60)


def origins() -> st.SearchStrategy[Origin]:
    """Also with what XML, comments and strings have to escape."""
    awkward = st.sampled_from(
        ["*/", "-->", "]]>", '"', "'", "<a>&amp;", "\\", "$$$$", "> <x>", "  edge  ", "\u00e9\u4e2d\U0001f600", "x" * 500]
    )
    text = printable | awkward
    return st.builds(
        Origin,
        tool=st.just("Sextant") | text,
        version=st.just("0.1.0") | text,
        task=text,
        model=st.none() | text,
        revision=st.none() | text,
        seed=st.integers(-(2**63), 2**64),
        request_sha256=st.just("ab" * 32),
        made_at=st.just("2026-11-21T20:00:00Z") | text,
        source_type=st.sampled_from(sorted(SOURCE_TYPES)),
    )


@dataclass(frozen=True)
class Sample:
    """make(): the file. content(data): what is to stay, comparable by ==. name: where magic bytes are not enough."""

    make: Callable[[], bytes]
    content: Callable[[bytes], Any]
    place: str
    name: str = ""


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


# --- pictures


def picture(form: str, mode: str = "RGB", frames: int = 1, **options: Any) -> bytes:
    from PIL import Image

    channels = {"RGB": 3, "RGBA": 4, "L": 1}[mode]
    images = [Image.fromarray(np.squeeze(noise(17 + 0 * number, 23, channels) // (number + 1))) for number in range(frames)]
    out = io.BytesIO()
    more: dict[str, Any] = {"save_all": True, "append_images": images[1:], "duration": 100} if frames > 1 else {}
    exif = Image.Exif()
    exif[0x010E] = "a described picture"
    images[0].save(out, form, exif=exif, icc_profile=b"not a profile, but kept" * 9, **options, **more)
    return out.getvalue()


def png(**options: Any) -> bytes:
    from PIL.PngImagePlugin import PngInfo

    note = PngInfo()
    note.add_text("Software", "Sextant medical")
    note.add_itxt("Title", "n\u00e4me", zip=True)
    return picture("PNG", pnginfo=note, **options)


def seen(data: bytes) -> Any:
    from PIL import Image, ImageSequence

    with Image.open(io.BytesIO(data)) as opened:
        frames = [np.asarray(frame).tobytes() for frame in ImageSequence.Iterator(opened)]
        opened.seek(0)
        ours = ("xmp", "XML:com.adobe.xmp")
        info = {key: value for key, value in opened.info.items() if key not in ours}
        exif = {key: value for key, value in opened.getexif().items() if key != 700}
        return opened.format, opened.mode, opened.size, frames, exif, repr(info)


def tiff(byteorder: str, pages: int = 1, **options: Any) -> bytes:
    import tifffile

    out = io.BytesIO()
    pixels = noise(pages, 13, 11).astype(np.uint16)
    tifffile.imwrite(out, pixels, photometric="minisblack", software="Sextant medical", byteorder=byteorder, datetime=False, **options)
    return out.getvalue()


def pages_of(data: bytes) -> Any:
    import tifffile

    with tifffile.TiffFile(io.BytesIO(data)) as file:
        return [(page.asarray().tolist(), {tag.name: tag.value for tag in page.tags if tag.code != 700}) for page in file.pages]


# --- sound


def tone(channels: int = 1) -> np.ndarray:
    return (0.5 * np.sin(np.arange(4800)[:, None] / np.arange(9, 9 + channels))).astype(np.float32)


def wav() -> bytes:
    from apps.audio.wavfile import Loop, write_wav

    return write_wav(tone()[:4799, 0], bits=24, loops=[Loop(10, 4000)], cues=[5, 60], info={"title": "T", "comment": "ours \u00e9"})


def heard_wav(data: bytes) -> Any:
    from apps.audio.wavfile import read_wav

    read = read_wav(data)
    return read.signal.tolist(), read.loops, read.cues, dict(read.info), read.sample_rate_hz, read.bits, heard(data)


def sound(form: str, subtype: str, channels: int = 2, *, tagged: bool = True) -> bytes:
    import soundfile

    out = io.BytesIO()
    with soundfile.SoundFile(out, "w", 48_000, channels, subtype, format=form) as file:
        if tagged:
            file.title, file.comment = "A title", "made for a test"
        file.write(tone(channels))
    return out.getvalue()


def heard(data: bytes) -> Any:
    import soundfile

    with soundfile.SoundFile(io.BytesIO(data)) as file:
        tags = {key: value for key, value in file.copy_metadata().items() if "sextant" not in key.lower()}
        return file.format, file.subtype, file.samplerate, file.read(dtype="float32").tolist(), tags


def film(**options: str) -> bytes:
    import av

    with TemporaryDirectory() as folder:  # a fast start is written by reading the file again
        path = Path(folder) / "film.mp4"
        with av.open(str(path), "w", format="mp4", options=options) as file:
            stream = file.add_stream("mpeg4", rate=25)
            stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
            for number in range(30):
                file.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((32, 32, 3), 8 * number, np.uint8), "rgb24")))
            file.mux(stream.encode())
        return path.read_bytes()


def played(data: bytes) -> Any:
    import av

    with av.open(io.BytesIO(data)) as file:
        frames = [frame.to_ndarray(format="rgb24").tobytes() for frame in file.decode(video=0)]
        return frames, dict(file.metadata), len(file.streams)


def midi() -> bytes:
    import mido

    file = mido.MidiFile(type=1)
    for name in ("Conductor", "Soprano"):
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name), mido.MetaMessage("text", text="fermata, 4 sixteenths")])
        track += [mido.Message("note_on", note=60, velocity=64), mido.Message("note_off", note=60, time=480)]
        file.tracks.append(track)
    out = io.BytesIO()
    file.save(file=out)
    return out.getvalue()


def events(data: bytes) -> Any:
    import mido

    file = mido.MidiFile(file=io.BytesIO(data))
    ours = "Sextant origin"
    return [[str(each) for each in track if not (each.type == "text" and each.text.startswith(ours))] for track in file.tracks]


# --- documents

SVG = (
    '<?xml version="1.0"?>\n<!-- c --><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>a &lt; b</title>'
    '<metadata>mine</metadata><g id="x"><path d="M0 0L9 9"/></g></svg>\n'
)
MUSICXML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n<score-partwise version="4.0"><work><work-title>W</work-title></work>{}'
    '<part-list><score-part id="P1"><part-name>P</part-name></score-part></part-list><part id="P1"><measure number="1"><attributes>'
    "<divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes><note><pitch><step>C</step>"
    "<octave>4</octave></pitch><duration>4</duration><type>whole</type></note></measure></part></score-partwise>\n"
)
IDENTIFICATION = (
    "<identification><creator>me</creator><encoding><software>Sextant</software></encoding><miscellaneous>"
    '<miscellaneous-field name="sextant-fermatas">of 16 16ths: 0-4</miscellaneous-field></miscellaneous></identification>'
)
HTML = b"<!DOCTYPE html>\n<!-- a > b -->\n<html lang=en><head>\n<meta charset=utf-8><title>T</title></head><body><p>x</p></body></html>\n"


EMPTIED = ("identification", "encoding", "miscellaneous", "metadata")
"""Elements that are ours where nothing is left in them."""


def elements(data: bytes) -> Any:
    """All but what is ours, as text."""
    import xml.etree.ElementTree as ET

    root = ET.fromstring(data)
    for parent in reversed(list(root.iter())):  # what is emptied goes with it
        for child in list(parent):
            words = "".join(child.itertext()) + "".join(child.attrib.values())
            empty = child.tag.rpartition("}")[2] in EMPTIED and not len(child) and not child.text
            ours = "sextant-origin" in words or any("sextant-suite.invalid" in each.tag for each in child.iter())
            ours = ours and child.tag.rpartition("}")[2] in ("xmpmeta", "miscellaneous-field")
            if ours or empty or (child.tag == "software" and child.text != "Sextant"):
                parent.remove(child)
    kept = (each for each in root.iter() if each.tag not in EMPTIED or len(each))
    return [(each.tag, sorted(each.attrib.items()), each.text) for each in kept]


def engraved(data: bytes) -> Any:
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions(json.dumps({"xmlIdSeed": 1}))
    loaded = toolkit.loadZipDataBase64(base64.b64encode(data).decode()) if data[:2] == b"PK" else toolkit.loadData(data.decode())
    assert loaded
    return toolkit.renderToMIDI()


def score(data: bytes) -> Any:
    return elements(data), engraved(data)


def pdf() -> bytes:
    from apps.design.patterns.pdf import Canvas, document

    shared, page = Canvas(100), Canvas(297)
    shared.pen(1)
    shared.path(np.array([[0.0, 0.0], [50.0, 80.0]]))
    page.text("Skirt", 50, 50, 10)
    return document([page, page], shared, 100, (210, 297), "A skirt")


def printed(data: bytes) -> Any:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    pictures = [page.render(scale=0.5).to_numpy().tobytes() for page in document]
    return pictures, document.get_metadata_dict()


def markup(data: bytes) -> Any:
    from html.parser import HTMLParser

    found: list[Any] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if dict(attrs).get("name") != "sextant-origin":
                found.append((tag, attrs))

        def handle_data(self, data: str) -> None:
            found.append(data)

    Reader().feed(data.decode())
    return found


# --- shapes


def cube() -> Any:
    import trimesh

    box = trimesh.creation.box((1.0, 2.0, 3.0))
    box.metadata["name"] = "box"
    return box


def glb() -> bytes:
    def said(tree: dict[str, Any]) -> None:
        tree["asset"]["extras"] = {"origin": "a sentence", "title": "t\u00e9"}

    import trimesh

    data: bytes = trimesh.Scene([cube()]).export(file_type="glb", tree_postprocessor=said)
    return data


def gltf(indent: int | None = None) -> bytes:
    tree = {"scene": 0, "asset": {"version": "2.0", "extras": {"a": 1.5}}, "scenes": [{"nodes": []}], "extras": {"n": 0.1}}
    return json.dumps(tree, indent=indent).encode()


def tree_of(data: bytes) -> Any:
    tree = json.loads(data)
    tree["asset"]["extras"].pop("provenance", None)
    return tree


def solid(data: bytes) -> Any:
    import trimesh

    size = int.from_bytes(data[12:16], "little")
    assert len(data) % 4 == 0 and size % 4 == 0 and int.from_bytes(data[8:12], "little") == len(data)
    scene = trimesh.load(io.BytesIO(data), file_type="glb")
    shapes = {name: (mesh.vertices.tolist(), mesh.faces.tolist()) for name, mesh in scene.geometry.items()}
    return shapes, tree_of(data[20 : 20 + size]), data[20 + size :]


def ply(encoding: str) -> bytes:
    return bytes(cube().export(file_type="ply", encoding=encoding))


def mesh(data: bytes) -> Any:
    import trimesh

    found = trimesh.load(io.BytesIO(data), file_type="ply")
    return found.vertices.tolist(), found.faces.tolist()


def dxf(newline: str = "\r\n") -> bytes:
    import ezdxf

    document = ezdxf.new("R12")
    document.modelspace().add_line((0, 0), (1, 2))
    out = io.StringIO()
    document.write(out)
    return ("999\nsomebody else's\n" + out.getvalue()).replace("\n", newline).encode()


def drawn(data: bytes) -> Any:
    import ezdxf

    document = ezdxf.read(io.StringIO(data.decode().replace("\r\n", "\n")))
    entities = [sorted(each.dxfattribs().items(), key=str) for each in document.modelspace()]
    return str(entities), b"somebody else's" in data, document.dxfversion


STEP = (
    b"ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION(('it''s; a part'),'2;1');\n"
    b"FILE_NAME('a (b).step','2026-01-01T00:00:00',('me'),('us','them'),'prep','','');\nFILE_SCHEMA(('AP203'));\nENDSEC;\n"
    b"DATA;\n#1=POINT(1.);\nENDSEC;\nEND-ISO-10303-21;\n"
)


def part(data: bytes) -> Any:
    import re

    bare = re.sub(rb"\n/\* Sextant origin .*? \*/", b"", data, flags=re.DOTALL)
    return re.sub(rb"'prep',\s*'(?:[^']|'')*'", b"'prep',''", bare)


# --- molecules, patients


def sdf(newline: str = "\n", v3000: bool = False, last: str = "$$$$\n") -> bytes:
    from rdkit import Chem

    records = []
    for smiles in ("CCO", "c1ccccc1C(=O)O"):
        block = Chem.MolToMolBlock(Chem.MolFromSmiles(smiles), forceV3000=v3000)
        records.append(f"{block}>  <Name>\n{smiles}\nsecond line\n\n>  <ORIGIN>\ntheirs\n\n$$$$\n")
    return ("".join(records).removesuffix("$$$$\n") + last).replace("\n", newline).encode()


def molecules(data: bytes) -> Any:
    from rdkit import Chem

    found = []
    for mol in Chem.ForwardSDMolSupplier(io.BytesIO(data)):
        items = {name: value for name, value in mol.GetPropsAsDict().items() if name != "Sextant origin"}
        assert ("Sextant origin" in mol.GetPropsAsDict()) == (b"Sextant origin" in data)
        found.append((Chem.MolToMolBlock(mol), items))
    return found


def dicom(name: str) -> bytes:
    from pydicom.data import get_testdata_file

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = Path(str(get_testdata_file(name, download=False))).read_bytes()
    return bytes(128) + data[128:]  # theirs are TIFF files as well


def patient(data: bytes) -> Any:
    import pydicom

    dataset = pydicom.dcmread(io.BytesIO(data))
    stored = {tag: dataset.get_item(tag) for tag in tuple(dataset._dict) if tag.element != 0 and tag != 0x0018A001}
    raw = {tag: (element.VR, element.value) for tag, element in stored.items()}
    kept = [item.to_json() for item in dataset.get("ContributingEquipmentSequence") or [] if "SEXTANT ORIGIN" not in str(item)]
    meta = {tag: dataset.file_meta[tag].value for tag in dataset.file_meta._dict}
    return bytes(dataset.preamble), meta, str(raw), kept, dataset.PixelData


def nifti(kind: str, order: str = "<", packed: bool = False, noted: bool = True) -> bytes:
    import nibabel

    made = getattr(nibabel, kind)
    header = made.header_class(endianness=order)
    volume = made(np.arange(60, dtype=np.int16).reshape(3, 4, 5), np.diag([1.0, 2, 3, 1]), header)
    if noted:
        volume.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", b"somebody else's"))
    volume.header["descrip"] = b"Sextant medical: x"
    data: bytes = volume.to_bytes()
    return gzip.compress(data, mtime=0) if packed else data


def volume(data: bytes) -> Any:
    import nibabel

    content = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    kind = nibabel.Nifti2Image if content[4:8] == b"n+2\0" else nibabel.Nifti1Image
    image = kind.from_bytes(content)
    fields = {name: np.asarray(image.header[name]).tolist() for name in image.header if name != "vox_offset"}
    notes = [bytes(each.content) for each in image.header.extensions if not bytes(each.content).startswith(b"Sextant origin")]
    return np.asarray(image.dataobj).tolist(), str(fields), [note.rstrip(b"\0") for note in notes], content[-120:]


def archive(comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("a.wav", (1980, 1, 1, 0, 0, 0)), b"abc" * 99)
        file.comment = comment
    return out.getvalue()


def mxl() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        rootfiles = '<container><rootfiles><rootfile full-path="s.xml"/></rootfiles></container>'
        file.writestr(zipfile.ZipInfo("META-INF/container.xml", (1980, 1, 1, 0, 0, 0)), rootfiles)
        file.writestr(zipfile.ZipInfo("s.xml", (1980, 1, 1, 0, 0, 0)), MUSICXML.format(IDENTIFICATION))
    return out.getvalue()


def members(data: bytes) -> Any:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        comment = [line for line in file.comment.split(b"\n") if line and not line.startswith(b"Sextant origin")]
        return [(each.filename, file.read(each)) for each in file.infolist()], comment


def made(kind: Callable[..., bytes], *values: Any, **options: Any) -> Callable[[], bytes]:
    return cache(lambda: kind(*values, **options))


SAMPLES: Mapping[str, Sample] = {
    "png": Sample(made(png), seen, "XMP in an iTXt chunk"),
    "png-grey": Sample(made(png, mode="L"), seen, "XMP in an iTXt chunk"),
    "png-animated": Sample(made(png, mode="RGBA", frames=3), seen, "XMP in an iTXt chunk"),
    "jpeg": Sample(made(picture, "JPEG", comment=b"kept"), seen, "XMP in an APP1 segment"),
    "webp-lossy": Sample(made(picture, "WEBP"), seen, "XMP in an XMP chunk"),
    "webp-alpha": Sample(made(picture, "WEBP", mode="RGBA", lossless=True), seen, "XMP in an XMP chunk"),
    "webp-animated": Sample(made(picture, "WEBP", frames=3), seen, "XMP in an XMP chunk"),
    "tiff": Sample(made(tiff, "<"), pages_of, "XMP in tag 700"),
    "tiff-big-endian": Sample(made(tiff, ">"), pages_of, "XMP in tag 700"),
    "tiff-pages": Sample(made(tiff, "<", pages=3), pages_of, "XMP in tag 700"),
    "tiff-pillow": Sample(made(picture, "TIFF", compression="tiff_lzw"), seen, "XMP in tag 700"),
    "wav": Sample(made(wav), heard_wav, "XMP in a _PMX chunk"),
    "wav-float": Sample(made(sound, "WAV", "FLOAT"), heard, "XMP in a _PMX chunk"),
    "wav-odd": Sample(made(sound, "WAV", "PCM_U8", channels=1, tagged=False), heard, "XMP in a _PMX chunk"),
    "wavex": Sample(made(sound, "WAVEX", "PCM_24", channels=4), heard, "XMP in a _PMX chunk"),
    "flac": Sample(made(sound, "FLAC", "PCM_16"), heard, "Vorbis comment"),
    "mp3": Sample(made(sound, "MP3", "MPEG_LAYER_III"), heard, "XMP in an ID3v2 PRIV frame"),
    "mp3-untagged": Sample(made(sound, "MP3", "MPEG_LAYER_III", tagged=False), heard, "XMP in an ID3v2 PRIV frame"),
    "mp4": Sample(made(film), played, "XMP in a uuid box"),
    "mp4-fast-start": Sample(made(film, movflags="faststart"), played, "XMP in a uuid box"),
    "mp4-fragments": Sample(made(film, movflags="frag_keyframe+empty_moov"), played, "XMP in a uuid box"),
    "midi": Sample(made(midi), events, "text event of the first track"),
    "svg": Sample(made(SVG.encode), elements, "RDF in a metadata element"),
    "svg-bare": Sample(made(SVG.replace("<metadata>mine</metadata>", "").encode), elements, "RDF in a metadata element"),
    "svg-empty": Sample(made(SVG.replace(">mine</metadata>", "/>").encode), elements, "RDF in a metadata element"),
    "musicxml": Sample(made(MUSICXML.format(IDENTIFICATION).encode), score, "identification of the score"),
    "musicxml-bare": Sample(made(MUSICXML.format("").encode), score, "identification of the score"),
    "musicxml-empty": Sample(made(MUSICXML.format("<identification/>").encode), score, "identification of the score"),
    "mxl": Sample(made(mxl), lambda data: (members(data), engraved(data)), "comment of the archive"),
    "pdf": Sample(made(pdf), printed, "XMP metadata stream"),
    "html": Sample(made(lambda: HTML), markup, "meta element"),
    "glb": Sample(made(glb), solid, "asset.extras in the JSON chunk"),
    "gltf": Sample(made(gltf), tree_of, "asset.extras"),
    "gltf-indented": Sample(made(gltf, indent=2), tree_of, "asset.extras"),
    "ply": Sample(made(ply, "binary_little_endian"), mesh, "comment of the header"),
    "ply-text": Sample(made(ply, "ascii"), mesh, "comment of the header"),
    "dxf": Sample(made(dxf), drawn, "comments (999) in front"),
    "dxf-lf": Sample(made(dxf, "\n"), drawn, "comments (999) in front"),
    "step": Sample(made(lambda: STEP), part, "comment of the header"),
    "sdf": Sample(made(sdf), molecules, "data item of every record"),
    "sdf-crlf": Sample(made(sdf, "\r\n"), molecules, "data item of every record"),
    "sdf-v3000": Sample(made(sdf, v3000=True), molecules, "data item of every record"),
    "sdf-unended": Sample(made(sdf, last=""), molecules, "data item of every record"),
    "dicom": Sample(made(dicom, "CT_small.dcm"), patient, "Contributing Equipment"),
    "dicom-implicit": Sample(made(dicom, "MR_small_implicit.dcm"), patient, "Contributing Equipment"),
    "dicom-big-endian": Sample(made(dicom, "MR_small_bigendian.dcm"), patient, "Contributing Equipment"),
    "dicom-jpeg2000": Sample(made(dicom, "JPEG2000.dcm"), patient, "Contributing Equipment"),
    "nifti": Sample(made(nifti, "Nifti1Image"), volume, "comment extension of the header"),
    "nifti-bare": Sample(made(nifti, "Nifti1Image", noted=False), volume, "comment extension of the header"),
    "nifti-big-endian": Sample(made(nifti, "Nifti1Image", ">"), volume, "comment extension of the header"),
    "nifti-2": Sample(made(nifti, "Nifti2Image"), volume, "comment extension of the header"),
    "nifti-gz": Sample(made(nifti, "Nifti1Image", packed=True), volume, "comment extension of the header"),
    "zip": Sample(made(archive), members, "comment of the archive"),
    "zip-commented": Sample(made(archive, b"theirs"), members, "comment of the archive"),
}

SIDECAR: Mapping[str, bytes] = {
    "empty": b"",
    "csv": b"name,smiles\r\nx,CCO\r\n",
    "smi": b"CCO ethanol\n",
    "json": b'{"asset": "no version", "a": [1]}',
    "txt": b"A text, <svg> in it.\n",
    "stl": b"Sextant, mm: chair".ljust(80) + b"\0\0\0\0",
    "mol": sdf().split(b">  <")[0],
    "ogg": b"OggS\0\2" + bytes(40),
    "bigtiff": b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0" + bytes(40),
    "rf64": b"RF64\xff\xff\xff\xffWAVEds64" + bytes(40),
    "xml": b"<?xml version='1.0'?><a><b/></a>",
    "gzip": gzip.compress(b"something else", mtime=0),
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "binary-dxf": b"AutoCAD Binary DXF\r\n\x1a\0",
    "utf-16-svg": "<svg xmlns='http://www.w3.org/2000/svg'><g/></svg>".encode("utf-16"),
    "entities": b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg"><g>&b;</g></svg>',
}
