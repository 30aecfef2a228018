"""XMP packets (ISO 16684-1): made, merged into one that is there, and read.

Standard properties say it to other readers: IPTC's digital source type and AI system (IPTC Photo Metadata Standard 2025.1), XMP's creator
tool and date. A namespace of our own says all of it.
"""

from __future__ import annotations

import re

from shared.provenance.formats.marks import origin_of, texts_of
from shared.provenance.formats.markup import Edit, Element, edited, scan, xml_text
from shared.provenance.origin import SOURCE_TYPE_PREFIX, Origin

__all__ = ["MAX_PACKET_BYTES", "OWN", "merged", "origin_in", "packet"]

MAX_PACKET_BYTES = 1 << 20
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XMP = "http://ns.adobe.com/xap/1.0/"
IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
OWN = "https://sextant-suite.invalid/ns/origin/1.0/"
"""`.invalid` (RFC 2606) belongs to nobody: a name that will never lead elsewhere."""
PREFIXES = {XMP: "xmp", IPTC: "Iptc4xmpExt", OWN: "sextant"}
SOURCE_TYPE = f"{IPTC} DigitalSourceType"
ATTRIBUTE = re.compile(rb"""(?<!\s)\s++([^\s=]++)\s*=\s*("[^"]*"|'[^']*')""")
BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'.encode()
END = b'\n<?xpacket end="w"?>'


def packet(origin: Origin, *, wrapped: bool = True) -> bytes:
    """A new packet, ASCII but for its byte-order mark. wrapped: with the processing instructions by which a scanner finds it."""
    rdf = b'<rdf:RDF xmlns:rdf="%b">\n%b\n</rdf:RDF>' % (RDF.encode(), _description(origin, set(), ""))
    body = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">\n%b\n</x:xmpmeta>' % rdf
    return BEGIN + body + END if wrapped else body


def origin_in(data: bytes) -> Origin | None:
    """What a packet says of ours. Raises `ValueError` for what is no well-formed packet."""
    return origin_of(_own_texts(_rdf(_checked(data), {})))


def merged(data: bytes | None, origin: Origin) -> bytes | None:
    """A packet with this origin in place of an earlier one, and all else that it said; None where ours cannot be put in."""
    if data is None:
        return packet(origin)
    prefixes: dict[str, str] = {}
    try:
        data = _checked(data)
        rdf = _rdf(data, prefixes)
        edits, place, kept = _cleared(data, rdf, prefixes)
    except ValueError:
        return None
    if rdf.empty:
        return None
    about = next((each.attributes.get(f"{RDF} about", "") for each in rdf.all(f"{RDF} Description")), "")
    ours = _description(origin, kept, about)
    edits.append((rdf.outside, rdf.outside, ours + b"\n") if place is None else (*place, ours))
    done = edited(data, edits)
    return done if len(done) <= MAX_PACKET_BYTES else None


def _checked(data: bytes) -> bytes:
    if len(data) > MAX_PACKET_BYTES:
        raise ValueError("too large a packet")
    return data.rstrip(b"\0")


def _rdf(data: bytes, prefixes: dict[str, str]) -> Element:
    root = scan(data, 3, prefixes)
    found = root if root.name == f"{RDF} RDF" else root.first(f"{RDF} RDF")
    if found is None:
        raise ValueError("no RDF")
    return found


def _own_texts(rdf: Element) -> dict[str, str]:
    """By elements or attributes: other tools write either, and other prefixes."""
    found: dict[str, str] = {}
    for described in rdf.all(f"{RDF} Description"):
        said = {**described.attributes, **{child.name: child.text for child in described.children}}
        found |= {name.removeprefix(f"{OWN} "): text for name, text in said.items() if name.startswith(f"{OWN} ")}
    return found


def _courtesies(texts: dict[str, str]) -> dict[str, str]:
    """Standard properties that are ours to write only where nobody else has: a photograph keeps its camera's."""
    found = {f"{XMP} CreatorTool": f"{texts['tool']} {texts['version']}", f"{XMP} CreateDate": texts["made_at"]}
    if "model" in texts:
        found[f"{IPTC} AISystemUsed"] = texts["model"]
    if "revision" in texts:
        found[f"{IPTC} AISystemVersionUsed"] = texts["revision"]
    return found


def _description(origin: Origin, kept: set[str], about: str) -> bytes:
    texts = texts_of(origin)
    said = {SOURCE_TYPE: SOURCE_TYPE_PREFIX + texts["source_type"]}
    said |= {name: text for name, text in _courtesies(texts).items() if name not in kept}
    said |= {f"{OWN} {name}": text for name, text in texts.items()}
    spaces = b"".join(b' xmlns:%b="%b"' % (short.encode(), space.encode()) for space, short in PREFIXES.items())
    lines = [b'<rdf:Description xmlns:rdf="%b" rdf:about="%b"%b>' % (RDF.encode(), xml_text(about), spaces)]
    for name, text in said.items():
        space, local = name.split(" ")
        tag = f"{PREFIXES[space]}:{local}".encode()
        lines.append(b"<%b>%b</%b>" % (tag, xml_text(text), tag))
    return b"\n".join([*lines, b"</rdf:Description>"])


def _cleared(data: bytes, rdf: Element, prefixes: dict[str, str]) -> tuple[list[Edit], tuple[int, int] | None, set[str]]:
    """(edits that take an earlier origin out, the span of a description that they leave empty, properties of others)."""
    earlier = _own_texts(rdf)
    before = origin_of(earlier)
    stale = {} if before is None else _courtesies(texts_of(before))

    def goes(name: str, text: str) -> bool:
        return name == SOURCE_TYPE or name.startswith(f"{OWN} ") or (name in stale and stale[name] == text)

    edits: list[Edit] = []
    place: tuple[int, int] | None = None
    kept: set[str] = set()
    for described in rdf.all(f"{RDF} Description"):
        children = [child for child in described.children if goes(child.name, child.text)]
        names = {name for name, text in described.attributes.items() if goes(name, text)}
        stays = [child.name for child in described.children if not goes(child.name, child.text)]
        stays += [name for name in described.attributes if name not in names and name != f"{RDF} about"]
        kept |= set(stays)
        if (children or names) and not stays and place is None:
            place = (described.begin, described.end)
            continue
        edits += [(child.begin, child.end, b"") for child in children]
        for found in ATTRIBUTE.finditer(data, described.begin, described.inside) if names else ():
            prefix, _, local = found[1].decode("utf-8", "replace").rpartition(":")
            if f"{prefixes.get(prefix, '')} {local}" in names:
                edits.append((*found.span(), b""))
    return edits, place, kept
