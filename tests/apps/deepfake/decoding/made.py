"""Files for the tests, made in memory; and the child that looks at many of them in one process."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray
from PIL import Image

from apps.deepfake.decoding import sandbox

HOSTILE = Path(__file__).with_name("hostile_child.py")


def hostile(function: str, data: bytes = b"", **keywords: Any) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """`run_limited` on the tests' own child, in whatever test asks for it."""
    production = sandbox.CHILD
    sandbox.CHILD = HOSTILE
    try:
        return sandbox.run_limited(function, data, **keywords)
    finally:
        sandbox.CHILD = production


def looked_at(function: str, files: Sequence[bytes], **arguments: Any) -> list[dict[str, Any]]:
    """What "image" or "sound" says of each file: {facts, shape, bytes} or {error, message}."""
    sizes = [len(file) for file in files]
    facts, _ = hostile("every", b"".join(files), seconds=120, arguments={"sizes": sizes, "function": function, **arguments})
    return list(facts["outcomes"])


def noise(height: int = 48, width: int = 64, seed: int = 0) -> NDArray[np.uint8]:
    """(h, w, 3) a coloured slope with noise on it."""
    rows, columns = np.mgrid[0:height, 0:width]
    slope = np.stack([rows * 200 / height, columns * 200 / width, (rows + columns) * 100 / (height + width)], axis=-1)
    return (slope + np.random.default_rng(seed).integers(0, 50, slope.shape)).astype(np.uint8)


def saved(image: Image.Image | NDArray[Any], form: str, **options: Any) -> bytes:
    target = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(target, form, **options)
    return target.getvalue()


def png(width: int, height: int, chunks: Sequence[tuple[bytes, bytes]] = (), *, bits: int = 8, colour: int = 2, rows: bytes = b"") -> bytes:
    """A PNG by its chunks; without rows, its picture is a few bytes that decode to nothing."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big") for name, body in parts
    )


def text_bomb(size_bytes: int) -> bytes:
    packer = zlib.compressobj(9)
    piece = bytes(1 << 20)
    packed = b"".join(packer.compress(piece) for _ in range(size_bytes >> 20)) + packer.flush()
    return png(1, 1, [(b"zTXt", b"Comment\0\0" + packed)], rows=b"\0\1\2\3")


def gif(frames: int) -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return head + (b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\2\2\x44\1\0") * frames + b"\x3b"


def tiff(entries: Sequence[tuple[int, int, int, int]], tail: bytes = b"", following: int = 0) -> bytes:
    """A little-endian TIFF of one folder; entries: (tag, type, count, value or offset)."""
    folder = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries) + struct.pack("<I", following)
    return b"II\x2a\0\x08\0\0\0" + folder + tail


def tone(rate_hz: int = 16_000, seconds: float = 1.0, channels: int = 1, hertz: float = 440.0) -> NDArray[np.float32]:
    """(n, channels) of a sine at half of full scale."""
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(rate_hz * seconds)) / rate_hz)
    return np.repeat(wave[:, None], channels, 1).astype(np.float32)


def sound(samples: NDArray[Any], rate_hz: int, form: str, subtype: str | None = None) -> bytes:
    target = io.BytesIO()
    soundfile.write(target, samples, rate_hz, format=form, subtype=subtype)
    return target.getvalue()


def by_ffmpeg(
    path: Path,
    form: str,
    codec: str,
    *,
    rate_hz: int = 44_100,
    seconds: float = 2.0,
    video: bool = False,
    audio: bool = True,
    options: Mapping[str, str] | None = None,
) -> bytes:
    """A file of FFmpeg's libraries, written to a path of that name: some containers are written twice."""
    import av

    with av.open(str(path), "w", format=form, options=dict(options or {})) as container:
        pictures: Any = container.add_stream("mpeg4", rate=10) if video else None
        stream: Any = container.add_stream(codec, rate=rate_hz, layout="mono") if audio else None
        if video:
            pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
            for seed in range(round(10 * seconds)):
                container.mux(pictures.encode(av.VideoFrame.from_ndarray(noise(seed=seed), format="rgb24")))
            container.mux(pictures.encode())
        if audio:
            values = (32767 * tone(rate_hz, seconds)).astype(np.int16).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(values, format="s16", layout="mono")
            frame.sample_rate = rate_hz
            size = stream.codec_context.frame_size or 1024
            resampler = av.AudioResampler(format=stream.format, layout="mono", rate=rate_hz, frame_size=size)
            for piece in (*resampler.resample(frame), *resampler.resample(None)):
                container.mux(stream.encode(piece))
            container.mux(stream.encode())
    return path.read_bytes()
