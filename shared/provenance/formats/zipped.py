"""ZIP, and what is one (compressed MusicXML, 3MF, NPZ): the archive's comment (APPNOTE 4.4.26). No member is touched."""

from __future__ import annotations

import struct

from shared.provenance.formats.kind import Format
from shared.provenance.formats.marks import LABEL, from_json, one_line
from shared.provenance.origin import Origin

__all__ = ["ZIP"]

END, END_BYTES, MAX_COMMENT_BYTES = b"PK\x05\x06", 22, 0xFFFF
OWN = f"{LABEL} ".encode()


def comment_at(data: bytes) -> int:
    """Where the comment begins. Raises `ValueError` for what does not end as an archive does."""
    at = len(data)
    while (at := data.rfind(END, max(0, len(data) - END_BYTES - MAX_COMMENT_BYTES), at)) >= 0:
        if at + END_BYTES <= len(data) and at + END_BYTES + struct.unpack_from("<H", data, at + 20)[0] == len(data):
            return at + END_BYTES
    raise ValueError("no archive")


def write(data: bytes, origin: Origin) -> bytes | None:
    begin = comment_at(data)
    kept = [line for line in data[begin:].split(b"\n") if line and not line.startswith(OWN)]
    comment = b"\n".join([*kept, one_line(origin).encode()])
    if len(comment) & 0x80:  # miniz-cpp, by which Verovio reads compressed scores, takes the length's low byte for signed, and aborts
        comment += b" " * (-len(comment) % 0x80)
    if len(comment) > MAX_COMMENT_BYTES:
        return None
    return data[: begin - 2] + struct.pack("<H", len(comment)) + comment


def read(data: bytes) -> Origin | None:
    own = next((line for line in data[comment_at(data) :].split(b"\n") if line.startswith(OWN)), None)
    return None if own is None else from_json(own[len(OWN) :])


ZIP = Format("comment of the archive", lambda data, hint: data[:4] in (b"PK\3\4", END), write, read)
