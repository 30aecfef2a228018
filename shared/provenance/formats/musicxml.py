"""MusicXML: `<software>` and a `<miscellaneous-field>` of the identification (MusicXML 4.0, `identification`)."""

from __future__ import annotations

import re

from shared.provenance.formats.kind import Format
from shared.provenance.formats.marks import from_json, to_json
from shared.provenance.formats.markup import Edit, Element, edited, scan, xml_text
from shared.provenance.origin import Origin

__all__ = ["MUSICXML"]

FIELD = "sextant-origin"
BEFORE = ("work", "movement-number", "movement-title")
"""What stands in front of the identification."""
HEAD_BYTES = 4096


def fits(data: bytes, hint: str) -> bool:
    head = data[:HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(b"<") and re.search(rb"<score-(?:partwise|timewise)[\s>]", head) is not None


def field_of(identification: Element | None) -> Element | None:
    if identification is None:
        return None
    fields = (field for group in identification.all("miscellaneous") for field in group.all("miscellaneous-field"))
    return next((field for field in fields if field.attributes.get("name") == FIELD), None)


def rooted(data: bytes) -> Element:
    root = scan(data, 3)
    if root.name not in ("score-partwise", "score-timewise") or root.empty:
        raise ValueError("no score")
    return root


def write(data: bytes, origin: Origin) -> bytes | None:
    root = rooted(data)
    software = b"<software>%b</software>" % xml_text(f"{origin.tool} {origin.version}")
    said = b'<miscellaneous-field name="%b">%b</miscellaneous-field>' % (FIELD.encode(), xml_text(to_json(origin)))
    encoding, miscellaneous = b"<encoding>%b</encoding>" % software, b"<miscellaneous>%b</miscellaneous>" % said
    identification = root.first("identification")
    if identification is None:
        place = max((child.end for child in root.children if child.name in BEFORE), default=root.inside)
        return data[:place] + b"<identification>%b%b</identification>" % (encoding, miscellaneous) + data[place:]
    if identification.empty:
        full = b"<identification>%b%b</identification>" % (encoding, miscellaneous)
        return edited(data, [(identification.begin, identification.end, full)])
    return edited(data, [_encoded(identification, software, encoding), _said(identification, said, miscellaneous)])


def _said(identification: Element, said: bytes, group: bytes) -> Edit:
    """The field: in place of an earlier one, into the group that is there, or in a group of its own, which comes last."""
    before, there = field_of(identification), identification.first("miscellaneous")
    if before is not None:
        return before.begin, before.end, said
    if there is None:
        return identification.outside, identification.outside, group
    return (there.begin, there.end, group) if there.empty else (there.outside, there.outside, said)


def _encoded(identification: Element, software: bytes, group: bytes) -> Edit:
    """The software: in place of the one that an earlier origin names, else as the last of the encoding."""
    before, there = field_of(identification), identification.first("encoding")
    past = from_json(before.text) if before is not None else None
    if there is None:
        # creators and rights come first (the standard's order), then this
        place = max((child.end for child in identification.children if child.name in ("creator", "rights")), default=identification.inside)
        return place, place, group
    if there.empty:
        return there.begin, there.end, group
    for named in there.all("software"):
        if past is not None and named.text == f"{past.tool} {past.version}":
            return named.begin, named.end, software
    return there.outside, there.outside, software


def read(data: bytes) -> Origin | None:
    found = field_of(rooted(data).first("identification"))
    return None if found is None else from_json(found.text)


MUSICXML = Format("identification of the score", fits, write, read)
