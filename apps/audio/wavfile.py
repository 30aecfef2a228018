"""WAV files at 16 or 24 bits with loop points (`smpl`), markers (`cue`) and origin text (LIST/INFO), written and read.

Own RIFF code, because no package we depend on writes a `smpl` chunk. Layout: Microsoft and IBM, *Multimedia Programming Interface and
Data Specifications 1.0* (1991), and *New Multimedia Data Types* (1994) for `smpl`. Read by libsndfile, ffprobe and game engines.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shared.errors import BadInput, Unsupported

__all__ = ["INFO_NAMES", "Loop", "WavFile", "read_wav", "write_wav"]

PCM, EXTENSIBLE = 1, 0xFFFE
INFO_NAMES = {
    "title": "INAM",
    "artist": "IART",
    "comment": "ICMT",
    "copyright": "ICOP",
    "date": "ICRD",
    "software": "ISFT",
    "keywords": "IKEY",
}
"""Names of origin texts and the four letters they have in a LIST/INFO chunk."""
MIDDLE_C = 60
FORWARD = 0


@dataclass(frozen=True)
class Loop:
    """Samples `start` to `end`, both included, are repeated; forever where `times` is 0."""

    start: int
    end: int
    times: int = 0


@dataclass(frozen=True)
class WavFile:
    """What a file holds: signal (n,) or (n, channels) float32, full scale 1; cues: sample positions; info: {name or four letters: text}."""

    signal: NDArray[np.float32]
    sample_rate_hz: int
    bits: int
    loops: tuple[Loop, ...] = ()
    cues: tuple[int, ...] = ()
    info: Mapping[str, str] = field(default_factory=dict)


def write_wav(
    signal: NDArray[np.float32],
    *,
    sample_rate_hz: int = 48_000,
    bits: int = 16,
    loops: Sequence[Loop] = (),
    cues: Sequence[int] = (),
    info: Mapping[str, str] | None = None,
) -> bytes:
    """The bytes of a WAV file. signal: (n,) or (n, 2), finite; beyond full scale it is clipped.

    info: texts by the names of `INFO_NAMES` (UTF-8). Raises `BadInput` for other shapes, bits, or points outside the signal.
    """
    if bits not in (16, 24):
        raise BadInput(f"{bits} bits were asked for; 16 or 24 are written.", field="bits")
    if signal.ndim not in (1, 2) or signal.size == 0 or (signal.ndim == 2 and signal.shape[1] not in (1, 2)):
        raise BadInput(f"A signal of shape {signal.shape} was given; (n,) or (n, 2) is expected.")
    if not np.isfinite(signal).all():
        raise BadInput("The signal holds NaN or infinite samples.")
    n, channels = len(signal), 1 if signal.ndim == 1 else signal.shape[1]
    for loop in loops:
        if not 0 <= loop.start < loop.end < n:
            raise BadInput(f"A loop from sample {loop.start} to {loop.end} does not lie within {n} samples.")
    for cue in cues:
        if not 0 <= cue < n:
            raise BadInput(f"A marker at sample {cue} does not lie within {n} samples.")
    frame = channels * bits // 8
    chunks = [_chunk(b"fmt ", struct.pack("<HHIIHH", PCM, channels, sample_rate_hz, sample_rate_hz * frame, frame, bits))]
    if info:
        chunks.append(_info_chunk(info))
    chunks.append(_chunk(b"data", _pcm(signal, bits)))
    if cues:
        points = b"".join(struct.pack("<II4sIII", index + 1, at, b"data", 0, 0, at) for index, at in enumerate(cues))
        chunks.append(_chunk(b"cue ", struct.pack("<I", len(cues)) + points))
    if loops:
        chunks.append(_sampler_chunk(loops, sample_rate_hz))
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def read_wav(data: bytes) -> WavFile:
    """Raises `Unsupported` for what is no PCM WAV of 16 or 24 bits, `BadInput` for a broken one."""
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise Unsupported("This is no WAV file.", remedy="Give a WAV file, PCM of 16 or 24 bits.")
    shape: tuple[int, int, int] | None = None
    samples: bytes | None = None
    loops: list[Loop] = []
    cues: list[int] = []
    info: dict[str, str] = {}
    for name, body in _chunks(data[12:]):
        if name == b"fmt ":
            shape = _format(body)
        elif name == b"data":
            samples = body
        elif name == b"smpl" and len(body) >= 36:
            count = min(struct.unpack_from("<I", body, 28)[0], (len(body) - 36) // 24)
            fields = [struct.unpack_from("<6I", body, 36 + 24 * index) for index in range(count)]
            loops = [Loop(start, end, times) for _, _, start, end, _, times in fields]
        elif name == b"cue " and len(body) >= 4:
            count = min(struct.unpack_from("<I", body)[0], (len(body) - 4) // 24)
            cues = [struct.unpack_from("<6I", body, 4 + 24 * index)[5] for index in range(count)]
        elif name == b"LIST" and body[:4] == b"INFO":
            info = _texts(body[4:])
    if shape is None or samples is None:
        raise BadInput("The WAV file is broken: it has no format or no data chunk.")
    channels, rate, bits = shape
    return WavFile(_floats(samples, channels, bits), rate, bits, tuple(loops), tuple(cues), info)


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _info_chunk(info: Mapping[str, str]) -> bytes:
    unknown = set(info) - set(INFO_NAMES)
    if unknown:
        raise BadInput(f"There is no origin text {', '.join(sorted(unknown))}.", remedy=f"There are: {', '.join(INFO_NAMES)}.")
    texts = [_chunk(INFO_NAMES[name].encode(), text.replace("\0", " ").encode() + b"\0") for name, text in info.items()]
    return _chunk(b"LIST", b"INFO" + b"".join(texts))


def _sampler_chunk(loops: Sequence[Loop], sample_rate_hz: int) -> bytes:
    period_ns = round(1e9 / sample_rate_hz)
    head = struct.pack("<9I", 0, 0, period_ns, MIDDLE_C, 0, 0, 0, len(loops), 0)
    return _chunk(b"smpl", head + b"".join(struct.pack("<6I", i, FORWARD, x.start, x.end, 0, x.times) for i, x in enumerate(loops)))


def _pcm(signal: NDArray[np.float32], bits: int) -> bytes:
    full = 2 ** (bits - 1) - 1
    whole = np.round(np.clip(signal.astype(np.float64), -1, 1) * full).astype("<i4").reshape(-1)
    if bits == 16:
        return whole.astype("<i2").tobytes()
    return whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


def _floats(samples: bytes, channels: int, bits: int) -> NDArray[np.float32]:
    frame = channels * bits // 8
    whole = samples[: len(samples) // frame * frame]
    if bits == 16:
        values = np.frombuffer(whole, "<i2").astype(np.float32)
    else:
        wide = np.zeros((len(whole) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(whole, np.uint8).reshape(-1, 3)
        values = (wide.view("<i4").reshape(-1) >> 8).astype(np.float32)
    values = values / np.float32(2 ** (bits - 1) - 1)
    return values if channels == 1 else values.reshape(-1, channels)


def _format(body: bytes) -> tuple[int, int, int]:
    """(channels, rate in Hz, bits)"""
    if len(body) < 16:
        raise BadInput("The WAV file is broken: its format chunk is too short.")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
    if kind == EXTENSIBLE and len(body) >= 26:
        (kind,) = struct.unpack_from("<H", body, 24)
    if kind != PCM or bits not in (16, 24) or not 1 <= channels <= 64 or rate == 0:
        raise Unsupported(f"The WAV file has format {kind}, {channels} channels, {bits} bits; PCM of 16 or 24 bits is expected.")
    return channels, rate, bits


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Chunks until the end or until one is cut off: the cut one as far as it goes."""
    at = 0
    while at + 8 <= len(data):
        size = struct.unpack_from("<I", data, at + 4)[0]
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _texts(data: bytes) -> dict[str, str]:
    names = {four: name for name, four in INFO_NAMES.items()}
    found = {}
    for name, body in _chunks(data):
        four = name.decode("latin-1")
        found[names.get(four, four)] = body.split(b"\0")[0].decode("utf-8", "replace")
    return found
