"""Standard MIDI files: a text event at the beginning of the first track (Standard MIDI Files 1.0, FF 01)."""

from __future__ import annotations

from collections.abc import Iterator

from shared.provenance.formats.kind import Format
from shared.provenance.formats.marks import LABEL, from_json, one_line
from shared.provenance.formats.markup import edited
from shared.provenance.origin import Origin

__all__ = ["MIDI"]

TEXT, END_OF_TRACK = 0x01, 0x2F
LEADING_BYTES = 1 << 18
"""That are searched for an event of ours, which is written first."""
OWN = f"{LABEL} ".encode()


def length_at(data: bytes, at: int) -> tuple[int, int]:
    """(a number of variable length, where it ends). Raises `ValueError`."""
    number = 0
    for place in range(at, min(at + 4, len(data))):
        number = number << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return number, place + 1
    raise ValueError("no length")


def as_length(number: int) -> bytes:
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F | 0x80)
    return bytes(reversed(groups))


def first_track(data: bytes) -> tuple[int, int]:
    """(begin, end) of its events. Raises `ValueError`."""
    at = 8 + int.from_bytes(data[4:8], "big")
    if at < 14 or data[at : at + 4] != b"MTrk":
        raise ValueError("no track")
    end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "big")
    if end > len(data):
        raise ValueError("cut off")
    return at + 8, end


def leading(data: bytes, begin: int, end: int) -> Iterator[tuple[int, int, bytes]]:
    """(begin, end, text) of our events among the meta events before any other and before any time has passed."""
    at = begin
    while at < begin + LEADING_BYTES and data[at : at + 2] == b"\0\xff" and at + 3 < end and data[at + 2] != END_OF_TRACK:
        size, body = length_at(data, at + 3)
        if body + size > end:
            raise ValueError("cut off")
        if data[at + 2] == TEXT and data.startswith(OWN, body):
            yield at, body + size, data[body + len(OWN) : body + size]
        at = body + size


def write(data: bytes, origin: Origin) -> bytes | None:
    begin, end = first_track(data)
    said = one_line(origin).encode()
    kept = edited(data[begin:end], [(first - begin, last - begin, b"") for first, last, _ in leading(data, begin, end)])
    events = b"\0\xff\x01" + as_length(len(said)) + said + kept
    return data[: begin - 4] + len(events).to_bytes(4, "big") + events + data[end:]


def read(data: bytes) -> Origin | None:
    return next((from_json(text) for _, _, text in leading(data, *first_track(data))), None)


MIDI = Format("text event of the first track", lambda data, hint: data.startswith(b"MThd"), write, read)
