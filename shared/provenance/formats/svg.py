"""SVG: RDF in the `<metadata>` element, a new one behind the title (SVG 2, 5.9; XMP part 3, 1.1.6)."""

from __future__ import annotations

import re

from shared.provenance.formats import xmp
from shared.provenance.formats.kind import Format
from shared.provenance.formats.markup import Element, edited, scan
from shared.provenance.origin import Origin

__all__ = ["SVG"]

SPACE = "http://www.w3.org/2000/svg"
BEGIN, END = b"<x:xmpmeta", b"</x:xmpmeta>"
HEAD_BYTES = 4096


def fits(data: bytes, hint: str) -> bool:
    head = data[:HEAD_BYTES]
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" and re.search(rb"<(?:[\w.-]+:)?svg[\s>]", head) is not None


def earlier(data: bytes, root: Element) -> tuple[int, int] | None:
    """The span of a packet of ours."""
    for metadata in root.all(f"{SPACE} metadata"):
        at = metadata.inside
        while (begin := data.find(BEGIN, at, metadata.outside)) >= 0 and (stop := data.find(END, begin, metadata.outside)) >= 0:
            at = stop + len(END)
            if xmp.OWN.encode() in data[begin:at]:
                return begin, at
    return None


def rooted(data: bytes) -> Element:
    root = scan(data, 1)
    if root.name != f"{SPACE} svg" or root.empty:
        raise ValueError("no SVG")
    return root


def write(data: bytes, origin: Origin) -> bytes | None:
    root = rooted(data)
    span = earlier(data, root)
    if span is not None:
        new = xmp.merged(data[span[0] : span[1]], origin)
        return None if new is None else data[: span[0]] + new + data[span[1] :]
    new = xmp.packet(origin, wrapped=False)
    prefix = data[root.begin + 1 : root.inside].split(b"svg", 1)[0]  # `svg:` where the document writes its names so
    whole = b"<%bmetadata>%b</%bmetadata>" % (prefix, new, prefix)
    there = root.first(f"{SPACE} metadata")
    if there is not None:  # one element for all of it: signed by c2pa-rs 0.91, a picture with two cannot be read again
        return edited(data, [(there.begin, there.end, whole) if there.empty else (there.outside, there.outside, new)])
    place = root.inside
    for child in root.children:  # a title has to be the first child to be shown as one (SVG 1.1, 5.4)
        if child.name not in (f"{SPACE} title", f"{SPACE} desc"):
            break
        place = child.end
    return edited(data, [(place, place, whole)])


def read(data: bytes) -> Origin | None:
    span = earlier(data, rooted(data))
    return None if span is None else xmp.origin_in(data[span[0] : span[1]])


SVG = Format("RDF in a metadata element", fits, write, read)
