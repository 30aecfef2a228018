"""MP3: XMP in a PRIV frame of an ID3v2 tag (ID3v2.3 and 2.4; XMP part 3, 1.2.4)."""

from __future__ import annotations

from dataclasses import dataclass

from shared.provenance.formats import xmp
from shared.provenance.formats.kind import MAX_PARTS, Format
from shared.provenance.origin import Origin

__all__ = ["MP3"]

OWNER = b"XMP\0"
HEAD = 10
KBPS = {3: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320), 2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)}
RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8000)}


@dataclass(frozen=True)
class Tag:
    """frames: (name, flags, body). size: bytes of the whole tag, 0 where there is none."""

    version: int
    frames: tuple[tuple[bytes, bytes, bytes], ...]
    size: int


def synchsafe(number: int) -> bytes:
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))


def from_synchsafe(four: bytes) -> int:
    if len(four) < 4 or max(four) > 0x7F:
        raise ValueError("no size")
    return four[0] << 21 | four[1] << 14 | four[2] << 7 | four[3]


def tag_of(data: bytes) -> Tag:
    """Raises `ValueError` for a tag with flags (unsynchronisation, extended header, footer), of version 2.2, or broken."""
    if data[:3] != b"ID3":
        return Tag(3, (), 0)
    version, flags, end = data[3], data[5], HEAD + from_synchsafe(data[6:10])
    if version not in (3, 4) or flags or end > len(data):
        raise ValueError("a tag that is not rewritten")
    frames: list[tuple[bytes, bytes, bytes]] = []
    at = HEAD
    while at + HEAD <= end and data[at]:
        four = data[at + 4 : at + 8]
        size = from_synchsafe(four) if version == 4 else int.from_bytes(four, "big")
        if at + HEAD + size > end or not data[at : at + 4].isalnum() or len(frames) >= MAX_PARTS:
            raise ValueError("a broken frame")
        frames.append((data[at : at + 4], data[at + 8 : at + 10], data[at + HEAD : at + HEAD + size]))
        at += HEAD + size
    if data[at:end].strip(b"\0"):
        raise ValueError("a broken tag")
    return Tag(version, tuple(frames), end)


def frame_bytes(data: bytes, at: int) -> int:
    """Length of the MPEG layer III frame at `at`; 0 where there is none."""
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE6 != 0xE2:
        return 0
    version, rate, speed = data[at + 1] >> 3 & 3, data[at + 2] >> 2 & 3, data[at + 2] >> 4
    if version == 1 or rate == 3 or speed in (0, 15):
        return 0
    kbps = KBPS[3 if version == 3 else 2][speed - 1]
    return (144 if version == 3 else 72) * kbps * 1000 // RATES_HZ[version][rate] + (data[at + 2] >> 1 & 1)


def fits(data: bytes, hint: str) -> bool:
    """A frame stands behind the tag, and behind it another or the end."""
    begin = 0
    if data[:3] == b"ID3" and len(data) > HEAD and max(data[6:10]) < 0x80:
        begin = HEAD + from_synchsafe(data[6:10])
    first = frame_bytes(data, begin)
    return first > 0 and (frame_bytes(data, begin + first) > 0 or (begin > 0 and begin + first <= len(data)))


def write(data: bytes, origin: Origin) -> bytes | None:
    tag = tag_of(data)
    packets = [(number, body) for number, (name, _, body) in enumerate(tag.frames) if name == b"PRIV" and body.startswith(OWNER)]
    if len(packets) > 1 or (packets and tag.frames[packets[0][0]][1] != b"\0\0"):
        return None
    new = xmp.merged(packets[0][1][len(OWNER) :] if packets else None, origin)
    if new is None:
        return None
    at = packets[0][0] if packets else len(tag.frames)
    frames = [*tag.frames[:at], (b"PRIV", b"\0\0", OWNER + new), *tag.frames[at + 1 :]]
    packed = b"".join(
        name + (synchsafe(len(body)) if tag.version == 4 else len(body).to_bytes(4, "big")) + flags + body for name, flags, body in frames
    )
    if len(packed) >= 1 << 28:
        return None
    return b"ID3" + bytes([tag.version, 0, 0]) + synchsafe(len(packed)) + packed + data[tag.size :]


def read(data: bytes) -> Origin | None:
    for name, flags, body in tag_of(data).frames:
        if name == b"PRIV" and flags == b"\0\0" and body.startswith(OWNER):
            return xmp.origin_in(body[len(OWNER) :])
    return None


MP3 = Format("XMP in an ID3v2 PRIV frame", fits, write, read)
