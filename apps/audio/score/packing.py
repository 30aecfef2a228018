"""The XML inside a MusicXML file, plain or compressed (.mxl), without what a hostile one could do.

Entities are refused, a DOCTYPE is passed over, nothing outside the file is read, and no member of an archive is unpacked past XML_LIMIT.
"""

from __future__ import annotations

import zipfile
from importlib import import_module
from typing import Any

from shared.archives import opened
from shared.errors import BadInput, TooLarge

__all__ = ["KIND", "XML_LIMIT", "parsed", "unpacked"]

KIND = "MusicXML file"
XML_LIMIT = 5_000_000
"""Bytes of XML. A hymn in four voices takes 100 kB, 128 bars of 16ths in four voices 4 MB."""
MEMBERS_LIMIT = 100
DEPTH_LIMIT = 40
"""Levels of elements: MusicXML has about ten, and what recurses over more (Verovio) would end the process."""


def unpacked(data: bytes) -> bytes:
    """The score inside a compressed MusicXML file. Raises BadInput; reads no more than XML_LIMIT bytes of any member."""
    with opened(data, f"Compressed {KIND}: damaged", remedy="Export it again.") as archive:
        members = archive.infolist()
        if len(members) > MEMBERS_LIMIT:
            raise TooLarge(f"Compressed {KIND}: {len(members)} members, expected {MEMBERS_LIMIT} or fewer.", remedy="Export it again.")
        names = [member.filename for member in members]
        scores = [name for name in names if name.lower().endswith((".musicxml", ".xml")) and not name.startswith("META-INF/")]
        if "META-INF/container.xml" in names:
            container = root_of(member_of(archive, "META-INF/container.xml"))
            listed = [str(one.get("full-path")) for one in container.iter() if local(one) == "rootfile"]
            scores = [name for name in listed if name in names] or scores
        if not scores:
            raise BadInput("A zip archive without a MusicXML score.", remedy="Give a .mxl file, or the score itself.")
        return member_of(archive, scores[0])


def member_of(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        found = member.read(XML_LIMIT + 1)
    if len(found) > XML_LIMIT:
        raise TooLarge(f"Compressed {KIND}: {name} is over {XML_LIMIT} bytes.", remedy="Export the melody alone.")
    return found


def root_of(data: bytes) -> Any:
    """The root element. A DOCTYPE is passed over; entities and everything outside the file are refused. Raises BadInput."""
    fromstring = import_module("defusedxml.ElementTree").fromstring
    refused = import_module("defusedxml").DefusedXmlException

    if len(data) > XML_LIMIT:
        raise TooLarge(f"{KIND}: {len(data)} bytes, expected {XML_LIMIT} or fewer.", remedy="Export the melody alone.")
    try:
        return fromstring(data, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except refused:
        raise BadInput(f"{KIND}: it declares XML entities, which no notation program writes.", remedy="Export it again.") from None
    except Exception as reason:  # ParseError, and LookupError or ValueError for an encoding that nobody knows
        raise BadInput(f"{KIND}: not well-formed XML ({reason}).", remedy="Export it again.") from None


def local(element: Any) -> str:
    """The tag without a namespace; comments have none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def parsed(data: bytes) -> Any:
    """The score-partwise element. Raises BadInput."""
    root = root_of(data)
    if local(root) == "score-timewise":
        raise BadInput(f"{KIND}: timewise, expected partwise.", remedy="Export it as score-partwise.")
    if local(root) != "score-partwise":
        raise BadInput(
            f"XML, but not MusicXML: its root is {local(root)[:40]!r}, expected 'score-partwise'.", remedy="Export it as MusicXML."
        )
    level = [root]
    for _ in range(DEPTH_LIMIT):
        for element in level:
            element.tag = local(element)
        level = [child for element in level for child in element]
    if level:
        raise BadInput(f"{KIND}: elements within elements over {DEPTH_LIMIT} levels.", remedy="Export it again.")
    return root
