"""Formats of lines: DXF, PLY and STEP take comments, SDF takes a data item on every record."""

from __future__ import annotations

import re

from shared.provenance.formats.kind import Format
from shared.provenance.formats.marks import LABEL, MAX_TEXT_BYTES, from_json, one_line, to_json
from shared.provenance.origin import Origin

__all__ = ["DXF", "PLY", "SDF", "STEP"]

OWN = LABEL.encode()
HEAD_BYTES = 65_536


def newline_of(data: bytes) -> bytes:
    return b"\r\n" if b"\r\n" in data[:HEAD_BYTES] else b"\n"


# --- DXF: comments (group code 999) in front of the first section

DXF_HEAD = re.compile(rb"((?:[ \t]*999\r?\n[^\r\n]*\r?\n)*+)[ \t]*0\r?\nSECTION\r?\n")
DXF_OWN = re.compile(rb"(?:[ \t]*999\r?\nSextant origin \d\d [^\r\n]*\r?\n)++")
PIECE = 200
"""Characters: AutoCAD R12 reads lines of up to 255."""


def write_dxf(data: bytes, origin: Origin) -> bytes | None:
    text, newline = to_json(origin), newline_of(data).decode()
    pieces = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
    if len(pieces) > 99:
        return None
    own = DXF_OWN.match(data)
    said = "".join(f"999{newline}{LABEL} {number:02d} {piece}{newline}" for number, piece in enumerate(pieces, 1))
    return said.encode() + (data[own.end() :] if own else data)


def read_dxf(data: bytes) -> Origin | None:
    own = DXF_OWN.match(data[:HEAD_BYTES])
    if own is None:
        return None
    return from_json(b"".join(re.findall(rb"Sextant origin \d\d ([^\r\n]*)", own[0])))


# --- PLY: a comment of the header

PLY_HEAD = re.compile(rb"ply\r?\nformat [^\r\n]{1,60}\r?\n")
PLY_OWN = re.compile(rb"comment Sextant origin ([^\r\n]*)\r?\n")


def write_ply(data: bytes, origin: Origin) -> bytes | None:
    head = PLY_HEAD.match(data)
    if head is None:
        return None
    own = PLY_OWN.match(data, head.end())
    newline = b"\r\n" if head[0].endswith(b"\r\n") else b"\n"
    rest = data[own.end() :] if own else data[head.end() :]
    return data[: head.end()] + b"comment " + one_line(origin).encode() + newline + rest


def read_ply(data: bytes) -> Origin | None:
    head = PLY_HEAD.match(data)
    own = PLY_OWN.match(data, head.end()) if head else None
    return from_json(own[1]) if own else None


# --- STEP: a comment in the header, and the originating system where the file names none (ISO 10303-21, 8.2.2)

STEP_HEAD = re.compile(rb"ISO-10303-21;\s*(?:/\*(?:(?!\*/).)*+\*/\s*)*HEADER;", re.DOTALL)
STEP_OWN = re.compile(rb"\r?\n/\* Sextant origin (\{(?:(?!\*/).)*+)\*/", re.DOTALL)
NAME_BYTES = 16_384
STRING = rb"'(?:[^']|'')*+'"
LIST = rb"\((?:[^()']|" + STRING + rb")*+\)"
FILE_NAME = re.compile(
    rb"(FILE_NAME\s*\(\s*%b\s*,\s*%b\s*,\s*%b\s*,\s*%b\s*,\s*%b\s*,\s*)(%b)" % (STRING, STRING, LIST, LIST, STRING, STRING)
)


def write_step(data: bytes, origin: Origin) -> bytes | None:
    head = STEP_HEAD.match(data[:HEAD_BYTES])
    stop = data.find(b"ENDSEC;")
    if head is None or stop < head.end():
        return None
    own = STEP_OWN.match(data, head.end())
    before = from_json(own[1]) if own else None
    header = data[own.end() if own else head.end() : stop]
    mine = {b"''"} | ({step_string(f"{before.tool} {before.version}")} if before else set())
    named = FILE_NAME.search(header, 0, NAME_BYTES)
    if named and named[2] in mine:
        header = header[: named.start(2)] + step_string(f"{origin.tool} {origin.version}") + header[named.end(2) :]
    comment = newline_of(data) + b"/* " + one_line(origin).encode() + b" */"
    return data[: head.end()] + comment + header + data[stop:]


def step_string(text: str) -> bytes:
    return b"'%b'" % text.encode("ascii", "replace").replace(b"\\", b"/").replace(b"'", b"''")


def read_step(data: bytes) -> Origin | None:
    head = STEP_HEAD.match(data[:HEAD_BYTES])
    own = STEP_OWN.match(data, head.end()) if head else None
    return from_json(own[1]) if own else None


# --- SDF: a data item of every record (BIOVIA CTfile formats 2020, SDfiles). The name begins as the molecules studio's own items do,
# which drops such items of an earlier run when it reads a file.

RECORD_END = re.compile(rb"^\$\$\$\$[^\r\n]*(?:\r?\n|\Z)", re.MULTILINE)
SDF_OWN = re.compile(rb"^>[^\r\n<]*<Sextant origin>[^\r\n]*\r?\n((?:[^\r\n]{1,8192}+\r?\n){0,40}+)(?:\r?\n|\Z)", re.MULTILINE)
"""Its lines are counted: a file of nothing but such headers would take the square of its length."""
MOLFILE = re.compile(rb"^M  END[ \t]*\r?$", re.MULTILINE)


def is_sdf(data: bytes, hint: str) -> bool:
    """A molfile alone, without `$$$$`, has no place for data; by a name that says SDF it gets one."""
    if b"\0" in data[:HEAD_BYTES] or MOLFILE.search(data) is None:
        return False
    return b"\n$$$$" in data or ".sdf" in hint or "sdfile" in hint


def write_sdf(data: bytes, origin: Origin) -> bytes | None:
    newline = newline_of(data)
    said = to_json(origin, a_line_each=True).encode().replace(b"\n", newline)
    item = b">  <%b>%b%b%b%b" % (OWN, newline, said, newline, newline)
    records, at = [], 0
    for found in RECORD_END.finditer(data):
        records.append(with_item(data[at : found.start()], item, newline) + found[0])
        at = found.end()
    rest = data[at:]
    if MOLFILE.search(rest):
        rest = with_item(rest, item, newline) + b"$$$$" + newline
    return b"".join([*records, rest])


def with_item(record: bytes, item: bytes, newline: bytes) -> bytes:
    """A record without `$$$$`; the blank line that ends its last item is added where it is missing."""
    end = MOLFILE.search(record)
    if end is None:
        return record
    data = SDF_OWN.sub(b"", record[end.end() :])
    if not data.endswith(b"\n"):
        data += newline
    if b">" in data and not data.endswith((b"\n\n", b"\n\r\n")):
        data += newline
    return record[: end.end()] + data + item


def read_sdf(data: bytes) -> Origin | None:
    """Of the first record."""
    end = RECORD_END.search(data)
    own = SDF_OWN.search(data[: end.start()] if end else data)
    return from_json(own[1]) if own and len(own[1]) <= MAX_TEXT_BYTES else None


DXF = Format("comments (999) in front", lambda data, hint: DXF_HEAD.match(data[:HEAD_BYTES]) is not None, write_dxf, read_dxf)
PLY = Format("comment of the header", lambda data, hint: PLY_HEAD.match(data) is not None, write_ply, read_ply)
STEP = Format("comment of the header", lambda data, hint: data.startswith(b"ISO-10303-21;"), write_step, read_step)
SDF = Format("data item of every record", is_sdf, write_sdf, read_sdf)
