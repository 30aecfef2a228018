"""A sound file as a stream of blocks: by libsndfile what it reads, by FFmpeg's libraries the rest. Runs within the child process.

Only the reader that the file's first bytes name is asked, never a search through all formats: that would try some 300 of FFmpeg's,
playlists among them, which open other files.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

try:
    import soundfile
except OSError as missing:
    raise ImportError("libsndfile") from missing

from apps.deepfake.decoding.kind import Kind
from shared.errors import BadInput, Unavailable, Unsupported

__all__ = ["BLOCK_FRAMES", "Broken", "Stream", "open_stream"]

BLOCK_FRAMES = 1 << 16
PIECE_FRAMES = 4096
"""Of one call of the decoder: what is lost before a fault."""
MAX_FAULTS = 16
UNKNOWN_FRAMES = 1 << 40
"""libsndfile gives a number near 2**63 for a stream of unknown length."""
BY_LIBSNDFILE = {"audio/wav", "audio/flac", "audio/mpeg", "audio/aiff", "audio/basic", "audio/x-caf", "audio/ogg"}
BY_FFMPEG = {
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/mpeg": "mp3",
    "audio/aiff": "aiff",
    "audio/basic": "au",
    "audio/x-caf": "caf",
    "audio/ogg": "ogg",
    "video/ogg": "ogg",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/amr-wb": "amr",
    "audio/mp4": "mov",
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/3gpp": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "video/x-msvideo": "avi",
}
CODECS = frozenset(
    (
        *(
            "aac",
            "aac_latm",
            "ac3",
            "alac",
            "amrnb",
            "amr_nb",
            "amrwb",
            "amr_wb",
            "eac3",
            "flac",
            "gsm",
            "mp2",
            "mp2float",
            "mp3",
            "mp3float",
        ),
        *("opus", "libopus", "speex", "vorbis", "libvorbis", "adpcm_ima_qt", "adpcm_ima_wav", "adpcm_ms"),
    )
)
SCALES = {"u8": (128, 128), "s16": (0, 1 << 15), "s32": (0, 1 << 31), "flt": (0, 1), "dbl": (0, 1)}
"""(zero, full scale) of FFmpeg's sample formats."""
SUBTYPES = {"MPEG_LAYER_I": "mp1", "MPEG_LAYER_II": "mp2", "MPEG_LAYER_III": "mp3", "PCM_S8": "pcm_s8", "PCM_U8": "pcm_u8"} | {
    "FLOAT": "pcm_float",
    "DOUBLE": "pcm_double",
}
BITS = {"PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32, "FLOAT": 32, "DOUBLE": 64}
AGAIN = "Get the file again from where it comes from."


class Broken(Exception):
    """The stream ends here, before its end."""


@dataclass
class Stream:
    """blocks: (n, channels) float32, full scale 1; raises `Broken`. declared_s: by the header, None where it does not say."""

    container: str
    codec: str
    rate_hz: int
    channels: int
    blocks: Iterator[NDArray[np.float32]]
    declared_s: float | None = None
    bit_rate_bps: int | None = None
    bits: int | None = None
    video: bool = False
    streams: int = 1
    tags: dict[str, str] = field(default_factory=dict)


def open_stream(data: bytes, kind: Kind) -> Stream:
    """Raises `BadInput` for a file of which nothing can be decoded, `Unsupported` for a codec that is not read."""
    if kind.media_type in BY_LIBSNDFILE:
        with suppress(RuntimeError, TypeError, ValueError, struct.error):  # SoundFileError is a RuntimeError
            return _by_libsndfile(data)
    return _by_ffmpeg(data, kind)


def _by_libsndfile(data: bytes) -> Stream:
    file = soundfile.SoundFile(io.BytesIO(data))
    return Stream(
        container=file.format,
        codec="flac" if file.format == "FLAC" else SUBTYPES.get(file.subtype, file.subtype.lower()),
        rate_hz=file.samplerate,
        channels=file.channels,
        blocks=_gathered(_pieces_of_libsndfile(file)),
        declared_s=file.frames / file.samplerate if 0 < file.frames < UNKNOWN_FRAMES and file.samplerate > 0 else None,
        bits=BITS.get(file.subtype),
        tags={name: str(text) for name, text in file.copy_metadata().items()},
    )


def _pieces_of_libsndfile(file: Any) -> Iterator[NDArray[np.float32]]:
    while True:
        try:
            piece = file.read(PIECE_FRAMES, dtype="float32", always_2d=True)
        except (RuntimeError, ValueError) as fault:
            raise Broken(_reason(fault)) from None
        if not len(piece):
            return
        yield piece


def _gathered(pieces: Iterator[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """The same in blocks; what came before a fault is given before it is raised."""
    waiting: list[NDArray[np.float32]] = []
    frames, broken = 0, None
    try:
        for piece in pieces:
            waiting.append(piece)
            frames += len(piece)
            if frames >= BLOCK_FRAMES:
                yield np.concatenate(waiting)
                waiting, frames = [], 0
    except Broken as fault:
        broken = fault
    if waiting:
        yield np.concatenate(waiting)
    if broken:
        raise broken


def _by_ffmpeg(data: bytes, kind: Kind) -> Stream:
    try:
        import av
    except ImportError as missing:
        raise Unavailable(f"{kind.words} is read by the package av.", remedy="Install it: pip install av") from missing
    av.logging.set_level(None)
    try:
        container = av.open(io.BytesIO(data), "r", format=BY_FFMPEG[kind.media_type], metadata_errors="replace", io_open=_open_nothing)
    except (av.FFmpegError, ValueError, OverflowError) as fault:
        raise BadInput(f"The file begins as {kind.words}, but its index is missing or damaged: {_reason(fault)}.", remedy=AGAIN) from None
    sounds = container.streams.audio
    if not sounds:
        raise Unsupported(f"The file is {kind.words} without sound.", remedy="Give single pictures of it as PNG, or a file with sound.")
    stream = sounds[0]
    context = stream.codec_context
    if context is None:
        raise BadInput(f"The file begins as {kind.words}, but its index is damaged or its codec unknown.", remedy=AGAIN)
    if context.name not in CODECS and not context.name.startswith("pcm_"):
        raise Unsupported(f"The sound in the file is compressed by {context.name}, which is not read.", remedy="Save it as WAV.")
    context.thread_count = 1
    length = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else (container.duration or 0) / 1e6
    tags = {**container.metadata, **stream.metadata}
    return Stream(
        container=container.format.name,
        codec=context.name,
        rate_hz=context.sample_rate or 0,
        channels=context.channels or 0,
        blocks=_gathered(_pieces_of_ffmpeg(container, stream)),
        declared_s=length if 0 < length < 1e9 else None,
        bit_rate_bps=stream.bit_rate or context.bit_rate or None,
        video=any(picture.disposition.value & 0x400 == 0 for picture in container.streams.video),  # 0x400: a cover picture
        streams=len(sounds),
        tags={str(name): str(text) for name, text in tags.items()},
    )


def _open_nothing(url: str, flags: int, options: dict[str, Any]) -> Any:
    raise OSError("a file must not lead to another")


def _pieces_of_ffmpeg(container: Any, stream: Any) -> Iterator[NDArray[np.float32]]:
    import av

    rate, channels, faults = stream.codec_context.sample_rate, stream.codec_context.channels, 0
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (av.FFmpegError, ValueError, OSError) as fault:
            raise Broken(_reason(fault)) from None
        try:
            frames = packet.decode()
        except MemoryError:
            raise
        except (av.FFmpegError, ValueError, OSError) as fault:
            faults += 1
            if faults > MAX_FAULTS:
                raise Broken(_reason(fault)) from None
            continue
        for frame in frames:
            if frame.sample_rate != rate or frame.layout.nb_channels != channels:
                raise Broken("its rate or its number of channels changes")
            yield _samples(frame, channels)


def _samples(frame: Any, channels: int) -> NDArray[np.float32]:
    """(n, channels) of a frame: planar ones hold a row for each channel, the others take turns within one row."""
    zero, scale = SCALES[frame.format.name.removesuffix("p")]
    values = frame.to_ndarray()
    values = values.T if frame.format.is_planar else values.reshape(-1, channels)
    return ((values.astype(np.float64) - zero) / scale).astype(np.float32)


def _reason(fault: BaseException) -> str:
    text = getattr(fault, "strerror", None) or str(fault).split(": ", 1)[-1]  # without the name of the object that stands for a file
    text = " ".join(str(text).split())[:150].rstrip(". ")
    return text[:1].lower() + text[1:] if text else "unknown format"
