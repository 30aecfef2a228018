"""Files and pictures that the tests build."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

__all__ = ["chunk", "drawn_text", "jpeg", "png", "resaved", "scene", "wav"]


def scene(seed: int = 0, size: tuple[int, int] = (384, 384)) -> np.ndarray:
    """Something like a photograph, (h, w, 3) uint8: detail at all scales, falling off as 1 / frequency, and a few objects with edges."""
    rng = np.random.default_rng(seed)
    rows, columns = size
    frequency = np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.fftfreq(columns)[None]) + 1 / max(size)
    planes = []
    for _ in range(3):
        noise = np.fft.fft2(rng.normal(size=size)) / frequency**1.1
        plane = np.real(np.fft.ifft2(noise))
        planes.append(plane / plane.std())
    shared = planes[0]
    image = np.stack([shared + 0.25 * plane for plane in planes], -1) * 34 + 120
    picture = Image.fromarray(np.clip(image, 12, 243).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    for _ in range(6):
        x, y, wide = (int(rng.integers(0, columns)), int(rng.integers(0, rows)), int(rng.integers(20, 60)))
        draw.ellipse((x, y, x + wide, y + wide), outline=tuple(int(v) for v in rng.integers(30, 220, 3)), width=3)
    return np.clip(np.asarray(picture) + rng.normal(0, 1.5, (rows, columns, 1)), 8, 247).astype(np.uint8)


def jpeg(pixels: np.ndarray, quality: int = 90, **options) -> bytes:
    return _saved(pixels, "JPEG", quality=quality, **options)


def png(pixels: np.ndarray, texts: dict[str, str] | None = None, **options) -> bytes:
    info = PngInfo()
    for key, value in (texts or {}).items():
        info.add_text(key, value)
    return _saved(pixels, "PNG", pnginfo=info, **options)


def _saved(pixels: np.ndarray, form: str, **options) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, form, **options)
    return buffer.getvalue()


def resaved(pixels: np.ndarray, quality: int) -> np.ndarray:
    """The pixels after one JPEG saving."""
    return np.asarray(Image.open(io.BytesIO(jpeg(pixels, quality))).convert("RGB"))


def chunk(name: bytes, body: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">I4s", len(body), name) + body + struct.pack(">I", zlib.crc32(name + body))


def wav(info: dict[bytes, bytes], extra: bytes = b"") -> bytes:
    """A short mono WAV with INFO texts."""
    items = b"".join(struct.pack("<4sI", key, len(value)) + value + b"\0" * (len(value) % 2) for key, value in info.items())
    parts = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16_000, 32_000, 2, 16)
    parts += struct.pack("<4sI", b"LIST", 4 + len(items)) + b"INFO" + items + extra
    parts += struct.pack("<4sI", b"data", 320) + bytes(320)
    return b"RIFF" + struct.pack("<I", 4 + len(parts)) + b"WAVE" + parts


def drawn_text(size: tuple[int, int] = (480, 640)) -> np.ndarray:
    """A screenshot of text and a box."""
    picture = Image.new("RGB", (size[1], size[0]), (255, 255, 255))
    draw = ImageDraw.Draw(picture)
    for row in range(8, size[0], 18):
        draw.text((8, row), "The quick brown fox jumps over the lazy dog, again and again, " * 2, fill=(20, 20, 20))
    draw.rectangle((400, 300, 600, 440), fill=(60, 120, 220))
    return np.asarray(picture)
