"""PDF: an XMP stream as the catalog's /Metadata, in an incremental update (ISO 32000-1, 7.5.6 and 14.3.2).

Files with a classic cross-reference table alone: with a compressed one, encrypted or hybrid, None. /Info is kept as it is.
"""

from __future__ import annotations

import re
import zlib

from shared.provenance.formats import xmp
from shared.provenance.formats.kind import Format
from shared.provenance.formats.pdfsyntax import Table, entries, joined, object_at, table_of
from shared.provenance.origin import Origin

__all__ = ["PDF"]

MARK = b"% Sextant origin\n"
"""The first line of our update: from here on the file is cut when it gets another origin."""
REFERENCE = re.compile(rb"(\d{1,8}) (\d{1,5}) R")
STREAM = re.compile(rb"\s*stream\r?\n")


def base_of(data: bytes) -> bytes:
    """Without our own update, where that is the last one."""
    at = data.rfind(b"\n" + MARK)
    return data[: at + 1] if at >= 0 and data.count(b"startxref", at) == 1 else data


def metadata_of(data: bytes, table: Table) -> tuple[int, bytes] | None:
    """(object number, packet) of the catalog's metadata. Raises `ValueError` for a stream that cannot be read."""
    reference = entries(object_at(data, table, *table.root)[0]).get(b"/Metadata")
    if reference is None:
        return None
    named = REFERENCE.fullmatch(reference)
    if named is None:
        raise ValueError("no reference")
    text, end = object_at(data, table, int(named[1]), int(named[2]))
    said = entries(text)
    begin = STREAM.match(data, end)
    if begin is None or not said.get(b"/Length", b"").isdigit() or b"/DecodeParms" in said:
        raise ValueError("no plain stream")
    body = data[begin.end() : begin.end() + int(said[b"/Length"])]
    packing = said.get(b"/Filter", b"").strip(b"[] ")
    if packing == b"/FlateDecode":
        inflate = zlib.decompressobj()
        body = inflate.decompress(body, xmp.MAX_PACKET_BYTES)
        if not inflate.eof:
            raise ValueError("inflates to more than a packet")
    elif packing:
        raise ValueError("another filter")
    return int(named[1]), body


def write(data: bytes, origin: Origin) -> bytes | None:
    base = base_of(data)
    base += b"" if base.endswith(b"\n") else b"\n"
    table = table_of(base)
    old = metadata_of(base, table)
    new = xmp.merged(old[1] if old else None, origin)
    if new is None:
        return None
    number = old[0] if old else table.size
    objects = [(number, 0, b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%b\nendstream" % (len(new), new))]
    if old is None:
        catalog = entries(object_at(base, table, *table.root)[0]) | {b"/Metadata": b"%d 0 R" % number}
        objects.insert(0, (*table.root, joined(catalog)))
    out, listed = bytearray(base + MARK), b""
    for each, generation, body in objects:
        listed += b"%d 1\n%010d %05d n \n" % (each, len(out), generation)
        out += b"%d %d obj\n%b\nendobj\n" % (each, generation, body)
    trailer = {**table.trailer, b"/Size": b"%d" % max(table.size, number + 1), b"/Prev": b"%d" % table.begin}
    out += b"xref\n%btrailer\n%b\nstartxref\n%d\n%%%%EOF\n" % (listed, joined(trailer), len(out))
    return bytes(out)


def read(data: bytes) -> Origin | None:
    found = metadata_of(data, table_of(data))
    return None if found is None else xmp.origin_in(found[1])


PDF = Format("XMP metadata stream", lambda data, hint: data.startswith(b"%PDF-"), write, read)
