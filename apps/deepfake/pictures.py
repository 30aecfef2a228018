"""What is shown of a file: the image upright, the learned head's heatmap over it, and a sound's spectrogram."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

__all__ = ["overlay", "preview", "spectrogram", "thumbnail"]

MAX_SIDE_PX = 1024
THUMBNAIL_PX = 800
SPECTROGRAM_PX = (1200, 260)
BAR_PX = 14
WINDOW_S = 0.032
FLOOR_DB = -80.0

_HEAT = np.array([[70, 20, 110], [190, 50, 90], [245, 120, 30], [255, 215, 70]], dtype=np.float64)
"""Purple over red to yellow: darker to lighter all along, so that it reads in grey and for colour-blind eyes."""
_SOUND = np.array([[8, 10, 22], [60, 30, 110], [170, 60, 110], [245, 150, 70], [255, 245, 205]], dtype=np.float64)


def preview(pixels: np.ndarray) -> bytes:
    """PNG of (h, w, 3) uint8, at most 1024 px on its longer side."""
    return _png(_small(pixels))


def overlay(pixels: np.ndarray, heatmap: np.ndarray) -> bytes:
    """PNG: the image in grey, coloured where the head reacts. heatmap: (rows, columns) of 0 to 1, over the whole image."""
    small = _small(pixels)
    heat = np.asarray(Image.fromarray(np.clip(heatmap * 255, 0, 255).astype(np.uint8)).resize(small.size, Image.Resampling.BICUBIC)) / 255.0
    grey = np.asarray(small.convert("L"), dtype=np.float64)[..., None].repeat(3, 2) * 0.75 + 32
    alpha = (np.clip((heat - 0.3) / 0.7, 0, 1) * 0.75)[..., None]
    return _png(Image.fromarray(np.uint8(grey * (1 - alpha) + _coloured(heat, _HEAT) * alpha)))


def spectrogram(samples: np.ndarray, rate_hz: int, windows: Sequence[tuple[float, float, float]] = ()) -> bytes:
    """PNG of (n,) float32: time to the right, 0 to rate/2 upwards; below it a bar whose colour is how much the head reacts in each
    window (from s, to s, 0 to 1), grey where there was no speech."""
    width, height = SPECTROGRAM_PX
    length = round(WINDOW_S * rate_hz)
    starts = np.linspace(0, max(0, len(samples) - length), width).astype(int)
    padded = np.pad(samples, (0, max(0, length - len(samples))))
    frames = np.stack([padded[start : start + length] for start in starts]) * np.hanning(length)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2 + 1e-12
    level = 10 * np.log10(power / max(power.max(), 1e-9))
    picture = np.clip(1 - level / FLOOR_DB, 0, 1).T[::-1]
    image = Image.fromarray(np.uint8(picture * 255)).resize((width, height), Image.Resampling.BILINEAR)
    bar = np.full((BAR_PX, width, 3), 96, dtype=np.uint8)
    seconds = max(len(samples) / rate_hz, 1e-6)
    for start_s, end_s, reaction in windows:
        first, last = (round(at / seconds * width) for at in (start_s, end_s))
        bar[2:, first : max(last, first + 1)] = _coloured(np.array(reaction), _HEAT)
    bar[:2] = 0
    return _png(Image.fromarray(np.concatenate([np.uint8(_coloured(np.asarray(image) / 255.0, _SOUND)), bar])))


def thumbnail(png: bytes) -> bytes:
    """JPEG of a picture of ours, at most 800 px: the report of a hundred files has to open in a browser."""
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        small = image.convert("RGB")
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()


def _small(pixels: np.ndarray) -> Image.Image:
    image = Image.fromarray(pixels)
    image.thumbnail((MAX_SIDE_PX, MAX_SIDE_PX), Image.Resampling.LANCZOS)
    return image


def _coloured(values: np.ndarray, stops: np.ndarray) -> np.ndarray:
    """(...,) of 0 to 1 as (..., 3) of 0 to 255."""
    at = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(values, at, stops[:, channel]) for channel in range(3)], -1)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=False, compress_level=4)
    return out.getvalue()
