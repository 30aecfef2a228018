"""The text of a file, whatever its name says; or in words what it is instead."""

from __future__ import annotations

import gzip
import io
import re
import zlib

from shared.errors import BadInput, TooLarge, Unsupported
from shared.files import InputFile

__all__ = ["MAX_FILE_BYTES", "MAX_UNPACKED_BYTES", "file_text"]

MAX_FILE_BYTES = 64 << 20
MAX_UNPACKED_BYTES = 20 << 20
"""Of a gzip file: unpacking stops here. 10,000 records of a drug-like SDF have about as much."""

REMEDY = "Give SDF, MOL, a list of SMILES, or CSV with a column of SMILES."
BINARY = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive or an Excel workbook: save the table as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word document: save the table as CSV",
    b"VjCD": "a ChemDraw drawing (CDX): export it as SDF",
    b"BZh": "a bzip2 archive: unpack it",
    b"\xfd7zXZ": "an xz archive: unpack it",
    b"\x28\xb5\x2f\xfd": "a zstd archive: unpack it",
    b"7z\xbc\xaf": "a 7-Zip archive: unpack it",
    b"Rar!": "a RAR archive: unpack it",
    b"\x1f\x8b": "a gzip archive within a gzip archive: unpack it",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"SQLite format 3": "a database",
    b"PAR1": "a Parquet table: save it as CSV",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
}
TEXTS = (
    (re.compile(r"<!doctype html|<html|<head|<body", re.IGNORECASE), "a web page"),
    (re.compile(r"<\?xml|<CDXML|<svg|<[a-z][\w:-]*[ >]", re.IGNORECASE), "an XML file"),
    (re.compile(r"\{\\rtf"), "an RTF document"),
    (re.compile(r'[\[{]\s*["{\[]|\{\s*\}'), "a JSON file"),
    (re.compile(r"\$RXN|\$RDFILE"), "a reaction file"),
    (re.compile(r"(?:#[^\n]*\n|\s)*@<TRIPOS>"), "a MOL2 file"),
    (re.compile(r"(?:HEADER|CRYST1|REMARK|COMPND|MODEL ) {2}|(?:ATOM {2}|HETATM) *\d"), "a PDB file"),
    (re.compile(r"data_\w*\s*\n(?:#[^\n]*\n|\s)*(?:_|loop_)"), "a CIF file"),
)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
CONTROL_SHARE = 0.001
"""A stray control character is forgiven; random bytes have one in nine."""


def file_text(file: InputFile) -> str:
    """Its text, line ends as "\\n". Raises `BadInput`: empty, too large, a broken or boundless gzip file, no text at all."""
    name = file.name
    if file.size_bytes > MAX_FILE_BYTES:
        raise TooLarge(f"{name} has {file.size_bytes >> 20} MiB; at most {MAX_FILE_BYTES >> 20} are read.", remedy="Give it in parts.")
    data = file.read()
    if data.startswith(b"\x1f\x8b"):
        data = _unpacked(data, name)
    if not data.strip():
        raise BadInput(f"{name} is empty.", remedy=REMEDY)
    for magic, what in BINARY.items():
        if data.startswith(magic):
            raise Unsupported(f"{name} is {what}.", remedy=REMEDY)
    text = _decoded(data, name)
    if len(CONTROL.findall(text)) > CONTROL_SHARE * len(text):
        raise Unsupported(f"{name} is no text: it holds binary data.", remedy=REMEDY)
    start = text[:4096].lstrip()
    for pattern, what in TEXTS:
        if pattern.match(start) and "M  END" not in text:  # a molecule's name may begin as markup does
            raise Unsupported(f"{name} is {what}.", remedy=REMEDY)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes, name: str) -> str:
    """UTF-8, else Windows' Western European, in which every byte that only a name can hold has a meaning."""
    sample = data[:2048]
    half_empty = len(sample) > 1 and (not any(sample[0::2]) or not any(sample[1::2]))  # ASCII in UTF-16 without a mark
    if half_empty or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unsupported(f"{name} is UTF-16 text.", remedy="Save it as UTF-8: in Excel as CSV UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _unpacked(data: bytes, name: str) -> bytes:
    """The content of a gzip file. Raises `TooLarge` before more than the limit is in memory."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            unpacked = stream.read(MAX_UNPACKED_BYTES + 1)
    except EOFError:
        raise BadInput(f"{name} is a gzip file that breaks off.", remedy="Fetch it again from its source.") from None
    except (OSError, zlib.error):
        raise BadInput(f"{name} is a broken gzip file.", remedy="Fetch it again from its source.") from None
    if len(unpacked) > MAX_UNPACKED_BYTES:
        raise TooLarge(f"{name} unpacks to more than {MAX_UNPACKED_BYTES >> 20} MiB.", remedy="Give it in parts, or unpacked.")
    return unpacked
